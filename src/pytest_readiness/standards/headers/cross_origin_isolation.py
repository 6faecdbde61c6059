"""Keeping other sites out of the page's process: COOP, COEP (HTML, section 7.1) and CORP (Fetch, section 3.7)."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_readiness.standards.headers.structured_fields import Token, parse_item

UNSAFE_NONE = "unsafe-none"

OPENER_POLICIES = frozenset({"unsafe-none", "same-origin-allow-popups", "same-origin", "noopener-allow-popups"})
EMBEDDER_POLICIES = frozenset({"unsafe-none", "require-corp", "credentialless"})
RESOURCE_POLICIES = frozenset({"same-origin", "same-site", "cross-origin"})


def opener_policy(lines: Sequence[str]) -> str:
    """Return the Cross-Origin-Opener-Policy; what is no token, or sent twice, is ``unsafe-none``."""
    return _token(lines, OPENER_POLICIES)


def embedder_policy(lines: Sequence[str]) -> str:
    """Return the Cross-Origin-Embedder-Policy; what is no token, or sent twice, is ``unsafe-none``."""
    return _token(lines, EMBEDDER_POLICIES)


def resource_policy(lines: Sequence[str]) -> str | None:
    """Return the Cross-Origin-Resource-Policy; None where browsers ignore it. Its case matters."""
    value = ", ".join(lines).strip("\t ")
    return value if value in RESOURCE_POLICIES else None


def _token(lines: Sequence[str], known: frozenset[str]) -> str:
    item = parse_item(lines)
    word = item.value.value if item and isinstance(item.value, Token) else UNSAFE_NONE
    return word if word in known else UNSAFE_NONE
