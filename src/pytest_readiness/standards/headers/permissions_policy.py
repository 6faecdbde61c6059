"""Permissions-Policy, read as browsers read it (W3C Permissions Policy, section 5.2, on RFC 9651 dictionaries)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_readiness.standards.headers.structured_fields import InnerList, Member, Token, parse_dictionary

POWERFUL = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
"""Features that a frame must never get unasked: each sees, hears, finds or charges the visitor."""


@dataclass(frozen=True, slots=True)
class Allowlist:
    """Who may use one feature.

    Attributes:
        everybody: Whether every origin may.
        self: Whether the page's own origin may.
        origins: The other origins that may, as written.
        ignored: What stands in the list and names nobody to a browser, such as an origin without quotes.
    """

    everybody: bool = False
    self: bool = False
    origins: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def parse(lines: Sequence[str]) -> Mapping[str, Allowlist] | None:
    """Return who may use each feature; None where one syntax error voids the whole field.

    The syntax of Feature-Policy (``geolocation 'none'``) is such an error.
    """
    members = parse_dictionary(lines)
    if members is None:
        return None
    return {feature: _allowlist(member) for feature, member in members.items()}


def _allowlist(member: Member) -> Allowlist:
    values = [item.value for item in member.items] if isinstance(member, InnerList) else [member.value]
    tokens = [value.value for value in values if isinstance(value, Token)]
    return Allowlist(
        everybody="*" in tokens,
        self="self" in tokens,
        origins=tuple(value for value in values if isinstance(value, str)),
        ignored=tuple(token for token in tokens if token not in {"*", "self", "src"})
        + tuple(str(value) for value in values if not isinstance(value, (Token, str))),
    )
