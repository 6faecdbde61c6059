"""Which evidence a run needs of which target, and whether it can be had at all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from pytest_readiness.model.evidence import CLIENTS, Source
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.scales import Effect


def catalogue(sources: Iterable[Source]) -> dict[str, Source]:
    """Return the sources by name.

    Raises:
        ConfigurationError: Two sources have the same name, or a source takes a client's.
    """
    found: dict[str, Source] = {}
    for source in sources:
        if source.name in CLIENTS:
            raise ConfigurationError(f"evidence {source.name!r} has the name of a client", remedy="choose another name")
        other = found.setdefault(source.name, source)
        if other is not source:
            raise ConfigurationError(
                f"two functions are called evidence {source.name!r}: "
                f"{other.function.__module__} and {source.function.__module__}",
                remedy="rename one",
            )
    return found


def closure(names: Iterable[str], sources: Mapping[str, Source]) -> tuple[str, ...]:
    """Return ``names`` and all that they build on, each after what it needs.

    Raises:
        ConfigurationError: A name is no evidence, or evidence builds on itself.
    """
    ordered: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in ordered:
            return
        if name in path:
            raise ConfigurationError(f"evidence builds on itself: {' → '.join([*path, name])}")
        if name not in sources:
            near = difflib.get_close_matches(name, sources, n=1)
            asker = f", which {path[-1]!r} asks for" if path else ""
            raise ConfigurationError(
                f"there is no evidence {name!r}{asker}",
                remedy=f"did you mean {near[0]!r}?" if near else f"there is {', '.join(sorted(sources))}",
            )
        for need in sources[name].needs:
            visit(need, (*path, name))
        ordered[name] = None

    for name in names:
        visit(name, ())
    return tuple(ordered)


def effect_of(names: Iterable[str], sources: Mapping[str, Source]) -> Effect:
    """Return the greatest effect that gathering ``names`` has."""
    return max((sources[name].effect for name in closure(names, sources)), default=Effect.OBSERVE)
