"""`--readiness-report=FILE.md`, `.sarif`, `.prom`, and the page of a step of GitHub Actions."""

from __future__ import annotations

import json

import pytest

FORMS = ("sign-off.md", "readiness.sarif", "readiness.prom")


def test_one_run_writes_every_form(project):
    project.run("--readiness=prod", *(f"--readiness-report={name}" for name in FORMS))
    sheet, sarif, metrics = [(project.path / name).read_text(encoding="utf-8") for name in FORMS]

    assert "| **NOT READY** | prod |" in sheet
    assert json.loads(sarif)["runs"][0]["properties"]["targets"]["prod"]["verdict"] == "NOT READY"
    assert 'readiness_verdict{target="prod",verdict="NOT READY"} 1\n' in metrics


def test_github_s_step_gets_the_sheet_and_annotations(project, monkeypatch):
    summary = project.path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    ended = project.run("--readiness=staging,prod")

    assert summary.read_text(encoding="utf-8").startswith("# Launch readiness\n")
    commands = [line for line in ended.text.splitlines() if line.startswith("::")]
    assert [command.partition("%0A")[0] for command in commands] == [
        "::error title=FAIL security/security-headers of staging::no Strict-Transport-Security"
    ]


@pytest.mark.parametrize("arguments", [(), ("--readiness-list",), ("--readiness=prod", "--collect-only")])
def test_a_run_that_judges_nothing_tells_github_nothing(project, monkeypatch, arguments):
    summary = project.path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    ended = project.run(*arguments)

    assert not summary.exists()
    assert "::error" not in ended.text
