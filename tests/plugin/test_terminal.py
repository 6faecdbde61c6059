"""What a reader is left looking at."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys

import pytest

HSTS = "readiness.toml::security::hsts"
PYTEST = [sys.executable, "-m", "pytest", "-p", "pytest_readiness.plugin", "-p", "without_builtin"]
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31mred\r\nFAILED fake\u202eevil\u2066\u200b\x00\x7f"
RAW = ("\x1b[2J", "\x1b]", "\x07", "\x9b", "\r", "\u202e", "\u2066", "\u200b", "\x00", "\x7f", "\nFAILED fake")


@pytest.fixture
def narrow(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")


def rows(text: str) -> list[str]:
    """The lines of the board."""
    return [line for line in text.splitlines() if re.match(r"  [A-Z-]+ {2,}[a-z0-9-]+ ", line)]


def section(text: str) -> str:
    return text.partition("readiness of ")[2]


class TestTheBoard:
    def test_it_has_a_line_for_every_item_by_area(self, project):
        text = project.run("--readiness=prod").text

        assert len(rows(text)) == 48
        assert [line for line in section(text).splitlines() if line in AREAS] == AREAS

    def test_each_target_has_its_own_and_the_verdicts_stand_last(self, project):
        lines = project.run("--readiness=all").text.splitlines()
        heads = [number for number, line in enumerate(lines) if " readiness of " in line]
        verdicts = [number for number, line in enumerate(lines) if line.startswith("NOT READY  ")]

        assert len(heads) == len(verdicts) == 2
        assert max(heads) < min(verdicts)
        assert verdicts[-1] > len(lines) - 7

    def test_a_failure_says_what_where_how_to_mend_it_by_which_rule_and_how_to_repeat_it(self, project):
        lines = project.run("--readiness=staging").text.splitlines()
        at = lines.index(f"FAILED {HSTS}[staging] - no Strict-Transport-Security")

        assert [line.strip() for line in lines[at + 1 : at + 5]] == [
            "where     https://staging.shop.test",
            "fix       send it",
            "source    RFC 6797, 6.1",
            f'repeat    pytest --readiness=staging "{HSTS}"',
        ]

    def test_the_repeat_command_repeats_it(self, project):
        text = project.run("--readiness=staging").text
        (command,) = [line.strip().partition("repeat")[2] for line in text.splitlines() if "repeat  " in line]
        program, *arguments = shlex.split(command)

        assert program == "pytest"
        assert project.run(*arguments).ran == [f"{HSTS}[staging]"]

    def test_worst_comes_first(self, project):
        with (project.path / "conftest.py").open("a") as file:
            file.write(
                '@check("security/authentication")\ndef grave():\n    yield Finding("a grave fault")\n'
                '@check("security/exposure", name="lesser")\ndef lesser():\n    yield Finding("a lesser fault")\n'
            )
        text = project.run("--readiness=staging").text
        told = re.findall(r"^FAILED .* - (.*)", text, re.MULTILINE)

        assert told == ["a grave fault", "no Strict-Transport-Security", "a lesser fault"]

    def test_several_findings_of_one_check_stand_together(self, project):
        with (project.path / "conftest.py").open("a") as file:
            file.write(
                '@check("security/authentication")\ndef doors():\n'
                '    yield Finding("the front door is open")\n    yield Finding("the back door is open")\n'
            )
        text = project.run("--readiness=prod", "-k", "doors").text

        assert "FAILED readiness.toml::security::doors[prod] - 2 findings" in text
        assert "  - the front door is open  (critical)" in text
        assert "  - the back door is open  (critical)" in text

    def test_each_cause_of_unverified_is_said_once_with_all_that_it_leaves(self, project):
        with (project.path / "conftest.py").open("a") as file:
            file.write("from pytest_readiness import Unverified\n")
            file.write("@readiness.evidence\nasync def door():\n    raise Unverified('no key', fix='key = \"…\"')\n")
            for number in range(4):
                file.write(f'@check("security/authentication")\ndef shut_{number}(door):\n    return []\n')
        lines = [line.strip() for line in project.run("--readiness=prod", "-k", "shut").text.splitlines()]

        assert lines.count("why       no key") == 1
        assert lines.count('fix       key = "…"') == 1
        assert "UNVERIFIED security::shut-0, security::shut-1, security::shut-2, security::shut-3" in lines

    def test_what_the_board_tells_pytest_does_not_tell_again(self, project):
        text = project.run("--readiness=staging", "-ra").text

        assert text.count(f"FAILED {HSTS}[staging]") == 1
        assert "= FAILURES =" not in text
        assert "SKIPPED" not in text

    def test_of_a_failing_test_of_the_users_pytest_tells_as_ever(self, project):
        project.tests("@readiness.security\ndef test_own():\n    door = 'open'\n    assert door == 'shut'")
        text = project.run("--readiness=prod", "test_own.py").text

        assert "= FAILURES =" in text
        assert "E       AssertionError: assert 'open' == 'shut'" in text

    def test_the_progress_shows_a_letter_for_each_state(self, project):
        project.tests("""
            @readiness.security
            def test_1(): pass
            @readiness.security
            def test_2(): raise Unverified("no")
            @readiness.security
            def test_3(): raise NotApplicable("no")
            @readiness.security
            def test_4(): assert False
        """)

        assert "\ntest_own.py .unF " in project.run("--readiness=prod", "test_own.py").text

    def test_a_run_that_holds_says_so(self, project):
        text = project.run("--readiness=prod", HSTS).text

        assert "PARTIAL  prod  https://shop.test\n  1 PASS\n  sent: nothing\n" in text


AREAS = ["infrastructure", "security", "monitoring", "data", "backup", "operations", "launch"]


class TestVerbosity:
    def test_q_leaves_the_board_and_the_verdict(self, project):
        text = project.run("--readiness=prod", "-q").text

        assert len(rows(text)) == 48
        assert "NOT READY  prod" in text
        assert "readiness: prod =" not in text

    def test_qq_leaves_the_verdict(self, project):
        text = project.run("--readiness=staging", "-qq").text

        assert rows(text) == []
        assert "NOT READY  staging" in text
        assert len(text.splitlines()) < 15

    def test_v_shows_every_check_with_what_it_measured(self, project):
        text = project.run("--readiness=prod", "-v").text

        assert re.search(r"    PASS +hsts  letters 15", text)
        assert f"{HSTS}[prod] PASSED" in text
        assert "readiness.toml::backup::rto[prod] UNVERIFIED" in text


class TestWidthAndColour:
    @pytest.mark.usefixtures("narrow")
    @pytest.mark.parametrize("arguments", [[], ["-v"], ["-q"]])
    def test_in_sixty_columns_nothing_runs_over(self, project, arguments):
        """But for what must be copied whole: ids, addresses, marks, commands."""
        text = section(project.run("--readiness=staging", *arguments).text)
        long = [line for line in text.splitlines() if len(line) > 60]

        assert [line for line in long if not re.search(r"::|://|@readiness|pytest --", line)] == []

    def test_colour_follows_the_state(self, project):
        text = project.run("--readiness=all", "--color=yes").text

        assert re.search(r"\x1b\[32m  PASS +\x1b\[0m  security-headers", text)
        assert re.search(r"\x1b\[31m  FAIL +\x1b\[0m  security-headers", text)
        assert re.search(r"\x1b\[33m  UNVERIFIED +\x1b\[0m  rto", text)
        assert "\x1b[1m\x1b[31mNOT READY\x1b[0m  staging" in text

    def test_colour_changes_no_word(self, project):
        plain = section(project.run("--readiness=all").text)
        coloured = section(ESCAPE.sub("", project.run("--readiness=all", "--color=yes").text))

        assert rows(coloured) == rows(plain)

    def test_without_a_terminal_there_are_no_escapes_and_no_progress(self, project):
        text = project.run("--readiness=all").text

        assert "\x1b" not in text
        assert "gathering" not in text

    def test_in_a_terminal_a_live_line_says_what_is_waited_for(self, project):
        project.tests("""
            import asyncio
            @readiness.evidence
            async def doors(): await asyncio.sleep(0.3)
            @readiness.security
            def test_own(doors): pass
        """)
        project.without_builtin()
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [*PYTEST, "--readiness=prod", "test_own.py"],
            cwd=project.path,
            stdout=theirs,
            stdin=subprocess.DEVNULL,
        )
        os.close(theirs)
        seen = b""
        try:
            while chunk := read(ours):
                seen += chunk
            assert process.wait(10) == 0
        finally:
            process.kill()
            process.wait(10)
            os.close(ours)

        assert b"gathering 0/1 waiting for doors" in seen


def read(descriptor: int) -> bytes:
    """Read from a pseudo-terminal until its other end closes, which Linux tells by an error."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


