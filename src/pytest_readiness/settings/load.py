"""Reads readiness.toml, or [tool.readiness] in pyproject.toml, into targets and thresholds."""

from __future__ import annotations

import ssl
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlunsplit

from pydantic import ValidationError

from pytest_readiness.model import releases
from pytest_readiness.model.decisions import Decisions
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.releases import Release
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.secrets import Redactor, Secret
from pytest_readiness.model.targets import Budget, HealthPaths, Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.settings import durations, references, sites
from pytest_readiness.settings.decisions import Mistake, decisions
from pytest_readiness.settings.mistakes import lines
from pytest_readiness.settings.tables import Document, TargetTable

T = TypeVar("T")

FILE = "readiness.toml"
PYPROJECT = "pyproject.toml"
HOOK = "pytest_readiness_targets"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project has configured.

    Attributes:
        file: The file it stands in; None where the project has none.
        targets: Targets by name, in the order of the file.
        thresholds: The limits to judge by.
        redactor: Masks every secret that was read.
        release: What is launched; None where the file does not say.
        decisions: What the team has decided: waivers, attestations, its own checklist.
    """

    file: Path | None
    targets: Mapping[str, Target] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    redactor: Redactor = field(default_factory=Redactor)
    release: Release | None = None
    decisions: Decisions = field(default_factory=Decisions)


def find(root: Path) -> Path | None:
    """Return the file in ``root`` that holds the configuration, or None.

    Raises:
        ConfigurationError: There are two, or pyproject.toml cannot be read.
    """
    own, shared = root / FILE, root / PYPROJECT
    in_shared = shared.is_file() and b"readiness" in shared.read_bytes() and _table(shared) is not None
    if own.is_file() and in_shared:
        raise ConfigurationError(
            "targets are configured twice",
            file=FILE,
            remedy=f"keep {FILE} or [tool.readiness] in {PYPROJECT}, not both",
        )
    if own.is_file():
        return own
    return shared if in_shared else None


def load(
    root: Path,
    *,
    added: Iterable[Mapping[str, Mapping[str, object]]] = (),
    environment: Mapping[str, str] | None = None,
    today: date | None = None,
) -> Settings:
    """Read the configuration of the project in ``root``.

    Args:
        root: pytest's rootdir.
        added: Further tables of targets, as hooks return them.
        environment: Environment variables for ``env:`` references; None for the process's own.
        today: The day, UTC, that decisions are counted on; None for today.

    Raises:
        ConfigurationError: Something in it is wrong; the message names file, key and remedy of every mistake.
    """
    file = find(root)
    label = f"{PYPROJECT} [tool.readiness]" if file is not None and file.name == PYPROJECT else FILE
    written = (_table(file) or {}) if file is not None else {}
    document = _document(label, written)
    tables = [(label, name, table) for name, table in document.targets.items()]
    for mapping in added:
        in_code = _document(HOOK, {"targets": _plain(mapping)})
        tables += [(HOOK, name, table) for name, table in in_code.targets.items()]
    redactor = Redactor()
    targets: dict[str, Target] = {}
    wrong = []
    for origin, name, table in tables:
        if name in targets:
            wrong.append(f"{origin}: targets.{name}: there is a target of that name already; choose another name")
            continue
        mistakes: list[_Mistake] = []
        targets[name] = _target(name, table, root, environment, mistakes)
        wrong += [f"{origin}: targets.{name}.{mistake.key}: {mistake}" for mistake in mistakes]
        if (credentials := targets[name].credentials) is not None:
            user, _, password = credentials.reveal().partition(":")
            redactor.add(Secret(password or user, credentials.reference))
            redactor.add(credentials)
    misjudged: list[Mistake] = []
    decided = decisions(document, written, file, today or datetime.now(UTC).date(), misjudged)
    wrong += [f"{label}: {mistake.key}: {mistake}" for mistake in misjudged]
    if wrong:
        raise ConfigurationError("\n".join(wrong))
    limits = document.thresholds.model_dump()  # type: ignore[attr-defined]  # a model made at run time
    thresholds = Thresholds(**{key: durations.parse(value) for key, value in limits.items()})
    release = releases.release(**document.release.model_dump())
    return Settings(file, targets, thresholds, redactor, release, decided)


def _document(label: str, table: Mapping[str, Any]) -> Document:
    try:
        return Document.model_validate(table)
    except ValidationError as error:
        mistakes = lines(error, Document)
        raise ConfigurationError(
            "\n".join(f"{label}: {key}: {words}" if key else f"{label}: {words}" for key, words in mistakes)
        ) from None


def _plain(value: Any) -> Any:
    """Return what a hook returned with its mappings as dicts and its sequences as lists, as TOML has them."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, tuple | list) else value


