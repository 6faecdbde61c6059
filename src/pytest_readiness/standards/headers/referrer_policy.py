"""Referrer-Policy, read as browsers read it (W3C Referrer Policy, sections 4 and 8)."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_readiness.standards.pages.html import Document

DEFAULT = "strict-origin-when-cross-origin"
"""What browsers do where a page says nothing (section 3, "default referrer policy")."""

POLICIES = frozenset({
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
})  # fmt: skip
LEAKING = frozenset({"no-referrer-when-downgrade", "unsafe-url"})
"""These send paths and queries to other sites."""
DOWNGRADING = frozenset({"origin", "origin-when-cross-origin"})
"""These tell a plain HTTP site where its visitor came from."""

_LEGACY = {
    "never": "no-referrer",
    "default": DEFAULT,
    "always": "unsafe-url",
    "origin-when-crossorigin": "origin-when-cross-origin",
}


def from_header(lines: Sequence[str]) -> str | None:
    """Return the policy that the field lines set: the last known word, so that old browsers find an older one."""
    words = [word.strip("\t ").lower() for line in lines for word in line.split(",")]
    return next((word for word in reversed(words) if word in POLICIES), None)


def from_document(document: Document) -> str | None:
    """Return the policy that the document's ``meta`` elements set: the last that says a known word."""
    words = [meta.content.strip("\t\n\f\r ").lower() for meta in document.metas if meta.name == "referrer"]
    policies = [_LEGACY.get(word, word) for word in words]
    return next((policy for policy in reversed(policies) if policy in POLICIES), None)


def effective(lines: Sequence[str], document: Document | None) -> str | None:
    """Return the policy that a page sets; None where it leaves browsers to their default.

    What the document says comes later and wins.
    """
    return (from_document(document) if document else None) or from_header(lines)
