"""From results to the state of each item, and from those to the verdict. Fails closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pytest_readiness.model.checks import AREAS, Item
from pytest_readiness.model.results import Board, Result, Row
from pytest_readiness.model.scales import Level, Severity
from pytest_readiness.model.states import State, Verdict
from pytest_readiness.model.targets import Target

_WORST_FIRST = (
    State.ERROR,
    State.FAIL,
    State.UNVERIFIED,
    State.WARN,
    State.WAIVED,
    State.ATTESTED,
    State.PASS,
    State.NOT_APPLICABLE,
)

_BLOCKING = frozenset({State.ERROR, State.FAIL, State.UNVERIFIED})


def rank(state: State) -> int:
    """Return where ``state`` stands, the worst being 0."""
    return _WORST_FIRST.index(state)


def row(item: Item, results: Sequence[Result], *, gate: Severity, level: Level) -> Row:
    """Return the line of the board for ``item``.

    Args:
        item: The item.
        results: Its proofs; with none, the item is unverified, and where none holds, its own severity counts too.
        gate: Failures, errors and unverified proofs of this severity or worse keep the target from being ready.
        level: Items beyond this level keep nothing back.
    """
    state = min((result.state for result in results), key=rank, default=State.UNVERIFIED)
    unproven = all(result.state in _BLOCKING for result in results)
    held_back = any(_holds_back(result, gate) for result in results) or (unproven and item.severity >= gate)
    return Row(item, state, tuple(results), blocks=held_back and item.level <= level, open=held_back)


def _holds_back(result: Result, gate: Severity) -> bool:
    if result.state in {State.FAIL, State.ERROR}:
        # Of a FAIL some finding is at the gate or beyond, else it were a WARN; an ERROR may hide anything.
        return True
    return result.state in _BLOCKING and result.severity >= gate


def board(
    target: Target,
    items: Iterable[Item],
    results: Iterable[Result],
    *,
    gate: Severity,
    level: Level,
    partial: bool,
    sent: Mapping[str, int],
    unheard: Iterable[str] = (),
) -> Board:
    """Return all that the results say of ``target``.

    Args:
        target: The target.
        items: The checklist.
        results: Results of this target; others are passed over.
        gate: The least severity that keeps the target from being ready.
        level: The level that is asked for.
        partial: Whether the selection left something out: then items without a result are left off, and the verdict
            is never READY.
        sent: What was sent to it.
        unheard: What was asked for and said nothing: it might have been anything, so the target is not ready.
    """
    by_item: dict[str, list[Result]] = {}
    for result in results:
        if result.target == target.name:
            by_item.setdefault(result.item, []).append(result)
    known = {item.id: item for item in items}
    strangers = [_stranger(name, proofs) for name, proofs in by_item.items() if name not in known]
    rows = tuple(
        row(item, by_item.get(item.id, []), gate=gate, level=level)
        for item in sorted([*known.values(), *strangers], key=_place)
        if item.id in by_item or not partial
    )
    unheard = tuple(unheard)
    as_they_came = [(line.item, [_as_it_came(result) for result in line.results]) for line in rows]
    raw_rows = [row(item, proofs, gate=gate, level=level) for item, proofs in as_they_came]
    raw = _verdict(raw_rows, partial=partial, unheard=unheard)
    verdict = _verdict(rows, partial=partial, unheard=unheard)
    if verdict is Verdict.READY and any(line.state is State.WAIVED for line in rows):
        verdict = Verdict.WITH_WAIVERS
    return Board(target.name, target.url, verdict, rows, dict(sent), partial, unheard, raw)


def _as_it_came(result: Result) -> Result:
    return result if result.raw is None else replace(result, state=result.raw)


def _verdict(rows: Sequence[Row], *, partial: bool, unheard: Sequence[str]) -> Verdict:
    if unheard:
        return Verdict.NOT_READY
    if partial:
        return Verdict.PARTIAL
    return Verdict.READY if rows and not any(line.blocks for line in rows) else Verdict.NOT_READY


def _stranger(name: str, proofs: Sequence[Result]) -> Item:
    """Return an item for results of one that is not on the checklist: what they found must not be lost."""
    return Item(name, name, max(result.severity for result in proofs), Level.BRONZE)


def _place(item: Item) -> int:
    areas = list(AREAS)
    return areas.index(item.area) if item.area in areas else len(areas)
