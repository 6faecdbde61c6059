"""Reads readiness.toml, or [tool.readiness] in pyproject.toml, into targets and thresholds."""

from __future__ import annotations

import ssl
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic import ValidationError

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.secrets import Redactor, Secret
from pytest_readiness.model.targets import Budget, HealthPaths, Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.settings import durations, references
from pytest_readiness.settings.mistakes import lines
from pytest_readiness.settings.tables import Document, TargetTable

FILE = "readiness.toml"
PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project has configured.

    Attributes:
        file: The file it stands in; None where the project has none.
        targets: Targets by name, in the order of the file.
        thresholds: The limits to judge by.
        redactor: Masks every secret that was read.
    """

    file: Path | None
    targets: Mapping[str, Target] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    redactor: Redactor = field(default_factory=Redactor)


def find(root: Path) -> Path | None:
    """Return the file in ``root`` that holds the configuration, or None.

    Raises:
        ConfigurationError: There are two, or pyproject.toml cannot be read.
    """
    own, shared = root / FILE, root / PYPROJECT
    in_shared = shared.is_file() and b"[tool.readiness" in shared.read_bytes() and _table(shared) is not None
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
) -> Settings:
    """Read the configuration of the project in ``root``.

    Args:
        root: pytest's rootdir.
        added: Further tables of targets, as hooks return them.
        environment: Environment variables for ``env:`` references; None for the process's own.

    Raises:
        ConfigurationError: Something in it is wrong; the message names file, key and remedy of every mistake.
    """
    file = find(root)
    label = f"{PYPROJECT} [tool.readiness]" if file is not None and file.name == PYPROJECT else FILE
    document = _document(label, (_table(file) or {}) if file is not None else {})
    tables = [(label, name, table) for name, table in document.targets.items()]
    for mapping in added:
        in_code = _document("pytest_readiness_targets", {"targets": {k: dict(v) for k, v in mapping.items()}})
        tables += [("pytest_readiness_targets", name, table) for name, table in in_code.targets.items()]
    redactor = Redactor()
    targets: dict[str, Target] = {}
    wrong = []
    for origin, name, table in tables:
        if name in targets:
            wrong.append(f"{origin}: targets.{name}: there is a target of that name already; choose another name")
            continue
        try:
            targets[name] = _target(name, table, root, environment)
        except _Mistake as mistake:
            wrong.append(f"{origin}: targets.{name}.{mistake.key}: {mistake}")
            continue
        if (credentials := targets[name].credentials) is not None:
            user, _, password = credentials.reveal().partition(":")
            redactor.add(Secret(password or user, credentials.reference))
            redactor.add(credentials)
    if wrong:
        raise ConfigurationError("\n".join(wrong))
    limits = document.thresholds.model_dump()  # type: ignore[attr-defined]  # a model made at run time
    thresholds = Thresholds(**{key: durations.parse(value) for key, value in limits.items()})
    return Settings(file, targets, thresholds, redactor)


def _document(label: str, table: Mapping[str, Any]) -> Document:
    try:
        return Document.model_validate(table)
    except ValidationError as error:
        mistakes = lines(error, Document)
        raise ConfigurationError(
            "\n".join(f"{label}: {key}: {words}" if key else f"{label}: {words}" for key, words in mistakes)
        ) from None


def _table(file: Path) -> dict[str, Any] | None:
    try:
        with file.open("rb") as stream:
            document = tomllib.load(stream)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"is no valid TOML: {error}", file=file.name) from None
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", file=file.name) from None
    if file.name == FILE:
        return document
    tool = document.get("tool", {}).get("readiness")
    return tool if isinstance(tool, dict) else None


class _Mistake(ValueError):
    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key


def _target(name: str, table: TargetTable, root: Path, environment: Mapping[str, str] | None) -> Target:
    url, credentials = _url(table.url, root, environment)
    allow = Effect[table.allow.upper()]
    widest = Effect[table.allow_up_to.upper()] if table.allow_up_to else allow
    if widest < allow:
        raise _Mistake("allow_up_to", f"{str(widest)!r} is less than allow = {str(allow)!r}: raise it or leave it out")
    if table.production and widest is Effect.DISRUPT:
        key = "allow" if allow is Effect.DISRUPT else "allow_up_to"
        raise _Mistake(key, 'production is never disrupted: write "exercise" or less, or leave out production = true')
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
        ca_file=_ca_file(table.ca_file, root),
        nameservers=tuple(table.nameservers),
        trust_anchor_file=_file("trust_anchor_file", table.trust_anchor_file, root),
        rdap_bootstrap=table.rdap_bootstrap,
        acme_directory=table.acme_directory,
        credentials=credentials,
    )


def _url(text: str, root: Path, environment: Mapping[str, str] | None) -> tuple[str, Secret | None]:
    if not references.is_reference(text):
        return text, None
    try:
        value = references.follow(text, folder=root, environment=environment).reveal()
    except ValueError as error:
        raise _Mistake("url", str(error)) from None
    try:
        split = urlsplit(value)
        fine = split.scheme in {"http", "https"} and bool(split.hostname) and (split.port or 1) > 0
    except ValueError:
        fine = False
    if not fine:
        # The value may hold a password, so it is not repeated.
        raise _Mistake("url", f"what {text} holds is no URL: it must read https://[user:password@]host[:port][/path]")
    plain = urlunsplit(split._replace(netloc=split.netloc.rpartition("@")[2], fragment=""))
    if split.username is None:
        return plain, None
    return plain, Secret(f"{unquote(split.username)}:{unquote(split.password or '')}", text)


def _file(key: str, text: str | None, root: Path) -> str | None:
    if text is None:
        return None
    path = root / Path(text).expanduser()
    try:
        path.open("rb").close()
    except OSError as error:
        raise _Mistake(key, f"{text!r} cannot be read ({(error.strerror or 'no file').lower()}): name a file") from None
    return str(path)


def _ca_file(text: str | None, root: Path) -> str | None:
    path = _file("ca_file", text, root)
    if path is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
        except (ssl.SSLError, OSError):
            raise _Mistake("ca_file", f"{text!r} holds no certificate: name a PEM file of authorities") from None
    return path
