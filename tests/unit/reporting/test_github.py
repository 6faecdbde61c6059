"""Under GitHub Actions: the sheet in the step's summary, failures as annotations, and nothing elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from launch import every_state, hostile, result, run_of

from pytest_readiness.model.findings import Finding
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State
from pytest_readiness.reporting import github, markdown
from pytest_readiness.reporting.github import summarise
from pytest_readiness.run import Run


def told(run: Run, path: Path) -> list[str]:
    lines: list[str] = []
    summarise(run, {"GITHUB_STEP_SUMMARY": str(path)}, lines.append)
    return lines


@pytest.mark.parametrize("environment", [{}, {"GITHUB_STEP_SUMMARY": ""}, {"GITHUB_ACTIONS": "true"}])
def test_elsewhere_nothing_is_written(environment: dict[str, str]) -> None:
    lines: list[str] = []
    summarise(every_state(), environment, lines.append)
    assert lines == []


def test_the_sheet_is_appended(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n", encoding="utf-8")
    run = every_state()
    told(run, path)
    assert path.read_text(encoding="utf-8") == "before\n" + markdown.render(run, finished=True)


def test_each_finding_of_a_failure_and_each_error_is_an_annotation(tmp_path: Path) -> None:
    assert told(every_state(), tmp_path / "summary.md") == [
        "::error title=FAIL security/fail of prod::no HSTS%0Awhere: https://shop.test/%0Afix: send it",
        "::error title=FAIL security/fail of prod::no CSP",
        "::error title=ERROR security/error of prod::ZeroDivisionError: division by zero",
    ]


def test_foreign_text_cannot_begin_another_command(tmp_path: Path) -> None:
    lines = told(hostile(), tmp_path / "summary.md")
    assert [line.split("::")[1].partition(" ")[0] for line in lines] == ["error", "error"]
    assert [line for line in lines if not line.isprintable()] == []
    assert all("$x$ %25 " in line for line in lines)


def test_the_title_holds_what_would_end_it(tmp_path: Path) -> None:
    failure = result(State.FAIL, name="a,b::c%", findings=(Finding("x"),))
    [line] = told(run_of(failure), tmp_path / "summary.md")
    assert line == "::error title=FAIL security/a%2Cb%3A%3Ac%25 of prod::x"


def test_a_sheet_that_does_not_fit_is_its_head_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "ROOM", 1000)
    told(every_state(), tmp_path / "summary.md")
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "**NOT READY**" in text
    assert text.endswith("The whole sheet does not fit here: --readiness-report=FILE.md writes it to a file.\n")


def test_a_summary_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    assert told(run_of(result(State.PASS)), tmp_path) == [
        "::warning title=readiness::the step summary cannot be written: Is a directory"
    ]


def test_what_blocks_nothing_is_a_warning(tmp_path: Path) -> None:
    run = run_of(result(State.FAIL, findings=(Finding("x", severity=Severity.LOW),)))
    [(name, item)] = run.items.items()
    run.items[name] = type(item)(item.id, item.title, item.severity, type(item.level).GOLD)
    run.options = type(run.options)(("all",), level=type(item.level).BRONZE)
    assert told(run, tmp_path / "summary.md") == ["::warning title=FAIL security/fail of prod::x"]
