"""Times as HTTP writes them (RFC 9110, section 5.6.7)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def parse(value: str) -> datetime | None:
    """Return the time, UTC, that a field names in any of the three forms, or None where it names none."""
    try:
        moment = parsedate_to_datetime(value)
        # asctime's form says no zone: "all HTTP-date timestamps MUST be represented in UTC".
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
