"""`@readiness.<area>`, wherever pytest lets a mark stand."""

from __future__ import annotations

import pytest

from pytest_readiness import readiness
from pytest_readiness.marks import AREAS
from pytest_readiness.model import checks
from pytest_readiness.model.scales import Severity

ASYNCIO = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"


def own(ended) -> dict[str, str]:
    """The items of the user's tests, by node id, of a run of them with one target."""
    return {result["nodeid"]: result["item"] for result in ended.report["results"] if "test_own" in result["nodeid"]}


def test_there_is_a_mark_for_each_area():
    assert tuple(checks.AREAS) == AREAS
    assert set(AREAS) <= set(dir(readiness))


def test_severities_are_the_models():
    from pytest_readiness.marks import SEVERITIES

    assert Severity.words() == SEVERITIES


def test_a_misspelt_area_names_the_right_ones():
    with pytest.raises(AttributeError, match="no readiness area 'secutiry'; areas are infrastructure, security"):
        readiness.secutiry  # noqa: B018


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "item"),
        [
            ("@readiness.security\ndef test_a_door_is_shut(): pass", "security/a-door-is-shut"),
            ("@readiness.security()\ndef test_a_door_is_shut(): pass", "security/a-door-is-shut"),
            ("@readiness.backup('restore')\ndef test_a_door_is_shut(): pass", "backup/restore"),
            ("@readiness.backup('restore', severity='low')\ndef test_a_door_is_shut(): pass", "backup/restore"),
            ("@readiness.backup(severity='low')\ndef test_a_door_is_shut(): pass", "backup/a-door-is-shut"),
            ("pytestmark = readiness.launch\ndef test_a_door_is_shut(): pass", "launch/a-door-is-shut"),
            (
                "pytestmark = [readiness.data('privacy')]\ndef test_a_door_is_shut(): 0",
                "data/privacy",
            ),
        ],
    )
    def test_bare_called_and_for_a_module(self, project, text, item):
        project.tests(text)

        assert own(project.judge("--readiness=prod")) == {"test_own.py::test_a_door_is_shut": item}

    def test_on_a_class_it_holds_for_each_test(self, project):
        project.tests("""
            @readiness.operations
            class TestDoors:
                def test_front(self): pass
                def test_back(self): pass
                @readiness.security("exposure")
                def test_cellar(self): pass
        """)

        assert own(project.judge("--readiness=prod")) == {
            "test_own.py::TestDoors::test_front": "operations/front",
            "test_own.py::TestDoors::test_back": "operations/back",
            "test_own.py::TestDoors::test_cellar": "security/exposure",
        }

    def test_on_parameters(self, project):
        project.tests("""
            @pytest.mark.parametrize("door", [
                pytest.param("front", marks=readiness.security("authentication")),
                pytest.param("back", marks=[readiness.security("authorization")]),
                "of-the-application",
            ])
            def test_is_shut(door): pass
        """)

        assert own(project.judge("--readiness=prod")) == {
            "test_own.py::test_is_shut[front]": "security/authentication",
            "test_own.py::test_is_shut[back]": "security/authorization",
        }

    def test_with_a_target_parameters_come_first_in_the_id(self, project):
        project.tests("""
            @readiness.security
            @pytest.mark.parametrize("door", ["front", "back"])
            def test_is_shut(door, target): assert target.name
        """)
        ran = project.run("--readiness=all", "test_own.py").ran

        assert {nodeid.partition("[")[2] for nodeid in ran} == {
            "staging-front]",
            "staging-back]",
            "prod-front]",
            "prod-back]",
        }
        assert project.run("--readiness=all", ran[0]).ran == ran[:1]

    def test_on_an_async_test(self, project):
        project.write("pytest.ini", ASYNCIO)
        project.tests("@readiness.security\nasync def test_a_door_is_shut(greeting): assert 'prod' in greeting")
        ended = project.judge("--readiness=prod", "test_own.py", plugins=("asyncio",))

        assert ended.states == {"test_own.py::test_a_door_is_shut[prod]": "PASS"}

    def test_on_a_unittest_case(self, project):
        project.tests("""
            import unittest
            @readiness.security
            class Doors(unittest.TestCase):
                def test_front(self): self.assertTrue(True)
                def test_back(self): self.assertTrue(False)
                def test_side(self): self.skipTest("snow")
        """)
        states = project.judge("--readiness=prod", "test_own.py").states

        assert states == {
            "test_own.py::Doors::test_front": "PASS",
            "test_own.py::Doors::test_back": "FAIL",
            "test_own.py::Doors::test_side": "UNVERIFIED",
        }

    def test_on_doctests_and_other_items_it_is_not_needed(self, project):
        project.tests('"""\n>>> 1\n2\n"""')
        ended = project.run("--readiness=prod", "--doctest-modules", "test_own.py")

        assert ended.ret == pytest.ExitCode.NO_TESTS_COLLECTED


class TestMistakes:
    @pytest.mark.parametrize(
        ("mark", "words"),
        [
            ("pytest.mark.readiness", "use @readiness.<area>; areas are infrastructure, security,"),
            ("pytest.mark.readiness(area='secutiry')", "use @readiness.<area>; areas are infrastructure, security,"),
            ("readiness.security(severity='grave')", "severity='grave' is not one of low, medium, high, critical"),
            ("readiness.security('exposure', owner='dana')", '@readiness.security("item", severity=…), nothing else'),
            ("readiness.security('exposure', 'high')", '@readiness.security("item", severity=…), nothing else'),
            ("readiness.security(17)", '@readiness.security("item", severity=…), nothing else'),
            ("readiness.security('No Such Name')", "'No Such Name' is no item name"),
        ],
    )
    def test_each_is_an_error_that_names_the_test(self, project, mark, words):
        project.tests(f"@{mark}\ndef test_a_door_is_shut(): pass")
        ended = project.run("--readiness=prod")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert f"test_own.py::test_a_door_is_shut: {words}" in ended.text or words in ended.text
        assert "test_own.py::test_a_door_is_shut" in ended.text
        assert "Traceback" not in ended.text
        assert "NOT READY" not in ended.text  # nothing was judged
        assert project.gathered == []

    def test_a_misspelt_item_of_a_known_name_is_an_item_of_its_own(self, project):
        """There is no telling a misspelling from an item of one's own; the placeholder stays and says so."""
        project.tests("@readiness.backup('restor')\ndef test_orders_survive(): pass")
        items = project.judge("--readiness=prod").items

        assert (items["backup/restor"], items["backup/restore"]) == ("PASS", "UNVERIFIED")

    def test_the_readiness_of_another_package_does_no_harm(self, project):
        project.tests("@pytest.mark.security\ndef test_app(): raise AssertionError('an application test')")

        assert project.run("--readiness=prod", "test_own.py").ran == []
