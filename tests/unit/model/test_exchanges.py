"""HTTP as it was seen."""

from __future__ import annotations

import pickle

import pytest

from pytest_readiness.model.http import Cause, Exchange, Headers, Silence

HEADERS = Headers((("Set-Cookie", "a=1"), ("SERVER", "x"), ("set-cookie", "b=2")))


class TestHeaders:
    def test_keep_every_line_in_order_whatever_its_case(self) -> None:
        assert HEADERS.all("SET-cookie") == ("a=1", "b=2")
        assert list(HEADERS) == [("Set-Cookie", "a=1"), ("SERVER", "x"), ("set-cookie", "b=2")]

    def test_tell_the_first_and_all_joined(self) -> None:
        assert (HEADERS.first("set-cookie"), HEADERS.joined("set-cookie")) == ("a=1", "a=1, b=2")

    def test_have_nothing_where_there_is_no_such_line(self) -> None:
        assert (HEADERS.first("via"), HEADERS.joined("via"), HEADERS.all("via")) == (None, None, ())

    def test_contain_names_and_nothing_else(self) -> None:
        assert "server" in HEADERS
        assert "via" not in HEADERS
        assert 5 not in HEADERS


@pytest.mark.parametrize(
    ("kind", "html"),
    [
        ("text/html", True),
        ("Text/HTML; charset=utf-8", True),
        ("application/xhtml+xml", True),
        ("text/plain", False),
        ("application/json", False),
        (None, False),
    ],
)
def test_an_answer_is_html_by_its_media_type(kind: str | None, html: bool) -> None:
    headers = Headers((("content-type", kind),)) if kind else Headers()
    assert Exchange("GET", "https://shop.test", 200, headers).is_html is html


def test_a_body_is_text_whatever_its_bytes() -> None:
    assert Exchange("GET", "https://shop.test", 200, body=b"caf\xe9").text == "caf\ufffd"


def test_a_silence_says_why() -> None:
    assert str(Silence("GET", "https://shop.test", Cause.REFUSED)) == "refused"
    assert str(Silence("GET", "https://shop.test", Cause.TLS, "no shared cipher")) == (
        "TLS handshake failed (no shared cipher)"
    )


@pytest.mark.parametrize(
    "fact", [Exchange("GET", "https://shop.test", 200, HEADERS, b"x"), Silence("GET", "https://shop.test", Cause.TLS)]
)
def test_what_was_seen_is_plain_data(fact: object) -> None:
    assert pickle.loads(pickle.dumps(fact)) == fact
