"""One run: its targets, what it allows, and when it is ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pytest_readiness.model.checks import Item, check
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Result
from pytest_readiness.model.scales import Effect, Level, Severity
from pytest_readiness.model.states import State
from pytest_readiness.model.targets import Target
from pytest_readiness.run import Options, Run, select
from pytest_readiness.settings.load import Settings

KNOWN = {
    name: Target(name, f"https://{name}.test", allow=Effect.OBSERVE, allow_up_to=Effect.EXERCISE)
    for name in ("prod-eu", "prod-us", "staging")
}
ITEM = Item("security/a", "A", Severity.HIGH, Level.BRONZE)


def run_of(*targets: Target, allow: Effect | None = None) -> Run:
    return Run(
        settings=Settings(None, KNOWN),
        options=Options(("all",), allow=allow),
        targets=targets,
        items={ITEM.id: ITEM},
        checks=(),
        started=datetime(2026, 11, 2, tzinfo=UTC),
    )


def result(state: State, target: Target, **more) -> Result:
    return Result(
        f"readiness.toml::security::a[{target.name}]", ITEM.id, "a", target.name, state, Severity.HIGH, **more
    )


class TestSelect:
    @pytest.mark.parametrize(
        ("wanted", "names"),
        [
            (["staging"], ["staging"]),
            (["staging,prod-eu"], ["staging", "prod-eu"]),
            (["staging", "prod-eu"], ["staging", "prod-eu"]),
            (["prod-*"], ["prod-eu", "prod-us"]),
            (["all"], ["prod-eu", "prod-us", "staging"]),
            ([" prod-us , prod-* ", "all"], ["prod-us", "prod-eu", "staging"]),
        ],
    )
    def test_names_each_target_once_in_the_order_asked_for(self, wanted: list[str], names: list[str]) -> None:
        assert [target.name for target in select(wanted, KNOWN, file="readiness.toml")] == names

    @pytest.mark.parametrize("word", ["prod", "canary-*", "Staging"])
    def test_an_unknown_one_is_told_with_those_there_are(self, word: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            select(["staging", word], KNOWN, file="readiness.toml")
        assert str(caught.value) == (
            f"--readiness={word}: there is no such target; known are prod-eu, prod-us, staging"
        )

    def test_none_at_all_is_told(self) -> None:
        with pytest.raises(ConfigurationError, match=r"^--readiness: names no target; known are prod-eu"):
            select([" , "], KNOWN, file="readiness.toml")

    def test_without_configuration_the_lines_to_write_are_told(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            select(["prod"], {}, file="readiness.toml")
        assert str(caught.value).startswith("readiness.toml: --readiness=prod: no target is configured; write ")
        assert "pytest-readiness init URL" in caught.value.remedy


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (None, Effect.OBSERVE),
        (Effect.OBSERVE, Effect.OBSERVE),
        (Effect.EXERCISE, Effect.EXERCISE),
        (Effect.DISRUPT, Effect.EXERCISE),
    ],
)
def test_a_run_is_widened_as_far_as_the_target_lets_it(asked: Effect | None, allowed: Effect) -> None:
    assert run_of(allow=asked).allowed(KNOWN["staging"]) is allowed


def test_a_run_is_never_narrowed_below_what_the_target_allows() -> None:
    target = replace(KNOWN["staging"], allow=Effect.EXERCISE)
    assert run_of(allow=Effect.OBSERVE).allowed(target) is Effect.EXERCISE


class TestReady:
    def test_is_every_target(self) -> None:
        eu, us, _ = KNOWN.values()
        run = run_of(eu, us)
        assert not run.ready()
        run.record(result(State.PASS, eu))
        assert not run.ready()
        run.record(result(State.PASS, us))
        assert run.ready()
        run.record(result(State.FAIL, us))
        assert not run.ready()

    def test_is_never_a_run_without_targets(self) -> None:
        assert not run_of().ready()

    def test_is_never_a_run_where_something_said_nothing(self) -> None:
        eu = KNOWN["prod-eu"]
        run = run_of(eu)
        run.record(result(State.PASS, eu))
        run.unheard.append("tests/test_a.py was not collected")
        assert not run.ready()

    def test_of_a_selection_is_that_what_was_looked_at_holds(self) -> None:
        eu = KNOWN["prod-eu"]
        run = run_of(eu)
        run.left_out = True
        assert not run.ready()
        run.record(result(State.PASS, eu))
        assert run.ready()


def test_what_a_test_says_twice_counts_at_its_worst() -> None:
    """In its subtests, or on its way down."""
    eu = KNOWN["prod-eu"]
    run = run_of(eu)
    run.add(result(State.FAIL, eu, findings=(Finding("a"),)))
    run.add(result(State.PASS, eu, findings=()))
    run.add(result(State.WARN, eu, findings=(Finding("b"),)))
    [kept] = run.results.values()
    assert (kept.state, [finding.summary for finding in kept.findings]) == (State.FAIL, ["a", "b"])


def test_a_run_gathers_what_its_checks_need_and_judges_on_it() -> None:
    @evidence
    async def release(target: Target) -> str:
        return f"release of {target.name}"

    @check("security/a")
    def named(release: str) -> list[Finding]:
        return [] if release == "release of prod-eu" else [Finding(release)]

    run = run_of(*KNOWN.values())
    run.sources.append(release)
    run.gather({"prod-eu": named.needs, "staging": named.needs})
    states = [run.judge(named, target).state for target in run.targets]
    assert states == [State.PASS, State.UNVERIFIED, State.FAIL]


def test_two_sources_of_one_name_are_told() -> None:
    async def one() -> None: ...
    async def other() -> None: ...

    run = run_of()
    run.sources += [evidence(name="release")(one), evidence(name="release")(other)]
    with pytest.raises(ConfigurationError, match="two functions are called evidence 'release'"):
        run.catalogue()
