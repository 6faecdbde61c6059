"""How long a certificate may hold, and how much of that must be left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pytest_readiness.standards.tls.certificate_lifetimes import cap, limits, renewal_due
from pytest_readiness.standards.tls.spans import days, span

DAY = timedelta(days=1)


class TestCap:
    @pytest.mark.parametrize(
        ("issued", "longest"),
        [
            ((2018, 2, 28), None),
            ((2020, 8, 31), 825),
            ((2020, 9, 1), 398),
            ((2026, 3, 14), 398),
            ((2026, 3, 15), 200),
            ((2027, 3, 14), 200),
            ((2027, 3, 15), 100),
            ((2029, 3, 14), 100),
            ((2029, 3, 15), 47),
        ],
    )
    def test_goes_by_the_day_of_issue(self, issued, longest) -> None:
        assert cap(datetime(*issued, tzinfo=UTC)) == (None if longest is None else longest * DAY)


class TestLimits:
    @pytest.mark.parametrize(
        ("lifetime", "due", "overdue"),
        [
            (6 * DAY, 3 * DAY, 2.25 * DAY),
            (45 * DAY, 15 * DAY, 11.25 * DAY),
            (64 * DAY, 64 * DAY / 3, 14 * DAY),
            (90 * DAY, 30 * DAY, 15 * DAY),
            (200 * DAY, 200 * DAY / 3, 200 * DAY / 6),
            (398 * DAY, 398 * DAY / 3, 398 * DAY / 6),
        ],
    )
    def test_go_by_the_lifetime(self, lifetime, due, overdue) -> None:
        found = limits(lifetime, 14 * DAY)
        assert (found.due, found.overdue) == (due, overdue)

    def test_a_certificate_just_issued_is_never_overdue(self) -> None:
        for hours in range(1, 24 * 400, 7):
            lifetime = timedelta(hours=hours)
            assert limits(lifetime, 400 * DAY).overdue < renewal_due(lifetime) < lifetime

    def test_a_higher_floor_is_heeded_within_reason(self) -> None:
        assert limits(90 * DAY, 20 * DAY).overdue == 20 * DAY
        assert limits(90 * DAY, 60 * DAY).overdue == 22.5 * DAY


class TestSpans:
    @pytest.mark.parametrize(
        ("length", "words"),
        [
            (timedelta(days=10, hours=23), "10 days"),
            (timedelta(days=1), "1 day"),
            (timedelta(hours=30), "30 hours"),
            (timedelta(minutes=90), "90 minutes"),
            (timedelta(seconds=5), "5 seconds"),
            (timedelta(days=-3), "3 days"),
        ],
    )
    def test_are_said_as_people_do(self, length: timedelta, words: str) -> None:
        assert span(length) == words

    def test_are_measured_in_days(self) -> None:
        assert days(timedelta(hours=36)) == 1.5
