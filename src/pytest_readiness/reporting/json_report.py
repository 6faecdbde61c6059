"""The JSON report: a public format, described by :data:`SCHEMA`."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pytest_readiness import __version__
from pytest_readiness.model.results import Board, Result
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State, Verdict

if TYPE_CHECKING:
    from pytest_readiness.run import Run

VERSION = 1

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_STATE = {"enum": [str(state) for state in State]}
_SEVERITY = {"enum": list(Severity.words())}
_TIME = {"type": "string", "format": "date-time"}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "pytest-readiness report",
    "description": "What one readiness run found out. A report whose `finished` is null is of a run that never ended.",
    **_object(
        {
            "schema_version": {"const": VERSION},
            "started": _TIME,
            "finished": {"anyOf": [_TIME, {"type": "null"}]},
            "plugin_version": _TEXT,
            "partial": {"type": "boolean", "description": "Whether the selection left part of the checklist out."},
            "targets": {
                "type": "object",
                "additionalProperties": _object(
                    {
                        "verdict": {"enum": [str(verdict) for verdict in Verdict]},
                        "raw_verdict": {
                            "enum": [str(verdict) for verdict in Verdict],
                            "description": "Before waivers, attestations and what does not apply were counted.",
                        },
                        "url": _TEXT,
                        "sent": _object(
                            {
                                "http_requests": _COUNT,
                                "tls_handshakes": _COUNT,
                                "dns_queries": _COUNT,
                                "other": _COUNT,
                            }
                        ),
                        "states": _object({str(state): _COUNT for state in State}),
                    }
                ),
            },
            "items": {
                "type": "array",
                "items": _object(
                    {
                        "id": _TEXT,
                        "target": _TEXT,
                        "area": _TEXT,
                        "title": _TEXT,
                        "severity": _SEVERITY,
                        "state": _STATE,
                        "proofs": {"type": "array", "items": _TEXT, "description": "Node ids of what proves it."},
                    }
                ),
            },
            "results": {
                "type": "array",
                "items": _object(
                    {
                        "nodeid": _TEXT,
                        "item": _TEXT,
                        "check": _TEXT,
                        "target": _TEXT,
                        "state": _STATE,
                        "severity": _SEVERITY,
                        "reason": {"type": "string", "description": "Why it is neither passed nor failed, or empty."},
                        "findings": {
                            "type": "array",
                            "items": _object(
                                {
                                    "summary": _TEXT,
                                    "where": _TEXT,
                                    "severity": _SEVERITY,
                                    "fix": _TEXT,
                                    "source": _TEXT,
                                    "measured": {"type": ["string", "null"]},
                                }
                            ),
                        },
                        "fix": {"type": "string", "description": "What would let it be verified, or empty."},
                        "raw_state": {"anyOf": [_STATE, {"type": "null"}], "description": "Before a decision counted."},
                        "exception": {"type": "string", "description": "The waiver or attestation, or empty."},
                        "evidence_age_s": {"type": ["number", "null"], "minimum": 0},
                        "measured": {
                            "type": "object",
                            "additionalProperties": {"type": ["number", "string", "boolean", "null"]},
                        },
                    }
                ),
            },
        }
    ),
}


def render(run: Run, *, finished: bool) -> str:
    """Return the report of ``run`` as JSON text."""
    boards = run.boards()
    document = {
        "schema_version": VERSION,
        "started": run.started.isoformat(),
        "finished": datetime.now(UTC).isoformat() if finished else None,
        "plugin_version": __version__,
        "partial": run.left_out,
        "targets": {board.target: _target(board, finished=finished) for board in boards},
        "items": [entry for board in boards for entry in _items(board)] if finished else [],
        "results": [_result(entry) for board in boards for row in board.rows for entry in row.results],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _target(board: Board, *, finished: bool) -> dict[str, Any]:
    sent = dict.fromkeys(("http_requests", "tls_handshakes", "dns_queries", "other"), 0) | dict(board.sent)
    return {
        "verdict": board.verdict if finished else Verdict.NOT_READY,
        "raw_verdict": board.raw if finished else Verdict.NOT_READY,
        "url": board.url,
        "sent": sent,
        "states": {state: number if finished else 0 for state, number in board.states.items()},
    }


def _items(board: Board) -> list[dict[str, Any]]:
    return [
        {
            "id": row.item.id,
            "target": board.target,
            "area": row.item.area,
            "title": row.item.title,
            "severity": str(row.item.severity),
            "state": row.state,
            "proofs": [result.nodeid for result in row.results],
        }
        for row in board.rows
    ]


def _result(result: Result) -> dict[str, Any]:
    age = result.evidence_age
    return {
        "nodeid": result.nodeid,
        "item": result.item,
        "check": result.check,
        "target": result.target,
        "state": result.state,
        "severity": str(result.severity),
        "reason": result.reason,
        "findings": [
            {
                "summary": finding.summary,
                "where": finding.where,
                "severity": str(finding.severity if finding.severity is not None else result.severity),
                "fix": finding.fix,
                "source": finding.source,
                "measured": finding.measured,
            }
            for finding in result.findings
        ],
        "fix": result.fix,
        "raw_state": result.raw,
        "exception": result.exception,
        "evidence_age_s": None if age is None else round(max(age.total_seconds(), 0.0), 3),
        "measured": {name: _figure(value) for name, value in result.measured.items()},
    }


def _figure(value: object) -> object:
    """Return ``value`` as JSON can say it: infinity, and what is no plain figure, as text."""
    if value is None or isinstance(value, bool | str) or type(value) is int:
        return value
    return value if type(value) is float and math.isfinite(value) else str(value)
