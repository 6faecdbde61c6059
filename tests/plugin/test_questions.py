"""`--readiness-list` and `--readiness-explain` answer without asking anyone anything."""

from __future__ import annotations

import pytest


class TestList:
    def test_every_item_is_listed_with_what_proves_it_or_what_it_needs(self, project):
        ended = project.run("--readiness-list")
        text = " ".join(ended.text.split())

        assert ended.ret == 0
        assert "security-headers high, bronze" in text
        assert "hsts (observe)" in text
        assert "3 items of 48 are proven by a check or a test; nothing was sent" in text
        assert "missing: no built-in check yet: prove it with a test of your own" in text

    def test_it_gathers_and_runs_nothing(self, project):
        project.tests("@readiness.backup('restore')\ndef test_own(greeting): raise AssertionError")
        ended = project.run("--readiness-list", "--readiness=all")

        assert ended.ran == []
        assert project.gathered == []

    def test_it_names_the_users_own_tests(self, project):
        project.tests("@readiness.backup('restore')\ndef test_orders_survive(target): pass")
        text = project.run("--readiness-list", "--readiness=all").text

        assert text.count("test_own.py::test_orders_survive (your test)") == 1

    def test_it_says_of_each_target_what_is_allowed_and_what_is_missing(self, project):
        text = project.run("--readiness-list").text

        assert "staging = https://staging.shop.test  allows observe" in text
        assert 'missing: [targets.prod.health] liveness = "/…"' in text

    def test_it_needs_no_target(self, bare):
        bare.write("conftest.py", "")
        ended = bare.run("--readiness-list")

        assert ended.ret == 0
        assert "infrastructure: the service stands where visitors find it" in ended.text

    def test_it_leaves_reports_alone(self, project):
        assert project.judge("--readiness-list", "--readiness=prod").report is None

    def test_the_exit_status_is_no_verdict(self, project):
        assert project.run("--readiness-list", "--readiness=staging").ret == 0


class TestExplain:
    @pytest.mark.parametrize("name", ["backup/restore", "backup::restore", "restore"])
    def test_an_item_is_found_by_its_id_or_name(self, project, name):
        ended = project.run(f"--readiness-explain={name}")

        assert ended.ret == 0
        assert "backup/restore: " in ended.text
        assert "severity critical, level gold" in ended.text
        assert "why " in ended.text

    def test_one_that_is_not_there_suggests_what_comes_near(self, project):
        ended = project.run("--readiness-explain=backup/restor")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "there is no such item or check; did you mean backup/restore" in ended.text

    def test_it_needs_no_configuration(self, bare):
        (bare.path / "pytest.ini").unlink()

        assert bare.run("--readiness-explain=launch/cadence").ret == 0

    def test_a_check_of_ones_own_is_explained_too(self, project):
        ended = project.run("--readiness-explain=hsts")

        assert ended.ret == 0
        assert "security::hsts" in ended.text
        assert "Browsers are told to come back over HTTPS." in ended.text
