"""SARIF 2.1.0: the parts of the standard that this report uses, held by hand; and every state in its kind."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from launch import every_state, hostile, result, run_of

from pytest_readiness.model.results import Result
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State
from pytest_readiness.reporting.sarif import SCHEMA, render
from pytest_readiness.run import Run

KINDS = {"notApplicable", "pass", "fail", "review", "open", "informational"}
RESULT = {
    "ruleId",
    "kind",
    "level",
    "message",
    "locations",
    "partialFingerprints",
    "properties",
    "suppressions",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def document(run: Run, *, finished: bool = True) -> dict[str, Any]:
    """Return the one run of the report, held against the rules of the standard."""
    log = json.loads(render(run, finished=finished), parse_constant=pytest.fail)
    assert set(log) == {"$schema", "version", "runs"}
    assert (log["$schema"], log["version"]) == (SCHEMA, "2.1.0")
    [told] = log["runs"]
    assert set(told) == {"tool", "invocations", "columnKind", "results", "properties"}
    rules = [rule["id"] for rule in told["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    for each in told["results"]:
        assert set(each) <= RESULT
        assert each["ruleId"] in rules
        assert each["kind"] in KINDS
        # 3.27.10: a level other than none is a failure's.
        assert (each["level"] != "none") == (each["kind"] == "fail")
        assert each["level"] in {"none", "note", "warning", "error"}
        assert each["message"]["text"]
        [location] = each["locations"]
        # RFC 3986, what may stand in a path as it is.
        assert re.fullmatch(r"[\w.~/%-]+", location["physicalLocation"]["artifactLocation"]["uri"])
        for suppression in each.get("suppressions", []):
            assert set(suppression) == {"kind", "status", "justification"}
    [invocation] = told["invocations"]
    assert TIME.fullmatch(invocation["startTimeUtc"])
    assert set(invocation) <= {"executionSuccessful", "startTimeUtc", "endTimeUtc", "toolExecutionNotifications"}
    return told


def of(told: dict[str, Any], state: State) -> list[dict[str, Any]]:
    return [
        each
        for each in told["results"]
        if (each["properties"]["target"], each["properties"]["item"]) == ("prod", f"security/{state.lower()}")
    ]


@pytest.mark.parametrize(
    ("state", "kind", "level"),
    [
        (State.PASS, "pass", "none"),
        (State.WARN, "fail", "warning"),
        (State.FAIL, "fail", "error"),
        (State.ERROR, "fail", "error"),
        (State.UNVERIFIED, "open", "none"),
        (State.NOT_APPLICABLE, "notApplicable", "none"),
        (State.WAIVED, "fail", "error"),
        (State.ATTESTED, "informational", "none"),
    ],
)
def test_every_state_has_its_kind_and_level(state: State, kind: str, level: str) -> None:
    told = of(document(every_state()), state)
    assert {(each["kind"], each["level"], each["properties"]["state"]) for each in told} == {(kind, level, str(state))}


def test_each_finding_is_a_result() -> None:
    told = of(document(every_state()), State.FAIL)
    assert [each["message"]["text"] for each in told] == ["prod: no HSTS. Fix: send it", "prod: no CSP"]
    assert told[0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "readiness.toml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 1},
            },
            "logicalLocations": [{"name": "https://shop.test/", "kind": "resource"}],
        }
    ]
    assert len({each["partialFingerprints"]["readiness/v1"] for each in told}) == 2


def test_the_same_finding_of_two_runs_has_the_same_fingerprint() -> None:
    first, second = (of(document(every_state()), State.WARN) for _ in range(2))
    assert [each["partialFingerprints"] for each in first] == [each["partialFingerprints"] for each in second]


def test_a_waiver_suppresses_with_its_words() -> None:
    told = document(every_state())
    assert [each["suppressions"] for each in of(told, State.WAIVED)] == [
        [{"kind": "external", "status": "accepted", "justification": "old proxy, by ann, until 2026-12-01"}]
    ]
    assert {each["properties"]["state"] for each in told["results"] if "suppressions" in each} == {"WAIVED"}


def test_a_verdict_that_waivers_made_stands_beside_what_it_was_without_them() -> None:
    told = document(run_of(result(State.WAIVED, raw=State.FAIL, exception="later")))["properties"]["targets"]["prod"]
    assert (told["verdict"], told["raw_verdict"]) == ("READY WITH WAIVERS", "NOT READY")


def test_a_waived_unknown_stays_open() -> None:
    told = document(run_of(result(State.WAIVED, raw=State.UNVERIFIED, reason="no token", exception="later")))
    assert [each["kind"] for each in of(told, State.WAIVED)] == ["open"]


def test_what_nothing_proves_awaits_review() -> None:
    run = every_state()
    told = [each for each in document(run)["results"] if each["ruleId"] == "backup/drill"]
    assert [(each["kind"], each["properties"]["target"]) for each in told] == [
        ("review", "prod"),
        ("review", "staging"),
    ]
    unbound = result(State.UNVERIFIED, reason="nothing proves it", bound=False)
    assert of(document(run_of(unbound)), State.UNVERIFIED)[0]["kind"] == "review"


def test_a_rule_says_what_the_item_is() -> None:
    rule = next(
        rule for rule in document(every_state())["tool"]["driver"]["rules"] if rule["id"] == "security/pass/pass"
    )
    assert rule == {
        "id": "security/pass/pass",
        "shortDescription": {"text": "Title of security/pass"},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "item": "security/pass",
            "severity": "high",
            "level": "bronze",
            "tags": ["readiness", "security"],
        },
    }


def test_what_was_measured_goes_with_its_result() -> None:
    [told] = of(document(every_state()), State.PASS)
    assert told["properties"]["measured"] == {"days_left": 41, "ratio": 0.5, "fast": True, "version": "TLS 1.3"}


def test_a_test_of_the_user_s_stands_in_its_file() -> None:
    own = Result("tests/test a.py::test_b", "security/b", "b", "prod", State.PASS, Severity.HIGH, own=True)
    [told, _] = document(run_of(own))["results"]
    assert told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "tests/test%20a.py"


def test_what_a_server_chose_is_neither_link_nor_placeholder() -> None:
    told = document(hostile())
    texts = [each["message"]["text"] for each in told["results"]]
    assert [text for text in texts if re.search(r"(?<!\\)\]\(|(?<!\{)\{0\}", text) or not text.isprintable()] == []


def test_a_run_cut_short_was_no_success() -> None:
    run = every_state()
    run.unheard.append("the run ended before 3 of 4 tests")
    [invocation] = document(run)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [each["message"]["text"] for each in invocation["toolExecutionNotifications"]] == run.unheard


def test_one_that_has_not_finished_says_so_and_nothing_is_ready() -> None:
    told = document(run_of(result(State.PASS)), finished=False)
    [invocation] = told["invocations"]
    assert (invocation["executionSuccessful"], told["results"]) == (False, [])
    assert invocation["toolExecutionNotifications"][0]["message"]["text"].startswith("the run has not finished")
    assert {target["verdict"] for target in told["properties"]["targets"].values()} == {"NOT READY"}
