"""What a readiness run adds to the report of pytest-html: a scoreboard, five columns, and findings in place of code.

pytest-html escapes neither cells nor what is added to its logs and summary, so everything is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import pytest

from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Board, Result, Row
from pytest_readiness.model.states import State, Verdict
from pytest_readiness.reporting.html_style import STYLE
from pytest_readiness.reporting.text import count, figure, plain

if TYPE_CHECKING:
    from pytest_readiness.run import Run

# The page's script finds the cells of a column by these names, which may hold no dash.
COLUMNS = {
    "verdict": "Verdict",
    "item": "Item",
    "severity": "Severity",
    "target": "Target",
    "age": "Evidence age",
}
KINDS = {
    "http_requests": "HTTP request",
    "tls_handshakes": "TLS handshake",
    "dns_queries": "DNS query",
    "other": "other request",
}
HOLDS = frozenset({State.PASS, State.WARN, State.ATTESTED})
WORST_FIRST = (
    State.ERROR,
    State.FAIL,
    State.UNVERIFIED,
    State.WARN,
    State.WAIVED,
    State.ATTESTED,
    State.PASS,
    State.NOT_APPLICABLE,
)


class HtmlReport:
    """The hooks of pytest-html, and of pytest, that write a run into its report.

    Args:
        config: pytest's configuration.
        run: The run.
    """

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self.config, self.run = config, run

    # pytest-html asks for title, columns and environment in its own pytest_sessionstart, which runs last.

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        for target in self.run.targets:
            self._environment()[f"Readiness: {target.name}"] = self._text(target.url)

    @pytest.hookimpl(tryfirst=True)
    def pytest_html_report_title(self, report: Any) -> None:
        report.title = f"Launch readiness: {', '.join(target.name for target in self.run.targets)}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        cells[1:1] = [f'<th class="sortable" data-column-type="{name}">{title}</th>' for name, title in COLUMNS.items()]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        results = self._results(report)
        if results and (report.when == "call" or not report.passed):
            from pytest_html import extras

            figures: Any = [self._evidence(result) for result in results]  # pytest-html itself makes JSON of it
            vars(report)["extras"] = [*getattr(report, "extras", []), extras.json(figures, name="Evidence")]

    @pytest.hookimpl(tryfirst=True)
    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        if len(cells) > 1 and escape(report.nodeid) != report.nodeid:
            cells[1] = cells[1].replace(report.nodeid, escape(report.nodeid))
        results, board = self._results(report), self._board(report)
        worst = min(results, key=lambda result: WORST_FIRST.index(result.state), default=None)
        ages = [result.evidence_age for result in results if result.evidence_age is not None]
        texts = {
            "verdict": str(board.verdict) if board is not None else str(worst.state) if worst is not None else "",
            "item": worst.item if worst is not None else "",
            "severity": str(max(result.severity for result in results)) if results else "",
            "target": board.target if board is not None else ", ".join(result.target for result in results),
            "age": _age(max(ages)) if ages else "",
        }
        cells[1:1] = [f'<td class="col-{name}">{self._text(texts[name])}</td>' for name in COLUMNS]

    @pytest.hookimpl(tryfirst=True)
    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        results = self._results(report)
        if not results or getattr(report, "when", "") == "teardown":
            return
        shown = [self._details(result) for result in results]
        kept = [part for part in data if part != "No log output captured."]
        if report.longreprtext and not _needs_traceback(report, results):
            kept = kept[1:]  # findings say it better, and a skip is a tuple there
        data[:] = ["".join(shown), *kept]

    @pytest.hookimpl(tryfirst=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        boards = self.run.boards()
        for board in boards:
            self._environment()[f"Readiness: {board.target}"] = self._text(f"{board.url}: {board.verdict}")
            self._environment()[f"Sent to {board.target}"] = self._text(_sent(board))
        prefix.append(f'{STYLE}<section class="rd">{"".join(map(self._scoreboard, boards))}</section>')

    def _environment(self) -> MutableMapping[str, Any]:
        from pytest_metadata.plugin import metadata_key

        environment: MutableMapping[str, Any] = self.config.stash[metadata_key]
        return environment

    def _results(self, report: Any) -> list[Result]:
        return [result for (nodeid, _), result in self.run.results.items() if nodeid == report.nodeid]

    def _board(self, report: Any) -> Board | None:
        name = report.nodeid.partition("::")[2]
        return next((board for board in self.run.boards() if name == f"verdict[{board.target}]"), None)

    def _text(self, text: str) -> str:
        return escape(plain(self.run.settings.redactor(text)))

    def _evidence(self, result: Result) -> dict[str, Any]:
        age = result.evidence_age
        return {
            "item": result.item,
            "target": result.target,
            "state": str(result.state),
            "evidence_age_s": None if age is None else round(max(age.total_seconds(), 0.0), 3),
            "measured": {
                name: value if not isinstance(value, float) or math.isfinite(value) else str(value)
                for name, value in result.measured.items()
            },
        }

    # One row's log

    def _details(self, result: Result) -> str:
        head = f'<p class="rd-line">{_badge(result.state)} {self._text(result.item)} · {self._text(result.target)}</p>'
        told = [("why", result.reason), ("decision", result.exception), ("fix", result.fix)]
        told += [(name, figure(value)) for name, value in result.measured.items()]
        findings = "".join(self._finding(finding, result) for finding in result.findings)
        return f'<div class="rd-log">{head}{findings}{self._list(told)}</div>'

    def _finding(self, finding: Finding, result: Result) -> str:
        severity = finding.severity if finding.severity is not None else result.severity
        told = [("where", finding.where), ("measured", finding.measured or ""), ("fix", finding.fix)]
        told.append(("source", finding.source))
        return f'<p class="rd-finding">{self._text(finding.summary)} ({severity})</p>{self._list(told)}'

    def _list(self, pairs: Iterable[tuple[str, str]]) -> str:
        rows = [
            f"<dt>{self._text(label)}</dt><dd>{'<br>'.join(self._text(line) for line in text.splitlines())}</dd>"
            for label, text in pairs
            if text.strip()
        ]
        return f"<dl>{''.join(rows)}</dl>" if rows else ""

    # The scoreboard

    def _scoreboard(self, board: Board) -> str:
        return "".join(
            [
                f'<article aria-label="Readiness of {self._text(board.target)}">',
                *self._head(board),
                '<div class="rd-areas">',
                *self._areas(board.rows),
                "</div></article>",
            ]
        )

    def _head(self, board: Board) -> Iterator[str]:
        kind = "ready" if board.verdict.is_ready else "partial" if board.verdict is Verdict.PARTIAL else "not"
        yield f'<header class="rd-head rd-{kind}"><p class="rd-target">{self._text(board.target)}'
        yield f' <span>{self._text(board.url)}</span></p><p class="rd-verdict">{board.verdict}</p>'
        if board.raw is not board.verdict:
            yield f"<p>Before waivers, attestations and what does not apply: {board.raw}</p>"
        states = [f"<li>{_badge(state)} {board.states[state]}</li>" for state in WORST_FIRST if board.states[state]]
        yield f'<ul class="rd-counts">{"".join(states)}</ul>'
        if board.partial:
            yield "<p>The selection leaves part of the checklist out.</p>"
        yield from (f"<p>Not heard: {self._text(said)}</p>" for said in board.unheard)
        launch = [row for row in board.rows if row.item.launch]
        if launch:
            yield f"<p><b>{_holding(launch)}</b> launch lines hold."
            yield " They bear the mark <i>launch</i>.</p>"
        yield f"<p>Run of {self.run.started:%Y-%m-%d %H:%M} UTC. Sent to the target: {self._text(_sent(board))}.</p>"
        yield "</header>"

    def _areas(self, rows: Sequence[Row]) -> Iterator[str]:
        for area in dict.fromkeys(row.item.area for row in rows):
            inside = [row for row in rows if row.item.area == area]
            yield f"<section><h3>{self._text(area.capitalize())} <span>{_holding(inside)} hold</span></h3><ul>"
            yield from map(self._row, inside)
            yield "</ul></section>"

    def _row(self, row: Row) -> str:
        launch = " <i>launch</i>" if row.item.launch else ""
        remark = self._text(_remark(row))
        return (
            f'<li>{_badge(row.state)}<div><p class="rd-title">{self._text(row.item.title)}</p>'
            f'<p class="rd-small"><code>{self._text(row.item.name)}</code> · {row.item.severity}'
            f"{' · holds the launch back' if row.blocks else ''}{launch}</p>"
            f"{f'<p class=rd-remark>{remark}</p>' if remark else ''}</div></li>"
        )


def _needs_traceback(report: Any, results: Iterable[Result]) -> bool:
    """Whether what went wrong is code: a crash, or an assertion of the user's, which is no list of findings."""
    if isinstance(report.longrepr, str | tuple) or hasattr(report, "wasxfail"):
        return False
    return any(result.state is State.ERROR or (result.own and result.state is State.FAIL) for result in results)


def _remark(row: Row) -> str:
    """Return the worst there is to say of an item besides its state; nothing where it simply holds."""
    told = [result for result in row.results if result.state is row.state]
    findings = sorted(
        (finding for result in told for finding in result.findings), key=lambda finding: -(finding.severity or 0)
    )
    if row.state in {State.FAIL, State.WARN} and findings:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        return findings[0].summary + more
    words = [result.exception or result.reason for result in told]
    return next((text for text in words if text), "")


def _holding(rows: Sequence[Row]) -> str:
    """Return how many hold of those that apply, ``3 of 5``: what does not apply proves nothing."""
    applying = [row for row in rows if row.state is not State.NOT_APPLICABLE]
    return f"{sum(row.state in HOLDS for row in applying)} of {len(applying)}"


def _badge(state: State) -> str:
    return f'<b class="rd-state rd-{state.lower()}">{state}</b>'


def _sent(board: Board) -> str:
    return ", ".join(count(board.sent[kind], noun) for kind, noun in KINDS.items() if board.sent.get(kind)) or "nothing"


def _age(age: timedelta) -> str:
    seconds = max(age.total_seconds(), 0.0)
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
