"""What a run found out: one result for each proof, one row for each item, one board for each target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from pytest_readiness.model.checks import Item
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.scales import Level, Severity
from pytest_readiness.model.states import State, Verdict


@dataclass(frozen=True, slots=True)
class Result:
    """What one check or test says of one item of one target.

    Attributes:
        nodeid: pytest's name for it.
        item: The id of the item that it proves.
        check: The check's or the test's own name.
        target: The target's name.
        state: What came out.
        severity: How much it matters.
        reason: Why it is unverified, not applicable or an error; empty otherwise.
        fix: What would let it be verified; empty otherwise.
        findings: What is wrong; every severity is filled in.
        measured: Figures by name.
        evidence_age: How old the oldest evidence was when it was judged; None where it looked at none.
        own: Whether it is a test of the user's own.
        bound: Whether anything proves the item; False for the placeholder of an item that nothing does.
        raw: What came out before a waiver or an attestation was counted; None where neither was.
        exception: The waiver or attestation that was counted, in a line: why, by whom, until when; empty otherwise.
    """

    nodeid: str
    item: str
    check: str
    target: str
    state: State
    severity: Severity
    reason: str = ""
    fix: str = ""
    findings: tuple[Finding, ...] = ()
    measured: Mapping[str, float | int | str | bool | None] = field(default_factory=dict)
    evidence_age: timedelta | None = None
    own: bool = False
    bound: bool = True
    raw: State | None = None
    exception: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the board.

    Attributes:
        item: The item.
        state: The worst that its proofs say; UNVERIFIED where there is no proof.
        results: Its proofs.
        blocks: Whether it keeps the target from being ready.
        open: Whether it would, were its level asked for.
    """

    item: Item
    state: State
    results: tuple[Result, ...]
    blocks: bool
    open: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """All that a run says of one target.

    Attributes:
        target: The target's name.
        url: Its URL.
        verdict: Whether it is ready.
        rows: Every item that was looked at, in the order of the checklist.
        sent: What was sent, by kind.
        partial: Whether the selection left items or proofs out.
        unheard: What was asked for and said nothing, a sentence each: modules that were not collected, a run cut short.
        raw: The verdict before waivers, attestations and statements of what does not apply were counted.
    """

    target: str
    url: str
    verdict: Verdict
    rows: tuple[Row, ...]
    sent: Mapping[str, int]
    partial: bool
    unheard: tuple[str, ...] = ()
    raw: Verdict = Verdict.NOT_READY

    @property
    def states(self) -> dict[State, int]:
        """How many items are in each state."""
        counts = dict.fromkeys(State, 0)
        for row in self.rows:
            counts[row.state] += 1
        return counts

    @property
    def level(self) -> Level | None:
        """The highest level of which, and of those below it, nothing is open; None where bronze is not reached."""
        reached = None
        for level in Level:
            if self.partial or self.unheard or not self.rows or self.lacking(level):
                break
            reached = level
        return reached

    def lacking(self, level: Level) -> tuple[str, ...]:
        """Return the ids of the items of ``level`` that are open."""
        return tuple(row.item.id for row in self.rows if row.open and row.item.level is level)

    @property
    def passed(self) -> bool:
        """Whether nothing that was looked at keeps the target from being ready."""
        return bool(self.rows) and not self.unheard and not any(row.blocks for row in self.rows)
