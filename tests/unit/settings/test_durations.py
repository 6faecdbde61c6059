"""Durations as users write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.settings.durations import parse, spell


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("0s", timedelta()),
        ("250ms", timedelta(milliseconds=250)),
        ("1.5s", timedelta(seconds=1.5)),
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("90d", timedelta(days=90)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_a_number_and_a_unit_are_a_duration(text: str, duration: timedelta) -> None:
    assert parse(text) == duration


@pytest.mark.parametrize(
    "text", ["", "90", "s", "4 h", "-4h", "4H", "1e3s", ".5s", "4h30m", "30s\n", "٣s", "4months", "inf s", None, 4]
)
def test_anything_else_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write a number and a unit, such as '30s', '4h' or '90d'"):
        parse(text)


@given(st.text() | st.from_regex(r"\d{1,400}(\.\d+)?(ms|s|m|h|d|w)", fullmatch=True))
def test_no_text_raises_anything_but_value_error(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(parse(text), timedelta)


@given(st.integers(min_value=0, max_value=10**9))
def test_what_is_spelt_reads_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert parse(spell(duration)) == duration


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(days=180), "180d"),
        (timedelta(hours=4), "4h"),
        (timedelta(seconds=90), "90s"),
        (timedelta(milliseconds=250), "250ms"),
        (timedelta(), "0ms"),
    ],
)
def test_it_is_spelt_in_its_largest_whole_unit(duration: timedelta, text: str) -> None:
    assert spell(duration) == text
