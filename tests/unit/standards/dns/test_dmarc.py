"""DMARC records, read as receivers read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.dns.dmarc import Malformed, Record, effective, is_record, names, parse


class TestParse:
    def test_a_policy_holds_for_subdomains_too(self):
        record = parse("v=DMARC1; p=reject; rua=mailto:dmarc@shop.example")
        assert isinstance(record, Record)
        assert (record.policy, record.subdomain_policy, record.testing) == ("reject", "reject", False)
        assert record.reports_to == "mailto:dmarc@shop.example"

    def test_subdomains_may_have_their_own(self):
        record = parse("v=DMARC1;p=Reject;sp=NONE;")
        assert isinstance(record, Record)
        assert (record.policy, record.subdomain_policy) == ("reject", "none")

    @pytest.mark.parametrize("tags", ["t=y", "pct=50", "pct=0"])
    def test_a_policy_that_is_not_applied_in_full_is_a_test(self, tags):
        record = parse(f"v=DMARC1; p=reject; {tags}")
        assert isinstance(record, Record)
        assert record.testing

    def test_reports_without_a_policy_only_watch(self):
        record = parse("v=DMARC1; p=rejct; rua=mailto:dmarc@shop.example")
        assert isinstance(record, Record)
        assert record.policy == "none"

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("v=DMARC1", "its policy p= is none of none, quarantine, reject"),
            ("v=DMARC1; p=rejct", "its policy p=rejct is none of none, quarantine, reject"),
            ("v=DMARC1; p=reject; p=none", "the tag p stands twice"),
            ("v=DMARC1; p=reject; please", "'please' is no tag=value"),
            ("p=reject; v=DMARC1", "it does not begin with v=DMARC1"),
            ("v=dmarc1; p=reject", "it does not begin with v=DMARC1"),
        ],
    )
    def test_what_receivers_ignore_is_named(self, text, reason):
        assert parse(text) == Malformed(reason)

    @given(st.text(max_size=80))
    def test_no_text_breaks_it(self, text):
        parse(text)
        parse(f"v=DMARC1;{text}")


def test_the_version_may_have_room_around_it():
    assert is_record("v = DMARC1 ; p=none")


class TestNames:
    def test_the_domain_comes_first_and_the_top_level_domain_last(self):
        assert names("shop.example.com") == ("_dmarc.shop.example.com", "_dmarc.example.com", "_dmarc.com")

    def test_a_long_name_is_walked_from_seven_labels_on(self):
        assert names("a.b.c.d.e.f.g.h.i") == (
            "_dmarc.a.b.c.d.e.f.g.h.i",
            *(
                f"_dmarc.{name}"
                for name in ("c.d.e.f.g.h.i", "d.e.f.g.h.i", "e.f.g.h.i", "f.g.h.i", "g.h.i", "h.i", "i")
            ),
        )


class TestEffective:
    def test_the_nearest_name_with_a_record_counts(self):
        assert effective([(), ("v=DMARC1; p=none",), ("v=DMARC1; p=reject",)]) == (1, ("v=DMARC1; p=none",))

    def test_other_texts_do_not_count(self):
        assert effective([("google-site-verification=1", "v=DMARC1; p=none")]) == (0, ("v=DMARC1; p=none",))

    def test_there_may_be_none(self):
        assert effective([(), ("something",)]) is None
