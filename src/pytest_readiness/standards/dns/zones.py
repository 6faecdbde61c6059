"""Names and zones: ancestors, special-use names (RFC 6761), serial numbers (RFC 1982)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address


@dataclass(frozen=True, slots=True)
class SpecialUse:
    """A name that the public DNS does not hold.

    Attributes:
        suffix: The reserved name that it is or ends in; empty for a name of a single label.
        source: Where that is laid down.
        local: Whether no nameserver at all is to be asked for it.
    """

    suffix: str
    source: str
    local: bool = False

    def __str__(self) -> str:
        return f".{self.suffix} ({self.source})" if self.suffix else "single-label names"


_SPECIAL = {
    use.suffix: use
    for use in (
        SpecialUse("localhost", "RFC 6761, 6.3", local=True),
        SpecialUse("test", "RFC 6761, 6.2"),
        SpecialUse("invalid", "RFC 6761, 6.4"),
        SpecialUse("example", "RFC 6761, 6.5"),
        SpecialUse("local", "RFC 6762"),
        SpecialUse("onion", "RFC 7686"),
        SpecialUse("home.arpa", "RFC 8375"),
        SpecialUse("alt", "RFC 9476"),
        SpecialUse("internal", "ICANN resolution 2024.07.29.06"),
    )
}


def is_address(host: str) -> bool:
    """Return whether ``host`` is an IP address rather than a name."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def special_use(name: str) -> SpecialUse | None:
    """Return why the public DNS does not hold ``name``, or None where it may."""
    above = ancestors(name)
    found = next((_SPECIAL[part] for part in above if part in _SPECIAL), None)
    if found is None and len(above) == 1:
        return SpecialUse("", "RFC 6761")  # `shop`, `db`: names that a hosts file or a container network knows
    return found


def ancestors(name: str) -> tuple[str, ...]:
    """Return ``name`` and the names above it up to the top-level domain, nearest first."""
    labels = [label for label in name.lower().split(".") if label]
    return tuple(".".join(labels[start:]) for start in range(len(labels)))


def older(serial: int, other: int) -> bool:
    """Return whether ``serial`` stands before ``other`` in the circle of 32-bit serial numbers (RFC 1982, 3.2)."""
    return serial != other and (other - serial) % 2**32 < 2**31
