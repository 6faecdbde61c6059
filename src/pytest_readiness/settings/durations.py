"""Durations as users write them: ``30s``, ``4h``, ``90d``."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
PATTERN = r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d|w)$"


def parse(text: str) -> timedelta:
    """Return the duration that ``text`` says.

    Raises:
        ValueError: It is a number without a unit, too long, or no duration at all; the message gives an example.
    """
    if not isinstance(text, str) or not re.match(PATTERN, text) or text.endswith("\n"):
        raise ValueError(f"{text!r} is no duration: write a number and a unit, such as '30s', '4h' or '90d'")
    number, unit = re.findall(r"^([0-9.]+)([a-z]+)$", text)[0]
    try:
        return timedelta(**{_UNITS[unit]: float(number)})
    except OverflowError:
        raise ValueError(f"{text!r} is longer than can be reckoned with: write less") from None


def spell(duration: timedelta) -> str:
    """Return ``duration`` as a user would write it, in its largest whole unit."""
    seconds = duration.total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds * 1000:.3f}".rstrip("0").rstrip(".") + "ms"
