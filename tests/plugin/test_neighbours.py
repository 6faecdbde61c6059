"""The plugins and the addopts of real projects do not break a readiness run, and it does not break them."""

from __future__ import annotations

import sys

import pytest

VERDICT = "readiness.toml::verdict[prod]"
HSTS = "readiness.toml::security::hsts[prod]"


@pytest.fixture
def with_ini(project):
    """Write pytest.ini with the lines given, and return the project."""

    def write(*lines: str):
        project.write("pytest.ini", "\n".join(["[pytest]", *lines]) + "\n")
        return project

    return write


class TestXdist:
    @pytest.mark.parametrize("option", ["-n2", "-nauto", "--numprocesses=2"])
    def test_one_process_gathers_and_the_header_says_so(self, with_ini, option):
        """Every worker would gather for itself: -n multiplies the load on the target and nothing else."""
        project = with_ini(f"addopts = {option}")
        ended = project.run("--readiness=all", plugins=("xdist",))

        assert project.gathered == ["prod", "staging"]
        assert "readiness: -n is off: one process gathers" in ended.text
        assert "workers" not in ended.text
        assert HSTS in ended.ran

    def test_typed_it_is_off_too(self, project):
        project.run("--readiness=prod", "-n2", "--dist=loadgroup", plugins=("xdist",))

        assert project.gathered == ["prod"]

    def test_there_but_not_used_nothing_is_said(self, project):
        assert "-n is off" not in project.run("--readiness=prod", plugins=("xdist",)).text

    def test_a_plain_run_keeps_its_workers(self, with_ini):
        project = with_ini("addopts = -n2")
        project.tests("@readiness.security\ndef test_own(target): raise AssertionError")
        ended = project.subprocess(plugins=("xdist",))

        assert ended.ret == 0
        assert "1 passed" in ended.text
        assert project.gathered == []


class TestCoverage:
    def test_a_coverage_gate_does_not_make_a_ready_service_red(self, with_ini):
        project = with_ini("addopts = --cov=. --cov-fail-under=90 --cov-report=term")
        project.write("app.py", "def used(): return 1\n")
        ended = project.subprocess("--readiness=prod", "-k", "hsts", plugins=("pytest_cov",))

        assert ended.ret == 0
        assert "Required test coverage" not in ended.text

    def test_it_stays_on_in_a_plain_run(self, with_ini):
        project = with_ini("addopts = --cov=app --cov-fail-under=90")
        project.write(
            "app.py", "def used():\n    return 1\n\n\ndef unused():\n    x = 1\n    y = 2\n    return x + y\n"
        )
        project.write("test_app.py", "import app\ndef test_app(): assert app.used()\n")
        ended = project.subprocess(plugins=("pytest_cov",))

        assert ended.ret == 1
        assert "Required test coverage of 90" in ended.text


class TestStoppingEarly:
    @pytest.mark.parametrize("option", ["-x", "--maxfail=1", "-q -x", "--exitfirst"])
    def test_from_the_configuration_it_is_off_and_said_so(self, with_ini, option):
        """The first failure of a checklist is no reason not to look at the rest."""
        project = with_ini(f"addopts = {option}")
        ended = project.run("--readiness=all", "-v")

        assert ended.ran[-1] == VERDICT
        assert "-x from the configuration is off" in ended.text

    @pytest.mark.parametrize("arguments", [["-x"], ["--exitfirst"], ["--maxfail=1"], ["--maxfail", "1"], ["-vx"]])
    def test_typed_it_holds(self, project, arguments):
        ended = project.run("--readiness=staging", *arguments)

        assert ended.ran[-1] == "readiness.toml::security::hsts[staging]"
        assert "is off" not in ended.text


class TestOrder:
    @pytest.mark.parametrize("seed", ["1", "7"])
    def test_randomly_shuffles_users_tests_and_keeps_the_board_and_the_verdict_last(self, project, seed):
        project.tests("@readiness.security\n@pytest.mark.parametrize('n', range(9))\ndef test_own(n, target): pass")
        board = [nodeid for nodeid in project.run("--readiness=all").ran if nodeid.startswith("readiness.toml")]
        ran = project.run("--readiness=all", f"--randomly-seed={seed}", plugins=("randomly",)).ran

        assert [nodeid for nodeid in ran if nodeid.startswith("readiness.toml")] == board
        assert ran[-2:] == board[-2:]
        assert len(ran) == len(board) + 18


