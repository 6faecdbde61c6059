"""The launch sign-off sheet: a Markdown document that a launch meeting reads, and signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_readiness import __version__
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Board, Result, Row
from pytest_readiness.model.states import State, Verdict
from pytest_readiness.reporting.text import count, plain

if TYPE_CHECKING:
    from pytest_readiness.run import Run

_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~#&!$@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_UNFINISHED = "**This run has not finished: nothing here says READY.**"


def escaped(text: str) -> str:
    """Return ``text`` as prose on one line that means itself: no markup, HTML, table cell or link begins in it.

    It must not stand first on a line, where a dash or a number would begin a list.
    """
    return _MARKUP.sub(lambda match: f"\\{match[0]}", plain(text)).strip()


def code(text: str) -> str:
    """Return ``text`` as a code span on one line, between more backticks than it holds itself."""
    text = plain(text)
    fence = _fence(text, least=1)
    # One space inside each fence is dropped again by CommonMark, 6.1.
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text.strip() else ""


def render(run: Run, *, finished: bool) -> str:
    """Return the sign-off sheet of ``run``."""
    boards = run.boards()
    lines = [*_head(run, boards, finished=finished)]
    if finished:
        for board in boards:
            lines += _board(board)
    lines += _sign_off()
    return "\n".join(lines) + "\n"


def verdicts(run: Run) -> str:
    """Return the head of the sheet alone: what to show where the whole does not fit."""
    return "\n".join(_head(run, run.boards(), finished=True)) + "\n"


def _head(run: Run, boards: Iterable[Board], *, finished: bool) -> Iterator[str]:
    yield "# Launch readiness"
    yield ""
    if not finished:
        yield _UNFINISHED
        yield ""
    yield f"Run of {run.started:%Y-%m-%d %H:%M} UTC by pytest-readiness {__version__}."
    if finished and run.left_out:
        yield "The selection leaves part of the checklist out: the verdict is PARTIAL."
    yield ""
    yield "| Verdict | Target | URL | Items |"
    yield "| --- | --- | --- | --- |"
    for board in boards:
        verdict = board.verdict if finished else Verdict.NOT_READY
        told = ", ".join(f"{number} {state}" for state, number in board.states.items() if number)
        if finished and board.raw is not board.verdict:
            told += f"; {board.raw} without what the team decided"
        cells = (f"**{verdict}**", escaped(board.target), escaped(board.url), told if finished else "unfinished")
        yield f"| {' | '.join(cells)} |"
    yield ""


def _board(board: Board) -> Iterator[str]:
    yield f"## {escaped(board.target)}: {board.verdict}"
    yield ""
    for said in board.unheard:
        yield f"- **Not heard:** {escaped(said)}"
    if board.unheard:
        yield ""
    yield from _scoreboard(board.rows)
    results = [result for row in board.rows for result in row.results]
    yield from _wrong("Failures", results, State.ERROR, State.FAIL)
    yield from _unverified(board.rows)
    yield from _wrong("Warnings", results, State.WARN)
    yield from _excepted(results)
    yield from _not_applicable(results)
    yield "### Sent"
    yield ""
    sent = ", ".join(f"{number} {escaped(kind.replace('_', ' '))}" for kind, number in board.sent.items() if number)
    yield f"To the target: {sent or 'nothing'}."
    yield ""


def _scoreboard(rows: Iterable[Row]) -> Iterator[str]:
    area = None
    for row in rows:
        if row.item.area != area:
            if area is not None:
                yield ""
            area = row.item.area
            yield f"### {escaped(area).capitalize()}"
            yield ""
            yield "| State | Item | What | Severity |"
            yield "| --- | --- | --- | --- |"
        yield f"| {row.state} | {escaped(row.item.name)} | {escaped(row.item.title)} | {row.item.severity} |"
    yield ""


def _wrong(heading: str, results: Iterable[Result], *states: State) -> Iterator[str]:
    chosen = sorted(
        (result for result in results if result.state in states),
        key=lambda result: (states.index(result.state), -result.severity),
    )
    if not chosen:
        return
    yield f"### {heading}"
    yield ""
    for result in chosen:
        yield f"- **{result.state}** {code(result.nodeid)} ({result.severity})"
        if result.reason:
            yield f"  - why: {escaped(result.reason)}"
        yield from _findings(result)
    yield ""


def _findings(result: Result) -> Iterator[str]:
    for finding in result.findings:
        severity = finding.severity if finding.severity is not None else result.severity
        yield f"  - finding: {escaped(finding.summary)} ({severity})"
        yield from _particulars(finding)


def _particulars(finding: Finding) -> Iterator[str]:
    for label, text in (("where", finding.where), ("measured", finding.measured or "")):
        if text.strip():
            yield f"    - {label}: {code(text)}"
    if finding.fix.strip():
        yield from _copyable("fix", finding.fix, "    ")
    if finding.source.strip():
        yield f"    - source: {escaped(finding.source)}"


def _unverified(rows: Iterable[Row]) -> Iterator[str]:
    unverified = [row for row in rows if any(result.state is State.UNVERIFIED for result in row.results)]
    unproven = [row for row in rows if not row.results]
    if not unverified and not unproven:
        return
    yield "### Unverified"
    yield ""
    for row in unverified:
        for result in row.results:
            if result.state is State.UNVERIFIED:
                yield f"- **{result.state}** {code(result.nodeid)}: {escaped(result.reason) or 'nobody said why'}"
                yield from _copyable("add", result.fix, "  ") if result.fix.strip() else ()
                yield from _findings(result)
    for row in unproven:
        yield f"- **{row.state}** {code(row.item.id)}: nothing proves it"
        if row.item.needs:
            yield f"  - add: {escaped(row.item.needs)}"
    yield ""


def _excepted(results: Iterable[Result]) -> Iterator[str]:
    chosen = [result for result in results if result.state in {State.WAIVED, State.ATTESTED}]
    if not chosen:
        return
    yield "### Waived and attested"
    yield ""
    for result in chosen:
        raw = f", {result.raw} without it" if result.raw is not None else ""
        words = escaped(result.exception or result.reason) or "no words were given"
        yield f"- **{result.state}** {code(result.nodeid)} ({result.severity}{raw}): {words}"
        yield from _findings(result)
    yield ""


def _not_applicable(results: Iterable[Result]) -> Iterator[str]:
    chosen = [result for result in results if result.state is State.NOT_APPLICABLE]
    if not chosen:
        return
    yield f"### Not applicable: {count(len(chosen), 'proof')}"
    yield ""
    for result in chosen:
        yield f"- {code(result.nodeid)}: {escaped(result.exception or result.reason) or 'no reason was given'}"
    yield ""


def _sign_off() -> Iterator[str]:
    yield "## Sign-off"
    yield ""
    yield "| Name | Role | Date | Decision |"
    yield "| --- | --- | --- | --- |"
    yield "|  |  |  | launch / do not launch |"


def _copyable(label: str, text: str, indent: str) -> Iterator[str]:
    """Yield a list item with ``text`` as it is to be copied: a code span, or a block where it has several lines."""
    lines = [plain(line) for line in text.strip("\n").splitlines()]
    if len(lines) == 1:
        yield f"{indent}- {label}: {code(lines[0])}"
        return
    fence = _fence("\n".join(lines), least=3)
    yield f"{indent}- {label}:"
    yield ""
    yield from (f"{indent}  {line}".rstrip() for line in (fence, *lines, fence))
    yield ""


def _fence(text: str, *, least: int) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(longest + 1, least)
