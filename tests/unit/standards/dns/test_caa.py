"""CAA records, read as certificate authorities read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.model.dns import CaaRecord
from pytest_readiness.standards.dns.caa import LONGEST, issuer, policy


class TestIssuer:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("letsencrypt.org", "letsencrypt.org"),
            ("  LetsEncrypt.org ; validationmethods=dns-01 ; accounturi=https://ca.example/1", "letsencrypt.org"),
            ("ca.example;", "ca.example"),
            (";", ""),
            ("", ""),
            ("; policy=ev", ""),
        ],
    )
    def test_the_authority_is_what_stands_before_the_parameters(self, value, expected):
        assert issuer(value) == expected

    @pytest.mark.parametrize("value", ["%%%", "ca example", "ca.example; x", "-ca.example", "ca..example", "a" * 2000])
    def test_what_authorities_cannot_read_is_none(self, value):
        assert issuer(value) is None

    @given(st.text(max_size=60))
    def test_no_text_breaks_it(self, value):
        issuer(value)

    def test_a_long_value_takes_no_time(self):
        assert issuer(" " * LONGEST + "!") is None
        assert issuer("; a=b " * 160 + "!") is None


def record(value: str, tag: str = "issue", *, critical: bool = False) -> CaaRecord:
    return CaaRecord(critical, tag, value)


class TestPolicy:
    def test_wildcards_follow_the_issue_property(self):
        found = policy([record("b.example"), record("a.example"), record(";")])
        assert (found.issuers, found.wildcard_issuers, found.restricted) == (
            ("a.example", "b.example"),
            ("a.example", "b.example"),
            True,
        )

    def test_wildcards_may_have_their_own(self):
        found = policy([record("a.example"), record(";", "issuewild")])
        assert (found.issuers, found.wildcard_issuers) == (("a.example",), ())

    def test_reports_alone_restrict_nobody(self):
        assert not policy([record("mailto:security@shop.example", "iodef")]).restricted

    def test_a_critical_property_that_nobody_knows_is_told(self):
        found = policy([record("a.example"), record("x", "future", critical=True), record("x", "other")])
        assert found.unknown_critical == ("future",)

    def test_a_value_that_cannot_be_read_allows_nobody(self):
        found = policy([record("%%%")])
        assert (found.issuers, found.malformed, found.restricted) == ((), ("%%%",), True)
