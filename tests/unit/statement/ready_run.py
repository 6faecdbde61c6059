"""A run that found all well, as its JSON report has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

STARTED = datetime(2026, 11, 2, 12, tzinfo=UTC)
NOW = STARTED + timedelta(hours=1)
COMMIT = "c0ffee" + "0" * 34
REPORT: dict[str, Any] = {
    "schema_version": 1,
    "started": STARTED.isoformat(),
    "finished": (STARTED + timedelta(minutes=2)).isoformat(),
    "plugin_version": "1",
    "partial": False,
    "targets": {"prod": {"verdict": "READY"}},
    "items": [{"id": "infrastructure/tls", "target": "prod", "state": "PASS"}],
    "results": [],
}
