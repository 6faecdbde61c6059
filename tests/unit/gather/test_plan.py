"""Which evidence a run needs, in which order, and what is wrong with what it asks for."""

from __future__ import annotations

import pytest

from pytest_readiness.gather.plan import catalogue, closure, effect_of
from pytest_readiness.model.evidence import Source, evidence
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.scales import Effect


def source(name: str, *needs: str, effect: str = "observe") -> Source:
    """Return a source called ``name`` that asks for ``needs``."""
    namespace: dict[str, object] = {}
    exec(f"async def gather({', '.join(needs)}): return None", namespace)
    return evidence(name=name, effect=effect)(namespace["gather"])


def sources(*given: Source) -> dict[str, Source]:
    return {each.name: each for each in given}


LANDING = source("landing", "http", "target")
PAGES = source("pages", "http", "landing")
COOKIES = source("cookies", "pages", "landing")
BURST = source("burst", "landing", effect="exercise")
ALL = sources(COOKIES, BURST, PAGES, LANDING)


class TestClosure:
    def test_holds_what_is_asked_for_and_what_that_builds_on(self) -> None:
        assert closure(["cookies"], ALL) == ("landing", "pages", "cookies")

    def test_holds_nothing_else_and_nothing_twice(self) -> None:
        assert closure(["cookies", "landing", "cookies"], ALL) == ("landing", "pages", "cookies")
        assert closure(["landing"], ALL) == ("landing",)
        assert closure([], ALL) == ()

    def test_suggests_the_nearest_name(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            closure(["cookie"], ALL)
        assert str(caught.value) == "there is no evidence 'cookie'; did you mean 'cookies'?"

    def test_says_who_asked(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            closure(["a"], sources(source("a", "b"), source("b", "xyz")))
        assert str(caught.value) == "there is no evidence 'xyz', which 'b' asks for; there is a, b"

    def test_says_where_evidence_builds_on_itself(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            closure(["a"], sources(source("a", "b"), source("b", "c"), source("c", "a")))
        assert str(caught.value) == "evidence builds on itself: a → b → c → a"


class TestCatalogue:
    def test_is_by_name(self) -> None:
        assert catalogue([LANDING, PAGES, LANDING]) == {"landing": LANDING, "pages": PAGES}

    def test_refuses_two_of_a_name(self) -> None:
        with pytest.raises(ConfigurationError, match=r"^two functions are called evidence 'landing': .*; rename one$"):
            catalogue([LANDING, source("landing")])

    @pytest.mark.parametrize("name", ["target", "http", "sockets", "resolver", "thresholds"])
    def test_refuses_the_name_of_a_client(self, name: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            catalogue([source(name)])
        assert str(caught.value) == f"evidence {name!r} has the name of a client; choose another name"


def test_the_effect_of_evidence_is_the_greatest_of_all_it_builds_on() -> None:
    known = ALL | sources(source("verdicts", "burst"))
    assert effect_of(["cookies"], known) is Effect.OBSERVE
    assert effect_of(["cookies", "verdicts"], known) is Effect.EXERCISE
    assert effect_of([], known) is Effect.OBSERVE
