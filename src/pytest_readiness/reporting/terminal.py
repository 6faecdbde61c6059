"""The scoreboard: what a reader is left looking at when a run is over."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_readiness.model.results import Board, Result, Row
from pytest_readiness.model.scales import Level
from pytest_readiness.model.states import State, Verdict
from pytest_readiness.reporting.text import clipped, count, figure, plain, wrapped

if TYPE_CHECKING:
    from pytest_readiness.gather.engine import Progress
    from pytest_readiness.run import Run

COLOUR: dict[State, dict[str, bool]] = {
    State.PASS: {"green": True},
    State.ATTESTED: {"green": True},
    State.WARN: {"yellow": True},
    State.WAIVED: {"yellow": True},
    State.UNVERIFIED: {"yellow": True},
    State.NOT_APPLICABLE: {"light": True},
    State.FAIL: {"red": True},
    State.ERROR: {"red": True, "bold": True},
}
LETTER = {
    State.UNVERIFIED: "u",
    State.NOT_APPLICABLE: "n",
    State.WARN: "w",
    State.WAIVED: "W",
    State.ATTESTED: "a",
}
WORD_WIDTH = max(map(len, State))
WORST_FIRST = (State.ERROR, State.FAIL, State.UNVERIFIED, State.WARN)
GREP = {State.ERROR: "ERROR", State.FAIL: "FAILED"}
"""Words that tools look for in pytest's own summary."""
KINDS = {
    "http_requests": "HTTP request",
    "tls_handshakes": "TLS handshake",
    "dns_queries": "DNS query",
    "other": "other request",
}
"""What was sent, as a noun that can be counted."""


