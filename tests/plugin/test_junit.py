"""JUnit XML, as continuous integration reads it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest


@pytest.fixture
def suite(project):
    """Run the project and return the testsuite element."""

    def run(*arguments: str) -> ET.Element:
        project.run("--junitxml=junit.xml", *arguments)
        (found,) = ET.parse(project.path / "junit.xml").getroot()
        return found

    return run


def cases(suite: ET.Element) -> dict[str, ET.Element]:
    return {f"{case.get('classname')}::{case.get('name')}": case for case in suite.iter("testcase")}


def test_each_item_is_a_case_under_its_area(suite):
    found = cases(suite("--readiness=prod"))

    assert len(found) == 49
    assert "readiness.toml.security::hsts[prod]" in found
    assert "readiness.toml::verdict[prod]" in found


def test_the_counts_are_those_of_the_board(suite):
    found = suite("--readiness=staging")

    # Failed: hsts and the verdict; unverified: all but the items of the three checks.
    assert {name: found.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "49",
        "failures": "2",
        "errors": "0",
        "skipped": "45",
    }


def test_a_failure_carries_its_findings(suite):
    (failure,) = cases(suite("--readiness=staging"))["readiness.toml.security::hsts[staging]"].iter("failure")

    assert "no Strict-Transport-Security" in failure.get("message")
    assert "send it" in failure.text
    assert "conftest.py" not in failure.text  # what is wrong, not the code that found it


def test_unverified_says_so_and_why(suite):
    (skipped,) = cases(suite("--readiness=prod"))["readiness.toml.backup::rto[prod]"].iter("skipped")

    assert skipped.get("message").startswith("UNVERIFIED: ")


def test_item_target_and_severity_are_properties(suite):
    case = cases(suite("--readiness=prod"))["readiness.toml.security::hsts[prod]"]

    assert {entry.get("name"): entry.get("value") for entry in case.iter("property")} == {
        "readiness_item": "security/security-headers",
        "readiness_target": "prod",
        "readiness_severity": "high",
    }


def test_a_users_test_has_the_same_properties(project, suite):
    project.tests("@readiness.backup('restore')\ndef test_own(target): pass")
    case = cases(suite("--readiness=prod"))["test_own::test_own[prod]"]

    assert {entry.get("name"): entry.get("value") for entry in case.iter("property")} == {
        "readiness_item": "backup/restore",
        "readiness_target": "prod",
        "readiness_severity": "critical",
    }


def test_text_from_a_server_is_no_markup(project, suite):
    with (project.path / "conftest.py").open("a") as file:
        file.write('@check("security/authentication")\ndef odd():\n    yield Finding("<b>&\\x00\\x1b]]>", fix="<i>")\n')
    (failure,) = cases(suite("--readiness=prod", "-k", "odd"))["readiness.toml.security::odd[prod]"].iter("failure")

    assert list(failure) == []
    assert "<b>&" in failure.text