def _table(file: Path) -> dict[str, Any] | None:
    try:
        # With a byte order mark, which some editors write, or without.
        document = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"is no valid TOML: {error}", file=file.name) from None
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", file=file.name) from None
    if file.name == FILE:
        return document
    tool = document.get("tool")
    table = tool.get("readiness") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigurationError("must be a table", file=file.name, key="tool.readiness")
    return table


class _Mistake(ValueError):
    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key


def _target(
    name: str, table: TargetTable, root: Path, environment: Mapping[str, str] | None, mistakes: list[_Mistake]
) -> Target:
    """Return the target; what is wrong with it is added to ``mistakes``, all at once."""
    nowhere: tuple[str, Secret | None] = ("", None)
    url, credentials = _noted(mistakes, lambda: _url(table.url, root, environment), nowhere)
    allow = Effect[table.allow.upper()]
    widest = Effect[table.allow_up_to.upper()] if table.allow_up_to else allow
    if widest < allow:
        words = f"{str(widest)!r} is less than allow = {str(allow)!r}: raise it or leave it out"
        mistakes.append(_Mistake("allow_up_to", words))
    if table.production and Effect.DISRUPT in {allow, widest}:
        key = "allow" if allow is Effect.DISRUPT else "allow_up_to"
        words = 'production is never disrupted: write "exercise" or less, or leave out production = true'
        mistakes.append(_Mistake(key, words))
    return Target(
        name=name,
        url=url,
        production=table.production,
        allow=allow,
        allow_up_to=widest,
        budget=Budget(**table.budget.model_dump()),
        pages=tuple(table.pages),
        openapi=table.openapi,
        health=HealthPaths(**table.health.model_dump()),
        resolve=table.resolve,
        ca_file=_noted(mistakes, lambda: _ca_file(table.ca_file, root), None),
        nameservers=tuple(table.nameservers),
        trust_anchor_file=_noted(mistakes, lambda: _file("trust_anchor_file", table.trust_anchor_file, root), None),
        rdap_bootstrap=table.rdap_bootstrap,
        acme_directory=table.acme_directory,
        credentials=credentials,
    )


def _noted(mistakes: list[_Mistake], read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except _Mistake as mistake:
        mistakes.append(mistake)
        return otherwise


def _url(text: str, root: Path, environment: Mapping[str, str] | None) -> tuple[str, Secret | None]:
    if not references.is_reference(text):
        return text, None
    try:
        value = references.follow(text, folder=root, environment=environment).reveal()
    except ValueError as error:
        raise _Mistake("url", str(error)) from None
    try:
        split = sites.site(value)
    except ValueError:
        # The value may hold a password, so nothing of it is repeated.
        words = f"what {text} holds is no URL: it must read https://[user:password@]host[:port][/path]"
        raise _Mistake("url", words) from None
    plain = urlunsplit(split._replace(netloc=split.netloc.rpartition("@")[2]))
    if split.username is None:
        return plain, None
    return plain, Secret(f"{unquote(split.username)}:{unquote(split.password or '')}", text)


def _file(key: str, text: str | None, root: Path) -> str | None:
    if text is None:
        return None
    try:
        path = root / Path(text).expanduser()
        path.open("rb").close()
    except (OSError, ValueError, RuntimeError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise _Mistake(key, f"{text!r} cannot be read ({why}): name a file") from None
    return str(path)


def _ca_file(text: str | None, root: Path) -> str | None:
    path = _file("ca_file", text, root)
    if path is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
        except (ssl.SSLError, OSError):
            raise _Mistake("ca_file", f"{text!r} holds no certificate: name a PEM file of authorities") from None
    return path
