"""Which targets a run judges, and where they are configured."""

from __future__ import annotations

import pytest

HOOK = """
    def pytest_readiness_targets(config):
        return {"review": {"url": "https://review.shop.test"}}
"""


def judged(ended) -> list[str]:
    """The targets that the header names, in order."""
    return [line.split()[1] for line in ended.text.splitlines() if line.startswith("readiness: ") and " = " in line]


class TestTheCommandLine:
    @pytest.fixture
    def project(self, project):
        project.write("readiness.toml", "".join(f'[targets.{n}]\nurl = "https://{n}.test"\n' for n in NAMES))
        return project

    @pytest.mark.parametrize(
        ("arguments", "names"),
        [
            (["--readiness=prod-eu"], ["prod-eu"]),
            (["--readiness", "prod-eu"], ["prod-eu"]),
            (["--readiness=prod-us", "--readiness=staging"], ["prod-us", "staging"]),
            (["--readiness=staging,prod-us"], ["staging", "prod-us"]),
            (["--readiness=staging, prod-us,"], ["staging", "prod-us"]),
            (["--readiness=prod-*"], ["prod-eu", "prod-us"]),
            (["--readiness=*-us,*-eu"], ["prod-us", "prod-eu"]),
            (["--readiness=all"], ["staging", "prod-eu", "prod-us"]),
            (["--readiness=prod-us,all,prod-us"], ["prod-us", "staging", "prod-eu"]),
        ],
    )
    def test_targets_are_named_listed_and_matched_each_once_in_the_order_asked_for(self, project, arguments, names):
        ended = project.run(*arguments, "-k", "hsts")

        assert judged(ended) == names
        assert [nodeid.partition("[")[2].rstrip("]") for nodeid in ended.ran] == names

    @pytest.mark.parametrize("word", ["production", "prod-*,nobody-*", "PROD-EU"])
    def test_an_unknown_target_is_an_error_that_lists_the_known_ones(self, project, word):
        ended = project.run(f"--readiness={word}")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "there is no such target; known are staging, prod-eu, prod-us" in ended.text
        assert project.gathered == []

    @pytest.mark.parametrize("word", ["", ",", " "])
    def test_a_word_that_names_no_target_is_an_error(self, project, word):
        """A pipeline with an empty variable must not judge nothing and be green."""
        ended = project.run(f"--readiness={word}")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "known are staging, prod-eu, prod-us" in ended.text

    def test_the_option_does_not_swallow_a_path(self, project):
        """`pytest --readiness tests` names a target that is not there rather than judging something else."""
        assert project.run("--readiness", "tests").ret == pytest.ExitCode.USAGE_ERROR


NAMES = ("staging", "prod-eu", "prod-us")


class TestReadinessToml:
    def test_without_a_target_the_error_says_how_to_write_one(self, bare):
        ended = bare.run("--readiness=prod")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "no target is configured" in ended.text
        assert "[targets.prod]" in ended.text
        assert "pytest-readiness init URL" in ended.text

    def test_a_file_without_targets_has_none_configured(self, bare):
        bare.write("readiness.toml", '[thresholds]\nhsts_max_age = "30d"\n')

        assert "no target is configured" in bare.run("--readiness=prod").text

    def test_without_an_ini_file_the_folder_that_pytest_starts_in_is_looked_at(self, project):
        (project.path / "pytest.ini").unlink()

        assert project.run("--readiness=prod", "-k", "hsts").ret == 0

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("urll = 'https://x.test'", "did you mean 'url'?"),
            ("url = 'https://user:hunter2@x.test'", "there is a password in the URL"),
            ("url = 'env:NOT_SET_ANYWHERE'", "export NOT_SET_ANYWHERE"),
            ("url = ", "is no valid TOML"),
        ],
    )
    def test_a_mistake_is_one_clear_error_and_nothing_is_sent(self, project, line, words):
        project.write("readiness.toml", f"[targets.prod]\n{line}\n")
        ended = project.run("--readiness=prod")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert words in ended.text
        assert "readiness.toml" in ended.text
        assert "Traceback" not in ended.text
        assert "hunter2" not in ended.text
        assert project.gathered == []

    def test_a_mistake_is_no_concern_of_a_plain_run(self, project):
        project.write("readiness.toml", "nonsense")

        assert project.run().ret == 0


