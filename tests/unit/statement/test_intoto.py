"""A statement says of a run what other in-toto tools look for, and all that the JSON report says."""

from __future__ import annotations

import json

import pytest
from ready_run import COMMIT, REPORT

from pytest_readiness.model.releases import Release, parse
from pytest_readiness.statement import intoto


def test_it_is_a_test_result_about_the_release(statement):
    assert json.loads(statement()) == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "shop", "digest": {"gitCommit": COMMIT}}],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": "PASSED",
            "configuration": [{"name": "readiness.toml", "digest": {"sha256": "00" * 32}}],
            "passedTests": ["infrastructure/tls[prod]"],
            "warnedTests": [],
            "failedTests": [],
            "pytest-readiness/report": REPORT,
        },
    }


def test_an_artifact_and_its_commit_are_two_subjects():
    release = Release("shop", (parse("sha256:" + "a" * 64), parse(COMMIT)))
    assert [entry["digest"] for entry in json.loads(intoto.payload(release, REPORT, {}))["subject"]] == [
        {"sha256": "a" * 64},
        {"gitCommit": COMMIT},
    ]


@pytest.mark.parametrize(
    ("state", "where"),
    [
        ("PASS", "passedTests"),
        ("ATTESTED", "passedTests"),
        ("NOT-APPLICABLE", "passedTests"),
        ("WARN", "warnedTests"),
        ("WAIVED", "warnedTests"),
        ("UNVERIFIED", "failedTests"),
        ("FAIL", "failedTests"),
        ("ERROR", "failedTests"),
        ("SOMETHING-NEW", "failedTests"),
    ],
)
def test_each_state_is_in_one_list(statement, state, where):
    predicate = json.loads(statement(state=state))["predicate"]
    lists = {name: predicate[name] for name in ("passedTests", "warnedTests", "failedTests") if predicate[name]}
    assert lists == {where: ["infrastructure/tls[prod]"]}


@pytest.mark.parametrize(
    ("differing", "result"),
    [
        ({}, "PASSED"),
        ({"state": "WARN"}, "WARNED"),
        ({"state": "WAIVED", "verdict": "READY WITH WAIVERS"}, "WARNED"),
        ({"verdict": "READY WITH WAIVERS"}, "WARNED"),
        ({"verdict": "NOT READY"}, "FAILED"),
        ({"verdict": "PARTIAL"}, "FAILED"),
        ({"partial": True}, "FAILED"),
        ({"finished": None}, "FAILED"),
    ],
)
def test_the_result_is_no_better_than_what_is_known(statement, differing, result):
    assert json.loads(statement(**differing))["predicate"]["result"] == result


def test_no_target_at_all_has_not_passed():
    assert intoto.result(REPORT | {"targets": {}}) == "FAILED"
