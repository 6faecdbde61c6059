"""URLs resolve as in browsers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.pages.urls import Origin, origin, resolve

BASE = "https://shop.test/a/b?c#d"


@pytest.mark.parametrize(
    ("reference", "absolute"),
    [
        ("x.js", "https://shop.test/a/x.js"),
        ("/x.js", "https://shop.test/x.js"),
        ("//cdn.test/x.js", "https://cdn.test/x.js"),
        ("\\\\cdn.test\\x.js", "https://cdn.test/x.js"),
        ("/\\cdn.test/x.js", "https://cdn.test/x.js"),
        ("///cdn.test/x.js", "https://cdn.test/x.js"),
        ("https:x.js", "https://shop.test/a/x.js"),
        ("https:/x.js", "https://shop.test/x.js"),
        ("http:/cdn.test/x.js", "http://cdn.test/x.js"),
        ("HTTP://CDN.test/x", "http://CDN.test/x"),
        (" \n//cdn.test/x\t.js ", "https://cdn.test/x.js"),
        ("?q=\\", "https://shop.test/a/b?q=\\"),
        ("data:text/plain,x", "data:text/plain,x"),
        ("", BASE.partition("#")[0]),
        ("//[bad", None),
    ],
)
def test_a_reference_resolves(reference, absolute):
    assert resolve(reference, BASE) == absolute


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Shop.test/", Origin("https", "shop.test", 443)),
        ("https://shop.test.:8443/x", Origin("https", "shop.test", 8443)),
        ("http://[::1]:80/", Origin("http", "::1", 80)),
        ("data:,x", None),
        ("https://", None),
        ("https://shop.test:99999/", None),
        ("https://[bad/", None),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, expected):
    assert origin(url) == expected


def test_an_origin_prints_as_browsers_send_it():
    assert [str(Origin("https", "shop.test", 443)), str(Origin("http", "::1", 8080))] == [
        "https://shop.test",
        "http://[::1]:8080",
    ]


@given(st.text(), st.text() | st.just(BASE))
def test_nothing_raises(reference, base):
    resolve(reference, base)
    origin(reference)
