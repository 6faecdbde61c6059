"""readiness.toml as a test file: area, then check[target], then verdict[target]."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pytest_readiness.model.checks import AREAS, Check, Item
from pytest_readiness.model.exceptions import NotReady
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Result
from pytest_readiness.model.states import State, Verdict
from pytest_readiness.model.targets import Target
from pytest_readiness.reporting.text import plain
from pytest_readiness.run import DECISIONS, Run
from pytest_readiness.verdict.judge import Judged, weigh

RUN = pytest.StashKey[Run]()
"""Where a pytest session keeps its readiness run."""


class ReadinessFile(pytest.File):
    """The configuration file, collected as the checklist it asks for."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        run = self.config.stash[RUN]
        used = dict.fromkeys(item.area for item in run.items.values())
        for area in AREAS:
            if area in used:
                yield AreaNode.from_parent(self, name=area)
        for target in run.targets if DECISIONS in run.items else ():
            name = f"decisions[{target.name}]"
            yield DecisionsItem.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", target=target)
        for target in run.targets:
            name = f"verdict[{target.name}]"
            # The node id is passed as text: pytest 9.2 reads the parameter out of it, and --lf finds the item by that.
            yield VerdictItem.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", target=target)


class AreaNode(pytest.Collector):
    """One area of the checklist."""

    def collect(self) -> Iterator[pytest.Item]:
        run = self.config.stash[RUN]
        proven = {check.item for check in run.checks}
        for item in run.items.values():
            if item.area != self.name:
                continue
            for check in run.checks:
                if check.item == item.id:
                    for target in run.targets:
                        yield self._node(CheckItem, check.name, target, item=item, check=check)
            if item.id not in proven and item.id != DECISIONS:
                for target in run.targets:
                    yield self._node(UnboundItem, item.name, target, item=item)

    def _node(self, kind: type[ReadinessItem], name: str, target: Target, **what: Any) -> ReadinessItem:
        name = f"{name}[{target.name}]"
        node: ReadinessItem = kind.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", target=target, **what)
        return node


