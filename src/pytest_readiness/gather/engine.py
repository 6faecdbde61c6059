"""Gathers all the evidence of a run side by side, once per target, within its budget and deadlines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pytest_readiness.gather.plan import catalogue, closure
from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.clients import Clients, opened
from pytest_readiness.model.evidence import Evidence, Source
from pytest_readiness.model.exceptions import DeadlinePassed, NotAllowed, Unverified
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds

TARGET_DEADLINE = timedelta(minutes=2)
"""How long all the evidence of one target may take."""

FAREWELL = 1.0
"""Seconds that cancelled probes have to close what they hold."""

INTERRUPTED = "the run was interrupted before this was gathered"

Progress = Callable[[int, int, tuple[str, ...]], None]
"""Called with how many facts are there, how many are wanted, and the names of those under way."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of one target.

    Attributes:
        target: The target.
        allowed: The effect that this run allows.
        names: The evidence that is asked for by name.
        allowance: What may be sent; it counts what was.
    """

    target: Target
    allowed: Effect
    names: tuple[str, ...]
    allowance: Allowance


@dataclass(slots=True)
class Facts:
    """The evidence of a run, keyed by target first so that no target can pass on another's.

    Attributes:
        interrupted: Whether gathering was broken off; what is missing then says so.
    """

    interrupted: bool = False
    _found: dict[str, dict[str, Evidence]] = field(default_factory=dict)

    def add(self, evidence: Evidence) -> None:
        """Keep one piece of evidence."""
        self._found.setdefault(evidence.target, {})[evidence.name] = evidence

    def get(self, target: str, name: str) -> Evidence | None:
        """Return the evidence called ``name`` of ``target``, or None where it was not asked for."""
        return self._found.get(target, {}).get(name)

    def of(self, target: str) -> Mapping[str, Evidence]:
        """Return all the evidence of ``target``."""
        return self._found.get(target, {})


class _Gathering:
    """The gathering of one target: each fact is one task, however many ask for it."""

    def __init__(
        self, order: Order, sources: Mapping[str, Source], thresholds: Thresholds, clients: Clients, facts: Facts
    ) -> None:
        self._order, self._sources, self._thresholds = order, sources, thresholds
        self._clients, self._facts = clients, facts
        self.tasks: dict[str, asyncio.Task[Evidence]] = {}

    def start(self, names: Iterable[str]) -> None:
        # Each name stands after what it needs, so a task finds the tasks that it waits for.
        for name in names:
            self.tasks[name] = asyncio.create_task(self._gather(self._sources[name]), name=name)

    async def _gather(self, source: Source) -> Evidence:
        started = time.perf_counter()
        value: object = None
        error: BaseException | None = None
        try:
            needed = {name: await self._needed(name) for name in source.needs}
            started = time.perf_counter()
            value = await self._call(source, needed)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            error = Unverified(f"{source.name} was cancelled from within")
        except KeyboardInterrupt:
            raise
        except Exception as caught:  # noqa: BLE001  # an exception is evidence too: every asker learns of it
            error = caught
        except BaseException as caught:  # noqa: BLE001  # pytest.skip and sys.exit end the one fact, not the run
            error = Unverified(f"{source.name} gave up: {type(caught).__name__}: {caught}")
        evidence = Evidence(
            name=source.name,
            target=self._order.target.name,
            value=value,
            error=error,
            gathered=datetime.now(UTC),
            took=timedelta(seconds=time.perf_counter() - started),
        )
        self._facts.add(evidence)
        return evidence

    async def _needed(self, name: str) -> object:
        # shield: a fact that others wait for too must not end because one of them does.
        evidence = await asyncio.shield(self.tasks[name])
        if evidence.error is not None:
            raise evidence.error
        return evidence.value

    async def _call(self, source: Source, needed: Mapping[str, object]) -> object:
        target = self._order.target
        if source.effect > self._order.allowed:
            raise NotAllowed(
                f"{source.name} needs effect {source.effect}; this run only allows {self._order.allowed}",
                fix=f'[targets.{target.name}] allow = "{source.effect}"',
            )
        context = {
            "target": target,
            "thresholds": self._thresholds,
            "http": self._clients.http,
            "sockets": self._clients.sockets,
            "resolver": self._clients.resolver,
            **needed,
        }
        seconds = source.deadline.total_seconds()
        clock = asyncio.timeout(seconds)
        try:
            async with clock:
                return await source.function(**{name: context[name] for name in source.parameters})
        except TimeoutError:
            if not clock.expired():
                raise
            raise DeadlinePassed(f"{source.name} was not there within {seconds:g} s") from None


async def _one_target(
    order: Order, sources: Mapping[str, Source], thresholds: Thresholds, facts: Facts, deadline: timedelta
) -> None:
    names = closure(order.names, sources)
    if not names:
        return
    async with opened(order.target, order.allowed, order.allowance) as clients:
        gathering = _Gathering(order, sources, thresholds, clients, facts)
        gathering.start(names)
        reason = f"{order.target.name} took longer than {deadline.total_seconds():g} s in all"
        try:
            await asyncio.wait(gathering.tasks.values(), timeout=deadline.total_seconds())
        except asyncio.CancelledError:
            reason = INTERRUPTED
            raise
        finally:
            unfinished = [task for task in gathering.tasks.values() if not task.done()]
            for task in unfinished:
                task.cancel()
            if unfinished:
                await asyncio.wait(unfinished, timeout=FAREWELL)
            for name in names:
                if facts.get(order.target.name, name) is None:
                    error: Unverified = DeadlinePassed(reason) if reason != INTERRUPTED else Unverified(reason)
                    facts.add(Evidence(name, order.target.name, None, error, datetime.now(UTC), timedelta()))


async def gather(
    orders: Iterable[Order],
    sources: Mapping[str, Source],
    thresholds: Thresholds,
    *,
    progress: Progress | None = None,
    deadline: timedelta = TARGET_DEADLINE,
) -> Facts:
    """Gather what is ordered, all targets side by side.

    On cancellation (Ctrl-C) it closes what is open and returns what it has, marked as interrupted.

    Args:
        orders: What is wanted of each target.
        sources: Where evidence comes from, by name.
        thresholds: The limits, for probes that need to know when to stop looking.
        progress: Told about once a tenth of a second how far it is.
        deadline: How long each target may take.
    """
    facts = Facts()
    orders = tuple(orders)
    wanted = {order.target.name: closure(order.names, sources) for order in orders}
    running = asyncio.gather(*(_one_target(order, sources, thresholds, facts, deadline) for order in orders))
    reporter = asyncio.create_task(_report(facts, wanted, progress)) if progress else None
    try:
        await running
    except asyncio.CancelledError:
        facts.interrupted = True
    finally:
        if reporter is not None:
            reporter.cancel()
            await asyncio.wait([reporter])
    return facts


async def _report(facts: Facts, wanted: Mapping[str, tuple[str, ...]], progress: Progress) -> None:
    total = sum(map(len, wanted.values()))
    while True:
        missing = tuple(name for target, names in wanted.items() for name in names if facts.get(target, name) is None)
        progress(total - len(missing), total, missing)
        await asyncio.sleep(0.1)


def gather_now(
    target: Target,
    names: Iterable[str],
    *,
    user_sources: Iterable[Source] = (),
    allowed: Effect | None = None,
    thresholds: Thresholds | None = None,
    allowance: Allowance | None = None,
) -> Mapping[str, Evidence]:
    """Gather evidence of one target and wait for it.

    Args:
        target: The target.
        names: What is asked for.
        user_sources: Sources besides the built-in ones.
        allowed: The effect to allow; None for what the target allows.
        thresholds: The limits; None for the defaults.
        allowance: What may be sent; None for the target's budget.
    """
    from pytest_readiness.probes import builtin

    order = Order(
        target=target,
        allowed=target.allow if allowed is None else allowed,
        names=tuple(names),
        allowance=allowance or Allowance(target.name, target.budget),
    )
    return asyncio.run(gather([order], catalogue([*builtin(), *user_sources]), thresholds or Thresholds())).of(
        target.name
    )
