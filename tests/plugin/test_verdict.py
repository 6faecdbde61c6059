"""The verdict fails closed: green only when every line that must hold was looked at and holds."""

from __future__ import annotations

import pytest

FILE = "readiness.toml"
VERDICT = f"{FILE}::verdict[prod]"

EVERY_LINE = """
    from pytest_readiness.checks.checklist import items
    PROVEN = {PROVEN!r}
    LINES = [item for item in items() if item.id not in PROVEN]
    @pytest.mark.parametrize("line", [
        pytest.param(item.name, marks=getattr(readiness, item.area)(item.name)) for item in LINES
    ])
    def test_holds(line): {BODY}
"""
PROVEN = ["security/security-headers", "security/exposure", "operations/health-check"]


@pytest.fixture
def proven(project):
    """A project whose tests prove every line of the checklist that its checks do not."""

    def write(body: str = "pass") -> None:
        project.tests(EVERY_LINE.format(PROVEN=PROVEN, BODY=body))

    write()
    project.prove = write
    return project


class TestReady:
    def test_a_target_is_ready_when_every_line_is_proven(self, proven):
        ended = proven.judge("--readiness=prod")

        assert ended.ret == 0
        assert ended.verdicts == {"prod": "READY"}
        assert ended.report["partial"] is False
        assert set(ended.items.values()) == {"PASS"}
        assert "READY  prod" in ended.text
        assert "NOT READY" not in ended.text

    def test_one_target_that_is_not_ready_makes_the_run_red(self, proven):
        ended = proven.judge("--readiness=all")

        assert ended.ret == 1
        assert ended.verdicts == {"staging": "NOT READY", "prod": "READY"}

    @pytest.mark.parametrize(
        ("body", "state"),
        [
            ("assert line != 'cdn'", "FAIL"),
            ("line != 'cdn' or 1 / 0", "ERROR"),
            ("line != 'cdn' or pytest.skip('no time')", "UNVERIFIED"),
            ("line != 'cdn' or pytest.xfail('known')", "UNVERIFIED"),
        ],
    )
    def test_one_line_that_does_not_hold_makes_it_red(self, proven, body, state):
        proven.prove(body)
        ended = proven.judge("--readiness=prod")

        assert ended.items["infrastructure/cdn"] == state
        assert ended.verdicts == {"prod": "NOT READY"}
        assert ended.ret == 1
        assert f"FAILED {VERDICT}" in ended.text or "1 item of 48 must still hold" in ended.text

    def test_a_line_that_does_not_apply_holds(self, proven):
        proven.prove("line != 'cdn' or not_applicable()")
        with (proven.path / "test_own.py").open("a") as file:
            file.write("def not_applicable(): raise NotApplicable('an internal service')\n")
        ended = proven.judge("--readiness=prod")

        assert ended.items["infrastructure/cdn"] == "NOT-APPLICABLE"
        assert (ended.ret, ended.verdicts) == (0, {"prod": "READY"})

    def test_a_line_that_nothing_proves_makes_it_red(self, proven):
        proven.tests(EVERY_LINE.format(PROVEN=[*PROVEN, "backup/rto"], BODY="pass"))
        ended = proven.judge("--readiness=prod")

        assert ended.items["backup/rto"] == "UNVERIFIED"
        assert (ended.ret, ended.verdicts) == (1, {"prod": "NOT READY"})


class TestTheItem:
    def test_it_is_the_last_one_and_red_unless_all_holds(self, project):
        ended = project.run("--readiness=prod")

        assert ended.ran[-1] == VERDICT
        assert ended.ret == 1
        assert f"{VERDICT} FAILED" in project.run("--readiness=prod", "-v").text

    def test_each_target_has_one_and_they_end_the_run(self, project):
        project.tests("@readiness.security\ndef test_own(): pass")

        assert project.run("--readiness=all").ran[-2:] == [f"{FILE}::verdict[staging]", VERDICT]

    def test_alone_it_is_not_green(self, proven):
        """Nothing was judged, so there is nothing to be ready by."""
        ended = proven.judge("--readiness=prod", VERDICT)

        assert ended.ret == 1
        assert ended.verdicts == {"prod": "PARTIAL"}

    def test_it_sees_what_users_tests_said_before_it(self, proven):
        proven.prove("assert line != 'cadence'")

        assert proven.run("--readiness=prod").ret == 1


