"""A run that does not ask for readiness is the application's, and pays nothing."""

from __future__ import annotations

import sys

import pytest

HEAVY = {"httpx", "httpcore", "cryptography", "dns", "pydantic", "asyncio", "pytest_readiness.session"}


@pytest.fixture
def project(project):
    project.tests("""
        @readiness.security
        def test_own(target): raise AssertionError("this must not run")
    """)
    return project


def test_readiness_tests_are_deselected_and_the_applications_run(project):
    ended = project.run()

    assert ended.ret == 0
    assert ended.ran == ["test_app.py::test_app"]
    assert "1 passed, 1 deselected" in ended.text
    assert project.gathered == []


def test_naming_readiness_tests_only_is_no_green_run(project):
    assert project.run("test_own.py").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_an_id_of_the_checklist_is_not_found(project):
    ended = project.run("readiness.toml::security::hsts[prod]")

    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    assert project.gathered == []


def test_the_target_fixture_never_lets_a_body_run(project):
    """A test that asks for a target but bears no mark is skipped in a plain run, and never asked of a target."""
    project.write("test_app.py", "def test_app(target): raise AssertionError('this must not run')\n")
    ended = project.run("-rs")

    assert "1 skipped" in ended.text
    assert "mark the test @readiness.<area> and run pytest --readiness=TARGET" in ended.text


@pytest.mark.parametrize("argument", ["-m readiness", "-k own"])
def test_selecting_readiness_tests_does_not_run_them(project, argument):
    ended = project.run(*argument.split())

    assert ended.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert ended.ran == []


def test_a_test_class_is_deselected_whole(project):
    project.tests("""
        @readiness.security
        class TestOwn:
            def test_one(self): raise AssertionError
            @pytest.mark.parametrize("number", [1, 2])
            def test_two(self, number): raise AssertionError
    """)

    assert "1 passed, 3 deselected" in project.run().text


def test_the_mark_is_registered_so_that_strict_markers_hold(project):
    project.write("pytest.ini", "[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")

    assert project.run().ret == 0
    assert "@pytest.mark.readiness(area, item, severity)" in project.run("--markers").text


def test_the_options_are_in_the_help(project):
    text = project.run("--help").text

    assert "production readiness:" in text
    assert "--readiness=TARGET" in text
    assert "readiness_prefilter" in text


def test_a_report_that_nobody_judged_for_is_an_error(project):
    """`--readiness-report` without a target would leave yesterday's READY in place and exit 0."""
    ended = project.run("--readiness-report=report.json")

    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    assert "--readiness=TARGET" in ended.text


def test_fixtures_are_listed_with_what_they_are(project):
    text = project.run("--fixtures").text

    assert "The target that the test judges" in text
    assert "landing" in text


def test_nothing_heavy_is_imported(project):
    """Every pytest run on the machine loads the plugin: it must not cost what only a readiness run needs."""
    project.write(
        "conftest.py",
        f"""
        import sys
        def pytest_unconfigure():
            print("imported:", sorted({HEAVY!r} & set(sys.modules)))
        """,
    )
    done = project.pytester.run(sys.executable, "-m", "pytest", "-p", "pytest_readiness.plugin", "-s")

    assert done.ret == 0
    assert "imported: []" in done.outlines
