"""Where an answer sends the browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.model.http import Exchange, Headers
from pytest_readiness.standards.pages.redirects import destination, leaves


def answer(location: str | None, status: int = 302) -> Exchange:
    lines = () if location is None else (("Location", location),)
    return Exchange("GET", "https://shop.test/a/b", status, Headers(lines))


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://www.shop.test/", "https://www.shop.test/"),
        ("/login", "https://shop.test/login"),
        ("c", "https://shop.test/a/c"),
        ("//other.test", "https://other.test"),
        ("\\\\other.test", "https://other.test"),  # browsers read a backslash as a slash
        ("mailto:a@shop.test", None),
        ("https://[", None),
        (None, None),
    ],
)
def test_location_is_resolved_as_browsers_do(location: str | None, expected: str | None):
    assert destination(answer(location)) == expected


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 404])
def test_browsers_do_not_follow_other_statuses(status: int):
    assert destination(answer("/x", status)) is None


@pytest.mark.parametrize(
    ("location", "away"),
    [
        ("https://SHOP.test:8443/", False),
        ("http://shop.test/", False),
        ("https://www.shop.test/", True),
        ("//shop.test.evil.example/", True),
        (None, False),
    ],
)
def test_another_host_is_away_and_another_port_is_not(location: str | None, away: bool):
    assert leaves(answer(location)) is away


@given(st.text())
def test_any_location_can_be_read(location: str):
    destination(answer(location))
