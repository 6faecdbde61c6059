"""Checks and sources of evidence: functions that know what they prove and what they need."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pytest_readiness.model.checks import AREAS, Item, check
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.scales import Effect, Level, Severity
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds


@check("security/security-headers", severity="high", thresholds=("hsts_max_age",), source="RFC 6797")
def told_to_come_back(landing: str, target: Target, thresholds: Thresholds, now: datetime) -> Iterator[Finding]:
    """Browsers are told to come back
    over HTTPS.

    Measured on the landing page.
    """
    yield Finding(landing)


class TestACheck:
    def test_knows_what_it_proves_and_by_what(self) -> None:
        assert (told_to_come_back.id, told_to_come_back.item, told_to_come_back.area, told_to_come_back.severity) == (
            "security::told-to-come-back",
            "security/security-headers",
            "security",
            Severity.HIGH,
        )

    def test_needs_the_evidence_among_its_parameters(self) -> None:
        assert told_to_come_back.needs == ("landing",)

    def test_says_what_holds_and_how_it_is_measured(self) -> None:
        assert told_to_come_back.statement == "Browsers are told to come back over HTTPS."
        assert told_to_come_back.details == "Measured on the landing page."

    def test_is_called_like_its_function(self) -> None:
        target = Target("prod", "https://shop.test")
        found = told_to_come_back("none", target, Thresholds(), datetime(2026, 11, 2, tzinfo=UTC))
        assert list(found) == [Finding("none")]

    @pytest.mark.parametrize("item", ["", "security", "security/", "/x", "safety/x"])
    def test_proves_an_item_of_one_of_the_areas(self, item: str) -> None:
        with pytest.raises(ValueError, match="is no item id: write area/name with one of infrastructure, security"):
            check(item)

    def test_has_a_severity_of_the_scale(self) -> None:
        with pytest.raises(ValueError, match="'awful' is not one of low, medium, high, critical"):
            check("security/x", severity="awful")(lambda: ())

    def test_can_be_named(self) -> None:
        assert check("security/x", name="other")(lambda: ()).id == "security::other"


def test_an_item_knows_its_area() -> None:
    item = Item("security/security-headers", "Security headers", Severity.HIGH, Level.BRONZE)
    assert (item.area, item.name) == ("security", "security-headers")
    assert item.area in AREAS


class TestASourceOfEvidence:
    def test_needs_what_is_no_client(self) -> None:
        @evidence(sends="one GET", effect="exercise", deadline=timedelta(seconds=5))
        async def pages(target, thresholds, http, sockets, resolver, landing, headers) -> None:
            """The pages
            that are looked at.

            One by one.
            """

        assert pages.needs == ("landing", "headers")
        assert (pages.name, pages.effect, pages.deadline, pages.sends) == (
            "pages",
            Effect.EXERCISE,
            timedelta(seconds=5),
            "one GET",
        )
        assert pages.statement == "The pages that are looked at."

    async def test_serves_bare_and_is_called_like_its_function(self) -> None:
        @evidence
        async def landing(target: str) -> str:
            return target

        assert (landing.effect, landing.deadline) == (Effect.OBSERVE, timedelta(seconds=30))
        assert await landing("x") == "x"

    def test_is_async_because_evidence_is_gathered_side_by_side(self) -> None:
        with pytest.raises(TypeError, match="is no async function"):
            evidence(lambda: None)

    def test_has_an_effect_of_the_scale(self) -> None:
        async def pages() -> None: ...

        with pytest.raises(ValueError, match="'destroy' is not one of observe, exercise, disrupt"):
            evidence(effect="destroy")(pages)