class ReadinessItem(pytest.Item):
    """A pytest item that judges one target."""

    def __init__(self, *, target: Target, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target = target

    @property
    def run(self) -> Run:
        return self.config.stash[RUN]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show findings rather than the code of a check; anything else is a bug, and shown as one."""
        if isinstance(excinfo.value, NotReady):
            return "\n\n".join(describe(finding) for finding in excinfo.value.findings)
        return super().repr_failure(excinfo, style)


class CheckItem(ReadinessItem):
    """One check of one target; the evidence is there already, so nothing here waits."""

    judged: Judged | None = None

    def __init__(self, *, item: Item, check: Check[...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item, self.check = item, check
        self.extra_keyword_matches.add(item.name)
        severity = self.run.severity(check)
        self.add_marker(
            pytest.mark.readiness(area=item.area, item=item.id, severity=str(severity), target=self.target.name)
        )
        self.user_properties += [
            ("readiness_item", item.id),
            ("readiness_target", self.target.name),
            ("readiness_severity", str(severity)),
        ]

    def setup(self) -> None:
        self.judged = amended(self, self.run.judge(self.check, self.target))
        if self.judged.state is State.ERROR:
            raise self.judged.error or TypeError(self.judged.reason)

    def runtest(self) -> None:
        assert self.judged is not None
        tell(self.run.decide(self.result()))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, 0, f"{self.item.area}: {self.check.name} [{self.target.name}]"

    def result(self) -> Result:
        """Return what came out; before the run reached it, judge it on what was gathered."""
        judged = self.judged or amended(self, self.run.judge(self.check, self.target))
        return Result(
            nodeid=self.nodeid,
            item=self.item.id,
            check=self.check.name,
            target=self.target.name,
            state=judged.state,
            severity=self.run.severity(self.check),
            reason=judged.reason,
            fix=judged.fix,
            findings=judged.findings,
            measured=judged.measured,
            evidence_age=judged.age,
        )


class UnboundItem(ReadinessItem):
    """An item that no check proves, and so far no test of the user's: unverified, which is not ready."""

    def __init__(self, *, item: Item, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item = item
        self.add_marker(
            pytest.mark.readiness(area=item.area, item=item.id, severity=str(item.severity), target=self.target.name)
        )
        self.user_properties += [
            ("readiness_item", item.id),
            ("readiness_target", self.target.name),
            ("readiness_severity", str(item.severity)),
        ]

    def runtest(self) -> None:
        tell(self.run.decide(self.result()))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, 0, f"{self.item.area}: {self.item.name} [{self.target.name}]"

    def result(self) -> Result:
        """Return that it is unverified, and what would prove it."""
        return Result(
            nodeid=self.nodeid,
            item=self.item.id,
            check=self.item.name,
            target=self.target.name,
            state=State.UNVERIFIED,
            severity=self.item.severity,
            reason=self.item.needs,
            fix=self.item.configure.replace("NAME", self.target.name),
            bound=False,
        )


class DecisionsItem(ReadinessItem):
    """Whether the team's decisions are in order; judged when everything else is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item = self.run.items[DECISIONS]
        severity = str(self.item.severity)
        self.add_marker(
            pytest.mark.readiness(area=self.item.area, item=self.item.id, severity=severity, target=self.target.name)
        )
        self.user_properties += [
            ("readiness_item", self.item.id),
            ("readiness_target", self.target.name),
            ("readiness_severity", severity),
        ]

    def runtest(self) -> None:
        tell(self.result())

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, 0, f"decisions [{self.target.name}]"

    def result(self) -> Result:
        """Return what is wrong with the decisions by all that is known by now."""
        findings = self.run.disorder(self.target)
        return Result(
            nodeid=self.nodeid,
            item=self.item.id,
            check="decisions",
            target=self.target.name,
            state=weigh(findings, self.run.options.gate),
            severity=self.item.severity,
            findings=findings,
            measured={"waivers": len(self.run.settings.decisions.waivers)},
        )


class VerdictItem(ReadinessItem):
    """The last item of a target: red unless every line of its checklist holds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_marker(pytest.mark.readiness(target=self.target.name))

    def runtest(self) -> None:
        board = next(board for board in self.run.boards() if board.target == self.target.name)
        if board.verdict.is_ready:
            return
        if board.unheard:
            raise NotReady([Finding(f"{self.target.name}: NOT READY: {said}") for said in board.unheard])
        if board.verdict is Verdict.PARTIAL:
            raise NotReady([Finding(f"{self.target.name}: PARTIAL: the selection leaves part of the checklist out")])
        blocking = [row.item.id for row in board.rows if row.blocks]
        raise NotReady([Finding(f"{self.target.name}: NOT READY: {len(blocking)} items", where=", ".join(blocking))])

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, 0, f"verdict [{self.target.name}]"


def tell(result: Result) -> None:
    """End a test as ``result`` has it."""
    match result.state:
        case State.FAIL:
            raise NotReady(result.findings)
        case State.WAIVED:
            raise pytest.xfail.Exception(f"{State.WAIVED}: {plain(result.exception)}")
        case State.UNVERIFIED | State.NOT_APPLICABLE:
            skip(result.state, result.reason)


def skip(state: State, reason: str) -> NoReturn:
    """End a test as ``state``, in words that every reporter shows as they are."""
    raise pytest.skip.Exception(f"{state}: {plain(reason)}", _use_item_location=True)


def amended(item: CheckItem, judged: Judged) -> Judged:
    """Return ``judged`` as the hooks would have it: told better or made worse, never made less."""
    from dataclasses import replace

    from pytest_readiness.verdict.judge import with_findings

    if not judged.findings:
        return judged
    findings = []
    for finding in judged.findings:
        other = item.config.hook.pytest_readiness_finding(
            config=item.config, check=item.check.id, target=item.target.name, finding=finding
        )
        if isinstance(other, Finding):
            assert finding.severity is not None
            worst = max(finding.severity, other.severity or finding.severity)
            findings.append(replace(other, severity=worst))
        else:
            findings.append(finding)
    return with_findings(judged, findings, item.run.options.gate)


def describe(finding: Finding) -> str:
    """Return a finding in lines: what, where, how measured, what to do, by which rule; safe for a terminal."""
    rows = [("where", finding.where), ("measured", finding.measured or ""), ("fix", finding.fix)]
    rows.append(("source", finding.source))
    lines = [plain(finding.summary) + (f"  ({finding.severity})" if finding.severity is not None else "")]
    for label, text in rows:
        parts = text.split("\n")
        lines += [f"    {label if number == 0 else '':<9} {plain(part)}" for number, part in enumerate(parts) if text]
    return "\n".join(lines)
