"""Foreign text made safe for a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.reporting.text import clipped, count, figure, plain, wrapped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with ümläuts and 漢字", "plain, with ümläuts and 漢字"),
        ("red \x1b[31mPASS\x1b[0m", "red \\x1b[31mPASS\\x1b[0m"),
        ("bell\x07 and backspace\x08\x08", "bell\\x07 and backspace\\x08\\x08"),
        ("over\rwritten", "over\\x0dwritten"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eReversed\u202c", "\\u202eReversed\\u202c"),
        ("\u2066isolated\u2069", "\\u2066isolated\\u2069"),
        ("zero\u200bwidth\u200d", "zero\\u200bwidth\\u200d"),
        ("para\u2029graph\u2028", "para\\u2029graph\\u2028"),
        ("soft\u00adhyphen", "soft\\xadhyphen"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("half \ud800 a character", "half \\ud800 a character"),
    ],
)
def test_what_could_move_the_cursor_or_mislead_is_spelt_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(st.characters()))
def test_no_text_holds_anything_of_it_afterwards(text: str) -> None:
    shown = plain(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    shown.encode()


@given(st.text(), st.integers(min_value=1, max_value=120))
def test_wrapped_text_is_safe_and_begins_as_it_is_told(text: str, width: int) -> None:
    lines = wrapped(text, width, first="- ", rest="  ").split("\n")
    assert all(line.startswith(("- ", "  ")) for line in lines if line)


def test_wrapped_text_keeps_what_must_be_copied_whole() -> None:
    fix = "send: Strict-Transport-Security: max-age=31536000; includeSubDomains"
    assert wrapped(fix, 40, first="fix ", rest="    ").split("\n") == [
        "fix send: Strict-Transport-Security:",
        "    max-age=31536000; includeSubDomains",
    ]


@pytest.mark.parametrize(
    ("width", "shown"), [(20, "twelve chars"), (12, "twelve chars"), (8, "twelve…"), (1, "…"), (0, "…")]
)
def test_clipped_text_ends_in_an_ellipsis(width: int, shown: str) -> None:
    assert clipped("twelve chars", width) == shown


def test_numbers_have_the_right_noun() -> None:
    assert [count(0, "finding"), count(1, "finding"), count(2, "query")] == ["0 findings", "1 finding", "2 queries"]


@pytest.mark.parametrize(
    ("value", "shown"), [(0.123456, "0.1235"), (3, "3"), (True, "True"), (None, "None"), ("TLS 1.3", "TLS 1.3")]
)
def test_figures_are_written_as_a_reader_would(value: object, shown: str) -> None:
    assert figure(value) == shown
