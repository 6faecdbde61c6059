"""What is run, by id, area, word, mark and memory: as pytest users expect it of any test."""

from __future__ import annotations

import pytest

FILE = "readiness.toml"
HSTS = f"{FILE}::security::hsts"


class TestIds:
    @pytest.mark.parametrize(
        ("argument", "ran"),
        [
            (f"{HSTS}[prod]", [f"{HSTS}[prod]"]),
            (HSTS, [f"{HSTS}[staging]", f"{HSTS}[prod]"]),
            (f"{FILE}::verdict[prod]", [f"{FILE}::verdict[prod]"]),
        ],
    )
    def test_an_id_selects_one_check_of_one_target_or_of_all(self, project, argument, ran):
        assert project.run("--readiness=all", argument).ran == ran

    def test_an_area_selects_what_is_in_it(self, project):
        ran = project.run("--readiness=prod", f"{FILE}::security").ran

        assert {nodeid.rpartition("::")[0] for nodeid in ran} == {f"{FILE}::security"}
        assert f"{HSTS}[prod]" in ran
        assert f"{FILE}::security::rate-limiting[prod]" in ran

    def test_a_file_of_tests_leaves_the_checklist_out(self, project):
        project.tests("@readiness.security\ndef test_own(): pass\n")

        assert project.run("--readiness=prod", "test_own.py").ran == ["test_own.py::test_own"]

    def test_the_folder_is_everything(self, project):
        everything = project.run("--readiness=prod").ran

        assert project.run("--readiness=prod", ".").ran == everything
        assert len(everything) > 40

    def test_the_file_and_the_folder_together_collect_each_check_once(self, project):
        ran = project.run("--readiness=prod", ".", FILE).ran

        assert sorted(ran) == sorted(set(ran))
        assert f"{HSTS}[prod]" in ran

    def test_testpaths_do_not_hide_the_checklist(self, project):
        project.write("pytest.ini", "[pytest]\ntestpaths = tests\n")
        project.tests("@readiness.security\ndef test_own(): pass\n", "tests/test_own.py")

        ran = project.run("--readiness=prod").ran

        assert {"tests/test_own.py::test_own", f"{HSTS}[prod]"} <= set(ran)

    def test_from_a_folder_below_everything_runs(self, project, monkeypatch):
        project.tests("@readiness.security\ndef test_own(): pass\n", "tests/test_own.py")
        everything = project.run("--readiness=prod").ran
        monkeypatch.chdir(project.path / "tests")

        assert project.run("--readiness=prod").ran == everything

    def test_an_unknown_check_is_an_error(self, project):
        ended = project.run("--readiness=prod", f"{FILE}::security::hst")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "not found" in ended.text

    def test_every_check_is_collected_under_the_id_that_it_is_shown_by(self, project):
        text = project.run("--readiness=all", "--collect-only", "-q").text
        shown = [line for line in text.splitlines() if "::" in line]

        assert len(shown) == 2 * 49
        assert all(project.run("--readiness=all", nodeid).ran == [nodeid] for nodeid in shown[::9])


class TestWords:
    def test_k_selects_by_the_name_of_a_check(self, project):
        assert project.run("--readiness=all", "-k", "hsts").ran == [f"{HSTS}[staging]", f"{HSTS}[prod]"]

    def test_k_selects_by_target(self, project):
        assert project.run("--readiness=all", "-k", "hsts and prod").ran == [f"{HSTS}[prod]"]

    def test_k_selects_by_area(self, project):
        ran = project.run("--readiness=prod", "-k", "operations").ran

        assert f"{FILE}::operations::liveness[prod]" in ran
        assert f"{HSTS}[prod]" not in ran

    def test_k_selects_tests_of_ones_own_by_item_and_area(self, project):
        project.tests('@readiness.backup("restore")\ndef test_orders_survive(): pass\n')

        assert "test_own.py::test_orders_survive" in project.run("--readiness=prod", "-k", "restore").ran
        assert "test_own.py::test_orders_survive" in project.run("--readiness=prod", "-k", "backup").ran

    def test_deselect_takes_a_check_out(self, project):
        ran = project.run("--readiness=prod", f"--deselect={HSTS}[prod]").ran

        assert f"{HSTS}[prod]" not in ran
        assert f"{FILE}::operations::liveness[prod]" in ran

    def test_deselect_takes_a_check_out_of_every_target(self, project):
        ran = project.run("--readiness=all", f"--deselect={HSTS}").ran

        assert not [nodeid for nodeid in ran if "hsts" in nodeid]


