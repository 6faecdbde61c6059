"""What a readiness run adds to the report of pytest-html."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.plugin.conftest import CHECKS, Project

CANARY = "hunter2-canary-8841"
PLUGINS = ("pytest_metadata.plugin", "pytest_html.plugin")

HOSTILE = '''
    """A check that hands on what a hostile server says."""

    from pytest_readiness import Finding, Measure, check, readiness

    BREAK = "</td></script><img src=x onerror=alert(1)>\\" onmouseover='alert(2)'"


    @readiness.evidence(sends="nothing")
    async def banner(target):
        """What the service calls itself."""
        return BREAK


    @check("security/security-headers")
    def server(banner):
        """The service does not run scripts in our report."""
        yield Measure(banner, banner)
        yield Finding(banner, where=banner, measured=banner, fix=banner, source=banner)
'''


class Elements(HTMLParser):
    """Which elements a piece of HTML makes, and with which attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.data = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.data = next((value or "" for name, value in attrs if name == "data-jsonblob"), self.data)


@dataclass(frozen=True)
class Page:
    """A report as a browser would read it."""

    text: str

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(Elements(self.text).data)
        return found

    @property
    def scoreboard(self) -> str:
        found = re.search(r'<section class="rd">.*</section>', self.text)
        return found[0] if found else ""

    def cells(self, nodeid: str) -> dict[str, str]:
        """Return the cells of a row by the name of their column."""
        (row,) = self.data["tests"][nodeid]
        pairs = [re.fullmatch(r'<td class="col-(\w+)">(.*)</td>', cell) for cell in row["resultsTableRow"]]
        return {pair[1]: pair[2] for pair in pairs if pair}

    def log(self, nodeid: str) -> str:
        (row,) = self.data["tests"][nodeid]
        return str(row["log"])


def page(project: Project, *arguments: str) -> Page:
    project.run("--html=report.html", *arguments, plugins=PLUGINS)
    return Page((project.path / "report.html").read_text(encoding="utf-8"))


HSTS = "readiness.toml::security::hsts[staging]"


class TestRows:
    def test_five_columns_stand_between_pytest_s_own_in_header_and_rows(self, project: Project) -> None:
        report = page(project, "--readiness=staging")
        head = re.findall(r'data-column-type="(\w+)"', report.text)
        assert head == ["result", "verdict", "item", "severity", "target", "age", "testId", "duration"]
        assert list(report.cells(HSTS)) == [*head, "links"]

    def test_pytest_s_cells_stay_and_ours_say_what_came_out(self, project: Project) -> None:
        cells = page(project, "--readiness=staging").cells(HSTS)
        assert cells["result"] == "Failed"
        assert cells["testId"] == HSTS
        assert (cells["verdict"], cells["item"]) == ("FAIL", "security/security-headers")
        assert (cells["severity"], cells["target"], cells["age"]) == ("high", "staging", "0 s")

    def test_a_column_sorts_by_what_stands_in_it(self, project: Project) -> None:
        (row,) = page(project, "--readiness=staging").data["tests"][HSTS]
        assert (row["verdict"], row["target"]) == ("FAIL", "staging")

    def test_the_verdict_of_a_target_has_its_row(self, project: Project) -> None:
        cells = page(project, "--readiness=staging").cells("readiness.toml::verdict[staging]")
        assert (cells["result"], cells["verdict"], cells["target"]) == ("Failed", "NOT READY", "staging")

    def test_a_log_tells_the_finding_with_fix_and_source(self, project: Project) -> None:
        log = page(project, "--readiness=staging").log(HSTS)
        assert "no Strict-Transport-Security (high)" in log
        for label, text in (("where", "https://staging.shop.test"), ("fix", "send it"), ("source", "RFC 6797, 6.1")):
            assert f"<dt>{label}</dt><dd>{text}</dd>" in log

    def test_why_something_is_unverified_is_told_in_words(self, project: Project) -> None:
        report = page(project, "--readiness=staging")
        unverified = [name for name in report.data["tests"] if report.cells(name)["verdict"] == "UNVERIFIED"]
        assert unverified != []
        assert "<dt>why</dt>" in report.log(unverified[0])
        assert "Skipped: " not in report.log(unverified[0])

    def test_a_waived_failure_keeps_its_row_and_says_what_was_found_and_who_waived_it(self, project: Project) -> None:
        expires = datetime.now(UTC).date() + timedelta(days=30)
        with (project.path / "readiness.toml").open("a", encoding="utf-8") as settings:
            settings.write(
                '\n[[waivers]]\ncheck = "security::hsts"\ntarget = "staging"\nreason = "SHOP-7"\n'
                f'owner = "dana"\napproved_by = "sam"\nexpires = {expires}\n'
            )
        report = page(project, "--readiness=staging")
        assert (report.cells(HSTS)["result"], report.cells(HSTS)["verdict"]) == ("XFailed", "WAIVED")
        assert "no Strict-Transport-Security" in report.log(HSTS)
        assert "SHOP-7" in report.log(HSTS)
        assert "SHOP-7" in report.scoreboard

    def test_figures_are_an_extra(self, project: Project) -> None:
        (row,) = page(project, "--readiness=staging", "--self-contained-html").data["tests"][HSTS]
        assert [(extra["name"], extra["format_type"]) for extra in row["extras"]] == [("Evidence", "json")]

    def test_figures_are_a_file_where_the_report_is_not_self_contained(self, project: Project) -> None:
        (row,) = page(project, "--readiness=staging").data["tests"][HSTS]
        (figures,) = json.loads((project.path / row["extras"][0]["content"]).read_text(encoding="utf-8"))
        assert (figures["state"], figures["measured"]) == ("FAIL", {"letters": 18})

    def test_an_assertion_of_a_user_s_test_keeps_its_traceback(self, project: Project) -> None:
        project.tests("""
            @readiness.security
            def test_cookies(target):
                assert 1 == 2
        """)
        report = page(project, "--readiness=staging")
        assert "assert 1 == 2" in report.log("test_own.py::test_cookies[staging]")
        assert report.cells("test_own.py::test_cookies[staging]")["item"] == "security/cookies"


