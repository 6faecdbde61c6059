"""Who may show a page in a frame: X-Frame-Options (HTML, section 7.6.1) and frame-ancestors (CSP3, section 6.4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from pytest_readiness.standards.headers.csp import Policy
from pytest_readiness.standards.headers.csp_sources import is_broad
from pytest_readiness.standards.headers.list_fields import get_decode_and_split


class Framing(StrEnum):
    """Who may frame a page."""

    NOBODY = "nobody"
    SAME_ORIGIN = "the same origin"
    LISTED = "listed sites"
    ANYBODY = "anybody"


_WORDS = frozenset({"deny", "sameorigin", "allowall"})


def x_frame_options(lines: Sequence[str]) -> Framing:
    """Return what X-Frame-Options alone allows: an unknown word, ``ALLOW-FROM`` among them, allows anybody."""
    values = {value.lower() for value in get_decode_and_split(lines) or ()}
    if len(values) > 1:
        return Framing.NOBODY if values & _WORDS else Framing.ANYBODY
    return {"deny": Framing.NOBODY, "sameorigin": Framing.SAME_ORIGIN}.get(next(iter(values), ""), Framing.ANYBODY)


def conflicting(lines: Sequence[str]) -> bool:
    """Whether X-Frame-Options says more than one thing."""
    return len({value.lower() for value in get_decode_and_split(lines) or ()}) > 1


def frame_ancestors(policy: Policy) -> Framing | None:
    """Return what a policy's frame-ancestors allows; None where it has none."""
    sources = policy.directives.get("frame-ancestors")
    if sources is None:
        return None
    words = [source.lower() for source in sources if source.lower() != "'none'"]
    if not words:
        return Framing.NOBODY
    if any(is_broad(word) for word in words):
        return Framing.ANYBODY
    return Framing.SAME_ORIGIN if set(words) == {"'self'"} else Framing.LISTED


def effective(policies: Sequence[Policy], x_frame_options_lines: Sequence[str]) -> Framing:
    """Return who may frame an answer with these enforced policies (of its header) and X-Frame-Options lines.

    A frame-ancestors switches X-Frame-Options off, even one that allows more. Of several every one must allow.
    """
    allowed = [framing for policy in policies if (framing := frame_ancestors(policy)) is not None]
    if not allowed:
        return x_frame_options(x_frame_options_lines)
    return min(allowed, key=list(Framing).index)