class TestMarks:
    def test_m_readiness_is_everything(self, project):
        assert project.run("--readiness=prod", "-m", "readiness").ran == project.run("--readiness=prod").ran

    def test_m_selects_by_severity(self, project):
        ran = project.run("--readiness=prod", "-m", "readiness(severity='high')").ran

        assert f"{HSTS}[prod]" in ran
        assert f"{FILE}::security::authentication[prod]" not in ran  # critical

    def test_m_selects_tests_of_ones_own_by_the_severity_that_they_name(self, project):
        project.tests("""
            @readiness.security(severity="critical")
            def test_grave(): pass
            @readiness.security(severity="low")
            def test_slight(): pass
        """)

        ran = project.run("--readiness=prod", "-m", "readiness(severity='critical')").ran

        assert "test_own.py::test_grave" in ran
        assert "test_own.py::test_slight" not in ran

    def test_m_selects_tests_of_ones_own_by_the_severity_of_their_item(self, project):
        project.tests('@readiness.backup("restore")\ndef test_orders_survive(): pass\n')

        ran = project.run("--readiness=prod", "-m", "readiness(severity='critical')").ran

        assert "test_own.py::test_orders_survive" in ran

    def test_m_selects_by_area_and_item(self, project):
        ran = project.run("--readiness=prod", "-m", "readiness(item='security/security-headers')").ran

        assert ran == [f"{HSTS}[prod]"]
        assert f"{HSTS}[prod]" in project.run("--readiness=prod", "-m", "readiness(area='security')").ran


class TestMemory:
    def test_lf_reruns_exactly_what_failed(self, project):
        """pytest 9.2 misses an item whose id has brackets unless it was given as text (pytest #15045)."""
        project.run("--readiness=all")

        assert project.run("--readiness=all", "--lf").ran == [
            f"{HSTS}[staging]",
            f"{FILE}::verdict[staging]",
            f"{FILE}::verdict[prod]",
        ]

    def test_lf_reruns_tests_of_ones_own(self, project):
        project.tests("""
            @readiness.security
            def test_fails(target): assert target.name == "prod"
            @readiness.security
            def test_holds(target): pass
        """)
        project.run("--readiness=all", "-k", "fails or holds")

        assert project.run("--readiness=all", "--lf").ran == ["test_own.py::test_fails[staging]"]

    def test_lf_is_never_ready(self, project):
        project.run("--readiness=staging", HSTS)
        project.mend()

        ended = project.judge("--readiness=staging", "--lf")

        assert ended.ran == [f"{HSTS}[staging]"]
        assert ended.ret == 0
        assert ended.verdicts == {"staging": "PARTIAL"}

    def test_ff_runs_everything_in_the_order_of_the_board(self, project):
        everything = project.run("--readiness=all").ran

        assert project.run("--readiness=all", "--ff").ran == everything


class TestCollectOnly:
    def test_it_gathers_nothing(self, project):
        ended = project.run("--readiness=all", "--collect-only")

        assert ended.ret == 0
        assert project.gathered == []

    def test_it_writes_no_report(self, project):
        """Nothing was judged, so an earlier report is not replaced by one that says nothing."""
        ended = project.judge("--readiness=all", "--collect-only")

        assert ended.report is None

    def test_it_shows_area_and_check(self, project):
        text = project.run("--readiness=prod", "--collect-only").text

        assert "<ReadinessFile readiness.toml>" in text
        assert "<AreaNode security>" in text
        assert "<CheckItem hsts[prod]>" in text
        assert text.index("<CheckItem liveness[prod]>") < text.index("<VerdictItem verdict[prod]>")


class TestGathering:
    def test_only_what_the_selection_needs_is_gathered(self, project):
        project.run("--readiness=all", f"{HSTS}[prod]")

        assert project.gathered == ["prod"]

    def test_a_selection_that_needs_nothing_gathers_nothing(self, project):
        project.run("--readiness=all", "-k", "rate-limiting")

        assert project.gathered == []

    def test_each_fact_is_gathered_once_per_target_however_many_ask(self, project):
        project.run("--readiness=all")

        assert project.gathered == ["prod", "staging"]
