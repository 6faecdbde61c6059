"""URLs as browsers resolve them (WHATWG URL), as far as origins and schemes go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_C0_OR_SPACE = "".join(map(chr, range(0x21)))


@dataclass(frozen=True, slots=True)
class Origin:
    """Who a page is to a browser: two URLs with equal origins trust each other.

    Attributes:
        scheme: In lower case.
        host: In lower case, without brackets.
        port: The scheme's default where the URL names none.
    """

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _DEFAULT_PORTS.get(self.scheme) else f":{self.port}")


def resolve(reference: str, base: str) -> str | None:
    """Return the absolute URL that ``reference`` means on a page at ``base``, or None where it means none."""
    reference = _cleaned(reference)
    scheme = _scheme(reference)
    if scheme and scheme not in _DEFAULT_PORTS:
        return reference
    base = _cleaned(base).partition("#")[0]
    base_scheme = _scheme(base)
    path, mark, rest = _before_query(reference)
    path = path.replace("\\", "/")
    if scheme:
        path = _special(scheme, path[len(scheme) + 1 :], base_scheme)
    elif path.startswith("//"):
        path = "//" + path.lstrip("/")
    try:
        return urljoin(base, path + mark + rest)
    except ValueError:
        return None


def origin(url: str) -> Origin | None:
    """Return the origin of an absolute URL; None where it is opaque (``data:``, ``blob:``) or no URL."""
    try:
        split = urlsplit(_cleaned(url))
        scheme, host, port = split.scheme.lower(), split.hostname, split.port
    except ValueError:
        return None
    if scheme not in _DEFAULT_PORTS or not host:
        return None
    return Origin(scheme, host.lower().rstrip("."), _DEFAULT_PORTS[scheme] if port is None else port)


def _cleaned(url: str) -> str:
    return re.sub(r"[\t\n\r]", "", url.strip(_C0_OR_SPACE))


def _scheme(url: str) -> str:
    found = _SCHEME.match(url)
    return found[1].lower() if found else ""


def _before_query(url: str) -> tuple[str, str, str]:
    found = re.search(r"[?#]", url)
    return (url[: found.start()], found[0], url[found.end() :]) if found else (url, "", "")


def _special(scheme: str, rest: str, base_scheme: str) -> str:
    # "https:path" and "https:/path" are relative on an https page; anywhere else they name a host.
    if scheme == base_scheme and not rest.startswith("//"):
        return rest
    return f"{scheme}://{rest.lstrip('/')}"