class TestPartial:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["-k", "hsts"],
            ["-k", "not cadence"],
            ["-m", "readiness(severity='high')"],
            [f"--deselect={FILE}::security::hsts[prod]"],
            [f"--deselect={VERDICT}"],
            ["--deselect=test_own.py::test_holds[cadence]"],
            ["--ignore=test_own.py"],
            ["--ignore-glob=*own*"],
            [f"{FILE}::security::hsts[prod]"],
            [f"{FILE}::security"],
            [FILE],
            ["test_own.py"],
            ["test_own.py::test_holds[cadence]"],
        ],
    )
    def test_a_selection_is_never_ready(self, proven, arguments):
        proven.tests("@readiness.security\ndef test_a_bare_one(): pass", "test_more_own.py")
        ended = proven.judge("--readiness=prod", *arguments)

        assert ended.verdicts == {"prod": "PARTIAL"}
        assert ended.report["partial"] is True
        assert "READY  prod" not in ended.text
        assert "the selection leaves part of the checklist out" in ended.text

    def test_one_that_holds_is_green(self, project):
        assert project.run("--readiness=prod", f"{FILE}::security::hsts").ret == 0

    def test_one_that_does_not_hold_is_red(self, project):
        assert project.run("--readiness=staging", f"{FILE}::security::hsts").ret == 1

    def test_one_that_is_unverified_is_red(self, project):
        """pytest calls a run of skips green."""
        ended = project.run("--readiness=prod", f"{FILE}::security::rate-limiting[prod]")

        assert "1 skipped" in ended.text
        assert ended.ret == 1

    def test_one_of_one_target_says_nothing_of_another(self, project):
        ended = project.judge("--readiness=all", f"{FILE}::security::hsts[prod]")

        assert ended.ret == 0
        assert ended.verdicts == {"staging": "PARTIAL", "prod": "PARTIAL"}

    def test_one_that_selects_nothing_is_not_green(self, project):
        ended = project.judge("--readiness=prod", "-k", "no_such_thing")

        assert ended.ret == pytest.ExitCode.NO_TESTS_COLLECTED
        assert ended.verdicts == {"prod": "NOT READY"}

    def test_one_that_names_another_folder_is_not_green(self, project):
        (project.path / "elsewhere").mkdir()
        ended = project.judge("--readiness=prod", "elsewhere")

        assert ended.ret == pytest.ExitCode.NO_TESTS_COLLECTED
        assert ended.verdicts == {"prod": "NOT READY"}

    def test_testpaths_typed_whole_are_no_selection(self, proven):
        proven.write("pytest.ini", "[pytest]\ntestpaths = .\n")

        assert proven.judge("--readiness=prod", ".").verdicts == {"prod": "READY"}


class TestUnheard:
    """What should have said something and did not keeps a target from being ready."""

    @pytest.mark.parametrize("arguments", [[], ["--continue-on-collection-errors"]])
    def test_a_module_that_cannot_be_imported(self, proven, arguments):
        proven.write("test_broken.py", "import no_such_package  # for readiness\n")
        ended = proven.judge("--readiness=prod", *arguments)

        assert ended.ret == (1 if arguments else 2)
        assert ended.verdicts == {"prod": "NOT READY"}
        assert "no_such_package" in ended.text

    def test_before_an_interrupted_collection_nothing_is_gathered(self, proven):
        proven.write("test_broken.py", "import no_such_package  # for readiness\n")
        proven.run("--readiness=prod")

        assert proven.gathered == []

    def test_a_module_that_skips_itself(self, proven):
        proven.write("test_away.py", "import pytest\npytest.importorskip('no_such_package')  # for readiness\n")
        ended = proven.judge("--readiness=prod")

        assert (ended.ret, ended.verdicts) == (1, {"prod": "NOT READY"})
        assert "test_away.py was skipped whole: could not import 'no_such_package'" in ended.text

    def test_but_not_a_module_of_the_application(self, proven):
        proven.write("pytest.ini", "[pytest]\nreadiness_prefilter = false\n")
        proven.write("test_app.py", "import pytest\npytest.importorskip('no_such_package')\n")

        assert proven.judge("--readiness=prod").verdicts == {"prod": "READY"}

    def test_a_run_cut_short_by_x(self, proven):
        proven.prove("assert line != 'cdn'")
        ended = proven.judge("--readiness=prod", "-x")

        assert (ended.ret, ended.verdicts) == (1, {"prod": "NOT READY"})
        assert ended.items["launch/cadence"] == "UNVERIFIED"
        assert "the run ended before this test" in ended.text

    def test_what_was_gathered_is_judged_though_the_run_ended_before_it(self, project):
        ended = project.judge("--readiness=staging", "-x")

        assert ended.states[f"{FILE}::operations::liveness[staging]"] == "PASS"

    def test_a_run_that_a_test_exits(self, proven):
        """Even with the exit status that a test asks for, the file is not READY."""
        proven.prove("line != 'cadence' or pytest.exit('enough', returncode=0)")
        ended = proven.judge("--readiness=prod", "--readiness-gate=critical")

        assert ended.verdicts == {"prod": "NOT READY"}
        assert ended.ret == 1

    def test_a_run_without_its_call_phases(self, proven):
        ended = proven.judge("--readiness=prod", "--setup-only")

        assert (ended.ret, ended.verdicts) == (1, {"prod": "NOT READY"})

    def test_python_without_assertions_is_refused(self, project):
        import sys

        done = project.pytester.run(
            sys.executable, "-O", "-m", "pytest", "-p", "pytest_readiness.plugin", "--readiness=prod"
        )

        assert done.ret == pytest.ExitCode.USAGE_ERROR
        assert "run without -O" in done.stderr.str()


