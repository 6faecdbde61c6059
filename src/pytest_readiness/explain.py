"""``--readiness-explain``: what an item is, why, how it is measured, and how to fix and configure it."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_readiness.model.checks import Check, Item
    from pytest_readiness.model.evidence import Source

WIDTH = 100


def explain(config: pytest.Config) -> int:
    """Print the explanation of ``--readiness-explain=ITEM`` and return pytest's exit status.

    Raises:
        pytest.UsageError: There is no such item or check; the message names those that come near.
    """
    from pytest_readiness import checks, probes
    from pytest_readiness.checks.checklist import items
    from pytest_readiness.extensions import checks_in, conftests, sources_in
    from pytest_readiness.run import own_item

    wanted = str(config.getoption("readiness_explain")).strip()
    known = {item.id: item for item in items()}
    every = [*checks.builtin(), *checks_in(conftests(config))]
    for check in every:
        known.setdefault(check.item, own_item(check.item, check.statement, check.severity))
    sources = {source.name: source for source in (*probes.builtin(), *sources_in(conftests(config)))}
    chosen = [item for item in known.values() if wanted in {item.id, item.name, f"{item.area}::{item.name}"}]
    chosen += [
        known[check.item] for check in every if wanted in {check.id, check.name} and known[check.item] not in chosen
    ]
    if not chosen:
        names = [*known, *(check.id for check in every)]
        near = difflib.get_close_matches(wanted, [*names, *(name.split("/")[-1] for name in known)], n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"items are {', '.join(known)}"
        raise pytest.UsageError(f"--readiness-explain={wanted}: there is no such item or check; {hint}")
    for item in chosen:
        own = [check for check in every if check.item == item.id]
        print("\n".join(_page(item, own, sources)))  # noqa: T201  # this is what was asked for
    return int(pytest.ExitCode.OK)


def _page(item: Item, own: Iterable[Check[...]], sources: dict[str, Source]) -> Iterator[str]:
    from pytest_readiness.gather.plan import closure

    yield f"{item.id}: {item.title}"
    yield f"  severity {item.severity}, level {item.level}" + (", on the launch checklist" if item.launch else "")
    yield from _paragraph("why", item.why)
    yield from _paragraph("fix", item.fix)
    own = list(own)
    if not own:
        yield from _paragraph("needs", item.needs)
    for check in own:
        yield ""
        yield f"  {check.id}" + (f"  (severity {check.severity})" if check.severity is not None else "")
        yield from _paragraph("holds when", check.statement)
        if check.details:
            yield from _paragraph("how", " ".join(check.details.split()))
        sends = [sources[name].sends for name in closure(check.needs, sources) if sources[name].sends]
        yield from _paragraph("sends", "; ".join(dict.fromkeys(sends)))
        for name in check.thresholds:
            yield from _paragraph("threshold", _threshold(name))
        yield from _paragraph("source", check.source)
    if item.configure:
        yield ""
        yield "  configure"
        yield from (f"    {line}" for line in item.configure.splitlines())
    yield ""


def _threshold(name: str) -> str:
    from pytest_readiness.model.thresholds import Thresholds
    from pytest_readiness.settings.durations import spell

    default, doc, source = Thresholds.documentation()[name]
    return f"{name} = {spell(default)}: {doc}" + (f" ({source})" if source else "")


def _paragraph(label: str, text: str) -> Iterator[str]:
    if text:
        yield from textwrap.wrap(
            text, WIDTH, initial_indent=f"    {label:<11} ", subsequent_indent=" " * 16, break_long_words=False
        )
