"""Where an answer sends the browser next (RFC 9110, section 15.4)."""

from __future__ import annotations

from pytest_readiness.model.http import Exchange
from pytest_readiness.standards.pages import urls

STATUSES = frozenset({301, 302, 303, 307, 308})
"""The status codes on which browsers follow Location; 300 and 304 are none of them."""


def destination(answer: Exchange) -> str | None:
    """Return the absolute URL that ``answer`` redirects to, or None where it is no redirect that can be followed."""
    location = answer.headers.first("Location")
    if answer.status not in STATUSES or location is None:
        return None
    resolved = urls.resolve(location, answer.url)
    return resolved if resolved is not None and urls.origin(resolved) is not None else None


def leaves(answer: Exchange) -> bool:
    """Whether ``answer`` sends the browser to another host."""
    away = destination(answer)
    return away is not None and host(away) != host(answer.url)


def host(url: str) -> str:
    """Return the host of an absolute URL, lower case; empty where there is none."""
    origin = urls.origin(url)
    return origin.host if origin else ""


def is_https(url: str) -> bool:
    """Whether an absolute URL is read over HTTPS."""
    origin = urls.origin(url)
    return origin is not None and origin.scheme == "https"
