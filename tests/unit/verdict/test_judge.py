"""From evidence to the state of one check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pytest_readiness.model.checks import Check, check
from pytest_readiness.model.evidence import Evidence
from pytest_readiness.model.exceptions import NotAllowed, NotApplicable, Unverified
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.verdict.judge import Judged, judge, weigh

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
TARGET = Target("prod", "https://shop.test")
LOW, MEDIUM, HIGH, CRITICAL = Severity


def gathered(value: object = None, *, error: BaseException | None = None, age: timedelta = timedelta()) -> Evidence:
    return Evidence("landing", "prod", value, error, NOW - age, timedelta())


def judged(
    by: Check[...],
    evidence: dict[str, Evidence] | None = None,
    *,
    severity: Severity = MEDIUM,
    gate: Severity = MEDIUM,
) -> Judged:
    return judge(
        by,
        {"landing": gathered()} if evidence is None else evidence,
        target=TARGET,
        severity=severity,
        gate=gate,
        thresholds=Thresholds(),
        now=NOW,
    )


def saying(*said: object) -> Check[...]:
    """Return a check that yields what is given, and raises what is an exception."""

    @check("security/example")
    def example(landing: object) -> Iterator[object]:
        for each in said:
            if isinstance(each, BaseException):
                raise each
            yield each

    return example


class TestFindings:
    def test_none_is_a_pass(self) -> None:
        assert judged(saying()) == Judged(State.PASS, age=timedelta())

    @pytest.mark.parametrize(
        ("worst", "gate", "state"),
        [
            (LOW, MEDIUM, State.WARN),
            (MEDIUM, MEDIUM, State.FAIL),
            (HIGH, MEDIUM, State.FAIL),
            (HIGH, CRITICAL, State.WARN),
            (CRITICAL, CRITICAL, State.FAIL),
            (LOW, LOW, State.FAIL),
        ],
    )
    def test_fail_from_the_gate_on_and_warn_below(self, worst: Severity, gate: Severity, state: State) -> None:
        assert judged(saying(Finding("a", severity=LOW), Finding("b", severity=worst)), gate=gate).state is state

    def test_have_the_check_s_severity_where_they_name_none(self) -> None:
        said = judged(saying(Finding("a"), Finding("b", severity=LOW)), severity=HIGH)
        assert [finding.severity for finding in said.findings] == [HIGH, LOW]

    def test_without_any_severity_weigh_as_the_worst(self) -> None:
        assert weigh([Finding("a")], CRITICAL) is State.FAIL

    def test_may_come_as_a_list(self) -> None:
        listed = check("security/example")(lambda landing: [Finding("a")])
        assert judged(listed).state is State.FAIL


class TestMeasures:
    def test_are_kept_whatever_comes_out(self) -> None:
        measures = [Measure("days_left", 3), Measure("issuer", "Example")]
        for said, state in (((), State.PASS), ((Finding("a"),), State.FAIL), ((Unverified("b"),), State.UNVERIFIED)):
            outcome = judged(saying(*measures, *said))
            assert (outcome.state, outcome.measured) == (state, {"days_left": 3, "issuer": "Example"})


class TestWhatCouldNotBeSeen:
    def test_was_not_gathered(self) -> None:
        assert judged(saying(), {}) == Judged(State.UNVERIFIED, "landing was not gathered")

    def test_could_not_be_gathered(self) -> None:
        error = NotAllowed("needs effect exercise", fix='allow = "exercise"')
        outcome = judged(saying(), {"landing": gathered(error=error)})
        assert outcome == Judged(State.UNVERIFIED, "needs effect exercise", 'allow = "exercise"')

    def test_does_not_concern_the_target(self) -> None:
        outcome = judged(saying(), {"landing": gathered(error=NotApplicable("no page"))})
        assert outcome == Judged(State.NOT_APPLICABLE, "no page")

    def test_is_an_error_where_gathering_broke(self) -> None:
        error = ValueError("bug")
        outcome = judged(saying(), {"landing": gathered(error=error)})
        assert outcome == Judged(State.ERROR, "ValueError: bug", error=error)

    def test_is_said_by_the_check_itself(self) -> None:
        outcome = judged(saying(Unverified("no page seen", fix='pages = ["/"]')))
        assert (outcome.state, outcome.reason, outcome.fix) == (State.UNVERIFIED, "no page seen", 'pages = ["/"]')
        assert judged(saying(NotApplicable("no page"))).state is State.NOT_APPLICABLE


class TestWhatWasFoundBefore:
    """A check that stops half way has found what it has found."""

    def test_fails_though_the_rest_could_not_be_seen(self) -> None:
        outcome = judged(saying(Finding("a"), Unverified("the rest")))
        assert (outcome.state, len(outcome.findings), outcome.reason) == (State.FAIL, 1, "")

    def test_leaves_unverified_what_it_does_not_fail(self) -> None:
        outcome = judged(saying(Finding("a", severity=LOW), Unverified("the rest", fix="look")))
        assert (outcome.state, len(outcome.findings), outcome.reason, outcome.fix) == (
            State.UNVERIFIED,
            1,
            "the rest",
            "look",
        )

    @pytest.mark.parametrize(("severity", "state"), [(LOW, State.WARN), (HIGH, State.FAIL)])
    def test_concerns_the_target_after_all(self, severity: Severity, state: State) -> None:
        outcome = judged(saying(Finding("a", severity=severity), NotApplicable("no page")))
        assert (outcome.state, len(outcome.findings)) == (state, 1)

    def test_does_not_hide_a_bug(self) -> None:
        outcome = judged(saying(Finding("a"), ValueError("bug")))
        assert (outcome.state, len(outcome.findings), outcome.reason) == (State.ERROR, 1, "ValueError: bug")


class TestBugs:
    def test_in_a_check_are_its_own_error(self) -> None:
        outcome = judged(saying(ZeroDivisionError("division by zero")))
        assert (outcome.state, outcome.reason) == (State.ERROR, "ZeroDivisionError: division by zero")
        assert isinstance(outcome.error, ZeroDivisionError)

    @pytest.mark.parametrize("said", [None, "no HSTS", True, State.PASS])
    def test_a_check_that_yields_something_else_is_an_error(self, said: object) -> None:
        outcome = judged(saying(said))
        assert outcome.state is State.ERROR
        assert outcome.reason.endswith("a check yields Finding and Measure")

    def test_a_check_that_returns_nothing_to_go_through_is_an_error(self) -> None:
        """A function that forgot to yield must not pass."""
        assert judged(check("security/example")(lambda landing: None)).state is State.ERROR


class TestAge:
    def test_is_that_of_the_oldest_evidence(self) -> None:
        two = check("security/example")(lambda landing, tls: ())
        evidence = {
            "landing": gathered(age=timedelta(minutes=5)),
            "tls": gathered(age=timedelta(hours=1)),
        }
        assert judged(two, evidence).age == timedelta(hours=1)

    def test_is_none_where_it_looked_at_none(self) -> None:
        assert judged(check("security/example")(lambda target, thresholds, now: ()), {}).age is None

    def test_is_kept_where_the_check_could_not_tell(self) -> None:
        outcome = judged(saying(Unverified("x")), {"landing": gathered(age=timedelta(minutes=5))})
        assert outcome.age == timedelta(minutes=5)


def test_a_check_gets_what_it_asks_for_by_name() -> None:
    seen = []

    @check("security/example")
    def example(now: datetime, landing: str, thresholds: Thresholds, target: Target) -> Iterator[Finding]:
        seen.extend([now, landing, thresholds, target])
        yield from ()

    judged(example, {"landing": gathered("page"), "other": gathered("x")})
    assert seen == [NOW, "page", Thresholds(), TARGET]
