"""The budget of one target, enforced and counted where bytes leave."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from typing import Literal

from pytest_readiness.model.exceptions import BudgetSpent
from pytest_readiness.model.targets import Budget

Kind = Literal["http_requests", "tls_handshakes", "dns_queries", "other"]

_PACED_WITH: dict[Kind, str] = {
    "http_requests": "service",
    "tls_handshakes": "service",
    "dns_queries": "nameservers",
    "other": "others",
}


class _Window:
    """Lets at most ``limit`` events start in any ``period`` seconds, a period being a second or more."""

    def __init__(self, rate: float) -> None:
        self.limit = math.ceil(rate)
        self.period = self.limit / rate
        self.starts: deque[float] = deque(maxlen=self.limit)

    def reserve(self, now: float) -> float:
        """Return how many seconds to wait before the next event may start, and count it as starting then."""
        start = now
        if len(self.starts) == self.limit:
            start = max(now, self.starts[0] + self.period)
        self.starts.append(start)
        return start - now


class Allowance:
    """What may still be sent to one target in this run, and what has been.

    It may be spent from the event loop and, by users' tests, from any thread.

    Args:
        target: The target's name, for messages.
        budget: The target's budget.
    """

    def __init__(self, target: str, budget: Budget) -> None:
        self.target, self.budget = target, budget
        self.sent: dict[Kind, int] = {"http_requests": 0, "tls_handshakes": 0, "dns_queries": 0, "other": 0}
        self._windows = {name: _Window(budget.requests_per_second) for name in dict.fromkeys(_PACED_WITH.values())}
        self._lock = threading.Lock()

    @property
    def total(self) -> int:
        """Everything sent so far."""
        return sum(self.sent.values())

    def record(self, kind: Kind) -> None:
        """Count one ``kind`` without pacing it: it goes along with something that was paced.

        Raises:
            BudgetSpent: The run's budget is used up; nothing was counted.
        """
        with self._lock:
            self._count(kind)

    async def spend(self, kind: Kind) -> None:
        """Count one ``kind`` and wait for its turn.

        Raises:
            BudgetSpent: The run's budget is used up; nothing was counted.
        """
        if (wait := self._reserve(kind)) > 0:
            await asyncio.sleep(wait)

    def spend_now(self, kind: Kind) -> None:
        """Do what :meth:`spend` does, blocking the calling thread.

        Raises:
            BudgetSpent: The run's budget is used up; nothing was counted.
        """
        if (wait := self._reserve(kind)) > 0:
            time.sleep(wait)

    def _reserve(self, kind: Kind) -> float:
        with self._lock:
            self._count(kind)
            return self._windows[_PACED_WITH[kind]].reserve(time.monotonic())

    def _count(self, kind: Kind) -> None:
        if self.total >= self.budget.requests:
            raise BudgetSpent(
                f"the budget of {self.budget.requests} requests for {self.target} is used up",
                fix=f"[targets.{self.target}] budget = {{ requests = {self.budget.requests * 2} }}",
            )
        self.sent[kind] += 1
