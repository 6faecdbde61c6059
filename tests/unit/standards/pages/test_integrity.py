"""Whether browsers check what they load, and whose hosts are likely the site's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.pages.html import Kind, Load, parse
from pytest_readiness.standards.pages.sites import related
from pytest_readiness.standards.pages.subresource_integrity import Integrity, integrity


class TestIntegrity:
    @pytest.mark.parametrize(
        ("attribute", "crossorigin", "state"),
        [
            ("sha384-abc=", "anonymous", Integrity.CHECKED),
            ("SHA256-abc", "", Integrity.CHECKED),
            ("md5-x sha512-abc?opt", "", Integrity.CHECKED),
            ("sha384-abc=", None, Integrity.BLOCKED),
            (None, "anonymous", Integrity.ABSENT),
            ("", "anonymous", Integrity.ABSENT),
            ("  ", "anonymous", Integrity.ABSENT),
            ("md5-abc", "anonymous", Integrity.VOID),
            ("sha384 abc", "anonymous", Integrity.VOID),
            ("sha384-", "anonymous", Integrity.VOID),
        ],
    )
    def test_what_becomes_of_a_load(self, attribute, crossorigin, state):
        assert integrity(Load("script", Kind.SCRIPT, "x", attribute, crossorigin)) is state

    def test_a_module_is_fetched_with_cors_anyway(self):
        (load,) = parse("<script type=module src=x integrity=sha256-a></script>").loads
        assert integrity(load) is Integrity.CHECKED
        (load,) = parse("<script type=module src=x crossorigin=use-credentials></script>").loads
        assert load.crossorigin == "use-credentials"

    @given(st.text())
    def test_nothing_raises(self, attribute):
        integrity(Load("script", Kind.SCRIPT, "x", attribute, ""))


class TestRelated:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("shop.test", "shop.test", True),
            ("www.shop.test", "cdn.shop.test", True),
            ("a.b.shop.test", "shop.test", True),
            ("shop.test", "other.test", False),
            ("shop.co.uk", "other.co.uk", False),
            ("www.shop.co.uk", "cdn.shop.co.uk", True),
            ("a.github.io", "b.github.io", False),
            ("x.a.github.io", "a.github.io", True),
            ("a.s3.amazonaws.com", "b.s3.amazonaws.com", False),
            ("127.0.0.1", "10.0.0.1", False),
            ("localhost", "localhost", True),
            ("localhost", "other", False),
        ],
    )
    def test_whether_two_hosts_are_one_owners(self, one, other, expected):
        assert related(one, other) is related(other, one) is expected

    @given(st.text(), st.text())
    def test_nothing_raises(self, one, other):
        related(one, other)
