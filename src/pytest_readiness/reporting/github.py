"""GitHub Actions: the sign-off sheet on the page of the step, and an annotation for each failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_readiness.model.results import Result, Row
from pytest_readiness.model.states import State
from pytest_readiness.reporting import markdown
from pytest_readiness.reporting.text import plain

if TYPE_CHECKING:
    from pytest_readiness.run import Run

ROOM = 1_048_576
"""Bytes that GitHub takes as the summary of one step; it shows nothing of a longer one."""


def summarise(run: Run, environment: Mapping[str, str], write: Callable[[str], object]) -> None:
    """Append the sign-off sheet to the step's summary and write annotations; outside GitHub Actions do nothing.

    Args:
        run: The run, at its end.
        environment: Where GITHUB_STEP_SUMMARY names a file under GitHub Actions.
        write: Writes one line, to standard output in the end.
    """
    named = environment.get("GITHUB_STEP_SUMMARY", "")
    if not named:
        return
    for line in commands(run):
        write(line)
    try:
        _append(Path(named), run)
    except OSError as error:
        write(_command("warning", "readiness", f"the step summary cannot be written: {error.strerror or error}"))


def commands(run: Run) -> Iterator[str]:
    """Yield a workflow command for each finding of a failure, and for each error: a warning where it blocks nothing."""
    for board in run.boards():
        for row in board.rows:
            for result in row.results:
                if result.state in {State.FAIL, State.ERROR}:
                    yield from _of(row, result)


def _of(row: Row, result: Result) -> Iterator[str]:
    command = "error" if row.blocks else "warning"
    title = f"{result.state} {result.item} of {result.target}"
    if not result.findings:
        yield _command(command, title, result.reason or result.nodeid)
    for finding in result.findings:
        told = [finding.summary, finding.where and f"where: {finding.where}", finding.fix and f"fix: {finding.fix}"]
        yield _command(command, title, "\n".join(line for line in told if line))


def _append(path: Path, run: Run) -> None:
    sheet = markdown.render(run, finished=True).encode("utf-8", "backslashreplace")
    taken = path.stat().st_size if path.exists() else 0
    if taken + len(sheet) > ROOM:
        rest = "The whole sheet does not fit here: --readiness-report=FILE.md writes it to a file.\n"
        sheet = (markdown.verdicts(run) + rest).encode("utf-8", "backslashreplace")
    with path.open("ab") as file:
        file.write(sheet)


def _command(command: str, title: str, message: str) -> str:
    """Return a workflow command; foreign text cannot end it, nor begin another."""
    lines = [plain(line) for line in message.split("\n")]
    data = "\n".join(lines).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    name = plain(title).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    return f"::{command} title={name}::{data}"
