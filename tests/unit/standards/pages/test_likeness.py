"""Answers of the same site are alike although their bytes differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.model.http import Exchange, Headers
from pytest_readiness.standards.headers import http_date
from pytest_readiness.standards.pages.likeness import likeness

URL = "https://shop.test/"


def html(body: str, status: int = 200) -> Exchange:
    return Exchange("GET", URL, status, Headers((("Content-Type", "text/html"),)), body.encode())


def other(kind: str, body: bytes = b"") -> Exchange:
    return Exchange("GET", URL, 200, Headers((("Content-Type", kind),)), body)


def redirect(to: str) -> Exchange:
    return Exchange("GET", URL, 302, Headers((("Location", to),)))


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (html("<title>Shop</title>a"), html("<title>Shop</title>b")),
        (html("<title>Shop (3)</title>"), html("<title> Shop (12) </title>")),
        (html("no title"), html("none here")),
        (other("application/json; charset=utf-8", b"1"), other("application/json", b"2")),
        (redirect("/login?next=1"), redirect("/login?next=2")),
        (html("x", 401), html("x", 403)),
    ],
)
def test_these_are_the_same_site(one: Exchange, another: Exchange):
    assert likeness(one) == likeness(another)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (html("<title>Shop</title>"), html("<title>Parking</title>")),
        (html("<title>Shop</title>"), html("no title")),
        (html("<title>Shop</title>"), html("<title>Shop</title>", 404)),
        (other("application/json"), html("{}")),
        (redirect("/login"), redirect("https://other.test/")),
        (redirect("/login"), html("<title>Shop</title>")),
    ],
)
def test_these_are_two_sites(one: Exchange, another: Exchange):
    assert likeness(one) != likeness(another)


@given(st.text())
def test_any_date_can_be_read(value: str):
    moment = http_date.parse(value)
    assert moment is None or moment.tzinfo is not None
