"""HTTP Strict Transport Security, read as browsers read it (RFC 6797)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address

PRELOAD_MAX_AGE = timedelta(days=365)
"""What the preload list asks for: https://hstspreload.org/#submission-requirements."""

_LONGEST = timedelta(days=36_500)  # what follows is as good as forever, and timedelta ends somewhere
_KNOWN = frozenset({"max-age", "includesubdomains"})
_DIRECTIVE = re.compile(
    r"""[\ \t]*+(?:
        (?P<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]++)[\ \t]*+
        (?:=[\ \t]*+(?:(?P<token>[!#$%&'*+\-.^_`|~0-9A-Za-z]++)|"(?P<quoted>(?:[^"\\]|\\.)*+)")[\ \t]*+)?
    )?(?:;|\Z)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a browser remembers from one Strict-Transport-Security field.

    Attributes:
        max_age: How long it holds; zero makes the browser forget the host. More than a century is cut to one.
        include_subdomains: Whether it covers every name below the host.
        preload: Whether the site asks to stand in browsers' built-in lists; browsers themselves ignore it.
    """

    max_age: timedelta
    include_subdomains: bool = False
    preload: bool = False

    @property
    def preloadable(self) -> bool:
        """Whether the preload list would take a site that says this."""
        return self.max_age >= PRELOAD_MAX_AGE and self.include_subdomains and self.preload


def parse(field: str) -> Promise | None:
    """Return the promise, or None where a browser ignores the whole field.

    A max-age that is not digits, either directive given twice, a value where none may be, or anything beside the
    grammar voids the field (section 6.1). Unknown directives are ignored, ``preload`` among them.
    """
    directives = _directives(field)
    if directives is None:
        return None
    max_age = directives.get("max-age") or ""
    if not re.fullmatch(r"[0-9]+", max_age) or directives.get("includesubdomains") is not None:
        return None
    digits = max_age.lstrip("0") or "0"
    return Promise(
        max_age=min(timedelta(seconds=int(digits)), _LONGEST) if len(digits) < 12 else _LONGEST,
        include_subdomains="includesubdomains" in directives,
        preload="preload" in directives,
    )


def effective(lines: Sequence[str]) -> Promise | None:
    """Return what browsers take from the field lines of one answer: only the first counts (section 8.1)."""
    return parse(lines[0]) if lines else None


def rememberable(host: str) -> bool:
    """Whether browsers remember the host at all: addresses they never do (section 8.1.1)."""
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def _directives(field: str) -> dict[str, str | None] | None:
    """Return the values by lower-case name, None for a name alone; None where the field breaks the grammar."""
    directives: dict[str, str | None] = {}
    position = 0
    while position < len(field):
        found = _DIRECTIVE.match(field, position)
        if not found:
            return None
        position = found.end()
        if found["name"] is None:
            continue
        name = found["name"].lower()
        # Section 6.1 lets no directive come twice; Chromium and Firefox hold only those to it that they know.
        if name in directives and name in _KNOWN:
            return None
        quoted = found["quoted"]
        directives[name] = found["token"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
    return directives
