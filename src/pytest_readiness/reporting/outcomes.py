"""What a user's own test proved, read from pytest's report of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pytest_readiness.model.exceptions import NotReady, Unverified
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Result
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State


@dataclass(slots=True)
class UserProof:
    """What a user's test proves.

    Attributes:
        item: The id of the item.
        name: The test function's name.
        targets: The targets that it counts for.
        severity: How much it matters that it does not hold.
        fix: What an Unverified raised in it said would help.
    """

    item: str
    name: str
    targets: tuple[str, ...]
    severity: Severity
    fix: str = ""

    def results(
        self, nodeid: str, state: State, reason: str = "", findings: tuple[Finding, ...] = ()
    ) -> Iterator[Result]:
        """Yield one result for each target."""
        for target in self.targets:
            yield Result(
                nodeid=nodeid,
                item=self.item,
                check=self.name,
                target=target,
                state=state,
                severity=self.severity,
                reason=reason,
                fix=self.fix if state is State.UNVERIFIED else "",
                findings=findings,
                own=True,
            )

    def unreached(self, nodeid: str) -> Iterator[Result]:
        """Yield that the run ended before the test."""
        yield from self.results(nodeid, State.UNVERIFIED, "the run ended before this test")


def user_result(
    item: pytest.Item, proof: UserProof, call: pytest.CallInfo[None], report: pytest.TestReport
) -> Iterator[Result]:
    """Yield what one phase of a user's test says; a phase that says nothing new yields nothing.

    A skip or an xfail proves nothing, whatever its reason: it is unverified.
    """
    error = call.excinfo.value if call.excinfo is not None else None
    if hasattr(report, "wasxfail"):
        yield from proof.results(
            item.nodeid, State.UNVERIFIED, f"xfail proves nothing: {report.wasxfail or 'no reason'}"
        )
    elif report.skipped:
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        not_applicable = f"{State.NOT_APPLICABLE}: "
        told = reason.removeprefix(f"{State.UNVERIFIED}: ")
        if reason.startswith(not_applicable):
            yield from proof.results(item.nodeid, State.NOT_APPLICABLE, reason.removeprefix(not_applicable))
        elif reason.startswith(f"{State.UNVERIFIED}: "):
            yield from proof.results(item.nodeid, State.UNVERIFIED, told)
        else:
            yield from proof.results(item.nodeid, State.UNVERIFIED, f"a skip proves nothing: {told}")
    elif report.failed and call.when == "call" and isinstance(error, AssertionError | pytest.fail.Exception):
        yield from proof.results(item.nodeid, State.FAIL, findings=_findings(error, item, proof.severity))
    elif isinstance(error, Unverified):  # in a subtest: elsewhere it is a skip by now
        yield from proof.results(item.nodeid, State.UNVERIFIED, error.reason)
    elif report.failed:
        yield from proof.results(item.nodeid, State.ERROR, f"{type(error).__name__}: {error}" if error else "failed")
    elif call.when == "call":
        yield from proof.results(item.nodeid, State.PASS)


def _findings(error: BaseException, item: pytest.Item, severity: Severity) -> tuple[Finding, ...]:
    if isinstance(error, NotReady):
        return tuple(
            finding
            if finding.severity is not None
            else Finding(finding.summary, finding.where, finding.measured, finding.fix, severity, finding.source)
            for finding in error.findings
        )
    first = str(error).strip().splitlines()[0] if str(error).strip() else "the assertion failed"
    return (Finding(first, where=item.nodeid, severity=severity),)
