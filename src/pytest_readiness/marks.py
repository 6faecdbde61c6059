"""``@readiness.security`` and its siblings, one for each area of the checklist, and ``@readiness.evidence``."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import timedelta
    from typing import Literal, TypeVar, overload

    from pytest_readiness.model.evidence import Source

    Markable = TypeVar("Markable", bound="Callable[..., object] | type[object]")
    SeverityWord = Literal["low", "medium", "high", "critical"]
    EffectWord = Literal["observe", "exercise", "disrupt"]
    Gatherer = TypeVar("Gatherer", bound="Callable[..., Awaitable[object]]")

    class AreaMark(pytest.MarkDecorator):
        """The mark of one area: bare, or called with the item that the test proves."""

        @overload  # type: ignore[override]  # narrower than pytest's own on purpose: a misspelt word is flagged
        def __call__(self, decorated: Markable, /) -> Markable: ...
        @overload
        def __call__(self, item: str = ..., /, *, severity: SeverityWord = ...) -> pytest.MarkDecorator: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...  # pyright: ignore[reportIncompatibleMethodOverride]


AREAS = ("infrastructure", "security", "monitoring", "data", "backup", "operations", "launch")
SEVERITIES = ("low", "medium", "high", "critical")
SOURCE = "readiness_source"
"""The attribute by which a user's evidence function is known for one."""


class _Readiness:
    """Namespace of marks; each area's is ``pytest.mark.readiness`` with the area bound."""

    if TYPE_CHECKING:
        infrastructure: AreaMark
        security: AreaMark
        monitoring: AreaMark
        data: AreaMark
        backup: AreaMark
        operations: AreaMark
        launch: AreaMark

        @overload
        def evidence(self, function: Gatherer, /) -> Gatherer: ...
        @overload
        def evidence(
            self, *, effect: EffectWord = ..., deadline: timedelta = ..., sends: str = ...
        ) -> Callable[[Gatherer], Gatherer]: ...
        def evidence(self, *args: Any, **kwargs: Any) -> Any: ...

    else:

        def __getattr__(self, name: str) -> pytest.MarkDecorator:
            if name not in AREAS:
                raise AttributeError(f"there is no readiness area {name!r}; areas are {', '.join(AREAS)}")
            return pytest.mark.readiness(area=name)

        def __dir__(self) -> list[str]:
            return [*super().__dir__(), *AREAS]

        def evidence(self, function: Any = None, /, **options: Any) -> Any:  # noqa: D417  # its options are listed
            """Make an async function evidence, gathered once per target, and a fixture of the same name.

            It asks for ``target``, the clients ``http``, ``sockets`` and ``resolver``, and other evidence, by
            parameter name, and returns plain data.

            Args:
                function: The function, where the decorator stands bare.
                effect: ``observe``, ``exercise`` or ``disrupt``: what gathering does to the target.
                deadline: How long it may take, a timedelta.
                sends: What it sends, for ``--readiness-list``.
            """
            if function is None:
                return functools.partial(_evidence_fixture, **options)
            return _evidence_fixture(function, **options)


def _evidence_fixture(function: Callable[..., Awaitable[object]], **options: Any) -> Any:
    from pytest_readiness.model.evidence import evidence

    source: Source = evidence(**options)(function)

    def fact(readiness_facts: Callable[[str], object]) -> object:
        # Asked for by name, so that pytest sees that the test needs a target, and runs it once for each.
        return readiness_facts(source.name)

    fact.__name__, fact.__doc__, fact.__module__ = source.name, inspect.getdoc(function), function.__module__
    fixture = pytest.fixture(fact)
    setattr(fixture, SOURCE, source)
    return fixture


readiness = _Readiness()
