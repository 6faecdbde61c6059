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


def with_findings(judged: Judged, findings: Iterable[Finding], gate: Severity) -> Judged:
    """Return ``judged`` with ``findings`` and the state that they make of it.

    What was found stands, whatever could not be looked at after it: a finding at the gate fails, and a lesser one
    leaves unverified what is unverified.

    Args:
        judged: What was said without them.
        findings: Findings whose severity is filled in.
        gate: The least severity that fails.
    """
    findings = tuple(findings)
    state = weigh(findings, gate)
    unfinished = judged.state is State.ERROR or (judged.state is State.UNVERIFIED and state is not State.FAIL)
    if not findings or unfinished:
        return replace(judged, findings=findings)
    return replace(judged, state=state, reason="", fix="", findings=findings)


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
        return with_findings(replace(_without(error), age=age, measured=measured), findings, gate)
    return with_findings(Judged(State.PASS, measured=measured, age=age), findings, gate)


def _without(error: BaseException) -> Judged:
    if isinstance(error, Unverified):
        return Judged(State.UNVERIFIED, error.reason, error.fix)
    if isinstance(error, NotApplicable):
        return Judged(State.NOT_APPLICABLE, error.reason)
    return Judged(State.ERROR, f"{type(error).__name__}: {error}", error=error)
