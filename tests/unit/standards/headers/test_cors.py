"""What a browser lets another site read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.model.http import Exchange, Headers
from pytest_readiness.standards.headers.cors import preflight_allows, shares_with

ORIGIN = "https://foreign.test"


def fields(*allowed, credentials=None, methods=None):
    lines = [("access-control-allow-origin", value) for value in allowed]
    lines += [("Access-Control-Allow-Credentials", credentials)] if credentials is not None else []
    lines += [("Access-Control-Allow-Methods", methods)] if methods is not None else []
    return Headers(tuple(lines))


class TestSharing:
    @pytest.mark.parametrize(
        ("headers", "plain", "with_credentials"),
        [
            (fields(), False, False),
            (fields("*"), True, False),
            (fields("*", credentials="true"), True, False),
            (fields(ORIGIN), True, False),
            (fields(ORIGIN, credentials="true"), True, True),
            (fields(f" {ORIGIN}\t", credentials="true"), True, True),
            (fields(ORIGIN, credentials="True"), True, False),
            (fields(ORIGIN, credentials="true, true"), True, False),
            (fields(ORIGIN, credentials="1"), True, False),
            (fields(ORIGIN.upper(), credentials="true"), False, False),
            (fields(f"{ORIGIN}/", credentials="true"), False, False),
            (fields(f"{ORIGIN}, {ORIGIN}", credentials="true"), False, False),
            (fields(ORIGIN, ORIGIN, credentials="true"), False, False),
            (fields("https://*.test"), False, False),
            (fields("null", credentials="true"), False, False),
            (fields("https://shop.test", credentials="true"), False, False),
        ],
    )
    def test_who_may_read(self, headers, plain, with_credentials):
        assert shares_with(headers, ORIGIN, credentials=False) is plain
        assert shares_with(headers, ORIGIN, credentials=True) is with_credentials

    @given(st.lists(st.text()), st.text())
    def test_nothing_raises(self, values, origin):
        shares_with(fields(*values), origin, credentials=True)


class TestPreflight:
    @pytest.mark.parametrize(
        ("status", "headers", "allowed"),
        [
            (204, fields(ORIGIN, credentials="true", methods="GET, PUT"), True),
            (204, fields(ORIGIN, credentials="true", methods="put"), False),
            (204, fields(ORIGIN, credentials="true", methods="*"), False),
            (204, fields(ORIGIN, credentials="true"), False),
            (300, fields(ORIGIN, credentials="true", methods="PUT"), False),
            (405, fields(ORIGIN, credentials="true", methods="PUT"), False),
            (200, fields("*", credentials="true", methods="PUT"), False),
        ],
    )
    def test_whether_put_may_be_sent(self, status, headers, allowed):
        answer = Exchange("OPTIONS", "https://shop.test/", status, headers)
        assert preflight_allows(answer, ORIGIN, "PUT", credentials=True) is allowed

    def test_simple_methods_need_no_leave_and_a_wildcard_serves_without_credentials(self):
        answer = Exchange("OPTIONS", "https://shop.test/", 200, fields("*", methods="*"))
        assert preflight_allows(answer, ORIGIN, "PUT", credentials=False)
        assert preflight_allows(answer, ORIGIN, "GET", credentials=False)
