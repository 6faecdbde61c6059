"""Source expressions match what browsers let them match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.headers.csp_sources import Kind, Location, is_broad, matches, parse


class TestParse:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("'self'", Kind.KEYWORD),
            ("'UNSAFE-Inline'", Kind.KEYWORD),
            ("'nonce-abc='", Kind.NONCE),
            ("'Nonce-abc'", Kind.NONCE),
            ("'nonce-'", Kind.VOID),
            ("'nonce-{{ nonce }}'", Kind.VOID),
            ("'sha256-abc='", Kind.HASH),
            ("'sha1-abc='", Kind.VOID),
            ("'strict_dynamic'", Kind.VOID),
            ("https:", Kind.SCHEME),
            ("data:", Kind.SCHEME),
            ("*", Kind.HOST),
            ("*.shop.test", Kind.HOST),
            ("https://shop.test:443/a/b.js", Kind.HOST),
            ("shop.test:*", Kind.HOST),
            ("self", Kind.HOST),
            ("a.*.test", Kind.VOID),
            ("*shop.test", Kind.VOID),
            ("https://", Kind.VOID),
            ("https://shop.test?x", Kind.VOID),
            ("“self”", Kind.VOID),
            ("", Kind.VOID),
        ],
    )
    def test_what_an_expression_is(self, text, kind):
        assert parse(text).kind is kind

    @pytest.mark.parametrize(
        ("text", "broad"),
        [
            *((word, True) for word in ("*", "https:", "HTTP:", "data:", "ftp:", "https://*", "*:443", "*.com", "*:*")),
            *((word, False) for word in ("'self'", "blob:", "*.shop.test", "shop.test", "wss:", "'none'", "com")),
        ],
    )
    def test_what_lets_in_anybody(self, text, broad):
        assert is_broad(text) is broad

    @given(st.text() | st.text("'*:/.-abns0"))
    def test_nothing_raises(self, text):
        matches(parse(text), Location("https", "shop.test", "/a"))


class TestMatches:
    @pytest.mark.parametrize(
        ("source", "location", "allowed"),
        [
            ("*", Location("https", "a.test"), True),
            ("*", Location("data", ""), False),
            ("https://*", Location("https", "a.test"), True),
            ("https://*", Location("http", "a.test"), False),
            ("https:", Location("https", "a.test"), True),
            ("http:", Location("https", "a.test"), True),
            ("https:", Location("http", "a.test"), False),
            ("ws:", Location("wss", "a.test"), True),
            ("a.test", Location("https", "a.test"), True),
            ("A.TEST.", Location("https", "a.test"), True),
            ("a.test", Location("http", "a.test"), False),
            ("http://a.test", Location("https", "a.test"), True),
            ("a.test", Location("https", "b.a.test"), False),
            ("*.a.test", Location("https", "b.a.test"), True),
            ("*.a.test", Location("https", "c.b.a.test"), True),
            ("*.a.test", Location("https", "a.test"), False),
            ("a.test:8443", Location("https", "a.test"), False),
            ("a.test:8443", Location("https", "a.test", port="8443"), True),
            ("a.test:80", Location("https", "a.test"), True),
            ("a.test:*", Location("https", "a.test", port="9"), True),
            ("a.test", Location("https", "a.test", port="9"), False),
            ("a.test/", Location("https", "a.test", "/x/y.js"), True),
            ("a.test/x/", Location("https", "a.test", "/x/y.js"), True),
            ("a.test/x", Location("https", "a.test", "/x/y.js"), False),
            ("a.test/x/y.js", Location("https", "a.test", "/x/y.js"), True),
            ("a.test/%78/", Location("https", "a.test", "/x/y.js"), True),
            ("'self'", Location("https", "a.test"), False),
            ("'nonce-a'", Location("https", "a.test"), False),
        ],
    )
    def test_where_an_expression_leads(self, source, location, allowed):
        assert matches(parse(source), location) is allowed