class TestScoreboard:
    def test_every_target_has_its_verdict_and_every_item_its_line(self, project: Project) -> None:
        board = page(project, "--readiness=staging,prod").scoreboard
        assert board.count('<p class="rd-verdict">NOT READY</p>') == 2
        report = project.judge("--readiness=staging").report
        assert report is not None
        names = [item["id"].partition("/")[2] for item in report["items"]]
        assert [name for name in names if f"<code>{name}</code>" not in board] == []

    def test_the_launch_lines_are_marked_and_counted(self, project: Project) -> None:
        board = page(project, "--readiness=staging").scoreboard
        marked = board.count(" <i>launch</i></p>")
        assert f"of {marked}</b> launch lines hold" in board

    def test_what_does_not_apply_is_not_counted_among_what_holds(self, project: Project) -> None:
        project.tests("""
            @readiness.operations("health-check")
            def test_queue(target):
                raise NotApplicable("there is no queue")
        """)
        project.write("conftest.py", CHECKS[: CHECKS.index('    @check("operations/health-check")')])
        board = page(project, "--readiness=staging").scoreboard
        assert "<h3>Operations <span>0 of 6 hold</span></h3>" in board

    def test_what_was_sent_is_told_in_words(self, project: Project) -> None:
        report = page(project, "--readiness=staging")
        assert "Sent to the target: nothing." in report.scoreboard
        assert report.data["environment"]["Sent to staging"] == "nothing"
        assert report.data["environment"]["Readiness: staging"] == "https://staging.shop.test: NOT READY"

    def test_the_title_names_the_targets(self, project: Project) -> None:
        assert page(project, "--readiness=staging").data["title"] == "Launch readiness: staging"

    def test_a_selection_says_that_it_is_one(self, project: Project) -> None:
        board = page(project, "--readiness=staging", "-k", "hsts").scoreboard
        assert '<p class="rd-verdict">PARTIAL</p>' in board


class TestForeignText:
    @pytest.mark.parametrize("form", [(), ("--self-contained-html",)])
    def test_what_a_server_says_becomes_text_and_nothing_else(self, project: Project, form: tuple[str, ...]) -> None:
        project.write("conftest.py", HOSTILE)
        report = page(project, "--readiness=staging", *form)
        (row,) = report.data["tests"]["readiness.toml::security::server[staging]"]
        for place in (report.scoreboard, row["log"], *row["resultsTableRow"], str(report.data["environment"])):
            made = Elements(place)
            assert {"img", "script"} & set(made.tags) == set()
            assert {"onerror", "onmouseover"} & made.attributes == set()
        assert "&lt;img src=x onerror=alert(1)&gt;" in row["log"]
        assert "&lt;img src=x onerror=alert(1)&gt;" in report.scoreboard

    def test_an_id_that_holds_html_becomes_text(self, project: Project) -> None:
        project.tests("""
            @readiness.security
            @pytest.mark.parametrize("header", ["<img src=x onerror=alert(1)>"])
            def test_header(target, header):
                pass
        """)
        rows = page(project, "--readiness=staging").data["tests"]
        (name,) = [name for name in rows if "<img" in name]
        assert [cell for cell in rows[name][0]["resultsTableRow"] if "img" in Elements(cell).tags] == []

    def test_a_secret_is_masked(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOP_URL", f"https://dana:{CANARY}@shop.test/")
        project.write("readiness.toml", '[targets.staging]\nurl = "env:SHOP_URL"\n')
        project.write("conftest.py", CHECKS.replace("no Strict-Transport-Security", f"says {CANARY}"))
        report = page(project, "--readiness=staging", "--self-contained-html")
        assert report.cells(HSTS)["verdict"] == "FAIL"
        assert CANARY not in report.text


class TestElsewhere:
    def test_a_run_that_asks_for_no_readiness_has_pytest_html_s_own_page(self, project: Project) -> None:
        report = page(project)
        assert list(report.cells("test_app.py::test_app")) == ["result", "testId", "duration", "links"]
        assert (report.scoreboard, report.data["title"]) == ("", "report.html")

    def test_a_readiness_run_without_a_page_needs_no_pytest_html(self, project: Project) -> None:
        assert project.judge("--readiness=staging").verdicts == {"staging": "NOT READY"}

    def test_a_module_that_cannot_be_collected_has_its_row(self, project: Project) -> None:
        project.tests("raise RuntimeError('broken')")
        report = page(project, "--readiness=staging", "--continue-on-collection-errors")
        assert "test_own.py::collect" in {cells["testId"] for cells in map(report.cells, report.data["tests"])}
        assert '<p class="rd-verdict">NOT READY</p>' in report.scoreboard
