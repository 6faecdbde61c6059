"""From results to the verdict. It fails closed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.model.checks import AREAS, Item
from pytest_readiness.model.results import Board, Result
from pytest_readiness.model.scales import Level, Severity
from pytest_readiness.model.states import State, Verdict
from pytest_readiness.model.targets import Target
from pytest_readiness.verdict.board import board, rank

TARGET = Target("prod", "https://shop.test")
LOW, MEDIUM, HIGH, CRITICAL = Severity
BRONZE, SILVER, GOLD = Level


def item(name: str = "security/a", severity: Severity = MEDIUM, level: Level = BRONZE) -> Item:
    return Item(name, name, severity, level)


def result(
    state: State, of: str = "security/a", *, severity: Severity = MEDIUM, target: str = "prod", check: str = "x"
) -> Result:
    return Result(f"{of}::{check}[{target}]", of, check, target, state, severity)


def said(items: list[Item], results: list[Result], **options) -> Board:
    asked = {"gate": MEDIUM, "level": GOLD, "partial": False, "sent": {"http_requests": 3}} | options
    return board(TARGET, items, results, **asked)


class TestTheStateOfAnItem:
    @pytest.mark.parametrize(
        ("states", "state"),
        [
            ([State.PASS, State.PASS], State.PASS),
            ([State.PASS, State.NOT_APPLICABLE], State.PASS),
            ([State.PASS, State.WARN], State.WARN),
            ([State.WARN, State.UNVERIFIED], State.UNVERIFIED),
            ([State.UNVERIFIED, State.FAIL], State.FAIL),
            ([State.FAIL, State.ERROR], State.ERROR),
            ([State.PASS, State.WAIVED], State.WAIVED),
            ([State.PASS, State.ATTESTED], State.ATTESTED),
            ([State.NOT_APPLICABLE], State.NOT_APPLICABLE),
        ],
    )
    def test_is_the_worst_of_its_proofs(self, states: list[State], state: State) -> None:
        results = [result(each, check=str(number)) for number, each in enumerate(states)]
        for order in (results, results[::-1]):
            [row] = said([item()], order).rows
            assert row.state is state

    def test_is_unverified_without_a_proof(self) -> None:
        """No data is never a pass."""
        [row] = said([item()], []).rows
        assert (row.state, row.blocks) == (State.UNVERIFIED, True)

    def test_every_state_has_its_rank(self) -> None:
        assert sorted(State, key=rank)[:3] == [State.ERROR, State.FAIL, State.UNVERIFIED]


class TestTheVerdict:
    @pytest.mark.parametrize("state", [State.PASS, State.WARN, State.ATTESTED, State.NOT_APPLICABLE])
    def test_is_ready_where_everything_holds(self, state: State) -> None:
        assert said([item()], [result(state)]).verdict is Verdict.READY

    def test_says_that_it_is_ready_with_waivers_alone(self) -> None:
        """The verdict without them stands beside it."""
        waived = replace(result(State.WAIVED), raw=State.FAIL)
        board = said([item()], [waived])
        assert (board.verdict, board.raw, board.verdict.is_ready) == (Verdict.WITH_WAIVERS, Verdict.NOT_READY, True)

    @pytest.mark.parametrize("state", [State.FAIL, State.ERROR, State.UNVERIFIED])
    def test_is_not_ready_where_one_thing_does_not(self, state: State) -> None:
        items = [item("security/a"), item("security/b")]
        outcome = said(items, [result(State.PASS), result(state, "security/b")])
        assert (outcome.verdict, outcome.passed) == (Verdict.NOT_READY, False)

    def test_is_not_ready_where_nothing_was_looked_at(self) -> None:
        assert said([], []).verdict is Verdict.NOT_READY
        assert said([item()], []).verdict is Verdict.NOT_READY
        assert not said([], [], partial=True).passed

    def test_is_not_ready_where_something_that_was_asked_for_said_nothing(self) -> None:
        outcome = said([item()], [result(State.PASS)], unheard=["tests/test_a.py was not collected"])
        assert (outcome.verdict, outcome.passed) == (Verdict.NOT_READY, False)

    def test_of_a_selection_is_partial_however_well_it_looks(self) -> None:
        outcome = said([item("security/a"), item("security/b")], [result(State.PASS)], partial=True)
        assert (outcome.verdict, outcome.passed, outcome.partial) == (Verdict.PARTIAL, True, True)
        assert [row.item.id for row in outcome.rows] == ["security/a"]

    def test_of_a_selection_says_whether_it_held(self) -> None:
        assert not said([item()], [result(State.FAIL)], partial=True).passed


class TestTheGate:
    def test_does_not_let_a_lesser_check_excuse_an_item_that_nothing_proves(self) -> None:
        results = [result(State.UNVERIFIED, severity=LOW)]
        assert said([item(severity=HIGH)], results).rows[0].blocks
        assert not said([item(severity=HIGH)], [*results, result(State.PASS, check="y")]).rows[0].blocks

    @pytest.mark.parametrize(("severity", "gate", "blocks"), [(LOW, MEDIUM, False), (MEDIUM, MEDIUM, True)])
    def test_lets_lesser_things_be_unverified(self, severity: Severity, gate: Severity, blocks: bool) -> None:
        results = [result(State.PASS, check="y"), result(State.UNVERIFIED, severity=severity)]
        assert said([item()], results, gate=gate).rows[0].blocks is blocks
        unproven = said([item(severity=severity)], [], gate=gate)
        assert unproven.rows[0].blocks is blocks

    @pytest.mark.parametrize("state", [State.FAIL, State.ERROR])
    def test_never_lets_a_failure_or_an_error_pass(self, state: State) -> None:
        """A check of low severity fails for one finding beyond the gate; an error may hide anything."""
        assert said([item(severity=LOW)], [result(state, severity=LOW)], gate=CRITICAL).rows[0].blocks


class TestTheLevel:
    def test_is_what_must_hold_the_board_shows_all(self) -> None:
        items = [item("security/a", level=BRONZE), item("security/b", level=SILVER)]
        results = [result(State.PASS, "security/a"), result(State.FAIL, "security/b")]
        bronze, silver = (said(items, results, level=level) for level in (BRONZE, SILVER))
        assert (bronze.verdict, silver.verdict) == (Verdict.READY, Verdict.NOT_READY)
        assert len(bronze.rows) == len(silver.rows) == 2


class TestTheRows:
    def test_stand_in_the_order_of_the_areas_and_of_the_checklist_within(self) -> None:
        names = ["launch/z", "security/b", "infrastructure/x", "security/a", "backup/y"]
        assert [row.item.id for row in said([item(name) for name in names], []).rows] == [
            "infrastructure/x",
            "security/b",
            "security/a",
            "backup/y",
            "launch/z",
        ]

    def test_are_of_this_target_alone(self) -> None:
        """Staging can never pass on prod's facts."""
        outcome = said([item()], [result(State.PASS, target="staging")])
        assert (outcome.verdict, outcome.rows[0].results) == (Verdict.NOT_READY, ())

    @pytest.mark.parametrize("name", ["security/own", "nowhere/at-all"])
    def test_are_made_for_what_is_not_on_the_checklist(self, name: str) -> None:
        """What it found must not be lost."""
        outcome = said([item()], [result(State.PASS), result(State.FAIL, name)])
        assert outcome.verdict is Verdict.NOT_READY
        assert [row.item.id for row in outcome.rows if row.blocks] == [name]

    def test_are_counted_by_state(self) -> None:
        items = [item(name) for name in ("security/a", "security/b", "security/c")]
        outcome = said(items, [result(State.PASS), result(State.FAIL, "security/b")])
        assert {state: number for state, number in outcome.states.items() if number} == {
            State.PASS: 1,
            State.FAIL: 1,
            State.UNVERIFIED: 1,
        }
        assert list(outcome.states) == list(State)

    def test_go_with_what_was_sent(self) -> None:
        assert said([], []).sent == {"http_requests": 3}


