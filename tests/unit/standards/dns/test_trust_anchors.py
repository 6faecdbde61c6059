"""Trust anchors, as files hold them."""

from __future__ import annotations

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.dns.trust_anchors import IANA, Unreadable, parse

DIGEST = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
KEY = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="


def tags(text: str) -> dict[str, list[int]]:
    anchors = parse(text)
    assert not isinstance(anchors, Unreadable), anchors
    return {zone.to_text(): [record.key_tag for record in records] for zone, records in anchors.items()}


def test_ianas_anchors_are_the_roots_two_keys():
    assert tags(IANA) == {".": [20326, 38696]}


@pytest.mark.parametrize(
    "line",
    [
        f"shop.test. DS 20326 8 2 {DIGEST}",
        f"shop.test DS 20326 8 2 {DIGEST.lower()}",
        f"SHOP.test. 3600 IN DS 20326 8 2 {DIGEST} ; as the registrar shows it",
        f"shop.test. IN 3600 ds 20326 8 2 {DIGEST[:32]} {DIGEST[32:]}",
    ],
)
def test_a_ds_record_is_read_however_tools_print_it(line):
    assert tags(f"; anchors\n\n{line}\n") == {"shop.test.": [20326]}


def test_a_dnskey_record_becomes_its_digest():
    assert tags(f"shop.test. 300 IN DNSKEY 257 3 13 {KEY}") == {"shop.test.": [2371]}


def test_several_zones_and_keys_stand_side_by_side():
    text = f"shop.test. DS 1 8 2 {DIGEST}\ntest. DS 2 8 2 {DIGEST}\nshop.test. DS 3 8 2 {DIGEST}"
    assert tags(text) == {"shop.test.": [1, 3], "test.": [2]}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("; nothing but a comment", 0),
        ("shop.test. A 192.0.2.1", 1),
        (f"\nshop.test. DS 20326 8 2 {DIGEST[:-1]}", 2),
        ("shop.test. DS twenty 8 2 AB", 1),
        ("shop..test. DS 20326 8 2 " + DIGEST, 1),
        ("shop.test. DNSKEY 257 3 13 !!!", 1),
        ("shop.test.", 1),
    ],
)
def test_what_is_no_anchor_names_its_line(text, line):
    outcome = parse(text)
    assert isinstance(outcome, Unreadable)
    assert outcome.line == line


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text):
    parse(text)


@given(st.sampled_from(["DS", "DNSKEY"]), st.lists(st.text("0123456789abcXYZ=+/;. ", max_size=12), max_size=6))
def test_no_record_breaks_the_parser(kind, words):
    outcome = parse(f"shop.test. {kind} {' '.join(words)}")
    assert isinstance(outcome, Unreadable) or set(outcome) == {dns.name.from_text("shop.test")}
