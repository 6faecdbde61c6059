"""What a check says: what is wrong, and what it measured."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_readiness.model.scales import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        summary: What is wrong, in one line without a full stop.
        where: The URL, address, name or file it was seen at; empty where the target as a whole is meant.
        measured: What was seen, as it was seen; None where absence is the finding.
        fix: What to do about it; one line that can be copied where that is possible.
        severity: How bad this one finding is; None means as bad as its check.
        source: The specification or vendor's page that the rule comes from.
    """

    summary: str
    where: str = ""
    measured: str | None = None
    fix: str = ""
    severity: Severity | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure or fact that a check measured, whether or not it found anything wrong.

    Attributes:
        name: What was measured, with its unit last (``days_left``, ``skew_seconds``): a key of the report.
        value: The figure; plain data that JSON can say.
    """

    name: str
    value: float | int | str | bool | None


Judgement = Finding | Measure
