"""What a user's own tests prove, and that nothing but a proof counts as one."""

from __future__ import annotations

import pytest

NODE = "test_own.py::test_own"


def outcome(project, body: str, *arguments: str, decorators: str = "") -> tuple[str, str, int]:
    """State and reason of one test of the user's, and pytest's exit status."""
    project.tests(f"{decorators}\n@readiness.security\ndef test_own():\n    {body}\n")
    ended = project.judge("--readiness=prod", NODE, *arguments)
    result = ended.result(NODE)
    return result["state"], result["reason"], ended.ret


class TestStates:
    def test_a_test_that_passes_is_a_proof(self, project):
        assert outcome(project, "pass") == ("PASS", "", 0)

    @pytest.mark.parametrize("body", ["assert 1 == 2", "pytest.fail('no')", "assert_ready(['no'])"])
    def test_an_assertion_is_a_failure(self, project, body):
        assert outcome(project, body) == ("FAIL", "", 1)

    def test_any_other_exception_is_an_error(self, project):
        assert outcome(project, "raise OSError('no route')") == ("ERROR", "OSError: no route", 1)

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ("pytest.skip('too slow today')", "a skip proves nothing: too slow today"),
            ("pytest.importorskip('no_such_package')", "a skip proves nothing: could not import 'no_such_package'"),
            ("pytest.xfail('known bug')", "xfail proves nothing: known bug"),
            ("raise Unverified('no credential')", "no credential"),
        ],
    )
    def test_what_proves_nothing_is_unverified_and_no_green_run(self, project, body, reason):
        state, told, ret = outcome(project, body)

        assert (state, ret) == ("UNVERIFIED", 1)
        assert told.startswith(reason)

    @pytest.mark.parametrize(
        ("decorator", "body", "reason"),
        [
            ("@pytest.mark.skip(reason='flaky')", "assert False", "a skip proves nothing: flaky"),
            ("@pytest.mark.skipif(True, reason='Tuesday')", "assert False", "a skip proves nothing: Tuesday"),
            ("@pytest.mark.xfail(reason='OPS-7')", "assert False", "xfail proves nothing: OPS-7"),
            ("@pytest.mark.xfail", "assert False", "xfail proves nothing: no reason"),
            ("@pytest.mark.xfail(reason='OPS-7')", "pass", "xfail proves nothing: OPS-7"),
            ("@pytest.mark.xfail(run=False, reason='hangs')", "pass", "xfail proves nothing: [NOTRUN] hangs"),
        ],
    )
    def test_marks_that_excuse_a_test_are_unverified_too(self, project, decorator, body, reason):
        assert outcome(project, body, decorators=decorator) == ("UNVERIFIED", reason, 1)

    def test_a_strict_xfail_that_passes_is_red(self, project):
        state, _, ret = outcome(project, "pass", decorators="@pytest.mark.xfail(strict=True)")

        assert (state in {"FAIL", "ERROR", "UNVERIFIED"}, ret) == (True, 1)

    def test_what_does_not_concern_the_target_holds(self, project):
        assert outcome(project, "raise NotApplicable('no uploads')") == ("NOT-APPLICABLE", "no uploads", 0)

    def test_unverified_says_what_would_help(self, project):
        project.tests("""
            @readiness.security
            def test_own(): raise Unverified("no credential", fix="export ALICE_TOKEN=…")
        """)
        ended = project.judge("--readiness=prod", NODE)

        assert ended.result(NODE)["fix"] == "export ALICE_TOKEN=…"
        assert "export ALICE_TOKEN=…" in ended.text

    @pytest.mark.parametrize(
        ("error", "state"),
        [
            ("Unverified('no credential', fix='export ALICE_TOKEN=…')", "UNVERIFIED"),
            ("NotApplicable('no uploads')", "NOT-APPLICABLE"),
            ("OSError('no route')", "ERROR"),
            ("AssertionError('not what was expected')", "ERROR"),
        ],
    )
    def test_a_fixture_may_end_it_as_well(self, project, error, state):
        project.tests(f"""
            @pytest.fixture(scope="module")
            def credential(): raise {error}
            @readiness.security
            def test_own(credential): raise RuntimeError("never reached")
            @readiness.security
            def test_another(credential): raise RuntimeError("never reached")
        """)
        ended = project.judge("--readiness=prod", "test_own.py")

        assert ended.states == {NODE: state, "test_own.py::test_another": state}
        assert ended.result(NODE)["fix"] == ("export ALICE_TOKEN=…" if state == "UNVERIFIED" else "")
        assert ended.ret == (0 if state == "NOT-APPLICABLE" else 1)

    def test_a_teardown_that_breaks_is_an_error(self, project):
        project.tests("""
            @pytest.fixture
            def record():
                yield
                raise OSError("the record could not be removed")
            @readiness.security
            def test_own(record): pass
        """)
        ended = project.judge("--readiness=prod", NODE)

        assert ended.result(NODE)["state"] == "ERROR"
        assert ended.ret == 1

    def test_an_unverified_raised_in_an_applications_fixture_stays_an_exception(self, project):
        """Only readiness tests have these states."""
        project.write("test_app.py", "import pytest_readiness as r\ndef test_app(): raise r.Unverified('no')\n")

        assert project.run().ret == 1

    @pytest.mark.parametrize(("inner", "state"), [("assert False", "FAIL"), ("pytest.skip('no')", "UNVERIFIED")])
    def test_a_subtest_counts_as_much_as_its_test(self, project, inner, state):
        project.tests(f"""
            @readiness.security
            def test_own(subtests):
                with subtests.test("one"):
                    {inner}
                with subtests.test("two"):
                    pass
        """)
        ended = project.judge("--readiness=prod", NODE)

        assert ended.result(NODE)["state"] == state
        assert ended.ret == 1


