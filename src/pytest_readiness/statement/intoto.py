"""The in-toto Statement v1 of a run, with the test-result predicate v0.1.

One file holds one statement, so the full states are a member of its predicate, not a second statement: in-toto lets a
producer add members and has consumers pass over those they do not know. That member is the JSON report, unchanged, so
that there is one vocabulary and one published schema.
https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pytest_readiness.model.releases import Release

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
REPORT = "pytest-readiness/report"
"""The member of the predicate that holds the JSON report, named after the package so that nobody else's is the same."""

_HOLDS = frozenset({"PASS", "ATTESTED", "NOT-APPLICABLE"})
_HOLDS_WITH_A_WARNING = frozenset({"WARN", "WAIVED"})


def payload(release: Release, report: Mapping[str, Any], configuration: Mapping[str, str]) -> bytes:
    """Return the statement that ``report`` makes of ``release``.

    Args:
        release: What the run judged.
        report: The JSON report.
        configuration: SHA-256 of each file that configured the run, by name.
    """
    passed, warned, failed = _sorted(report["items"])
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": release.name, "digest": {digest.algorithm: digest.value}} for digest in release.digests],
        "predicateType": PREDICATE,
        "predicate": {
            "result": result(report),
            "configuration": [
                {"name": name, "digest": {"sha256": digest}} for name, digest in sorted(configuration.items())
            ],
            "passedTests": passed,
            "warnedTests": warned,
            "failedTests": failed,
            REPORT: report,
        },
    }
    return json.dumps(statement, separators=(",", ":"), allow_nan=False).encode("ascii")


def result(report: Mapping[str, Any]) -> str:
    """Return PASSED, WARNED or FAILED for a whole run: whatever is not known to hold is FAILED.

    WARNED is a run whose targets are all ready, some with waivers or with items that warn.
    """
    verdicts = {target["verdict"] for target in report["targets"].values()}
    if report["finished"] is None or report["partial"] or not verdicts <= {"READY", "READY WITH WAIVERS"}:
        return "FAILED"
    if not verdicts:
        return "FAILED"
    warned = any(item["state"] not in _HOLDS for item in report["items"])
    return "WARNED" if warned or "READY WITH WAIVERS" in verdicts else "PASSED"


def _sorted(items: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[str], list[str]]:
    """Return the items that hold, those that hold with a warning, and all others, each as ``area/item[target]``."""
    passed: list[str] = []
    warned: list[str] = []
    failed: list[str] = []
    for item in items:
        state = item["state"]
        into = passed if state in _HOLDS else warned if state in _HOLDS_WITH_A_WARNING else failed
        into.append(f"{item['id']}[{item['target']}]")
    return passed, warned, failed
