"""Items of the checklist, and the checks that prove them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, ParamSpec

from pytest_readiness.model.findings import Judgement
from pytest_readiness.model.scales import Effect, Level, Severity

P = ParamSpec("P")

AREAS: dict[str, str] = {
    "infrastructure": "the service stands where visitors find it",
    "security": "it resists attack",
    "monitoring": "its team learns of trouble first",
    "data": "its data is what it should be",
    "backup": "its data can be brought back",
    "operations": "its team can run it",
    "launch": "this release can go out",
}

CONTEXT = frozenset({"target", "thresholds", "now"})
"""Parameters of a check that are not evidence."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist.

    Attributes:
        id: ``area/name``.
        title: The line itself.
        severity: How much it matters that it does not hold.
        level: What a team has to show for it.
        launch: Whether it is one of the launch checklist's thirty lines.
        why: What happens to those who leave it out.
        fix: What to do, in general; findings say it in particular.
        needs: What must be configured, or written, before it can be proven.
        effect: The least effect that proves the item whole.
        configure: The lines of readiness.toml that let it be proven.
        waivable: Whether a failure of it can be waived.
    """

    id: str
    title: str
    severity: Severity
    level: Level
    launch: bool = False
    why: str = ""
    fix: str = ""
    needs: str = ""
    effect: Effect = Effect.OBSERVE
    configure: str = ""
    waivable: bool = True

    @property
    def area(self) -> str:
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        return self.id.partition("/")[2]


@dataclass(frozen=True)
class Check(Generic[P]):
    """A pure function from evidence to findings, bound to the item that it proves.

    Calling it calls the function, so a unit test hands it plain data.

    Attributes:
        item: The id of the item.
        name: The function's name with dashes: a part of the node id.
        function: Yields what is wrong and what was measured.
        severity: Of a finding that does not say otherwise; None means the item's.
        thresholds: The names of the thresholds that it judges by.
        source: The specification or page that its rule comes from.
    """

    item: str
    name: str
    function: Callable[P, Iterable[Judgement]]
    severity: Severity | None = None
    thresholds: tuple[str, ...] = ()
    source: str = ""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterable[Judgement]:
        return self.function(*args, **kwargs)

    @property
    def id(self) -> str:
        """``area::name``, as node ids have it."""
        return f"{self.area}::{self.name}"

    @property
    def area(self) -> str:
        return self.item.partition("/")[0]

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.function).parameters)

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of the evidence that it judges."""
        return tuple(name for name in self.parameters if name not in CONTEXT)

    @property
    def statement(self) -> str:
        """What holds when the check passes: the first paragraph of the docstring."""
        return " ".join((inspect.getdoc(self.function) or "").partition("\n\n")[0].split())

    @property
    def details(self) -> str:
        """The rest of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n\n")[2].strip()


def check(
    item: str, *, severity: str | None = None, thresholds: Iterable[str] = (), source: str = "", name: str | None = None
) -> Callable[[Callable[P, Iterable[Judgement]]], Check[P]]:
    """Make a function a check of ``item``.

    Args:
        item: The id of the item, ``area/name``.
        severity: ``low``, ``medium``, ``high`` or ``critical`` where it differs from the item's.
        thresholds: The names of the thresholds that it judges by, for the documentation.
        source: The specification or page that the rule comes from.
        name: The name in node ids where the function's own, with dashes, will not do.
    """
    area, slash, rest = item.partition("/")
    if area not in AREAS or not slash or not rest:
        raise ValueError(f"{item!r} is no item id: write area/name with one of {', '.join(AREAS)}")

    def bind(function: Callable[P, Iterable[Judgement]]) -> Check[P]:
        return Check(
            item=item,
            name=name or function.__name__.replace("_", "-"),
            function=function,
            severity=Severity.of(severity) if severity else None,
            thresholds=tuple(thresholds),
            source=source,
        )

    return bind
