"""Evidence: plain data about a target, by whom it is gathered and when it was."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, overload

from pytest_readiness.model.scales import Effect

Gatherer = Callable[..., Awaitable[object]]

CLIENTS = frozenset({"target", "thresholds", "http", "sockets", "resolver"})
"""Parameters of an evidence function that are not evidence: what to look at, and the guarded ways to look."""

DEADLINE = timedelta(seconds=30)
"""How long a fact may take where it does not say otherwise."""


@dataclass(frozen=True)
class Source:
    """Where a piece of evidence comes from.

    Attributes:
        name: What checks, tests and other evidence ask for it by.
        function: An async function of clients and other evidence that returns plain data.
        effect: What gathering does to the target.
        deadline: How long it may take, waiting for its own needs not counted.
        sends: What it sends, in words and numbers, for the documentation.
    """

    name: str
    function: Callable[..., Awaitable[object]]
    effect: Effect = Effect.OBSERVE
    deadline: timedelta = DEADLINE
    sends: str = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Awaitable[object]:
        return self.function(*args, **kwargs)

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.function).parameters)

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of the evidence that it builds on."""
        return tuple(name for name in self.parameters if name not in CLIENTS)

    @property
    def statement(self) -> str:
        """What it is: the first paragraph of the docstring."""
        return " ".join((inspect.getdoc(self.function) or "").partition("\n\n")[0].split())


@overload
def evidence(function: Gatherer, /) -> Source: ...
@overload
def evidence(
    *, effect: str = ..., deadline: timedelta = ..., sends: str = ..., name: str | None = ...
) -> Callable[[Gatherer], Source]: ...
def evidence(
    function: Any = None,
    /,
    *,
    effect: str = "observe",
    deadline: timedelta = DEADLINE,
    sends: str = "",
    name: str | None = None,
) -> Any:
    """Make an async function a source of evidence; it may be used bare or called.

    Args:
        function: The function; it asks for ``target``, ``thresholds``, the clients ``http``, ``sockets`` and
            ``resolver``, and other evidence, by parameter name.
        effect: ``observe``, ``exercise`` or ``disrupt``: what gathering does to the target.
        deadline: How long it may take.
        sends: What it sends, for the documentation.
        name: What it is asked for by where the function's own name will not do.
    """

    def bind(decorated: Callable[..., Awaitable[object]]) -> Source:
        if not inspect.iscoroutinefunction(decorated):
            raise TypeError(f"{decorated.__qualname__} is no async function: evidence is gathered side by side")
        return Source(
            name=name or decorated.__name__,
            function=decorated,
            effect=Effect.of(effect),
            deadline=deadline,
            sends=sends,
        )

    return bind if function is None else bind(function)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence of one target, or the reason why there is none.

    Attributes:
        name: What it is asked for by.
        target: The target it is about.
        value: The plain data; None where it could not be had.
        error: Why it could not be had; None where it could.
        gathered: When it was there, UTC.
        took: How long gathering took.
    """

    name: str
    target: str
    value: object
    error: BaseException | None
    gathered: datetime
    took: timedelta
