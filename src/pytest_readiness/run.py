"""One readiness run: what was asked for, what was gathered, what came out. Knows nothing of pytest."""

from __future__ import annotations

import asyncio
import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from pytest_readiness.model.checks import Check, Item
from pytest_readiness.model.decisions import Line
from pytest_readiness.model.evidence import Source
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.releases import Signing
from pytest_readiness.model.results import Board, Result
from pytest_readiness.model.scales import Effect, Level, Severity
from pytest_readiness.model.secrets import Redactor
from pytest_readiness.model.states import State
from pytest_readiness.model.targets import Target
from pytest_readiness.settings.load import Settings
from pytest_readiness.verdict.board import board, rank
from pytest_readiness.verdict.decisions import decided, disorder
from pytest_readiness.verdict.judge import Judged, judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pytest_readiness.gather.engine import Facts, Progress
    from pytest_readiness.guard.budget import Allowance


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for.

    Attributes:
        targets: Names, globs or ``all``, in the order given.
        allow: The effect to widen the run to; None for what each target allows.
        gate: The least severity that keeps a target from being ready.
        level: The level that must hold.
    """

    targets: tuple[str, ...]
    allow: Effect | None = None
    gate: Severity = Severity.MEDIUM
    level: Level = Level.GOLD


@dataclass(slots=True)
class Run:
    """One readiness run.

    Attributes:
        settings: What the project has configured.
        options: What the command line asked for.
        targets: The targets of this run, in order.
        items: The checklist, by id, the users' own items last.
        checks: Every check, in the order of the board.
        sources: Users' sources of evidence.
        started: When the run began, UTC.
        facts: What was gathered; None before that.
        results: Results by node id and target.
        left_out: Whether the selection left proofs out.
        unheard: What was asked for and said nothing, a sentence each; nothing is ready then.
        allowances: What may be, and was, sent, by target.
        signing: What a signed statement needs; None where none is asked for.
    """

    settings: Settings
    options: Options
    targets: tuple[Target, ...]
    items: dict[str, Item]
    checks: tuple[Check[...], ...]
    sources: list[Source] = field(default_factory=list)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    facts: Facts | None = None
    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    left_out: bool = False
    unheard: list[str] = field(default_factory=list)
    allowances: dict[str, Allowance] = field(default_factory=dict)
    signing: Signing | None = None

    def target(self, name: str) -> Target:
        """Return the target called ``name``."""
        return next(target for target in self.targets if target.name == name)

    def allowed(self, target: Target) -> Effect:
        """Return the effect that this run allows on ``target``."""
        asked = self.options.allow
        return target.allow if asked is None else max(target.allow, min(asked, target.allow_up_to))

    def severity(self, check: Check[...]) -> Severity:
        """Return how much it matters that ``check`` finds something."""
        return check.severity if check.severity is not None else self.items[check.item].severity

    def allowance(self, target: Target) -> Allowance:
        """Return what may still be sent to ``target``."""
        from pytest_readiness.guard.budget import Allowance

        return self.allowances.setdefault(target.name, Allowance(target.name, target.budget))

    def catalogue(self) -> dict[str, Source]:
        """Return every source of evidence by name.

        Raises:
            ConfigurationError: Two have the same name.
        """
        from pytest_readiness.gather.plan import catalogue
        from pytest_readiness.probes import builtin

        return catalogue([*builtin(), *dict.fromkeys(self.sources)])

    def gather(self, wanted: Mapping[str, Iterable[str]], progress: Progress | None = None) -> None:
        """Gather the evidence that is ``wanted``, by target, side by side.

        Raises:
            ConfigurationError: Evidence is asked for that nobody gathers.
            KeyboardInterrupt: It was broken off; what was there by then is kept.
        """
        from pytest_readiness.gather.engine import Order, gather

        orders = [
            Order(target, self.allowed(target), tuple(wanted[target.name]), self.allowance(target))
            for target in self.targets
            if wanted.get(target.name)
        ]
        if not orders:
            return
        self.facts = asyncio.run(gather(orders, self.catalogue(), self.settings.thresholds, progress=progress))
        if self.facts.interrupted:
            raise KeyboardInterrupt

    def judge(self, check: Check[...], target: Target) -> Judged:
        """Judge ``target`` by ``check`` on what was gathered."""
        return judge(
            check,
            self.facts.of(target.name) if self.facts is not None else {},
            target=target,
            severity=self.severity(check),
            gate=self.options.gate,
            thresholds=self.settings.thresholds,
            now=datetime.now(UTC),
        )

    def record(self, result: Result) -> None:
        """Keep ``result`` as the team's decisions have it, with every known secret masked."""
        result = self.decide(result)
        mask = self.settings.redactor
        self.results[result.nodeid, result.target] = Result(
            nodeid=result.nodeid,
            item=result.item,
            check=result.check,
            target=result.target,
            state=result.state,
            severity=result.severity,
            reason=mask(result.reason),
            fix=mask(result.fix),
            findings=tuple(_masked(finding, mask) for finding in result.findings),
            measured={
                mask(name): mask(value) if isinstance(value, str) else value for name, value in result.measured.items()
            },
            evidence_age=result.evidence_age,
            own=result.own,
            bound=result.bound,
            raw=result.raw,
            exception=mask(result.exception),
        )

    def decide(self, result: Result) -> Result:
        """Return ``result`` as the team's decisions have it."""
        return result if result.raw is not None else decided(result, self.settings.decisions, self.today)

    @property
    def today(self) -> date:
        """The day on which the run began, UTC: a run over midnight is judged by one day."""
        return self.started.date()

    def disorder(self, target: Target) -> tuple[Finding, ...]:
        """Return what is wrong with the team's decisions about ``target`` themselves, by all that is known by now."""
        return tuple(
            replace(finding, severity=finding.severity or self.items[DECISIONS].severity)
            for finding in disorder(
                self.settings.decisions,
                tuple(self.items.values()),
                {check.id for check in self.checks},
                [result for result in self.results.values() if result.target == target.name],
                self.today,
            )
        )

    def add(self, result: Result) -> None:
        """Keep ``result`` beside what the same test said before, in a subtest or on its way: the worst counts."""
        before = self.results.get((result.nodeid, result.target))
        if before is not None:
            worst = min(before, result, key=lambda each: rank(each.state))
            result = replace(worst, findings=(*before.findings, *result.findings))
        self.record(result)

    def forget(self, nodeid: str) -> None:
        """Drop what ``nodeid`` said: it begins anew."""
        for target in self.targets:
            self.results.pop((nodeid, target.name), None)

    def boards(self) -> tuple[Board, ...]:
        """Return what the run says of each target."""
        return tuple(
            board(
                target,
                self.items.values(),
                self.results.values(),
                gate=self.options.gate,
                level=self.options.level,
                partial=self.left_out,
                sent=self._sent(target),
                unheard=self.unheard,
            )
            for target in self.targets
        )

    def _sent(self, target: Target) -> dict[str, int]:
        allowance = self.allowances.get(target.name)
        return {str(kind): number for kind, number in allowance.sent.items()} if allowance is not None else {}

    def ready(self) -> bool:
        """Whether every target is ready, or all that was looked at of it holds."""
        # What a selection leaves out whole, by the id of another target's check, says nothing of what was looked at.
        looked_at = [board for board in self.boards() if board.rows or not board.partial]
        return bool(looked_at) and all(
            board.verdict.is_ready or (board.partial and board.passed) for board in looked_at
        )