class TestPyproject:
    TABLE = """
        [tool.readiness.targets.prod]
        url = "https://shop.test"
        [tool.pytest.ini_options]
    """

    @pytest.fixture
    def project(self, project):
        (project.path / "readiness.toml").unlink()
        (project.path / "pytest.ini").unlink()
        project.write("pyproject.toml", self.TABLE)
        return project

    def test_tool_readiness_serves_too_and_ids_start_with_the_file(self, project):
        ended = project.run("--readiness=prod", "-k", "hsts")

        assert ended.ran == ["pyproject.toml::security::hsts[prod]"]
        assert project.run("--readiness=prod", *ended.ran).ran == ended.ran

    def test_both_files_are_an_error(self, project):
        project.write("readiness.toml", '[targets.prod]\nurl = "https://other.test"\n')
        ended = project.run("--readiness=prod")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "targets are configured twice" in ended.text

    def test_readiness_toml_beside_another_projects_pyproject_is_fine(self, project):
        project.write("pyproject.toml", "[tool.ruff]\nline-length = 100\n[tool.pytest.ini_options]\n")
        project.write("readiness.toml", '[targets.prod]\nurl = "https://shop.test"\n')

        assert project.run("--readiness=prod", "-k", "hsts").ran == ["readiness.toml::security::hsts[prod]"]


class TestTheHook:
    def conftest(self, project, more=HOOK):
        text = (project.path / "conftest.py").read_text()
        project.write("conftest.py", text)
        with (project.path / "conftest.py").open("a") as file:
            file.write("\n".join(line.removeprefix("    ") for line in more.splitlines()) + "\n")

    def test_a_conftest_adds_targets_to_those_of_the_file(self, project):
        self.conftest(project)

        assert judged(project.run("--readiness=all", "-k", "hsts")) == ["staging", "prod", "review"]

    def test_a_conftest_can_be_the_only_one_to_name_targets(self, project):
        (project.path / "readiness.toml").unlink()
        self.conftest(project)

        ended = project.run("--readiness=review", "-k", "hsts")

        assert ended.ran == ["conftest.py::security::hsts[review]"]
        assert project.run("--readiness=review", *ended.ran).ran == ended.ran

    def test_a_plugin_can_be_the_only_one_to_name_targets(self, bare):
        bare.write("acme.py", HOOK)
        bare.pytester.syspathinsert()
        ended = bare.run("--readiness=review", "-k", "rto", plugins=("acme",))

        assert ended.ran == ["pytest.ini::backup::rto[review]"]

    def test_without_any_file_to_collect_under_the_error_says_so(self, bare):
        (bare.path / "pytest.ini").unlink()
        (bare.path / "plugins").mkdir()
        bare.write("plugins/acme.py", HOOK)
        bare.pytester.syspathinsert(bare.path / "plugins")
        ended = bare.run("--readiness=review", plugins=("acme",))

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "there is no file to collect the checklist under; write readiness.toml" in ended.text

    def test_a_name_that_the_file_has_already_is_an_error(self, project):
        self.conftest(project, HOOK.replace("review", "prod"))
        ended = project.run("--readiness=prod")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "targets.prod: there is a target of that name already" in ended.text

    def test_a_mistake_in_it_names_the_hook(self, project):
        self.conftest(project, HOOK.replace("url", "link"))
        ended = project.run("--readiness=review")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "pytest_readiness_targets: targets.review.link: unknown key" in ended.text

    def test_it_may_name_none(self, project):
        self.conftest(project, "    def pytest_readiness_targets(config):\n        return None\n")

        assert judged(project.run("--readiness=all", "-k", "hsts")) == ["staging", "prod"]


class TestOptions:
    @pytest.mark.parametrize(
        ("argument", "words"),
        [
            ("--readiness-gate=severe", "'severe' is not one of low, medium, high, critical"),
            ("--readiness-level=platinum", "'platinum' is not one of bronze, silver, gold"),
            ("--readiness-allow=destroy", "'destroy' is not one of observe, exercise, disrupt"),
            ("--readiness-allow=exercise", 'write allow_up_to = "exercise" into [targets.prod]'),
            ("--readiness-allow=disrupt", "production is never disrupted"),
        ],
    )
    def test_a_wrong_word_is_an_error_that_lists_the_right_ones(self, project, argument, words):
        ended = project.run("--readiness=prod", argument)

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert words in ended.text
        assert argument.partition("=")[0] in ended.text

    def test_allow_widens_the_run_as_far_as_the_target_says(self, project):
        project.write("readiness.toml", '[targets.prod]\nurl = "https://shop.test"\nallow_up_to = "exercise"\n')
        project.tests("""
            @readiness.evidence(effect="exercise")
            async def burst(): return "turned away"
            @readiness.security("rate-limiting")
            def test_a_burst_is_turned_away(burst): assert burst == "turned away"
        """)
        nodeid = "test_own.py::test_a_burst_is_turned_away[prod]"
        observed = project.judge("--readiness=prod", "-k", "burst")
        widened = project.judge("--readiness=prod", "-k", "burst", "--readiness-allow=exercise")

        assert observed.result(nodeid)["state"] == "UNVERIFIED"
        assert observed.result(nodeid)["fix"] == '[targets.prod] allow = "exercise"'
        assert observed.ret == 1
        assert widened.result(nodeid)["state"] == "PASS"
        assert widened.ret == 0
