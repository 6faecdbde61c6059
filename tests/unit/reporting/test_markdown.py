"""The sign-off sheet: all of a run for those who decide, and nothing in it that a server could add."""

from __future__ import annotations

import re

import pytest
from launch import HOSTILE, every_state, hostile, result, run_of

from pytest_readiness.model.states import State
from pytest_readiness.reporting.markdown import code, escaped, render


@pytest.fixture
def sheet() -> str:
    return render(every_state(), finished=True)


def section(sheet: str, heading: str) -> str:
    """Return what stands below the first ``heading``."""
    return re.split(r"\n#+ ", sheet.split(f"\n{heading}\n", 1)[1], maxsplit=1)[0]


def test_the_verdict_of_each_target_comes_first(sheet: str) -> None:
    assert sheet.startswith("# Launch readiness\n\nRun of 2026-11-02 12:00 UTC by pytest-readiness ")
    assert r"| **NOT READY** | prod | https\://shop.test |" in sheet
    assert r"| **NOT READY** | staging | https\://staging.test | 9 UNVERIFIED |" in sheet


def test_the_scoreboard_has_a_line_for_each_item(sheet: str) -> None:
    lines = section(sheet, "### Security").strip().splitlines()
    assert lines[2:4] == [
        "| PASS | pass | Title of security/pass | high |",
        "| WARN | warn | Title of security/warn | high |",
    ]
    assert len(lines) == 2 + len(State)


def test_a_failure_says_what_where_how_to_mend_it_and_by_which_rule(sheet: str) -> None:
    assert section(sheet, "### Failures").strip().splitlines() == [
        "- **ERROR** `readiness.toml::security::error[prod]` (high)",
        "  - why: ZeroDivisionError: division by zero",
        "- **FAIL** `readiness.toml::security::fail[prod]` (high)",
        "  - finding: no HSTS (high)",
        "    - where: `https://shop.test/`",
        "    - measured: `max-age=0`",
        "    - fix: `send it`",
        "    - source: RFC 6797",
        "  - finding: no CSP (high)",
    ]


def test_what_is_unverified_says_what_to_add(sheet: str) -> None:
    unverified = section(sheet, "### Unverified")
    assert "- **UNVERIFIED** `readiness.toml::security::unverified[prod]`: no credential\n" in unverified
    assert '    ```\n    [targets.prod]\n    token = "env:TOKEN"\n    ```\n' in unverified
    assert "- **UNVERIFIED** `backup/drill`: nothing proves it\n  - add: a test of your own\n" in unverified


def test_waivers_and_attestations_stand_there_with_their_words(sheet: str) -> None:
    excepted = section(sheet, "### Waived and attested")
    assert (
        "- **WAIVED** `readiness.toml::security::waived[prod]` (high, FAIL without it): "
        "old proxy, by ann, until 2026-12-01\n  - finding: no HSTS (high)\n"
    ) in excepted
    assert "(high, UNVERIFIED without it): drill held, by bob, until 2027-01-01" in excepted


def test_it_says_what_does_not_apply_and_what_was_sent(sheet: str) -> None:
    assert "it has no uploads" in section(sheet, "### Not applicable: 1 proof")
    assert section(sheet, "### Sent").strip() == "To the target: 1 http requests."


def test_it_ends_with_a_line_to_sign(sheet: str) -> None:
    assert sheet.endswith(
        "| Name | Role | Date | Decision |\n| --- | --- | --- | --- |\n|  |  |  | launch / do not launch |\n"
    )


def test_a_verdict_that_waivers_made_stands_beside_what_it_was_without_them() -> None:
    sheet = render(run_of(result(State.WAIVED, raw=State.FAIL, exception="later")), finished=True)
    assert (
        r"| **READY WITH WAIVERS** | prod | https\://shop.test | "
        "1 WAIVED; NOT READY without what the team decided |\n"
    ) in sheet


def test_a_selection_is_partial() -> None:
    sheet = render(run_of(result(State.PASS), left_out=True), finished=True)
    assert "| **PARTIAL** | prod |" in sheet
    assert "The selection leaves part of the checklist out: the verdict is PARTIAL." in sheet


def test_one_that_has_not_finished_says_so_and_nothing_is_ready() -> None:
    sheet = render(run_of(result(State.PASS)), finished=False)
    assert "**This run has not finished: nothing here says READY.**" in sheet
    assert [line.split(" | ")[0] for line in sheet.splitlines() if "**NOT READY**" in line] == ["| **NOT READY**"] * 2
    assert "| **READY**" not in sheet


class TestForeignText:
    def test_prose_means_itself(self) -> None:
        assert escaped("a|b `c` <b> [d](http://e) *f* www.g & \x1b") == (
            r"a\|b \`c\` \<b\> \[d\](http\://e) \*f\* www\.g \& \\x1b"
        )

    @pytest.mark.parametrize(
        ("text", "span"),
        [("a", "`a`"), ("`", "`` ` ``"), ("a``b", "```a``b```"), (" a", "`  a `"), ("", ""), ("a\nb", "`a b`")],
    )
    def test_a_code_span_holds_any_text(self, text: str, span: str) -> None:
        assert code(text) == span

    def test_no_line_begins_with_what_a_server_chose(self) -> None:
        sheet = render(hostile(), finished=True)
        own = re.compile(r"^\s*(#|\||- |`{3,}$|Run of |To the target|\|x`|::error|$)|^\s+# h")
        assert [line for line in sheet.splitlines() if not own.match(line)] == []

    def test_no_html_link_or_control_character_is_outside_of_code(self) -> None:
        sheet = render(hostile(), finished=True)
        blocks = re.sub(r"^ *(`{3,})\n.*?^ *\1$", "", sheet, flags=re.DOTALL | re.MULTILINE)
        # In a code span backslashes mean themselves; outside, an escaped backtick begins none.
        prose = re.sub(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)", "", blocks)
        assert "img src" in prose
        assert re.findall(r"(?<!\\)<|(?<!\\)\]\(|(?<!:)(?<!\\):(?=//)", prose) == []
        assert [each for each in sheet if each != "\n" and not each.isprintable()] == []

    def test_every_row_of_a_table_keeps_its_cells(self) -> None:
        run = run_of(result(State.PASS))
        [(name, item)] = run.items.items()
        run.items[name] = type(item)(item.id, HOSTILE, item.severity, item.level)
        rows = [line for line in render(run, finished=True).splitlines() if line.startswith("| PASS")]
        assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows] == [5]
