"""Everything at once, each fact once a target, and nothing waits longer than it may."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from pytest_readiness.gather.engine import INTERRUPTED, Facts, Order, gather, gather_now
from pytest_readiness.guard.budget import Allowance
from pytest_readiness.model.evidence import Evidence, Source, evidence
from pytest_readiness.model.exceptions import ConfigurationError, DeadlinePassed, NotAllowed, Unreachable, Unverified
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds

PROD, STAGING = Target("prod", "https://shop.test"), Target("staging", "https://staging.test")
PATIENCE = 10


def order(*names: str, target: Target = PROD, allowed: Effect = Effect.OBSERVE) -> Order:
    return Order(target, allowed, names, Allowance(target.name, target.budget))


def known(*functions: Callable[..., Awaitable[object]] | Source) -> dict[str, Source]:
    made = [each if isinstance(each, Source) else evidence(each) for each in functions]
    return {each.name: each for each in made}


async def gathered(orders: list[Order], sources: dict[str, Source], **options) -> Facts:
    async with asyncio.timeout(PATIENCE):
        return await gather(orders, sources, Thresholds(), **options)


def fact(facts: Facts, name: str, target: str = "prod") -> Evidence:
    found = facts.get(target, name)
    assert found is not None
    return found


def reason(facts: Facts, name: str) -> str:
    error = fact(facts, name).error
    assert isinstance(error, Unverified)
    return error.reason


class TestFacts:
    async def test_are_gathered_once_whoever_asks(self) -> None:
        asked = []

        async def landing() -> str:
            asked.append("landing")
            await asyncio.sleep(0)
            return "page"

        async def pages(landing: str) -> str:
            return f"pages of {landing}"

        async def cookies(landing: str, pages: str) -> str:
            return f"cookies of {landing} and {pages}"

        facts = await gathered([order("cookies", "pages", "landing")], known(landing, pages, cookies))
        assert asked == ["landing"]
        assert fact(facts, "cookies").value == "cookies of page and pages of page"
        assert set(facts.of("prod")) == {"landing", "pages", "cookies"}

    async def test_are_only_those_that_are_needed(self) -> None:
        async def landing() -> str:
            return "page"

        async def other() -> str:
            raise AssertionError

        facts = await gathered([order("landing")], known(landing, other))
        assert set(facts.of("prod")) == {"landing"}
        assert facts.get("prod", "other") is None

    async def test_that_do_not_build_on_each_other_are_gathered_side_by_side(self) -> None:
        """Each waits for the other to have begun: one after the other, neither would end."""
        here, there = asyncio.Event(), asyncio.Event()

        async def first() -> None:
            here.set()
            await there.wait()

        async def second() -> None:
            there.set()
            await here.wait()

        facts = await gathered([order("first", "second")], known(first, second))
        assert fact(facts, "first").error is fact(facts, "second").error is None

    async def test_get_the_target_the_limits_and_the_clients(self) -> None:
        async def everything(target, thresholds, http, sockets, resolver) -> tuple[str, ...]:
            return target.name, *(type(each).__name__ for each in (thresholds, http, sockets, resolver))

        facts = await gathered([order("everything")], known(everything))
        assert fact(facts, "everything").value == ("prod", "Thresholds", "HttpClient", "Sockets", "Resolver")

    async def test_know_when_they_were_gathered_and_how_long_it_took(self) -> None:
        async def slow() -> None:
            await asyncio.sleep(0.05)

        async def quick(slow: None) -> None:
            pass

        facts = await gathered([order("quick")], known(slow, quick))
        assert fact(facts, "slow").took >= timedelta(seconds=0.04)
        assert fact(facts, "quick").took < timedelta(seconds=0.04)  # waiting for its need is not its own time
        assert fact(facts, "slow").gathered <= fact(facts, "quick").gathered

    async def test_of_no_evidence_at_all_are_none(self) -> None:
        assert (await gathered([order()], {})).of("prod") == {}
        assert (await gathered([], {})).of("prod") == {}


class TestTargets:
    async def test_never_share_facts(self) -> None:
        async def landing(target: Target) -> str:
            return target.url

        facts = await gathered([order("landing"), order("landing", target=STAGING)], known(landing))
        assert fact(facts, "landing", "prod").value == PROD.url
        assert fact(facts, "landing", "staging").value == STAGING.url
        assert fact(facts, "landing", "prod").target == "prod"

    async def test_are_gathered_side_by_side(self) -> None:
        begun = {"prod": asyncio.Event(), "staging": asyncio.Event()}

        async def landing(target: Target) -> None:
            begun[target.name].set()
            for event in begun.values():
                await event.wait()

        facts = await gathered([order("landing"), order("landing", target=STAGING)], known(landing))
        assert [fact(facts, "landing", name).error for name in begun] == [None, None]

    async def test_fail_each_for_itself(self) -> None:
        async def landing(target: Target) -> str:
            if target.name == "prod":
                raise Unreachable("prod is down")
            return "page"

        facts = await gathered([order("landing"), order("landing", target=STAGING)], known(landing))
        assert reason(facts, "landing") == "prod is down"
        assert fact(facts, "landing", "staging").value == "page"


class TestFailures:
    @pytest.mark.parametrize("error", [Unreachable("down", fix="start it"), ZeroDivisionError("bug")])
    async def test_reach_every_asker_with_the_same_cause(self, error: Exception) -> None:
        async def landing() -> None:
            raise error

        async def pages(landing: None) -> None:
            raise AssertionError

        async def cookies(pages: None) -> None:
            raise AssertionError

        async def other() -> str:
            return "fine"

        facts = await gathered([order("cookies", "other")], known(landing, pages, cookies, other))
        assert [fact(facts, name).error for name in ("landing", "pages", "cookies")] == [error] * 3
        assert fact(facts, "other").value == "fine"

    @pytest.mark.parametrize("error", [pytest.skip.Exception("no token"), SystemExit(3)])
    async def test_that_would_end_the_run_end_the_fact(self, error: BaseException) -> None:
        """pytest.skip in evidence, sys.exit in a library that it calls."""

        async def landing() -> None:
            raise error

        async def pages(landing: None) -> None:
            raise AssertionError

        facts = await gathered([order("pages")], known(landing, pages))
        assert reason(facts, "landing") == f"landing gave up: {type(error).__name__}: {error}"
        assert fact(facts, "pages").error is fact(facts, "landing").error

    async def test_of_a_task_of_its_own_that_was_cancelled_are_told(self) -> None:
        async def landing() -> None:
            task = asyncio.create_task(asyncio.sleep(PATIENCE))
            task.cancel()
            await task

        async def pages(landing: None) -> None:
            raise AssertionError

        facts = await gathered([order("pages")], known(landing, pages))
        assert reason(facts, "landing") == reason(facts, "pages") == "landing was cancelled from within"

    async def test_of_the_plan_come_before_anything_is_sent(self) -> None:
        async def landing() -> None:
            raise AssertionError

        with pytest.raises(ConfigurationError, match="there is no evidence 'page'"):
            await gathered([order("landing"), order("page", target=STAGING)], known(landing))


class TestEffects:
    async def test_beyond_what_is_allowed_are_held_back_with_the_line_to_write(self) -> None:
        async def ran() -> None:
            raise AssertionError

        burst = evidence(name="burst", effect="exercise")(ran)
        facts = await gathered([order("burst")], known(burst))
        error = fact(facts, "burst").error
        assert isinstance(error, NotAllowed)
        assert error.reason == "burst needs effect exercise; this run only allows observe"
        assert error.fix == '[targets.prod] allow = "exercise"'

    async def test_that_are_allowed_are_had(self) -> None:
        async def ran() -> str:
            return "fine"

        burst = evidence(name="burst", effect="exercise")(ran)
        facts = await gathered([order("burst", allowed=Effect.DISRUPT)], known(burst))
        assert fact(facts, "burst").value == "fine"


class TestDeadlines:
    async def test_end_a_fact(self) -> None:
        async def stuck() -> None:
            await asyncio.Event().wait()

        async def fine() -> str:
            return "fine"

        facts = await gathered(
            [order("stuck", "fine")], known(evidence(name="stuck", deadline=timedelta(seconds=0.05))(stuck), fine)
        )
        assert isinstance(fact(facts, "stuck").error, DeadlinePassed)
        assert reason(facts, "stuck") == "stuck was not there within 0.05 s"
        assert fact(facts, "fine").value == "fine"

    async def test_do_not_count_the_wait_for_what_a_fact_builds_on(self) -> None:
        async def slow() -> str:
            await asyncio.sleep(0.2)
            return "slow"

        async def quick(slow: str) -> str:
            return "quick"

        facts = await gathered(
            [order("quick")], known(slow, evidence(name="quick", deadline=timedelta(seconds=0.1))(quick))
        )
        assert fact(facts, "quick").value == "quick"

    async def test_of_a_library_are_not_taken_for_ours(self) -> None:
        async def landing() -> None:
            raise TimeoutError("of its own")

        facts = await gathered([order("landing")], known(landing))
        assert isinstance(fact(facts, "landing").error, TimeoutError)

    async def test_end_a_target_and_keep_what_is_there(self) -> None:
        closed = []

        async def fine() -> str:
            return "fine"

        async def stuck(fine: str) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                closed.append("stuck")

        async def after(stuck: None) -> None:
            raise AssertionError

        facts = await gathered([order("after")], known(fine, stuck, after), deadline=timedelta(seconds=0.1))
        assert fact(facts, "fine").value == "fine"
        assert reason(facts, "stuck") == reason(facts, "after") == "prod took longer than 0.1 s in all"
        assert (closed, facts.interrupted) == (["stuck"], False)


class TestInterruption:
    async def test_closes_what_is_open_and_keeps_what_is_there(self) -> None:
        begun, closed = asyncio.Event(), []

        async def fine() -> str:
            return "fine"

        async def stuck(fine: str) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                closed.append("stuck")

        async def after(stuck: None) -> None:
            raise AssertionError

        task = asyncio.create_task(gather([order("after")], known(fine, stuck, after), Thresholds()))
        await begun.wait()
        task.cancel()
        async with asyncio.timeout(PATIENCE):
            facts = await task
        assert facts.interrupted
        assert fact(facts, "fine").value == "fine"
        assert reason(facts, "stuck") == reason(facts, "after") == INTERRUPTED
        assert closed == ["stuck"]

    async def test_does_not_wait_for_what_does_not_end(self) -> None:
        begun, end = asyncio.Event(), asyncio.Event()

        async def stubborn() -> None:
            begun.set()
            while not end.is_set():
                try:
                    await end.wait()
                except asyncio.CancelledError:
                    continue

        task = asyncio.create_task(gather([order("stubborn")], known(stubborn), Thresholds()))
        await begun.wait()
        start = time.monotonic()
        task.cancel()
        facts = await task
        assert time.monotonic() - start < 2
        assert reason(facts, "stubborn") == INTERRUPTED
        end.set()

    def test_by_ctrl_c_leaves_at_once_with_what_is_there(self) -> None:
        """As the session does it: asyncio.run turns SIGINT into a cancellation."""

        async def fine() -> str:
            return "fine"

        async def stuck(fine: str) -> None:
            signal.raise_signal(signal.SIGINT)
            await asyncio.Event().wait()

        start = time.monotonic()
        facts = asyncio.run(gather([order("stuck")], known(fine, stuck), Thresholds()))
        assert time.monotonic() - start < 2
        assert facts.interrupted
        assert fact(facts, "fine").value == "fine"
        assert reason(facts, "stuck") == INTERRUPTED


class TestProgress:
    async def test_is_told_while_it_gathers(self) -> None:
        told, go = [], asyncio.Event()

        def progress(there: int, wanted: int, under_way: tuple[str, ...]) -> None:
            told.append((there, wanted, under_way))
            if under_way == ("slow",):
                go.set()

        async def quick() -> None:
            pass

        async def slow() -> None:
            await go.wait()

        await gathered([order("quick", "slow")], known(quick, slow), progress=progress)
        assert told[0] == (0, 2, ("quick", "slow"))
        assert told[-1] == (1, 2, ("slow",))


class TestGatherNow:
    def test_gathers_with_the_user_s_own_sources(self) -> None:
        async def release(target: Target) -> str:
            return f"release of {target.name}"

        found = gather_now(PROD, ["release"], user_sources=[evidence(release)])
        assert found["release"].value == "release of prod"

    def test_allows_what_the_target_allows_unless_told_otherwise(self) -> None:
        async def ran() -> str:
            return "fine"

        burst = evidence(name="burst", effect="exercise")(ran)
        assert isinstance(gather_now(PROD, ["burst"], user_sources=[burst])["burst"].error, NotAllowed)
        allowed = gather_now(PROD, ["burst"], user_sources=[burst], allowed=Effect.EXERCISE)
        assert allowed["burst"].value == "fine"

    def test_knows_the_built_in_sources(self) -> None:
        found = gather_now(Target("prod", "http://127.0.0.1:1"), ["landing"])
        assert isinstance(found["landing"].error, Unverified)

    def test_of_nothing_is_nothing(self) -> None:
        assert gather_now(PROD, []) == {}

    def test_works_in_a_thread(self) -> None:
        found = []
        thread = threading.Thread(target=lambda: found.append(gather_now(PROD, [])))
        thread.start()
        thread.join(PATIENCE)
        assert found == [{}]