class TestFindings:
    def test_assert_ready_shows_each_finding_with_its_place_and_fix(self, project):
        project.tests("""
            @readiness.security
            def test_own():
                assert_ready([
                    Finding("a door is open", where="front door", measured="ajar", fix="shut it", source="house rules"),
                    Finding("a window is open", severity=Severity.LOW),
                    "the cat is out",
                ])
        """)
        ended = project.judge("--readiness=prod", NODE)
        findings = ended.result(NODE)["findings"]

        assert findings[0] == {
            "summary": "a door is open",
            "where": "front door",
            "measured": "ajar",
            "fix": "shut it",
            "severity": "medium",
            "source": "house rules",
        }
        assert [(found["summary"], found["severity"]) for found in findings[1:]] == [
            ("a window is open", "low"),
            ("the cat is out", "medium"),
        ]
        assert "shut it" in ended.text
        assert "assert_ready([" not in ended.text  # findings, not the lines of the test

    def test_nothing_found_is_ready(self, project):
        assert outcome(project, "assert_ready(iter(()))") == ("PASS", "", 0)

    def test_an_assertion_keeps_its_first_line_as_finding(self, project):
        project.tests("""
            @readiness.security
            def test_own():
                assert 1 == 2, "one is not two\\nand never was"
        """)
        (finding,) = project.judge("--readiness=prod", NODE).result(NODE)["findings"]

        assert finding["summary"] == "one is not two"
        assert finding["where"] == NODE

    def test_an_assertion_shows_its_introspection(self, project):
        project.tests("""
            @readiness.security
            def test_own():
                doors = {"front": "open"}
                assert doors == {"front": "shut"}
        """)
        text = project.run("--readiness=prod", NODE).text

        assert "{'front': 'open'} == {'front': 'shut'}" in text