class TestStrictness:
    @pytest.mark.parametrize(
        "lines",
        [
            ("addopts = --strict-markers --strict-config",),
            ("strict = true",),
            ("filterwarnings = error",),
            ("xfail_strict = true",),
        ],
    )
    def test_it_holds(self, with_ini, lines):
        project = with_ini(*lines)
        project.tests("@readiness.security\ndef test_own(target): pass")
        ended = project.judge("--readiness=prod", "-m", "readiness", "-k", "hsts or own")

        assert set(ended.states.values()) == {"PASS"}
        assert ended.ret == 0

    def test_warnings_are_not_ours(self, project):
        assert "warnings summary" not in project.run("--readiness=all").text


class TestOthers:
    def test_asyncio_in_auto_mode(self, with_ini):
        project = with_ini("asyncio_mode = auto", "asyncio_default_fixture_loop_scope = function")
        project.tests("""
            @readiness.security
            async def test_own(greeting): assert greeting == "hello from prod"
            @pytest.fixture
            async def door(greeting): return greeting
            @readiness.security
            async def test_other(door): assert door == "hello from prod"
        """)
        ended = project.judge("--readiness=prod", "test_own.py", plugins=("asyncio",))

        assert set(ended.states.values()) == {"PASS"}
        assert ended.ret == 0

    def test_a_timeout_is_a_failure_and_the_run_goes_on(self, with_ini):
        project = with_ini("timeout = 0.2")
        project.tests("import time\n@readiness.security\ndef test_own(): time.sleep(10)")
        ended = project.judge("--readiness=prod", plugins=("timeout",))

        assert ended.states["test_own.py::test_own"] in {"FAIL", "ERROR"}
        assert ended.ran[-1] == VERDICT

    def test_a_timeout_does_not_count_what_gathering_takes(self, with_ini):
        project = with_ini("timeout = 0.1")
        project.tests("""
            import asyncio
            @readiness.evidence
            async def doors():
                await asyncio.sleep(0.2)
                return "shut"
            @readiness.security
            def test_own(doors): assert doors == "shut"
        """)

        assert project.run("--readiness=prod", "test_own.py", plugins=("timeout",)).ret == 0

    def test_reruns_let_a_flaky_test_prove_its_item_and_gather_nothing_again(self, with_ini):
        project = with_ini("addopts = --reruns=2")
        project.tests("""
            tries = []
            @readiness.security
            def test_own(greeting):
                tries.append(1)
                assert len(tries) == 2
        """)
        ended = project.judge("--readiness=prod", plugins=("rerunfailures",))

        assert ended.states["test_own.py::test_own[prod]"] == "PASS"
        assert ended.result("test_own.py::test_own[prod]")["findings"] == []
        assert project.gathered == ["prod"]

    def test_a_failing_check_fails_however_often_it_is_rerun(self, with_ini):
        project = with_ini("addopts = --reruns=2")
        ended = project.judge("--readiness=staging", "-k", "hsts", plugins=("rerunfailures",))

        assert ended.ret == 1
        assert len(ended.result("readiness.toml::security::hsts[staging]")["findings"]) == 1

    def test_without_a_terminal_reporter_the_file_still_tells(self, project):
        ended = project.judge("--readiness=prod", "-p", "no:terminal")

        assert ended.verdicts == {"prod": "NOT READY"}
        assert ended.ret == 1
        assert "Error" not in ended.text

    @pytest.mark.parametrize("name", ["cacheprovider", "randomly", "capture", "logging", "warnings", "junitxml"])
    def test_without_a_plugin_of_pytests_own(self, project, name):
        ended = project.judge("--readiness=prod", "-k", "hsts", "-p", f"no:{name}")

        assert (ended.ret, ended.verdicts) == (0, {"prod": "PARTIAL"})

    def test_with_everything_that_is_installed(self, project, monkeypatch):
        """As a user starts it: every plugin comes in by its entry point, ours too."""
        monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        project.write(
            "without_builtin.py", "from pytest_readiness import checks, probes\nchecks.MODULES = probes.MODULES = ()\n"
        )
        project.write(
            "pytest.ini", "[pytest]\naddopts = -n2 --cov --cov-fail-under=90 -p without_builtin\nstrict = true\n"
        )
        done = project.pytester.run(sys.executable, "-m", "pytest", "--readiness=all", "-q")

        assert done.ret == 1
        assert project.gathered == ["prod", "staging"]
        assert "NOT READY  prod  https://shop.test" in done.outlines
        assert "3 failed" in done.outlines[-1]

    def test_a_plugin_that_is_blocked_leaves_the_run_alone(self, project):
        ended = project.pytester.run(sys.executable, "-m", "pytest", "-p", "no:readiness")

        assert ended.ret == 0
