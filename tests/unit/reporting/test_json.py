"""The JSON report is what its schema says, whatever a run found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from pytest_readiness import __version__
from pytest_readiness.model.checks import Item
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Result
from pytest_readiness.model.scales import Level, Severity
from pytest_readiness.model.secrets import Redactor, Secret
from pytest_readiness.model.states import State
from pytest_readiness.model.targets import Target
from pytest_readiness.reporting.files import reports
from pytest_readiness.reporting.json_report import SCHEMA, render
from pytest_readiness.run import Options, Run
from pytest_readiness.settings.load import Settings

PROD, STAGING = Target("prod", "https://shop.test"), Target("staging", "https://staging.test")
ITEMS = {
    name: Item(name, f"Title of {name}", Severity.HIGH, Level.BRONZE)
    for name in ("infrastructure/tls", "security/security-headers")
}


def result(
    state: State = State.PASS, *, item: str = "security/security-headers", target: str = "prod", **more
) -> Result:
    nodeid = f"readiness.toml::security::hsts[{target}]"
    return Result(nodeid, item, "hsts", target, state, Severity.HIGH, **more)


def run_with(*results: Result, redactor: Redactor | None = None, left_out: bool = False) -> Run:
    run = Run(
        settings=Settings(None, {"prod": PROD, "staging": STAGING}, redactor=redactor or Redactor()),
        options=Options(("all",)),
        targets=(PROD, STAGING),
        items=dict(ITEMS),
        checks=(),
        started=datetime(2026, 11, 2, 12, tzinfo=UTC),
        left_out=left_out,
    )
    for each in results:
        run.record(each)
    return run


def report(run: Run, *, finished: bool = True) -> dict:
    """Return the report, held against the schema as a strict reader would."""
    text = render(run, finished=finished)
    document = json.loads(text, parse_constant=pytest.fail)
    validator = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(document)] == []
    return document


def test_the_schema_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_report_says_all_of_a_run() -> None:
    run = run_with(
        result(
            State.FAIL,
            findings=(Finding("no HSTS", "https://shop.test", None, "send it", Severity.HIGH, "RFC 6797"),),
            measured={"max_age_s": 0},
            evidence_age=timedelta(seconds=1.23456),
        )
    )
    run.allowance(PROD).record("http_requests")
    document = report(run)
    assert (document["schema_version"], document["started"], document["plugin_version"], document["partial"]) == (
        1,
        "2026-11-02T12:00:00+00:00",
        __version__,
        False,
    )
    assert document["finished"] >= document["started"]
    prod = document["targets"]["prod"]
    assert (prod["verdict"], prod["url"], prod["sent"]) == (
        "NOT READY",
        "https://shop.test",
        {"http_requests": 1, "tls_handshakes": 0, "dns_queries": 0, "other": 0},
    )
    assert prod["states"]["FAIL"] == prod["states"]["UNVERIFIED"] == 1
    assert [(item["id"], item["target"], item["state"], item["proofs"]) for item in document["items"]] == [
        ("infrastructure/tls", "prod", "UNVERIFIED", []),
        ("security/security-headers", "prod", "FAIL", ["readiness.toml::security::hsts[prod]"]),
        ("infrastructure/tls", "staging", "UNVERIFIED", []),
        ("security/security-headers", "staging", "UNVERIFIED", []),
    ]
    assert document["results"] == [
        {
            "nodeid": "readiness.toml::security::hsts[prod]",
            "item": "security/security-headers",
            "check": "hsts",
            "target": "prod",
            "state": "FAIL",
            "severity": "high",
            "reason": "",
            "findings": [
                {
                    "summary": "no HSTS",
                    "where": "https://shop.test",
                    "severity": "high",
                    "fix": "send it",
                    "source": "RFC 6797",
                    "measured": None,
                }
            ],
            "fix": "",
            "raw_state": None,
            "exception": "",
            "evidence_age_s": 1.235,
            "measured": {"max_age_s": 0},
        }
    ]


@pytest.mark.parametrize("state", State)
def test_every_state_is_in_the_schema(state: State) -> None:
    assert report(run_with(result(state)))["results"][0]["state"] == state


def test_a_finding_without_a_severity_has_its_result_s() -> None:
    document = report(run_with(result(State.FAIL, findings=(Finding("x"),))))
    assert document["results"][0]["findings"][0]["severity"] == "high"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3, 3),
        (0.5, 0.5),
        (True, True),
        (None, None),
        ("TLS 1.3", "TLS 1.3"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (timedelta(seconds=3), "0:00:03"),
        (Decimal("1.5"), "1.5"),
        (Severity.HIGH, "high"),
        ((1, 2), "(1, 2)"),
    ],
)
def test_every_figure_is_valid_json(value: object, written: object) -> None:
    assert report(run_with(result(measured={"x": value})))["results"][0]["measured"] == {"x": written}


def test_half_a_character_reaches_the_file_as_json_writes_it(tmp_path: Path) -> None:
    """``"\\ud800"`` in a server's JSON becomes a string that no encoding can write as it is."""
    run = run_with(result(State.FAIL, findings=(Finding("is \ud800"),), reason="\udcff"))
    [written] = reports(["out.json"], tmp_path)
    written.begin(run)
    written.finish(run)
    document = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert document["results"][0]["findings"][0]["summary"] == "is \ud800"


def test_the_clock_running_backwards_makes_no_negative_age() -> None:
    document = report(run_with(result(evidence_age=timedelta(seconds=-1))))
    assert document["results"][0]["evidence_age_s"] == 0


def test_secrets_are_masked_wherever_they_stand() -> None:
    password = "s3cr3t-word"
    everywhere = result(
        State.FAIL,
        reason=password,
        fix=password,
        findings=(Finding(password, password, password, password, Severity.HIGH, password),),
        measured={"header": f"Bearer {password}", password: 1},
    )
    run = run_with(everywhere, redactor=Redactor([Secret(password, "env:PASSWORD")]))
    assert password not in render(run, finished=True)
    assert report(run)["results"][0]["findings"][0]["fix"] == "***"


class TestBeforeTheEnd:
    def test_a_report_says_not_ready_and_nothing_finished(self) -> None:
        """A killed run leaves no old READY behind."""
        document = report(run_with(), finished=False)
        assert document["finished"] is None
        assert {target["verdict"] for target in document["targets"].values()} == {"NOT READY"}
        assert document["items"] == []


def test_a_selection_is_partial() -> None:
    document = report(run_with(result(), left_out=True))
    assert (document["partial"], document["targets"]["prod"]["verdict"]) == (True, "PARTIAL")
    assert [item["id"] for item in document["items"] if item["target"] == "prod"] == ["security/security-headers"]
