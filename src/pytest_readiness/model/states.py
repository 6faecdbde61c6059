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
    NOT_READY = "NOT READY"
    PARTIAL = "PARTIAL"
