"""Source expressions of content security policies, and what they match (CSP3, sections 2.3.1 and 6.7.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from urllib.parse import unquote

KEYWORDS = frozenset(
    f"'{word}'"
    for word in (
        *("self", "none", "unsafe-inline", "unsafe-eval", "unsafe-hashes", "strict-dynamic", "report-sample"),
        *("wasm-unsafe-eval", "trusted-types-eval", "unsafe-allow-redirects", "inline-speculation-rules"),
        *("report-sha256", "report-sha384", "report-sha512", "unsafe-webtransport-hashes"),
    )
)

BROAD_SCHEMES = frozenset({"data", "filesystem", "ftp", "http", "https"})
"""Schemes under which anybody can put anything."""

_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_-]+={0,2})'", re.IGNORECASE)
_HASH = re.compile(r"'sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2}'", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST = re.compile(
    r"""(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?
        (?P<host>\*|(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?)
        (?::(?P<port>[0-9]+|\*))?
        (?P<path>/[^?\#]*)?""",
    re.VERBOSE,
)
_DEFAULT_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}
_UPGRADES = {"http": {"https"}, "ws": {"wss", "http", "https"}, "wss": {"https"}}


class Kind(Enum):
    """What a source expression is."""

    KEYWORD = auto()
    NONCE = auto()
    HASH = auto()
    SCHEME = auto()
    HOST = auto()
    VOID = auto()


@dataclass(frozen=True, slots=True)
class Source:
    """A source expression.

    Attributes:
        text: As written.
        kind: What it is; ``VOID`` matches nothing.
        scheme: In lower case; empty where it names none.
        host: In lower case, ``*`` or beginning in ``*.`` for a wildcard.
        port: Digits, ``*``, or empty where it names none.
        path: As written; empty where it names none.
        nonce: The value of a nonce.
    """

    text: str
    kind: Kind
    scheme: str = ""
    host: str = ""
    port: str = ""
    path: str = ""
    nonce: str = ""

    @property
    def broad(self) -> bool:
        """Whether anybody can put something where it points: a scheme, any host, or any host of a top-level domain."""
        if self.kind is Kind.SCHEME:
            return self.scheme in BROAD_SCHEMES
        return self.kind is Kind.HOST and (self.host == "*" or bool(re.fullmatch(r"\*\.[^.]+\.?", self.host)))


@dataclass(frozen=True, slots=True)
class Location:
    """A URL, as far as sources look at it.

    Attributes:
        scheme: In lower case.
        host: In lower case.
        path: From the first slash on.
        port: Digits; empty for the scheme's default.
    """

    scheme: str
    host: str
    path: str = "/"
    port: str = ""


@lru_cache(maxsize=1024)  # the same few expressions are asked about again and again
def parse(text: str) -> Source:
    """Read one expression; what is none is a source of kind ``VOID``."""
    if text.lower() in KEYWORDS:
        return Source(text, Kind.KEYWORD)
    if found := _NONCE.fullmatch(text):
        return Source(text, Kind.NONCE, nonce=found[1])
    if _HASH.fullmatch(text):
        return Source(text, Kind.HASH)
    if found := _SCHEME.fullmatch(text):
        return Source(text, Kind.SCHEME, scheme=found[1].lower())
    if found := _HOST.fullmatch(text):
        scheme, host, port, path = (found[name] or "" for name in ("scheme", "host", "port", "path"))
        return Source(text, Kind.HOST, scheme.lower(), host.lower().rstrip("."), port, path)
    return Source(text, Kind.VOID)


def is_broad(text: str) -> bool:
    """Whether the expression lets in anybody."""
    return parse(text).broad


def matches(source: Source, location: Location, page_scheme: str = "https") -> bool:
    """Whether ``source`` lets a page served under ``page_scheme`` load what is at ``location``.

    ``'self'`` is no concern of this function.
    """
    if source.kind is Kind.SCHEME:
        return _scheme_matches(source.scheme, location.scheme)
    if source.kind is not Kind.HOST:
        return False
    if source.text == "*":
        return location.scheme in {"http", "https", "ws", "wss", page_scheme}
    return (
        _scheme_matches(source.scheme or page_scheme, location.scheme)
        and _host_matches(source.host, location.host)
        and _port_matches(source.port, location)
        and _path_matches(source.path, location.path)
    )


def _scheme_matches(allowed: str, scheme: str) -> bool:
    return scheme == allowed or scheme in _UPGRADES.get(allowed, set())


def _host_matches(allowed: str, host: str) -> bool:
    if allowed == "*":
        return True
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed


def _port_matches(allowed: str, location: Location) -> bool:
    default = _DEFAULT_PORTS.get(location.scheme, "")
    port = location.port or default
    return allowed == "*" or port == (allowed or default) or (allowed == "80" and port == "443")


def _path_matches(allowed: str, path: str) -> bool:
    if not allowed:
        return True
    return unquote(path).startswith(unquote(allowed)) if allowed.endswith("/") else unquote(path) == unquote(allowed)
