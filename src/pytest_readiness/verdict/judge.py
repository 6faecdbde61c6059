"""Runs one check on the evidence of one target, and says what state that makes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pytest_readiness.model.checks import Check
from pytest_readiness.model.evidence import Evidence
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Judged:
    """What one check says.

    Attributes:
        state: PASS, WARN, FAIL, UNVERIFIED, NOT_APPLICABLE or ERROR.
        reason: Why it is neither passed nor failed.
        fix: What would let it be verified.
        findings: What is wrong, with every severity filled in.
        measured: Figures by name.
        age: How old the oldest evidence was.
        error: The exception behind ERROR.
    """

    state: State
    reason: str = ""
    fix: str = ""
    findings: tuple[Finding, ...] = ()
    measured: Mapping[str, Any] = field(default_factory=dict)
    age: timedelta | None = None
    error: BaseException | None = None


def weigh(findings: Iterable[Finding], gate: Severity) -> State:
    """Return FAIL if a finding is as bad as ``gate`` or worse, WARN if there are lesser ones, PASS if none.

    Args:
        findings: Findings whose severity is filled in.
        gate: The least severity that fails.
    """
    worst = max((finding.severity or Severity.CRITICAL for finding in findings), default=None)
    if worst is None:
        return State.PASS
    return State.FAIL if worst >= gate else State.WARN


def judge(
    check: Check[...],
    evidence: Mapping[str, Evidence],
    *,
    target: Target,
    severity: Severity,
    gate: Severity,
    thresholds: Thresholds,
    now: datetime,
) -> Judged:
    """Judge ``target`` by ``check``.

    Args:
        check: The check.
        evidence: The target's evidence by name.
        target: The target.
        severity: Of a finding that does not say otherwise.
        gate: The least severity that fails.
        thresholds: The limits.
        now: The time of judgement, UTC.
    """
    context: dict[str, object] = {"target": target, "thresholds": thresholds, "now": now}
    age: timedelta | None = None
    for name in check.needs:
        fact = evidence.get(name)
        if fact is None:
            return Judged(State.UNVERIFIED, f"{name} was not gathered")
        if fact.error is not None:
            return _without(fact.error)
        age = max(age or timedelta(), now - fact.gathered)
        context[name] = fact.value
    findings: list[Finding] = []
    measured: dict[str, Any] = {}
    try:
        for said in check.function(**{name: context[name] for name in check.parameters}):
            if isinstance(said, Measure):
                measured[said.name] = said.value
            elif isinstance(said, Finding):
                findings.append(said if said.severity is not None else replace(said, severity=severity))
            else:
                return Judged(State.ERROR, f"{check.id} yielded {said!r}: a check yields Finding and Measure")
    except Exception as error:  # noqa: BLE001  # a bug in a check is an ERROR of that check alone
        return replace(_without(error), age=age, measured=measured)
    return Judged(weigh(findings, gate), findings=tuple(findings), measured=measured, age=age)


def _without(error: BaseException) -> Judged:
    if isinstance(error, Unverified):
        return Judged(State.UNVERIFIED, error.reason, error.fix)
    if isinstance(error, NotApplicable):
        return Judged(State.NOT_APPLICABLE, error.reason)
    return Judged(State.ERROR, f"{type(error).__name__}: {error}", error=error)
