"""Secrets do not print, and the redactor masks them."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.model.secrets import Redactor, Secret

PASSWORD = Secret('p4ss/w"ord + ü', "env:PASSWORD")


class TestSecret:
    def test_shows_where_it_comes_from_and_not_what_it_is(self) -> None:
        assert [repr(PASSWORD), str(PASSWORD), f"{PASSWORD}", f"{PASSWORD!r}"] == ["Secret(env:PASSWORD)"] * 4

    def test_has_no_attributes_to_list(self) -> None:
        with pytest.raises(TypeError):
            vars(PASSWORD)

    def test_is_equal_by_its_value(self) -> None:
        assert Secret("a", "env:A") == Secret("a", "file:a")
        assert Secret("a", "env:A") != Secret("b", "env:A")
        assert Secret("a", "env:A") != "a"
        assert len({Secret("a", "env:A"), Secret("a", "file:a")}) == 1


class TestRedactor:
    @pytest.mark.parametrize(
        "written",
        [
            pytest.param(str, id="as it is"),
            pytest.param(repr, id="repr"),
            pytest.param(json.dumps, id="JSON"),
            pytest.param(quote, id="in a path"),
            pytest.param(quote_plus, id="in a query"),
            pytest.param(lambda value: urlencode({"password": value}), id="in a form"),
            pytest.param(lambda value: quote(value, safe=""), id="URL-encoded whole"),
            pytest.param(lambda value: base64.b64encode(value.encode()).decode(), id="base64"),
            pytest.param(lambda value: base64.b64encode(value.encode()).decode().rstrip("="), id="base64, unpadded"),
            pytest.param(lambda value: base64.urlsafe_b64encode(value.encode()).decode(), id="base64url"),
        ],
    )
    def test_masks_a_secret_however_it_is_written(self, written) -> None:
        masked = Redactor([PASSWORD])(f"before {written(PASSWORD.reveal())} after")
        assert masked.startswith("before ")
        assert masked.endswith(" after")
        assert "***" in masked
        assert "p4ss" not in masked

    def test_masks_the_longer_of_two_that_overlap_whole(self) -> None:
        redact = Redactor([Secret("hunter", "env:A"), Secret("hunter2hunter", "env:B")])
        assert redact("hunter2hunter and hunter") == "*** and ***"

    def test_passes_what_is_too_short_to_search_for(self) -> None:
        """Masking every "abc" would hide the report, not the secret."""
        assert Redactor([Secret("abc", "env:A")])("abc") == "abc"

    def test_knows_nothing_at_first(self) -> None:
        assert Redactor()("text") == "text"

    def test_takes_a_value_that_is_no_unicode(self) -> None:
        """The environment hands undecodable bytes over as lone surrogates."""
        assert Redactor([Secret("caf\udce9-secret", "env:A")])("is caf\udce9-secret.") == "is ***."

    @given(st.text(min_size=4), st.text(), st.text())
    def test_no_text_lets_a_secret_through(self, value: str, before: str, after: str) -> None:
        redact = Redactor([Secret(value, "env:A")])
        masked = redact(before + value + after)
        assert value not in masked or value in "***"