class TestGateAndLevel:
    def test_at_the_gate_high_what_is_medium_may_be_open(self, proven):
        proven.tests(EVERY_LINE.format(PROVEN=[*PROVEN, "backup/rto"], BODY="pass"))
        ended = proven.judge("--readiness=prod", "--readiness-gate=high")

        assert ended.items["backup/rto"] == "UNVERIFIED"
        assert (ended.ret, ended.verdicts) == (0, {"prod": "READY"})

    @pytest.mark.parametrize(("gate", "state", "ret"), [("low", "FAIL", 1), ("medium", "WARN", 0)])
    def test_a_finding_below_the_gate_is_a_warning(self, project, gate, state, ret):
        with (project.path / "conftest.py").open("a") as file:
            file.write(
                "from pytest_readiness import Severity\n"
                '@check("security/dependencies")\ndef pinned():\n'
                '    yield Finding("a loose pin", severity=Severity.LOW)\n'
            )
        ended = project.judge("--readiness=prod", f"--readiness-gate={gate}", "-k", "pinned")

        assert ended.states == {f"{FILE}::security::pinned[prod]": state}
        assert ended.ret == ret
        assert "a loose pin" in ended.text

    def test_at_bronze_what_takes_drills_may_be_open(self, proven):
        from pytest_readiness.checks.checklist import items
        from pytest_readiness.model.scales import Level

        beyond = [item.id for item in items() if item.level > Level.BRONZE]
        proven.tests(EVERY_LINE.format(PROVEN=[*PROVEN, *beyond], BODY="pass"))

        bronze = proven.judge("--readiness=prod", "--readiness-level=bronze")
        silver = proven.judge("--readiness=prod", "--readiness-level=silver")

        assert (bronze.ret, bronze.verdicts) == (0, {"prod": "READY"})
        assert bronze.items["backup/restore"] == "UNVERIFIED"  # still on the board
        assert (silver.ret, silver.verdicts) == (1, {"prod": "NOT READY"})

    def test_what_fails_beyond_the_level_is_shown_and_keeps_nothing_back(self, proven):
        proven.prove("assert line != 'restore'")  # gold
        ended = proven.judge("--readiness=prod", "--readiness-level=bronze")

        assert ended.items["backup/restore"] == "FAIL"
        assert (ended.ret, ended.verdicts) == (0, {"prod": "READY"})
        assert "FAILED test_own.py::test_holds[restore]" in ended.text


class TestHooks:
    def test_the_verdict_hook_sees_the_end(self, project):
        with (project.path / "conftest.py").open("a") as file:
            file.write(
                "def pytest_readiness_verdict(config, board):\n"
                "    print(board.target, 'is', board.verdict, len(board.rows))\n"
            )

        assert "prod is NOT READY 48" in project.run("--readiness=prod", "-s").text

    def test_the_finding_hook_tells_better_and_makes_worse_but_never_less(self, project):
        with (project.path / "conftest.py").open("a") as file:
            file.write(
                "from dataclasses import replace\nfrom pytest_readiness import Severity\n"
                "def pytest_readiness_finding(config, check, target, finding):\n"
                "    return replace(finding, fix='see https://wiki/' + check, severity=Severity.LOW)\n"
            )
        (finding,) = project.judge("--readiness=staging", "-k", "hsts").result(f"{FILE}::security::hsts[staging]")[
            "findings"
        ]

        assert (finding["fix"], finding["severity"]) == ("see https://wiki/security::hsts", "high")

    def test_a_package_adds_checks_and_evidence(self, project):
        project.write(
            "acme.py",
            """
            from pytest_readiness import Finding, check
            from pytest_readiness.model.evidence import evidence

            @evidence
            async def rota(target):
                return [] if target.name == "prod" else ["dana"]

            @check("monitoring/on-call")
            def someone_is_on_call(rota):
                if not rota:
                    yield Finding("nobody is on call")

            def pytest_readiness_checks(config):
                return [someone_is_on_call]

            def pytest_readiness_evidence(config):
                return [rota]
            """,
        )
        project.pytester.syspathinsert()
        ended = project.run("--readiness=all", "-k", "on_call or on-call", plugins=("acme",))

        assert ended.ran == [
            f"{FILE}::monitoring::someone-is-on-call[staging]",
            f"{FILE}::monitoring::someone-is-on-call[prod]",
        ]
        assert "nobody is on call" in ended.text