class Scoreboard:
    """Everything that a readiness run writes to the terminal.

    Args:
        config: pytest's configuration.
        run: The run.
    """

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self.config, self.run = config, run
        self.verbosity = config.get_verbosity()

    def header(self, notes: Iterable[str]) -> list[str]:
        """Return the lines at the top: whom the run judges, and what it may do there."""
        lines = []
        for target in self.run.targets:
            effect, budget = self.run.allowed(target), target.budget
            means = "read-only" if effect == target.allow.OBSERVE else f"up to {effect}"
            lines.append(
                f"readiness: {target.name} = {plain(target.url)}, {means}, "
                f"at most {budget.requests_per_second:g} requests/s and {budget.requests} in all"
            )
        return [*lines, *(f"readiness: {note}" for note in notes)]

    @contextmanager
    def progress(self) -> Iterator[Progress | None]:
        """Show one live line while evidence is gathered, in a terminal only."""
        reporter: Any = self.config.pluginmanager.getplugin("terminalreporter")
        if reporter is None or not getattr(reporter, "isatty", False) or self.verbosity < 0:
            yield None
            return
        width = self.config.get_terminal_writer().fullwidth

        def show(there: int, wanted: int, missing: tuple[str, ...]) -> None:
            waiting = ", ".join(dict.fromkeys(missing))
            line = f"gathering {there}/{wanted}" + (f"  waiting for {waiting}" if waiting else "")
            reporter.rewrite(textwrap.shorten(line, width - 1, placeholder=" …"), erase=True)

        try:
            yield show
        finally:
            reporter.rewrite("", erase=True)

    def status(self, report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Return pytest's category with our letter and word, or None where pytest's own will do."""
        if report.when != "call":
            return None
        states = {result.state for result in self.run.results.values() if result.nodeid == report.nodeid}
        if not states:
            return None
        state = next((state for state in WORST_FIRST if state in states), next(iter(states)))
        if report.skipped and state in {State.UNVERIFIED, State.NOT_APPLICABLE}:
            return ("xfailed" if hasattr(report, "wasxfail") else "skipped"), LETTER[state], (state, COLOUR[state])
        if report.skipped and state is State.WAIVED:
            return "xfailed", LETTER[state], (state, COLOUR[state])
        if report.passed and state in {State.WARN, State.ATTESTED}:
            return "passed", LETTER[state], (state, COLOUR[state])
        return None

    @contextmanager
    def details_told_once(self, reporter: Any) -> Iterator[None]:
        """Keep pytest from telling what the scoreboard tells: the reports of checks, not those of users' tests."""
        told = {result.nodeid for result in self.run.results.values() if not result.own}
        verdicts = tuple(f"verdict[{target.name}]" for target in self.run.targets)
        kept = {category: list(reports) for category, reports in reporter.stats.items()}
        for category in ("failed", "skipped", "passed", "error"):
            if category in reporter.stats:
                reporter.stats[category] = [
                    report
                    for report in kept[category]
                    if report.nodeid not in told
                    and not report.nodeid.endswith(verdicts)
                    and not (category == "failed" and isinstance(report.longrepr, str))
                ]
        try:
            yield
        finally:
            reporter.stats.update(kept)

    def show(self, reporter: Any) -> None:
        """Write the board of each target, what to do worst first, and the verdicts."""
        boards = self.run.boards()
        for board in boards:
            reporter.section(f"readiness of {board.target}", sep="=", bold=True)
            if self.verbosity >= -1:
                self._rows(reporter, board)
                self._details(reporter, board)
        if self.verbosity >= -1:
            self._unbound(reporter, boards)
        for board in boards:
            self._verdict(reporter, board)

    def _rows(self, reporter: Any, board: Board) -> None:
        names = [row.item.name for row in board.rows]
        width = max(map(len, names), default=0)
        full = self.config.get_terminal_writer().fullwidth
        area = ""
        for row in board.rows:
            if row.item.area != area:
                area = row.item.area
                reporter.write_line(area, bold=True)
            reporter.write(f"  {row.state:<{WORD_WIDTH}}", **COLOUR[row.state])
            text = f"  {row.item.name:<{width}}  {_remark(row)}"
            reporter.write_line(clipped(text, full - WORD_WIDTH - 2))
            if self.verbosity > 0:
                for result in row.results:
                    self._proof(reporter, result, full)

    def _proof(self, reporter: Any, result: Result, full: int) -> None:
        figures = ", ".join(f"{name} {figure(value)}" for name, value in result.measured.items())
        reporter.write(f"    {result.state:<{WORD_WIDTH}}", **COLOUR[result.state])
        reporter.write_line(clipped(f"  {plain(result.check)}  {plain(figures)}".rstrip(), full - WORD_WIDTH - 4))

    def _details(self, reporter: Any, board: Board) -> None:
        results = [result for row in board.rows for result in row.results]
        for state in (State.ERROR, State.FAIL):
            for result in _worst_first(result for result in results if result.state is state):
                self._wrong(reporter, result)
        self._unverified(reporter, [result for result in results if result.state is State.UNVERIFIED])
        if self.verbosity >= 0:
            # What an unverified check has found by then is below the gate, as a warning's findings are.
            lesser = (
                result for result in results if result.state in {State.WARN, State.UNVERIFIED} and result.findings
            )
            for result in _worst_first(lesser):
                self._wrong(reporter, result)
            for result in _worst_first(result for result in results if result.state is State.WAIVED):
                self._wrong(reporter, result)

    def _wrong(self, reporter: Any, result: Result) -> None:
        summary = (
            result.reason if result.state is State.ERROR else result.findings[0].summary if result.findings else ""
        )
        if len(result.findings) > 1:
            summary = count(len(result.findings), "finding")
        reporter.write_line("")
        reporter.write(GREP.get(result.state, result.state), **COLOUR[result.state])
        reporter.write_line(f" {plain(result.nodeid)} - {plain(summary)}")
        full = self.config.get_terminal_writer().fullwidth
        for finding in result.findings:
            if len(result.findings) > 1:
                severity = f"  ({finding.severity})"
                reporter.write_line(wrapped(f"{finding.summary}{severity}", full, first="  - ", rest="    "))
            for label, text in (
                ("where", finding.where),
                ("measured", finding.measured or ""),
                ("fix", finding.fix),
                ("source", finding.source),
            ):
                if text:
                    reporter.write_line(wrapped(text, full, first=f"      {label:<9} ", rest=" " * 16))
        if result.exception:
            reporter.write_line(wrapped(result.exception, full, first=f"      {'waived':<9} ", rest=" " * 16))
        if not result.own:
            command = f'pytest --readiness={result.target} "{result.nodeid.rpartition("[")[0]}"'
            reporter.write_line(f"      {'repeat':<9} {command}", light=True)

    def _unverified(self, reporter: Any, results: Sequence[Result]) -> None:
        """Say each cause once, with all that it leaves unverified."""
        causes: dict[tuple[str, str], list[Result]] = {}
        for result in _worst_first(result for result in results if result.bound):
            causes.setdefault((result.reason, result.fix), []).append(result)
        full = self.config.get_terminal_writer().fullwidth
        for (reason, fix), behind in causes.items():
            reporter.write_line("")
            reporter.write(State.UNVERIFIED, **COLOUR[State.UNVERIFIED])
            if len(behind) == 1:
                reporter.write_line(f" {plain(behind[0].nodeid)}")
            else:
                names = ", ".join(f"{result.item.partition('/')[0]}::{result.check}" for result in behind)
                reporter.write_line(wrapped(names, full, first=" ", rest=" " * 11))
            reporter.write_line(wrapped(reason, full, first=f"      {'why':<9} ", rest=" " * 16))
            for number, line in enumerate(fix.splitlines()):
                reporter.write_line(f"      {'fix' if number == 0 else '':<9} {plain(line)}")

    def _unbound(self, reporter: Any, boards: Iterable[Board]) -> None:
        """Say once, for all targets, which items nothing proves, and how to prove one."""
        unbound = {
            result.item: result for board in boards for row in board.rows for result in row.results if not result.bound
        }
        results = list(unbound.values())
        if not results:
            return
        full = self.config.get_terminal_writer().fullwidth
        areas: dict[str, list[str]] = {}
        for item in unbound:
            area, _, name = item.partition("/")
            areas.setdefault(area, []).append(name)
        reporter.write_line("")
        reporter.write(State.UNVERIFIED, **COLOUR[State.UNVERIFIED])
        reporter.write_line(f" {count(len(results), 'item')} that nothing proves yet")
        for area, names in areas.items():
            reporter.write_line(wrapped(", ".join(names), full, first=f"      {area:<15} ", rest=" " * 22))
        first = max(results, key=lambda result: result.severity).item
        area, _, name = first.partition("/")
        reporter.write_line(f'      {"fix":<15} a test of your own: @readiness.{area}("{name}")')
        reporter.write_line(f"      {'example':<15} pytest --readiness-explain={first}")

    def _verdict(self, reporter: Any, board: Board) -> None:
        fine = board.passed or not board.rows  # a target that the selection leaves out whole is no failure
        red = not board.verdict.is_ready and not (board.verdict is Verdict.PARTIAL and fine)
        colour = {"red": True} if red else {"green": True} if board.verdict.is_ready else {"yellow": True}
        states = {state: number for state, number in board.states.items() if number}
        told = ", ".join(f"{number} {state}" for state, number in states.items())
        kinds = {KINDS[name]: number for name, number in board.sent.items() if number}
        sent = ", ".join(count(number, kind) for kind, number in kinds.items())
        reporter.write_line("")
        reporter.write(f"{board.verdict}", bold=True, **colour)
        reporter.write_line(f"  {board.target}  {plain(board.url)}")
        if board.verdict is Verdict.WITH_WAIVERS:
            reporter.write_line(f"  without its waivers: {board.raw}")
        reporter.write_line(f"  {told or 'nothing was judged'}")
        reporter.write_line(f"  sent: {sent or 'nothing'}")
        blocking = [row.item.id for row in board.rows if row.blocks]
        if board.verdict is Verdict.NOT_READY and board.passed is False and blocking:
            reporter.write_line(f"  {count(len(blocking), 'item')} of {len(board.rows)} must still hold")
        if not board.partial:
            self._level(reporter, board)
        for said in board.unheard:
            reporter.write_line(f"  {plain(said)}")
        if board.verdict is Verdict.PARTIAL:
            reporter.write_line("  the selection leaves part of the checklist out: run without it for a verdict")

    def _level(self, reporter: Any, board: Board) -> None:
        """Say which level is reached, and what the next one lacks."""
        following = next((level for level in Level if board.level is None or level > board.level), None)
        reached = f"level {board.level}" if board.level is not None else "no level yet"
        if following is None:
            reporter.write_line(f"  {reached}")
            return
        lacking = count(len(board.lacking(following)), "item")
        reporter.write_line(f"  {reached}; {following} lacks {lacking}")


def _remark(row: Row) -> str:
    """Return what the board says of an item besides its state: the worst there is to say, or its title."""
    findings = [finding for result in row.results for finding in result.findings]
    if row.state in {State.WAIVED, State.ATTESTED}:
        return plain(next(result.exception for result in row.results if result.exception))
    if row.state in {State.FAIL, State.WARN} and findings:
        worst = max(findings, key=lambda finding: finding.severity or 0)
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        return plain(worst.summary) + more
    if row.state is State.UNVERIFIED and not any(result.bound for result in row.results):
        return plain(row.item.title)
    if row.state is State.UNVERIFIED:
        unverified = [result for result in row.results if result.state is State.UNVERIFIED]
        reason = f"{unverified[0].check}: {unverified[0].reason}" if len(row.results) > 1 else unverified[0].reason
        return plain(reason)
    if row.state is State.ERROR:
        return plain(next(result.reason for result in row.results if result.state is State.ERROR))
    if row.state is State.NOT_APPLICABLE:
        return plain(row.results[0].reason)
    return plain(row.item.title)


def _worst_first(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=lambda result: -result.severity)