class TestHostileText:
    """Servers choose what stands in findings: no character of theirs moves the cursor or forges a line."""

    @pytest.mark.parametrize("arguments", [["-v", "-rA", "--tb=long"], ["--color=yes"], ["-q"], ["-qq"]])
    def test_it_is_spelt_out(self, project, arguments):
        with (project.path / "conftest.py").open("a") as file:
            file.write(
                f"from pytest_readiness import NotApplicable, Unverified\nHOSTILE = {HOSTILE!r}\n"
                "@readiness.evidence\nasync def away():\n    raise Unverified(HOSTILE, fix=HOSTILE)\n"
                "@readiness.evidence\nasync def broken():\n    raise OSError(HOSTILE)\n"
                "@readiness.evidence\nasync def beside():\n    raise NotApplicable(HOSTILE)\n"
                '@check("security/authentication")\ndef one():\n'
                '    yield Measure("said", HOSTILE)\n'
                "    yield Finding(HOSTILE, where=HOSTILE, measured=HOSTILE, fix=HOSTILE, source=HOSTILE)\n"
                '@check("security/authorization")\ndef two():\n'
                "    yield Finding(HOSTILE)\n    yield Finding(HOSTILE, measured=HOSTILE)\n"
                '@check("security/dependencies")\ndef three(away):\n    return []\n'
                '@check("security/rate-limiting")\ndef four(broken):\n    return []\n'
                '@check("security/secrets-rotated")\ndef five(beside):\n    return []\n'
            )
        project.tests(f"""
            HOSTILE = {HOSTILE!r}
            @readiness.security
            def test_1(): assert_ready([Finding(HOSTILE, where=HOSTILE, measured=HOSTILE, fix=HOSTILE)])
            @readiness.security
            def test_2(): raise Unverified(HOSTILE, fix=HOSTILE)
            @readiness.security
            def test_3(): raise NotApplicable(HOSTILE)
        """)
        text = ESCAPE.sub("", project.run("--readiness=prod", *arguments).text)

        assert [raw for raw in RAW if raw in text] == []
        assert "\\x1b[2J" in text or "-qq" in arguments


HALF_SEEN = """

from pytest_readiness import Severity, Unverified


@check("security/security-headers")
def half_seen(greeting):
    yield Finding("a small thing is wrong", severity=Severity.LOW, fix="mend it")
    raise Unverified("the other page did not answer")
"""


def test_what_an_unverified_check_found_by_then_is_told(project):
    """A lesser finding is not lost because something else could not be looked at."""
    with (project.path / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(HALF_SEEN)
    ended = project.run("--readiness=prod", "-k", "half-seen")

    assert "why       the other page did not answer" in ended.text
    assert "a small thing is wrong" in ended.text
    assert ended.ret == 1
