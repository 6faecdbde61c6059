"""``pytest-readiness init URL``: looks at a service and writes the readiness.toml that it can find out."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.clients import opened
from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.http import Answer, Cause, Exchange, Silence
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target
from pytest_readiness.settings import sites
from pytest_readiness.settings.tables import NAME
from pytest_readiness.standards.pages import html

LIVENESS = ("/livez", "/healthz", "/health/live", "/health", "/actuator/health/liveness", "/up", "/status")
READINESS = ("/readyz", "/health/ready", "/ready", "/actuator/health/readiness", "/actuator/health")
OPENAPI = ("/openapi.json", "/api/openapi.json", "/swagger.json", "/v3/api-docs")
MOST_PAGES = 3
COLUMN = 32
"""Where the comments of readiness.toml begin."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at the service brought.

    Attributes:
        landing: The answer to GET on the URL.
        liveness: The path that answers for the process; None where none was found.
        readiness: The path that answers for the service; None where none was found.
        openapi: The path of the OpenAPI document; None where none was found.
        pages: Pages that the landing page links to.
        sent: How many requests it took.
    """

    landing: Answer
    liveness: str | None = None
    readiness: str | None = None
    openapi: str | None = None
    pages: tuple[str, ...] = ()
    sent: int = 0


def run(url: str, *, name: str, file: Path, ca_file: str | None, replace: bool) -> int:
    """Write ``file`` for the service at ``url`` and say what was found.

    Args:
        url: Where visitors go; without a scheme, https is meant.
        name: What to call the target.
        file: Where to write.
        ca_file: Authorities to trust in place of the system's.
        replace: Whether a file that is there already may be replaced.

    Raises:
        ConfigurationError: The URL or the name will not do, or the file is there already.
    """
    if "://" not in url:
        url = f"https://{url}"
    if sites.has_user(url):
        raise ConfigurationError(
            "there is a password in the URL", remedy='put the URL into a variable and write url = "env:NAME" yourself'
        )
    try:
        sites.site(url)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    if not re.fullmatch(NAME, name):
        raise ConfigurationError(f"{name!r} is no target name", remedy="write lower-case letters, digits and dashes")
    if file.exists() and not replace:
        raise ConfigurationError("is there already", file=str(file), remedy="name another --file, or add --force")
    if ca_file is not None:
        ca_file = str(Path(ca_file).expanduser().absolute())
    found = look(Target(name=name, url=url, ca_file=ca_file))
    if ca_file is not None:
        ca_file = os.path.relpath(ca_file, file.absolute().parent)  # read from where the file stands
    try:
        file.write_text(document(name, url, found, ca_file=ca_file), encoding="utf-8")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ConfigurationError(f"cannot be written ({why})", file=str(file), remedy="name another --file") from None
    print(f"looked at {url} with {found.sent} requests, GET only")
    for label, value in (("liveness", found.liveness), ("readiness", found.readiness), ("openapi", found.openapi)):
        print(f"  {label:<10} {value or 'not found: fill it in if there is one'}")
    if isinstance(found.landing, Silence):
        print(f"  the site did not answer: {found.landing}", file=sys.stderr, flush=True)
    print(f"wrote {file}; now run: pytest --readiness={name}")
    return 0


def look(target: Target) -> Found:
    """Return what GET requests find out about ``target``."""
    return asyncio.run(_look(target))


async def _look(target: Target) -> Found:
    allowance = Allowance(target.name, target.budget)
    async with opened(target, Effect.OBSERVE, allowance) as clients:
        landing = (await clients.http.follow(target.url))[-1]
        if isinstance(landing, Silence):
            return Found(landing, sent=allowance.sent["http_requests"])
        unknown = await clients.http.fetch("/no-such-page-9f2c41")
        catch_all = isinstance(unknown, Exchange) and unknown.status < 400
        found = Found(landing, pages=_linked(landing, target))
        if not catch_all:
            found = replace(
                found,
                liveness=await _first(clients.http, LIVENESS),
                readiness=await _first(clients.http, READINESS),
                openapi=await _first(clients.http, OPENAPI, openapi=True),
            )
        return replace(found, sent=allowance.sent["http_requests"])


async def _first(http: HttpClient, paths: tuple[str, ...], *, openapi: bool = False) -> str | None:
    answers = await asyncio.gather(*(http.fetch(path) for path in paths))
    for path, answer in zip(paths, answers, strict=True):
        if isinstance(answer, Exchange) and answer.status == 200 and (not openapi or _is_openapi(answer)):
            return path
    return None


def _is_openapi(answer: Exchange) -> bool:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return answer.truncated and re.search(rb'"(openapi|swagger)"\s*:', answer.body[:4096]) is not None
    return isinstance(document, dict) and ("openapi" in document or "swagger" in document)


def _linked(landing: Exchange, target: Target) -> tuple[str, ...]:
    paths: dict[str, None] = {}
    for written in re.findall(r"""<a\s[^>]*?href\s*=\s*["']([^"'#?]+)""", landing.text, re.IGNORECASE):
        try:
            split = urlsplit(urljoin(landing.url, written.strip()))
        except ValueError:
            continue
        plain = re.fullmatch(r"/[A-Za-z0-9/_.-]+", split.path)
        if split.hostname == target.host and plain and split.path != urlsplit(landing.url).path:
            paths[split.path] = None
    return tuple(paths)[:MOST_PAGES]


def document(name: str, url: str, found: Found, *, ca_file: str | None = None) -> str:
    """Return the text of readiness.toml.

    Args:
        name: The target's name.
        url: Its URL.
        found: What was found out; the rest stands there as comments to fill in.
        ca_file: Authorities to trust in place of the system's.
    """
    landing = found.landing
    untrusted = isinstance(landing, Silence) and landing.cause is Cause.CERTIFICATE
    title = ""
    if isinstance(landing, Exchange) and landing.is_html:
        title = re.sub(r"[^ -~]+", " ", (html.parse(landing.text).title or "")).strip()[:80]
    return "\n".join(
        [
            f"# Readiness of {title or url}.",
            f"# Run it: pytest --readiness={name}",
            f"# What is configured and what is missing: pytest --readiness={name} --readiness-list",
            "",
            f"[targets.{name}]",
            f"url = {_quoted(url)}",
            _line("production", value=True, example="", meaning="nothing is ever disrupted here"),
            _line("allow", "observe", "", "read only: GET, HEAD, OPTIONS, handshakes, DNS queries"),
            "# budget = { requests_per_second = 50, connections = 8, requests = 2000 }",
            _line("pages", list(found.pages) or None, '["/login"]', "looked at besides the URL and an error page"),
            _line("openapi", found.openapi, '"/openapi.json"', "a path, a URL or a file"),
            _line(
                "ca_file",
                ca_file,
                '"ca.pem"',
                "the site's certificate was refused: if its authority is your own, name it here"
                if untrusted
                else "authorities of your own, in place of the system's",
            ),
            "",
            f"{'' if found.liveness or found.readiness else '# '}[targets.{name}.health]",
            _line("liveness", found.liveness, '"/health"', "answers while the process lives"),
            _line("readiness", found.readiness, '"/health/ready"', "answers whether the service can serve"),
            "",
            "# [thresholds]",
            '# hsts_max_age = "180d"',
            "",
        ]
    )


def _line(key: str, value: object, example: str, meaning: str) -> str:
    text = f"# {key} = {example}" if value is None else f"{key} = {_quoted(value)}"
    return f"{text:<{COLUMN}} # {meaning}"


def _quoted(value: object) -> str:
    """Return ``value`` as TOML has it: as JSON, but for escapes in pairs, which TOML does not know."""
    return json.dumps(value, ensure_ascii=False)
