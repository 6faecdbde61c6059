"""Set-Cookie, read as browsers read it (RFC 6265bis, sections 5.6 and 5.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pytest_readiness.standards.headers.cookie_dates import parse as parse_date

LONGEST_PAIR = 4096
LONGEST_ATTRIBUTE = 1024

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_AGE = re.compile(r"-?[0-9]+")


class SameSite(StrEnum):
    """When a cookie goes along with requests that other sites cause."""

    STRICT = "Strict"
    LAX = "Lax"
    NONE = "None"
    DEFAULT = "not set"


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie as one Set-Cookie line describes it.

    Attributes:
        name: Its name; empty for a line without ``=``.
        value: Its value.
        secure: Whether it goes over HTTPS only.
        http_only: Whether scripts cannot read it.
        same_site: When it goes to other sites; an unknown word counts as not set.
        partitioned: Whether each embedding site has one of its own.
        domain: The domain it is shared with, without its leading dot; None for the host alone.
        path: As written, absolute; None where it was not given, or not so and stands for the default path.
        max_age: Seconds it lives, negative or zero to delete it; None where it was not given.
        expires: When it dies, UTC; None where it was not given or is no date.
    """

    name: str
    value: str = ""
    secure: bool = False
    http_only: bool = False
    same_site: SameSite = SameSite.DEFAULT
    partitioned: bool = False
    domain: str | None = None
    path: str | None = None
    max_age: int | None = None
    expires: datetime | None = None

    def deleted(self, now: datetime) -> bool:
        """Whether the line takes the cookie away; Max-Age is stronger than Expires."""
        if self.max_age is not None:
            return self.max_age <= 0
        return self.expires is not None and self.expires <= now


def parse(line: str) -> Cookie | None:
    """Return the cookie that a Set-Cookie line describes; None where browsers ignore the line."""
    if _CONTROL.search(line):
        return None
    pair, _, rest = line.partition(";")
    before, equals, after = pair.partition("=")
    name, value = (before, after) if equals else ("", pair)
    name, value = name.strip(" \t"), value.strip(" \t")
    if not (name or value) or len(name) + len(value) > LONGEST_PAIR:
        return None
    attributes = dict(_attributes(rest))
    return Cookie(
        name=name,
        value=value,
        secure="secure" in attributes,
        http_only="httponly" in attributes,
        same_site=_same_site(attributes.get("samesite", "")),
        partitioned="partitioned" in attributes,
        domain=attributes.get("domain", "").removeprefix(".").lower() or None,
        path=path if (path := attributes.get("path", "")).startswith("/") else None,
        max_age=_max_age(attributes),
        expires=parse_date(attributes.get("expires", "")),
    )


def rejection(cookie: Cookie, host: str, *, secure: bool) -> str:
    """Return why a browser drops the cookie when ``host`` sets it; empty where it keeps it.

    Args:
        cookie: What was set.
        host: The host that set it.
        secure: Whether it was set over HTTPS.
    """
    prefix = _prefix(cookie.name) if cookie.name else ""
    if not cookie.name and _prefix(cookie.value):
        return f"a cookie without a name may not have a value that begins with {_prefix(cookie.value)}"
    if cookie.domain and not _domain_matches(host.lower(), cookie.domain):
        return f"its Domain {cookie.domain} does not cover {host}"
    if cookie.secure and not secure:
        return "it is Secure and was set over plain HTTP"
    return next((reason for reason, holds in _requirements(cookie, prefix) if not holds), "")


def _requirements(cookie: Cookie, prefix: str) -> Iterator[tuple[str, bool]]:
    """Yield what must hold for browsers to keep the cookie, worded as the reason why they do not."""
    if cookie.same_site is SameSite.NONE:
        yield "SameSite=None needs Secure", cookie.secure
    if cookie.partitioned:
        yield "Partitioned needs Secure", cookie.secure
    if prefix:
        yield f"the prefix {prefix} needs Secure", cookie.secure
    if "Http-" in prefix:
        yield f"the prefix {prefix} needs HttpOnly", cookie.http_only
    if "Host-" in prefix:
        yield f"the prefix {prefix} needs Path=/", cookie.path == "/"
        yield f"the prefix {prefix} allows no Domain", cookie.domain is None


_PREFIXES = ("__Host-Http-", "__Host-", "__Http-", "__Secure-")


def _prefix(name: str) -> str:
    return next((prefix for prefix in _PREFIXES if name.lower().startswith(prefix.lower())), "")


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for attribute in text.split(";"):
        name, _, value = attribute.partition("=")
        name, value = name.strip(" \t").lower(), value.strip(" \t")
        if len(value) <= LONGEST_ATTRIBUTE and _means_something(name, value):
            yield name, value


def _means_something(name: str, value: str) -> bool:
    """Whether the attribute counts: a malformed Max-Age or Expires leaves an earlier one in force (section 5.6)."""
    if name == "max-age":
        return _MAX_AGE.fullmatch(value) is not None
    return name != "expires" or parse_date(value) is not None


def _same_site(word: str) -> SameSite:
    known = {member.lower(): member for member in (SameSite.STRICT, SameSite.LAX, SameSite.NONE)}
    return known.get(word.lower(), SameSite.DEFAULT)


def _max_age(attributes: Mapping[str, str]) -> int | None:
    value = attributes.get("max-age")
    if value is None:
        return None
    # Longer than 400 days is cut to 400 (section 5.5); what matters here is the sign.
    longest = int(timedelta(days=400).total_seconds())
    return int(value) if len(value) < 10 else (-1 if value.startswith("-") else longest)


def _domain_matches(host: str, domain: str) -> bool:
    return host == domain or (host.endswith(f".{domain}") and not re.fullmatch(r"[0-9.]+|.*:.*", host))
