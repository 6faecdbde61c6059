"""Structured fields are read exactly as RFC 9651 has them."""

from __future__ import annotations

from base64 import b64encode
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.headers.structured_fields import (
    Date,
    DisplayString,
    InnerList,
    Item,
    Token,
    parse_dictionary,
    parse_item,
    parse_list,
)

KEYS = st.from_regex(r"[a-z*][a-z0-9_\-.*]{0,5}", fullmatch=True)
BARE = st.one_of(
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.decimals(Decimal(-(10**12) + 1), Decimal(10**12 - 1), places=3),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)),
    st.from_regex(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]{0,5}", fullmatch=True).map(Token),
    st.binary(),
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1).map(Date),
    st.text(st.characters(codec="utf-8")).map(DisplayString),
)
PARAMETERS = st.dictionaries(KEYS, BARE, max_size=2)
ITEMS = st.builds(Item, BARE, PARAMETERS)
MEMBERS = ITEMS | st.builds(InnerList, st.lists(ITEMS, max_size=3).map(tuple), PARAMETERS)


def written(value):  # one a type
    """Serialise as section 4.1 has it."""
    match value:
        case bool():
            return f"?{value:d}"
        case int() | Decimal():
            return str(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case bytes():
            return f":{b64encode(value).decode()}:"
        case Token(word):
            return word
        case Date(seconds):
            return f"@{seconds}"
        case DisplayString(text):
            plain = (chr(b) if 0x20 <= b <= 0x7E and b not in b'%"' else f"%{b:02x}" for b in text.encode())
            return f'%"{"".join(plain)}"'
        case Item(bare, parameters):
            return written(bare) + with_parameters(parameters)
        case InnerList(items, parameters):
            return f"({' '.join(map(written, items))})" + with_parameters(parameters)


def with_parameters(parameters):
    return "".join(f";{key}" + ("" if value is True else f"={written(value)}") for key, value in parameters.items())


class TestRoundTrip:
    @given(ITEMS)
    def test_an_item_comes_back(self, item):
        assert parse_item([written(item)]) == item

    @given(st.lists(MEMBERS).map(tuple))
    def test_a_list_comes_back_from_one_line_or_several(self, members):
        lines = [written(member) for member in members]
        assert parse_list([", ".join(lines)]) == parse_list(lines) == members

    @given(st.dictionaries(KEYS, MEMBERS))
    def test_a_dictionary_comes_back_in_order(self, members):
        text = ", ".join(
            key + (with_parameters(member.parameters) if getattr(member, "value", 0) is True else f"={written(member)}")
            for key, member in members.items()
        )
        parsed = parse_dictionary([text])
        assert list(parsed.items()) == list(members.items())

    @given(st.lists(st.text() | st.text('ab*=;,()"\\%:?@-.01 \t')))
    def test_nothing_raises(self, lines):
        for parse in (parse_item, parse_list, parse_dictionary):
            parse(lines)


class TestItems:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("  1  ", 1),
            ("-0", 0),
            ("00", 0),
            ("1.5", Decimal("1.5")),
            ("1.500", Decimal("1.5")),
            ("-999999999999.999", Decimal("-999999999999.999")),
            ("999999999999999", 999999999999999),
            (r'"a\"b\\c"', 'a"b\\c'),
            ('""', ""),
            ("same-origin", Token("same-origin")),
            ("*", Token("*")),
            ("a:b/c", Token("a:b/c")),
            ("https://a.test", Token("https://a.test")),
            ("?0", False),
            ("::", b""),
            (":aGk=:", b"hi"),
            (":aGk:", b"hi"),
            ("@0", Date(0)),
            ("@-1", Date(-1)),
            ('%"f%c3%bc"', DisplayString("fü")),
        ],
    )
    def test_a_value_is_read(self, text, value):
        item = parse_item([text])
        assert (item.value, type(item.value)) == (value, type(value))

    @pytest.mark.parametrize(
        "text",
        [
            *("", "  ", "\t1", "1\t", "1 2", "1,2", "-", "--1", "+1", "1.", "1.2345", "1000000000000000", "1.2.3"),
            *(
                "1000000000000.1",
                "-a",
                "?",
                "?2",
                "?true",
                ":a:",
                ":aGk",
                ":a*:",
                ":aGk===:",
                ":=aG:",
                "@1.5",
                "@",
                "@a",
            ),
            *('"', '"a', r'"\a"', '"\\', '"é"', '"\x7f"', "'a'", "é", "(a)", "a;", "a;;b", "a;B", "a;b=", "a;b=é"),
            *('%"%C3%BC"', '%"%c3"', '%"%f"', "%a", '%"', '%"\x00"', "a\x00", "١"),
        ],
    )
    def test_a_malformed_value_is_none(self, text):
        assert parse_item([text]) is None

    def test_an_item_sent_twice_is_none(self):
        assert parse_item(["same-origin", "same-origin"]) is None

    def test_parameters_are_read_the_last_of_each_name(self):
        assert parse_item(['a; b;c="d"; b=2']) == Item(Token("a"), {"b": 2, "c": "d"})


class TestLists:
    def test_an_empty_field_is_an_empty_list(self):
        assert parse_list([""]) == parse_list([]) == ()

    def test_members_may_be_lists_of_items(self):
        assert parse_list(["(a  1;x );y, b"]) == (
            InnerList((Item(Token("a")), Item(1, {"x": True})), {"y": True}),
            Item(Token("b")),
        )

    @pytest.mark.parametrize(
        "text", [",", "a,", "a,,b", "a b", ",a", "(a", "(a,b)", "a)", "((a))", '("a""b")', "(a\tb)"]
    )
    def test_a_malformed_list_is_none(self, text):
        assert parse_list([text]) is None


class TestDictionaries:
    def test_a_key_alone_is_true(self):
        assert parse_dictionary(["a, b;x"]) == {"a": Item(True), "b": Item(True, {"x": True})}

    def test_the_last_of_a_key_wins_across_lines(self):
        assert parse_dictionary(["a=1, b=2", "a=3"]) == {"a": Item(3), "b": Item(2)}

    @pytest.mark.parametrize(
        "text", ["A=1", "a=", "a =1", "a= 1", "=1", "a=1,", "a=1 b=2", "a=1;", "geolocation 'none'"]
    )
    def test_a_malformed_dictionary_is_none(self, text):
        assert parse_dictionary([text]) is None
