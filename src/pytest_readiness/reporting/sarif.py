"""The SARIF report: version 2.1.0 of OASIS, for code scanning dashboards."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_readiness import __version__
from pytest_readiness.model.checks import Item
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Board, Result, Row
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State, Verdict
from pytest_readiness.reporting.text import plain

if TYPE_CHECKING:
    from pytest_readiness.run import Run

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FILE = "readiness.toml"
"""Where a result stands that no test of the user's gave: viewers show none without a file."""

_LEVEL = {Severity.LOW: "note", Severity.MEDIUM: "warning", Severity.HIGH: "error", Severity.CRITICAL: "error"}
_KIND = {
    State.PASS: "pass",
    State.ATTESTED: "informational",
    State.NOT_APPLICABLE: "notApplicable",
    State.UNVERIFIED: "open",
    # A check that broke down may hide anything: it is shown among the failures.
    State.ERROR: "fail",
    State.FAIL: "fail",
    State.WARN: "fail",
    State.WAIVED: "fail",
}


def render(run: Run, *, finished: bool) -> str:
    """Return the report of ``run`` as JSON text; of one that has not finished, without a result."""
    boards = run.boards()
    results = [result for board in boards for row in board.rows for result in _row(board, row)] if finished else []
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "pytest-readiness",
                        "version": __version__,
                        "rules": list(_rules(boards)) if finished else [],
                    }
                },
                "invocations": [_invocation(run, boards, finished=finished)],
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": {
                    "partial": run.left_out,
                    "targets": {board.target: _target(board, finished=finished) for board in boards},
                },
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _invocation(run: Run, boards: Iterable[Board], *, finished: bool) -> dict[str, Any]:
    unheard = list(dict.fromkeys(said for board in boards for said in board.unheard))
    told = unheard if finished else ["the run has not finished: nothing is ready", *unheard]
    invocation: dict[str, Any] = {
        "executionSuccessful": finished and not unheard,
        "startTimeUtc": _time(run.started),
        "toolExecutionNotifications": [{"level": "error", "message": _message(said)} for said in told],
    }
    return invocation | ({"endTimeUtc": _time(datetime.now(UTC))} if finished else {})


def _target(board: Board, *, finished: bool) -> dict[str, Any]:
    return {
        "verdict": board.verdict if finished else Verdict.NOT_READY,
        "raw_verdict": board.raw if finished else Verdict.NOT_READY,
        "url": board.url,
        "sent": dict(board.sent),
        "items": {row.item.id: row.state for row in board.rows} if finished else {},
    }


def _rules(boards: Iterable[Board]) -> Iterator[dict[str, Any]]:
    seen = set()
    for board in boards:
        for row in board.rows:
            for identity in [_rule_id(result) for result in row.results] or [row.item.id]:
                if identity not in seen:
                    seen.add(identity)
                    yield _rule(identity, row.item)


def _rule(identity: str, item: Item) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": identity,
        "shortDescription": _message(item.title or item.id),
        "defaultConfiguration": {"level": _LEVEL[item.severity]},
        "properties": {
            "item": item.id,
            "severity": str(item.severity),
            "level": str(item.level),
            "tags": ["readiness", item.area],
        },
    }
    if item.why:
        rule["fullDescription"] = _message(item.why)
    if item.fix:
        rule["help"] = _message(item.fix)
    return rule


def _rule_id(result: Result) -> str:
    return f"{result.item}/{result.check}"


def _row(board: Board, row: Row) -> Iterator[dict[str, Any]]:
    """Yield a result for each finding of each proof, and one for each proof without; one for an item without any."""
    if not row.results:
        nothing = Result("", row.item.id, "", board.target, row.state, row.item.severity, reason="nothing proves it")
        yield _result(nothing, None, kind="review") | {"ruleId": row.item.id}
    for result in row.results:
        state = _raw(result)
        kind = _KIND[state] if result.bound or state is not State.UNVERIFIED else "review"
        found: list[Finding | None] = list(result.findings) if kind == "fail" else []
        for finding in found or [None]:
            yield _result(result, finding, kind=kind)


def _raw(result: Result) -> State:
    """Return what came out before a waiver was counted: a waived result is suppressed, not another one."""
    return result.raw if result.state is State.WAIVED and result.raw is not None else result.state


def _result(result: Result, finding: Finding | None, *, kind: str) -> dict[str, Any]:
    severity = finding.severity if finding is not None and finding.severity is not None else result.severity
    properties: dict[str, Any] = {
        "target": result.target,
        "item": result.item,
        "check": result.check,
        "nodeid": result.nodeid,
        "state": result.state,
        "severity": str(severity),
        "measured": {name: _figure(value) for name, value in result.measured.items()},
    }
    if result.raw is not None:
        properties["raw"] = result.raw
    if result.exception:
        properties["exception"] = result.exception
    where, fix = (finding.where, finding.fix) if finding is not None else ("", result.fix)
    if fix:
        properties["fix"] = fix
    if finding is not None:
        properties |= {"seen": finding.measured, "source": finding.source}
    summary = finding.summary if finding is not None else result.reason or result.exception
    if finding is None and result.findings and kind != "pass":
        summary = "; ".join([summary, *(each.summary for each in result.findings)])
    entry: dict[str, Any] = {
        "ruleId": _rule_id(result),
        "kind": kind,
        # SARIF 2.1.0, 3.27.10: what is no failure has no level.
        "level": _level(result) if kind == "fail" else "none",
        "message": _message(f"{result.target}: {summary or f'{result.check} {result.state}'}", fix),
        "locations": [_location(result, where)],
        "partialFingerprints": {"readiness/v1": _fingerprint(result, finding)},
        "properties": properties,
    }
    if result.state is State.WAIVED:
        justification = plain(result.exception or result.reason) or "waived"
        entry["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return entry


def _level(result: Result) -> str:
    return "warning" if _raw(result) is State.WARN else "error"


def _location(result: Result, where: str) -> dict[str, Any]:
    file = result.nodeid.partition("::")[0] if result.own else FILE
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(plain(file) or FILE), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 1},
        }
    }
    return location | ({"logicalLocations": [{"name": plain(where), "kind": "resource"}]} if where else {})


def _fingerprint(result: Result, finding: Finding | None) -> str:
    parts = [result.item, result.check, result.target, result.nodeid]
    parts += [finding.where, finding.summary] if finding is not None else []
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def _message(text: str, fix: str = "") -> dict[str, str]:
    """Return ``text`` as a message: what would be an embedded link or a placeholder in it is none (3.11.5, 3.11.6)."""
    text = plain(text) + (f". Fix: {plain(fix)}" if fix else "")
    return {"text": re.sub(r"\{(\d+)\}", r"{{\1}}", text.replace("](", "\\]("))}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _figure(value: object) -> object:
    """Return ``value`` where JSON can say it, else as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, int | str) else str(value)
