"""The state of a result, an item or a verdict."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What a run can say of one result, and of the item that it proves."""

    PASS = "PASS"  # noqa: S105  # a state, not a password
    WARN = "WARN"
    ATTESTED = "ATTESTED"
    WAIVED = "WAIVED"
    NOT_APPLICABLE = "NOT-APPLICABLE"
    UNVERIFIED = "UNVERIFIED"
    FAIL = "FAIL"
    ERROR = "ERROR"


class Verdict(StrEnum):
    """What a run says of a whole target."""

    READY = "READY"
    WITH_WAIVERS = "READY WITH WAIVERS"
    NOT_READY = "NOT READY"
    PARTIAL = "PARTIAL"

    @property
    def is_ready(self) -> bool:
        """Whether a launch may go ahead on it."""
        return self in {Verdict.READY, Verdict.WITH_WAIVERS}