class TestItems:
    def test_a_test_bound_to_a_built_in_item_replaces_its_placeholder(self, project):
        project.tests("@readiness.backup('restore')\ndef test_orders_survive(): pass")
        ended = project.judge("--readiness=prod")
        (item,) = [item for item in ended.report["items"] if item["id"] == "backup/restore"]

        assert (item["state"], item["proofs"]) == ("PASS", ["test_own.py::test_orders_survive"])
        assert "readiness.toml::backup::restore[prod]" not in ended.ran

    def test_it_counts_beside_the_checks_that_prove_the_item(self, project):
        project.tests("@readiness.security('security-headers')\ndef test_no_server_header(): assert False")
        ended = project.judge("--readiness=prod")
        (item,) = [item for item in ended.report["items"] if item["id"] == "security/security-headers"]

        assert item["state"] == "FAIL"
        assert item["proofs"] == ["readiness.toml::security::hsts[prod]", "test_own.py::test_no_server_header"]

    def test_an_item_holds_when_all_of_its_tests_do(self, project):
        project.tests("""
            @readiness.backup("restore")
            def test_orders_survive(): pass
            @readiness.backup("restore")
            def test_pictures_survive(): pytest.skip("none yet")
        """)

        assert project.judge("--readiness=prod").items["backup/restore"] == "UNVERIFIED"

    def test_it_replaces_the_placeholder_of_its_own_target_only(self, project):
        project.tests("""
            @readiness.backup("restore")
            @pytest.mark.parametrize("target", ["prod"], indirect=True)
            def test_orders_survive(target): pass
        """)
        ended = project.run("--readiness=all")

        assert "readiness.toml::backup::restore[staging]" in ended.ran
        assert "readiness.toml::backup::restore[prod]" not in ended.ran

    def test_a_bare_one_is_an_item_of_its_own_titled_by_its_docstring(self, project):
        project.tests('''
            @readiness.security(severity="critical")
            def test_webhooks_are_signed():
                """Nobody can forge
                a webhook.

                Unlike last year.
                """
        ''')
        ended = project.judge("--readiness=prod")
        (item,) = [item for item in ended.report["items"] if item["id"] == "security/webhooks-are-signed"]

        assert item["title"] == "Nobody can forge a webhook."
        assert (item["severity"], item["area"], item["state"]) == ("critical", "security", "PASS")

    def test_without_a_docstring_its_name_is_its_title(self, project):
        project.tests("@readiness.security\ndef test_webhooks_are_signed(): pass")
        items = project.judge("--readiness=prod").report["items"]

        assert [item["title"] for item in items if item["id"] == "security/webhooks-are-signed"] == [
            "webhooks are signed"
        ]

    def test_a_test_that_does_not_ask_for_the_target_counts_for_every_one(self, project):
        project.tests("@readiness.security\ndef test_own(): assert False")
        ended = project.judge("--readiness=all")

        assert ended.ran.count(NODE) == 1
        assert [
            (result["target"], result["state"]) for result in ended.report["results"] if result["nodeid"] == NODE
        ] == [("staging", "FAIL"), ("prod", "FAIL")]

    def test_a_check_of_ones_own_can_add_an_item(self, project):
        with (project.path / "conftest.py").open("a") as file:
            file.write('@check("operations/greets")\ndef greets(greeting):\n    """It greets."""\n    return []\n')
        ended = project.judge("--readiness=prod")
        (item,) = [item for item in ended.report["items"] if item["id"] == "operations/greets"]

        assert (item["title"], item["proofs"]) == ("It greets.", ["readiness.toml::operations::greets[prod]"])

    def test_two_checks_of_one_name_are_an_error(self, project):
        with (project.path / "conftest.py").open("a") as file:
            file.write('@check("security/authentication", name="hsts")\ndef other():\n    return []\n')
        ended = project.run("--readiness=prod")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "two checks are called security::hsts" in ended.text


class TestOrder:
    def test_tests_of_one_target_run_together_so_that_its_clients_are_made_once(self, project):
        project.tests("""
            from pathlib import Path
            @pytest.fixture(scope="session")
            def client(target):
                with Path(__file__).with_name("made.txt").open("a") as log:
                    log.write(f"{target.name}\\n")
            @readiness.security
            def test_one(client): pass
            @readiness.security
            def test_two(client): pass
        """)
        project.run("--readiness=all")

        assert (project.path / "made.txt").read_text().split() == ["staging", "prod"]


class TestApplication:
    """The application's own tests stay out of a readiness run."""

    def test_they_are_not_run(self, project):
        assert "test_app.py::test_app" not in project.run("--readiness=prod").ran

    def test_they_are_not_even_imported(self, project):
        """One missing package in a thousand modules must not keep a deploy gate from judging."""
        project.write("test_app.py", "import no_such_package\n")

        assert project.run("--readiness=prod", "-k", "hsts").ret == 0

    def test_switched_off_the_prefilter_imports_them(self, project):
        project.write("test_app.py", "import no_such_package\n")
        project.write("pytest.ini", "[pytest]\nreadiness_prefilter = false\n")

        assert project.run("--readiness=prod", "-k", "hsts").ret == pytest.ExitCode.INTERRUPTED

    def test_switched_off_they_are_deselected_all_the_same(self, project):
        project.write("pytest.ini", "[pytest]\nreadiness_prefilter = false\n")
        ended = project.run("--readiness=prod")

        assert "test_app.py::test_app" not in ended.ran
        assert "1 deselected" in ended.text

    def test_a_mark_of_their_own_called_security_stays_theirs(self, project):
        project.write("pytest.ini", "[pytest]\nmarkers = security: what the team calls so\n")
        project.write(
            "test_app.py", "import pytest\n# not about readiness\n@pytest.mark.security\ndef test_app(): pass\n"
        )

        assert project.run("-m", "security").ran == ["test_app.py::test_app"]
        assert "test_app.py::test_app" not in project.run("--readiness=prod").ran

    def test_autouse_fixtures_of_theirs_do_not_run_for_checks(self, project):
        """No database is set up to look at a header."""
        with (project.path / "conftest.py").open("a") as file:
            file.write("import pytest\n@pytest.fixture(autouse=True)\ndef database(): raise OSError('no database')\n")

        assert project.run("--readiness=prod", "-k", "hsts").ret == 0
