"""SPF records, read as receivers read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.dns.spf import Malformed, Mechanism, Policy, Record, evaluate, is_record, parse


class TestIsRecord:
    @pytest.mark.parametrize("text", ["v=spf1", "v=spf1 -all", "V=SPF1 -all"])
    def test_the_version_stands_first_and_alone(self, text):
        assert is_record(text)

    @pytest.mark.parametrize("text", ["", "v=spf10 -all", "v=spf2.0/pra -all", " v=spf1 -all", "spf1 -all"])
    def test_other_texts_are_none(self, text):
        assert not is_record(text)


class TestParse:
    def test_terms_are_read_in_order_with_their_qualifiers(self):
        assert parse("v=spf1 ip4:192.0.2.0/24 ?a:mail.example/28 ~include:_spf.example  -all") == Record(
            (
                Mechanism("+", "ip4", "192.0.2.0/24"),
                Mechanism("?", "a", "mail.example"),
                Mechanism("~", "include", "_spf.example"),
                Mechanism("-", "all"),
            )
        )

    @pytest.mark.parametrize(
        "text",
        [
            "v=spf1",
            "v=spf1 a mx ptr",
            "v=spf1 a/24 mx//64 a/24//64 mx:mail.example/24//64",
            "v=spf1 ip6:2001:db8::/32 ip6:2001:db8::1",
            "v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all",
            "v=spf1 include:%{d}.example redirect=_spf.example exp=why.%{d}",
            "v=spf1 unknown=modifier another.one=%{h} -all",
            "v=spf1 PTR:example IP4:192.0.2.1 -ALL",
        ],
    )
    def test_what_the_grammar_allows_is_a_record(self, text):
        assert isinstance(parse(text), Record)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("v=spf2 -all", "it does not begin with v=spf1"),
            ("v=spf1 -al", "'-al' is no valid term"),
            ("v=spf1 all:example", "'all:example' is no valid term"),
            ("v=spf1 ip4:192.0.2.256", "'ip4:192.0.2.256' is no valid term"),
            ("v=spf1 ip4:2001:db8::1", "'ip4:2001:db8::1' is no valid term"),
            ("v=spf1 ip4", "'ip4' is no valid term"),
            ("v=spf1 include", "'include' is no valid term"),
            ("v=spf1 include:", "'include:' is no valid term"),
            ("v=spf1 a/33", "'a/33' is no valid term"),
            ("v=spf1 mx//129", "'mx//129' is no valid term"),
            ("v=spf1 exists:%{q}.example", "'exists:%{q}.example' is no valid term"),
            ("v=spf1 redirect=a.example redirect=b.example", "redirect= stands twice"),
            ("v=spf1 redirect=", "'redirect=' has no valid value"),
            ("v=spf1 -all, a", "'-all,' is no valid term"),
        ],
    )
    def test_what_it_does_not_allow_names_the_term(self, text, reason):
        assert parse(text) == Malformed(reason)

    @given(st.text(max_size=80))
    def test_no_text_breaks_it(self, text):
        parse(text)
        parse(f"v=spf1 {text}")

    @given(st.text("+-~?:/%{}=.aimx1460 ldr_", max_size=60))
    def test_no_terms_break_it(self, terms):
        parse(f"v=spf1 {terms}")


class TestEvaluate:
    def test_lookups_of_included_records_count(self):
        published = {
            "shop.example": ("v=spf1 mx include:a.example include:b.example -all",),
            "a.example": ("v=spf1 a exists:x.example ?all",),
            "b.example": ("v=spf1 ip4:192.0.2.1 -all",),
        }
        assert evaluate("shop.example", published) == Policy("-", 5)

    def test_the_redirect_says_what_holds_for_all_others(self):
        published = {"shop.example": ("v=spf1 redirect=a.example",), "a.example": ("v=spf1 ~all",)}
        assert evaluate("shop.example", published) == Policy("~", 1)

    def test_a_redirect_beside_all_is_ignored(self):
        assert evaluate("shop.example", {"shop.example": ("v=spf1 -all redirect=gone.example",)}) == Policy("-", 0)

    def test_without_all_nothing_is_said_of_others(self):
        assert evaluate("shop.example", {"shop.example": ("v=spf1 a",)}) == Policy("?", 1)

    def test_ptr_is_told(self):
        assert evaluate("shop.example", {"shop.example": ("v=spf1 ptr -all",)}).uses_ptr

    @pytest.mark.parametrize(
        ("published", "error"),
        [
            ({"s": ("v=spf1 include:s -all",)}, "s includes itself"),
            ({"s": ("v=spf1 include:t -all",), "t": ()}, "t, which is included, has no SPF record"),
            ({"s": ("v=spf1 include:t -all",), "t": None}, "the record of t could not be looked up"),
            ({"s": ("v=spf1 -all", "v=spf1 ~all")}, "the record of s: one of 2, and only one is allowed"),
            ({"s": ("v=spf1 nonsense",)}, "the record of s: 'nonsense' is no valid term"),
        ],
    )
    def test_what_makes_receivers_give_up_is_named(self, published, error):
        assert evaluate("s", published).errors == (error,)

    def test_a_domain_that_macros_make_up_costs_its_lookup_only(self):
        assert evaluate("s", {"s": ("v=spf1 include:%{d}.example -all",)}) == Policy("-", 1)

    def test_counting_stops_where_receivers_stop(self):
        """Records that include each other many times over must not cost us more than they cost a receiver."""
        many = " ".join(f"include:i{number}" for number in range(40))
        published = {"s": (f"v=spf1 {many} -all",)} | {f"i{number}": (f"v=spf1 {many} -all",) for number in range(40)}
        assert evaluate("s", published).lookups > 10

    @given(st.dictionaries(st.sampled_from("stu"), st.lists(st.text("v=spf1 include:stu redirect=-all", max_size=40))))
    def test_no_records_break_it(self, published):
        evaluate("s", {name: tuple(f"v=spf1 {text}" for text in texts) for name, texts in published.items()})


def test_references_are_what_has_to_be_looked_up_too():
    record = parse("v=spf1 include:A.example. include:%{d}.example redirect=b.example")
    assert isinstance(record, Record)
    assert record.references == ("a.example", "b.example")
