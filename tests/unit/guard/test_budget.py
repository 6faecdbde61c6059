"""The budget holds, whoever asks and however many ask at once."""

from __future__ import annotations

import asyncio
import threading
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.guard.budget import Allowance, _Window
from pytest_readiness.model.exceptions import BudgetSpent
from pytest_readiness.model.targets import Budget


def most_within(starts: list[float], seconds: float) -> int:
    """Return how many starts at most fall into one window of that length."""
    return max(sum(1 for other in starts if start <= other < start + seconds) for start in starts)


class TestTheRate:
    @given(
        rate=st.floats(min_value=0.05, max_value=60),
        pauses=st.lists(st.floats(min_value=0, max_value=2) | st.just(0.0), min_size=1, max_size=150),
    )
    def test_is_never_passed_in_any_second_whenever_askers_come(self, rate: float, pauses: list[float]) -> None:
        """Not more than the rate, rounded up, in one second, and not more than the rate on the average."""
        window, now = _Window(rate), 1000.0
        starts = []
        for pause in pauses:
            now += pause
            starts.append(now + window.reserve(now))
        assert most_within(starts, 1 - 1e-6) <= max(1, -(-rate // 1))
        most = window.limit
        for first, later in zip(starts, starts[most:], strict=False):
            assert later - first >= most / rate - 1e-6

    @given(st.lists(st.floats(min_value=0, max_value=1), min_size=2, max_size=50))
    def test_serves_askers_in_the_order_they_came(self, pauses: list[float]) -> None:
        window, now, starts = _Window(3), 0.0, []
        for pause in pauses:
            now += pause
            starts.append(now + window.reserve(now))
        assert all(earlier <= later for earlier, later in pairwise(starts))

    def test_lets_a_second_s_worth_go_at_once(self) -> None:
        window = _Window(5)
        assert [window.reserve(0.0) for _ in range(7)] == [0, 0, 0, 0, 0, 1, 1]

    def test_may_be_less_than_one_a_second(self) -> None:
        window = _Window(0.5)
        assert [window.reserve(0.0) for _ in range(3)] == [0, 2, 4]

    async def test_holds_under_fifty_askers_at_once(self) -> None:
        allowance = Allowance("prod", Budget(requests_per_second=40))
        starts = []

        async def ask() -> None:
            await allowance.spend("http_requests")
            starts.append(time.monotonic())

        await asyncio.gather(*(ask() for _ in range(50)))
        # Timers fire a little late, each by itself: hence the tolerance.
        assert most_within(starts, 0.95) <= 40
        assert len(starts) == allowance.total == 50

    async def test_holds_for_a_thread_and_the_loop_together(self) -> None:
        """A user's test spends from its own thread while nothing else may slip through."""
        allowance = Allowance("prod", Budget(requests_per_second=20))
        starts = []

        def ask_blocking() -> None:
            for _ in range(12):
                allowance.spend_now("http_requests")
                starts.append(time.monotonic())

        thread = threading.Thread(target=ask_blocking)
        thread.start()
        for _ in range(12):
            await allowance.spend("tls_handshakes")
            starts.append(time.monotonic())
        await asyncio.to_thread(thread.join, 10)
        assert most_within(starts, 0.95) <= 20
        assert (len(starts), allowance.total) == (24, 24)

    async def test_of_one_kind_does_not_hold_up_another_server_s(self) -> None:
        """Nameservers and registries are other people's machines than the service."""
        allowance = Allowance("prod", Budget(requests_per_second=1))
        async with asyncio.timeout(0.9):
            for kind in ("http_requests", "dns_queries", "other"):
                await allowance.spend(kind)

    async def test_is_not_paced_where_something_only_goes_along(self) -> None:
        """A request over a new connection was paced already when its handshake is counted."""
        allowance = Allowance("prod", Budget(requests_per_second=1))
        for _ in range(20):
            allowance.record("tls_handshakes")
        assert allowance.sent["tls_handshakes"] == 20


class TestTheTotal:
    async def test_ends_with_the_line_to_write(self) -> None:
        allowance = Allowance("prod", Budget(requests=2))
        await allowance.spend("http_requests")
        allowance.record("tls_handshakes")
        with pytest.raises(BudgetSpent) as caught:
            await allowance.spend("dns_queries")
        assert caught.value.reason == "the budget of 2 requests for prod is used up"
        assert caught.value.fix == "[targets.prod] budget = { requests = 4 }"

    def test_counts_nothing_that_was_not_sent(self) -> None:
        allowance = Allowance("prod", Budget(requests=1))
        allowance.spend_now("other")
        for spend in (allowance.spend_now, allowance.record):
            with pytest.raises(BudgetSpent):
                spend("http_requests")
        assert allowance.sent == {"http_requests": 0, "tls_handshakes": 0, "dns_queries": 0, "other": 1}

    async def test_is_not_passed_by_many_at_once(self) -> None:
        allowance = Allowance("prod", Budget(requests_per_second=10_000, requests=30))
        outcomes = await asyncio.gather(*(allowance.spend("http_requests") for _ in range(100)), return_exceptions=True)
        assert sum(outcome is None for outcome in outcomes) == allowance.total == 30
        assert sum(isinstance(outcome, BudgetSpent) for outcome in outcomes) == 70

    def test_is_not_passed_by_many_threads(self) -> None:
        allowance = Allowance("prod", Budget(requests_per_second=10_000, requests=100))
        refused = []

        def ask() -> None:
            for _ in range(50):
                try:
                    allowance.record("other")
                except BudgetSpent:
                    refused.append(1)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert (allowance.total, len(refused)) == (100, 300)
