"""Spans of time as people say them."""

from __future__ import annotations

import math
from datetime import timedelta

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def span(length: timedelta) -> str:
    """Return the length in the largest whole unit of which it has two or more, ``10 days``, ``1 hour``."""
    length = abs(length)
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (timedelta(minutes=1), "minute")):
        count = length // unit
        if count >= 2 or (count == 1 and length % unit < unit / 10):  # two of a unit say enough
            return f"{count} {name}{'' if count == 1 else 's'}"
    seconds = int(length / timedelta(seconds=1))
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def days(length: timedelta) -> float:
    """Return the length in days to one decimal, rounded down: what is left is never said to be more than it is."""
    return math.floor(length / DAY * 10) / 10
