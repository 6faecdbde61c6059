"""How long a certificate may hold, and how much of that must be left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SC081 = "CA/Browser Forum ballot SC-081v3"

_CAPS: tuple[tuple[datetime, timedelta], ...] = (
    (datetime(2029, 3, 15, tzinfo=UTC), timedelta(days=47)),
    (datetime(2027, 3, 15, tzinfo=UTC), timedelta(days=100)),
    (datetime(2026, 3, 15, tzinfo=UTC), timedelta(days=200)),
    (datetime(2020, 9, 1, tzinfo=UTC), timedelta(days=398)),
    (datetime(2018, 3, 1, tzinfo=UTC), timedelta(days=825)),
)

SHORT = timedelta(days=10)
"""Under this lifetime ACME clients renew with half of it left, not a third (Certbot 4, RFC 9773 appendix)."""

AUTOMATED = timedelta(days=100)
"""Nobody renews by hand what lives no longer than this: ACME issuers' lifetimes."""

BY_HAND = timedelta(days=200)
"""What lives longer was most likely installed by hand."""


def cap(issued: datetime) -> timedelta | None:
    """Return the longest lifetime that a public authority could give at that date; None before there was a rule."""
    return next((longest for since, longest in _CAPS if issued >= since), None)


def renewal_due(lifetime: timedelta) -> timedelta:
    """Return how much is left when ACME clients renew."""
    return lifetime / (2 if lifetime < SHORT else 3)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a lifetime must be left.

    Attributes:
        due: With less than this, renewal is due.
        overdue: With less than this, renewal has failed.
    """

    due: timedelta
    overdue: timedelta


def limits(lifetime: timedelta, floor: timedelta) -> Limits:
    """Return how much of ``lifetime`` must be left.

    Renewal that was due and did not happen for half of its time has failed. ``floor`` raises that, but never above
    three quarters of what is left when renewal falls due: a certificate of 45 days is renewed with 15 left, and asking
    for 14 would give its renewal one day.
    """
    due = renewal_due(lifetime)
    return Limits(due, max(due / 2, min(floor, due * 3 / 4)))
