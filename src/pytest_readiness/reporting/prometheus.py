"""The Prometheus report: a file for the node exporter's textfile collector, in the text format 0.0.4."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pytest_readiness.model.results import Board, Result
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import Verdict
from pytest_readiness.reporting.text import plain

if TYPE_CHECKING:
    from pytest_readiness.run import Run

Sample = tuple[Mapping[str, str], float | int]


def render(run: Run, *, finished: bool) -> str:
    """Return the report of ``run``; of one that has not finished, that it has not, and that nothing is ready."""
    boards = run.boards()
    lines = [] if finished else ["# This run has not finished: nothing here says READY."]
    lines += _metric("readiness_run_finished", "Whether the run came to its end.", [({}, int(finished))])
    lines += _metric(
        "readiness_run_timestamp_seconds", "When the run began, Unix time.", [({}, run.started.timestamp())]
    )
    lines += _metric(
        "readiness_verdict",
        "1 for the verdict on the target, 0 for the others.",
        [sample for board in boards for sample in _verdict(board, finished=finished)],
    )
    if finished:
        lines += _metric(
            "readiness_item_state",
            "1 for the state that the item of the checklist is in.",
            [
                ({"target": board.target, "item": row.item.id, "state": row.state}, 1)
                for board in boards
                for row in board.rows
            ],
        )
        lines += _metric(
            "readiness_findings",
            "How many findings there are, waived ones too.",
            [sample for board in boards for sample in _findings(board)],
        )
        lines += _metric(
            "readiness_measured",
            "What a check measured; the name has the unit last.",
            [sample for board in boards for sample in _measured(board)],
        )
        lines += _metric(
            "readiness_sent",
            "How many requests, handshakes and queries were sent.",
            [({"target": board.target, "kind": kind}, sent) for board in boards for kind, sent in board.sent.items()],
        )
    return "\n".join(lines) + "\n"


def _verdict(board: Board, *, finished: bool) -> list[Sample]:
    told = board.verdict if finished else Verdict.NOT_READY
    return [({"target": board.target, "verdict": verdict}, int(verdict is told)) for verdict in Verdict]


def _findings(board: Board) -> list[Sample]:
    counts: Counter[tuple[str, Severity]] = Counter()
    for row in board.rows:
        for result in row.results:
            for finding in result.findings:
                counts[row.item.id, finding.severity if finding.severity is not None else result.severity] += 1
    return [
        ({"target": board.target, "item": item, "severity": str(severity)}, number)
        for (item, severity), number in counts.items()
    ]


def _measured(board: Board) -> list[Sample]:
    """Return every number; of two proofs with the same name, the later bears its node id: no series comes twice."""
    by_check: dict[str, Result] = {}
    for row in board.rows:
        for result in row.results:
            name = f"{result.item}/{result.check}"
            by_check[name if name not in by_check else result.nodeid] = result
    return [
        ({"target": board.target, "check": check, "name": name}, value)
        for check, result in by_check.items()
        for name, value in result.measured.items()
        if isinstance(value, int | float)
    ]


def _metric(name: str, meaning: str, samples: Iterable[Sample]) -> list[str]:
    lines = {_labels(labels): f"{name}{_labels(labels)} {_number(value)}" for labels, value in samples}
    return [f"# HELP {name} {meaning}", f"# TYPE {name} gauge", *lines.values()] if lines else []


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(text: str) -> str:
    return plain(text).replace("\\", "\\\\").replace('"', '\\"')


def _number(value: float) -> str:
    try:
        number = float(value)
    except OverflowError:  # an integer that no float holds
        number = math.copysign(math.inf, value > 0 or -1)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)