def _masked(finding: Finding, mask: Redactor) -> Finding:
    return Finding(
        summary=mask(finding.summary),
        where=mask(finding.where),
        measured=None if finding.measured is None else mask(finding.measured),
        fix=mask(finding.fix),
        severity=finding.severity,
        source=mask(finding.source),
    )


def own_item(item: str, title: str, severity: Severity | None) -> Item:
    """Return an item that the user's own test or check adds to the checklist."""
    return Item(
        id=item,
        title=title or item.partition("/")[2].replace("-", " "),
        severity=severity or Severity.MEDIUM,
        level=Level.BRONZE,
        why="It is on your own checklist.",
        fix="See the test that proves it.",
        needs="a test of your own proves it",
    )


DECISIONS = "launch/decisions"
"""The item that holds when the team's decisions are in order; on the board where there are any."""


def with_lines(items: Mapping[str, Item], lines: Iterable[Line]) -> dict[str, Item]:
    """Return the checklist with the user's own lines, and with what they change in the others.

    Args:
        items: The checklist.
        lines: The user's own.
    """
    found = dict(items)
    for line in lines:
        item = found.get(line.id) or own_item(line.id, line.title or "", line.severity)
        found[line.id] = replace(
            item,
            title=line.title or item.title,
            severity=item.severity if line.severity is None else line.severity,
            level=item.level if line.level is None else line.level,
            why=line.why or item.why,
            fix=line.fix or item.fix,
            waivable=line.waivable,
        )
    return found


def select(wanted: Iterable[str], known: Mapping[str, Target], *, file: str) -> tuple[Target, ...]:
    """Return the targets that ``wanted`` names, each once, in the order asked for.

    Args:
        wanted: Names, comma lists, globs, ``all``.
        known: Every target by name.
        file: Where targets are configured, for messages.

    Raises:
        ConfigurationError: There are no targets, or a word matches none; the message lists those there are.
    """
    words = [word.strip() for option in wanted for word in option.split(",") if word.strip()]
    if not known:
        raise ConfigurationError(
            "no target is configured",
            file=file,
            key=f"--readiness={','.join(words)}",
            remedy='write [targets.prod] and url = "https://…" into readiness.toml, next to your pytest configuration, '
            "or run `pytest-readiness init URL`",
        )
    chosen: dict[str, Target] = {}
    for word in words:
        names = list(known) if word == "all" else fnmatch.filter(known, word)
        if not names:
            raise ConfigurationError(
                "there is no such target", key=f"--readiness={word}", remedy=f"known are {', '.join(known)}"
            )
        chosen |= {name: known[name] for name in names}
    if not chosen:
        raise ConfigurationError("names no target", key="--readiness", remedy=f"known are {', '.join(known)}")
    return tuple(chosen.values())


__all__ = ["Options", "Run", "State", "select"]
