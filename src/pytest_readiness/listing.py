"""``--readiness-list``: every item, what proves it, and what is missing before it can be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from pytest_readiness.model.checks import AREAS
from pytest_readiness.reporting.text import clipped, count, plain

if TYPE_CHECKING:
    from pytest_readiness.run import Run


def print_list(reporter: Any, run: Run, selected: Iterable[pytest.Item]) -> None:
    """Write the checklist with each item's checks, tests and effect.

    Args:
        reporter: pytest's terminal reporter.
        run: The run.
        selected: The collected tests, for those of the user's that prove an item.
    """
    from pytest_readiness.gather.plan import effect_of

    sources = run.catalogue()
    own = _own(selected)
    width = max(len(item.name) for item in run.items.values())
    full = reporter.config.get_terminal_writer().fullwidth
    bound = 0
    for area, means in AREAS.items():
        items = [item for item in run.items.values() if item.area == area]
        if not items:
            continue
        reporter.write_line("")
        reporter.write_line(f"{area}: {means}", bold=True)
        for item in items:
            checks = [check for check in run.checks if check.item == item.id]
            proofs = [f"{check.name} ({effect_of(check.needs, sources)})" for check in checks]
            proofs += [f"{name} (your test)" for name in own.get(item.id, ())]
            bound += bool(proofs)
            reporter.write_line(f"  {item.name:<{width}}  {item.severity}, {item.level}  {plain(item.title)}")
            text = ", ".join(proofs) if proofs else f"missing: {item.needs}"
            for line in _lines(text, full - width - 4):
                reporter.write_line(f"  {'':<{width}}  {line}", light=True)
    reporter.write_line("")
    for target in run.targets:
        reporter.write_line(f"{target.name} = {plain(target.url)}  allows {run.allowed(target)}")
        for missing in _missing(target):
            reporter.write_line(f"  missing: {missing}")
    reporter.write_line(
        clipped(f"{count(bound, 'item')} of {len(run.items)} are proven by a check or a test; nothing was sent", full)
    )


def _own(selected: Iterable[pytest.Item]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for item in selected:
        properties = dict(item.user_properties)
        if "readiness_item" in properties and hasattr(item, "function"):
            found.setdefault(str(properties["readiness_item"]), {})[item.nodeid.partition("[")[0]] = None
    return {item: list(names) for item, names in found.items()}


def _missing(target: Any) -> list[str]:
    return [
        f'[targets.{target.name}.health] {name} = "/…"'
        for name in ("liveness", "readiness")
        if getattr(target.health, name) is None
    ]


def _lines(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(plain(text), max(width, 40), break_long_words=False, break_on_hyphens=False)
