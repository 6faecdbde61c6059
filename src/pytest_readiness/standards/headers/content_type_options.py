"""X-Content-Type-Options, read as browsers read it (Fetch, section 3.7, "determine nosniff")."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_readiness.standards.headers.list_fields import get_decode_and_split


def nosniff(lines: Sequence[str]) -> bool:
    """Whether browsers keep to the declared type: the first value of the first line alone decides."""
    values = get_decode_and_split(lines) or ("",)
    # Form feed goes too: web-platform-tests, fetch/nosniff, has browsers strip it.
    return values[0].strip("\f\t ").lower() == "nosniff"


def repeated(lines: Sequence[str]) -> bool:
    """Whether there is more than the one value that counts."""
    return len(get_decode_and_split(lines) or ()) > 1