severities, levels = st.sampled_from(Severity), st.sampled_from(Level)
names = st.sampled_from([f"{area}/{name}" for area in AREAS for name in "ab"])
checklists = st.lists(st.builds(item, names, severities, levels), max_size=6, unique_by=lambda each: each.id)
results = st.builds(result, st.sampled_from(State), names, severity=severities, check=st.sampled_from("xyz"))
bad = st.builds(
    result,
    st.sampled_from([State.FAIL, State.ERROR, State.UNVERIFIED]),
    names,
    severity=severities,
    check=st.sampled_from("xyz"),
)


def blocking(of: Board) -> set[str]:
    return {row.item.id for row in of.rows if row.blocks}


class TestItFailsClosed:
    """Whatever is added that is bad, or taken away, NOT READY never becomes READY."""

    @given(checklists, st.lists(results, max_size=10), bad, severities, levels)
    def test_something_bad_more(
        self, items: list[Item], before: list[Result], more: Result, gate: Severity, level: Level
    ) -> None:
        held = blocking(said(items, before, gate=gate, level=level))
        after = said(items, [*before, more], gate=gate, level=level)
        assert held <= blocking(after)
        assert after.verdict.is_ready is not bool(blocking(after))

    @given(checklists, st.lists(results, min_size=1, max_size=10), st.data(), severities, levels)
    def test_something_good_less(
        self, items: list[Item], before: list[Result], data: st.DataObject, gate: Severity, level: Level
    ) -> None:
        good = [each for each in before if each.state not in {State.FAIL, State.ERROR, State.UNVERIFIED}]
        if good and said(items, before, gate=gate, level=level).verdict is Verdict.NOT_READY:
            gone = data.draw(st.sampled_from(good))
            after = said(items, [each for each in before if each is not gone], gate=gate, level=level)
            assert after.verdict is Verdict.NOT_READY

    @given(checklists, st.lists(results, max_size=10), severities, levels)
    def test_anything_left_out_by_a_selection(
        self, items: list[Item], left: list[Result], gate: Severity, level: Level
    ) -> None:
        assert said(items, left, gate=gate, level=level, partial=True).verdict is Verdict.PARTIAL

    @given(checklists, st.lists(results, max_size=10), severities, levels)
    def test_ready_means_that_every_item_of_the_level_holds(
        self, items: list[Item], given_results: list[Result], gate: Severity, level: Level
    ) -> None:
        outcome = said(items, given_results, gate=gate, level=level)
        if outcome.verdict is Verdict.READY:
            asked = [row for row in outcome.rows if row.item.level <= level]
            assert not any(row.state in {State.FAIL, State.ERROR} for row in asked)
            unproven = [row for row in asked if all(each.state is State.UNVERIFIED for each in row.results)]
            assert all(row.item.severity < gate for row in unproven)


class TestTheLevelReached:
    def test_is_the_highest_below_which_nothing_is_open(self) -> None:
        """What is open at gold leaves silver reached, and is named as what gold lacks."""
        items = [item("security/a", level=Level.BRONZE), item("security/b", level=Level.GOLD)]
        board = said(items, [result(State.PASS)])
        assert (board.level, board.lacking(Level.GOLD)) == (Level.SILVER, ("security/b",))

    def test_is_none_where_bronze_lacks_something(self) -> None:
        assert said([item("security/a", level=Level.BRONZE)], [result(State.FAIL)]).level is None

    def test_is_gold_where_nothing_is_open(self) -> None:
        assert said([item("security/a", level=Level.GOLD)], [result(State.PASS)]).level is Level.GOLD

    def test_is_never_reached_by_a_selection(self) -> None:
        assert said([item("security/a")], [result(State.PASS)], partial=True).level is None
