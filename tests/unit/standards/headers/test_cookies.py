"""Set-Cookie lines are read, kept and dropped as in browsers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.headers import cookie_dates
from pytest_readiness.standards.headers.cookie_purposes import guards_forms, is_credential
from pytest_readiness.standards.headers.cookies import Cookie, SameSite, parse, rejection

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class TestParse:
    @pytest.mark.parametrize(
        ("line", "cookie"),
        [
            ("a=b", Cookie("a", "b")),
            (" a = b ; ", Cookie("a", "b")),
            ("a=b=c", Cookie("a", "b=c")),
            ("a=", Cookie("a", "")),
            ("b", Cookie("", "b")),
            ("=b", Cookie("", "b")),
            ('a="b"', Cookie("a", '"b"')),
            ("a=b; SECURE; httponly=no; Partitioned", Cookie("a", "b", secure=True, http_only=True, partitioned=True)),
            ("a=b, c=d; Secure", Cookie("a", "b, c=d", secure=True)),
            ("a=b; Secured; Http-Only", Cookie("a", "b")),
            ("a=b; SameSite=lax", Cookie("a", "b", same_site=SameSite.LAX)),
            ("a=b; samesite = Strict", Cookie("a", "b", same_site=SameSite.STRICT)),
            ("a=b; SameSite=None", Cookie("a", "b", same_site=SameSite.NONE)),
            ("a=b; SameSite=nope", Cookie("a", "b")),
            ("a=b; SameSite", Cookie("a", "b")),
            ("a=b; SameSite=Lax; SameSite=Strict", Cookie("a", "b", same_site=SameSite.STRICT)),
            ("a=b; Domain=.Shop.test", Cookie("a", "b", domain="shop.test")),
            ("a=b; Domain=", Cookie("a", "b")),
            ("a=b; Path=/x", Cookie("a", "b", path="/x")),
            ("a=b; Path=x", Cookie("a", "b")),
            ("a=b; Max-Age=-1", Cookie("a", "b", max_age=-1)),
            ("a=b; Max-Age=60; Max-Age=x", Cookie("a", "b", max_age=60)),
            (f"a=b; Max-Age={'9' * 5000}", Cookie("a", "b")),
            (f"a=b; Max-Age={'9' * 500}", Cookie("a", "b", max_age=400 * 86400)),
            (f"a=b; Max-Age=-{'9' * 500}", Cookie("a", "b", max_age=-1)),
            (f"a=b; Path=/{'x' * 1024}", Cookie("a", "b")),
        ],
    )
    def test_a_line_describes_a_cookie(self, line, cookie):
        assert parse(line) == cookie

    @pytest.mark.parametrize("line", ["", "=", " ; Secure", "a=b\x00", "a=b\x7f; Secure", f"a={'b' * 4096}"])
    def test_browsers_ignore_the_line(self, line):
        assert parse(line) is None

    @given(st.text() | st.text("=; -,abcdeEgMaxP\t"), st.text())
    def test_nothing_raises(self, line, host):
        cookie = parse(line)
        if cookie:
            rejection(cookie, host, secure=True)
            cookie.deleted(NOW)
            is_credential(cookie)


class TestRejection:
    @pytest.mark.parametrize(
        "line",
        [
            "__Host-a=b; Path=/",
            "__Host-a=b; Secure",
            "__Host-a=b; Secure; Path=/x",
            "__Host-a=b; Secure; Path=/; Domain=shop.test",
            "__HOST-a=b; Secure",
            "__Secure-a=b",
            "__secure-a=b",
            "__Http-a=b; Secure",
            "__Host-Http-a=b; Secure; Path=/",
            "__Host-Http-a=b; Secure; HttpOnly",
            "=__Host-a; Secure; Path=/",
            "__Secure-x",
            "a=b; SameSite=None",
            "a=b; Partitioned",
            "a=b; Domain=other.test",
            "a=b; Domain=op.test",
            "a=b; Domain=www.shop.test",
        ],
    )
    def test_browsers_drop_the_cookie(self, line):
        assert rejection(parse(line), "shop.test", secure=True) != ""

    @pytest.mark.parametrize(
        "line",
        [
            "__Host-a=b; Secure; Path=/",
            "__Host-a=b; Secure; Path=/; Domain=",
            "__Secure-a=b; Secure; Domain=shop.test",
            "__Http-a=b; Secure; HttpOnly",
            "__Host-Http-a=b; Secure; HttpOnly; Path=/",
            "a=__Host-b",
            "a=b; SameSite=None; Secure",
            "a=b; Partitioned; Secure",
            "a=b; Domain=.SHOP.test",
            "a=b",
        ],
    )
    def test_browsers_keep_the_cookie(self, line):
        assert rejection(parse(line), "shop.test", secure=True) == ""

    def test_a_secure_cookie_over_plain_http_is_dropped(self):
        assert (
            rejection(Cookie("a", secure=True), "shop.test", secure=False) == "it is Secure and was set over plain HTTP"
        )

    def test_a_domain_covers_the_names_below_it_but_no_address(self):
        assert rejection(Cookie("a", domain="shop.test"), "www.shop.test", secure=True) == ""
        assert rejection(Cookie("a", domain="0.0.1"), "127.0.0.1", secure=True) != ""


class TestDeletion:
    @pytest.mark.parametrize(
        ("line", "deleted"),
        [
            ("a=; Max-Age=0", True),
            ("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", True),
            ("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", False),
            ("a=b; Expires=Fri, 01 Jan 2100 00:00:00 GMT", False),
            ("a=b; Expires=whenever", False),
            ("a=b", False),
        ],
    )
    def test_whether_the_line_takes_the_cookie_away(self, line, deleted):
        assert parse(line).deleted(NOW) is deleted


class TestDates:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("Wed, 09 Jun 2021 10:18:14 GMT", datetime(2021, 6, 9, 10, 18, 14, tzinfo=UTC)),
            ("Wednesday, 09-Jun-21 10:18:14 GMT", datetime(2021, 6, 9, 10, 18, 14, tzinfo=UTC)),
            ("Wed Jun  9 10:18:14 2021", datetime(2021, 6, 9, 10, 18, 14, tzinfo=UTC)),
            ("10:18:14 9 June 1999", datetime(1999, 6, 9, 10, 18, 14, tzinfo=UTC)),
            ("9 jun 99 1:2:3", datetime(1999, 6, 9, 1, 2, 3, tzinfo=UTC)),
            ("9 jun 1600 1:2:3", None),
            ("31 feb 2021 1:2:3", None),
            ("9 jun 2021 24:00:00", None),
            ("9 jun 2021", None),
            ("", None),
        ],
    )
    def test_a_date_is_read_in_any_order(self, text, moment):
        assert cookie_dates.parse(text) == moment

    @given(st.text() | st.text("0123456789:- janFEB"))
    def test_nothing_raises(self, text):
        cookie_dates.parse(text)


class TestPurposes:
    @pytest.mark.parametrize(
        "name",
        [
            *(
                "sid",
                "connect.sid",
                "PHPSESSID",
                "JSESSIONID",
                "ASP.NET_SessionId",
                "auth_token",
                "access-token",
                "jwt",
            ),
            *("laravel_session", "remember_me", "wordpress_logged_in_1", ".AspNetCore.Cookies", "__Host-SSID", "SSO"),
        ],
    )
    def test_a_name_that_stands_for_the_visitor(self, name):
        assert is_credential(Cookie(name, "x"))

    @pytest.mark.parametrize(
        "name",
        [
            *("_ga", "theme", "consent", "XSRF-TOKEN", "csrftoken", "author", "side"),
            *("AWSALB", "ARRAffinity", "heroku-session-affinity"),
        ],
    )
    def test_a_name_that_does_not(self, name):
        assert not is_credential(Cookie(name, "x"))

    def test_a_signed_token_is_a_credential_whatever_its_name(self):
        assert is_credential(Cookie("data", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"))

    def test_tokens_against_request_forgery_are_known(self):
        assert [guards_forms(Cookie(name)) for name in ("XSRF-TOKEN", "csrftoken", "sid")] == [True, True, False]
