"""security.txt, as RFC 9116 has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.pages.security_txt import moment, parse

SIGNED = """-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

# Our policy
Contact: mailto:security@example.com
CONTACT:https://example.com/report
Expires: 2027-01-01T00:00:00Z\t
-----BEGIN PGP SIGNATURE-----
Comment: none of this
-----END PGP SIGNATURE-----
"""


def test_fields_are_read_in_order_and_case_does_not_matter():
    assert parse(SIGNED).fields == (
        ("contact", "mailto:security@example.com"),
        ("contact", "https://example.com/report"),
        ("expires", "2027-01-01T00:00:00Z"),
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_both_line_endings_serve(ending: str):
    assert parse(f"Contact: a{ending}Expires: b{ending}").all("expires") == ("b",)


@pytest.mark.parametrize("text", ["", "# nothing", "Contact", " : x", "Näme: x"])
def test_what_is_no_field_is_left_out(text: str):
    assert parse(text).fields == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2027-01-01T00:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2027-01-01t00:00:00.5z", datetime(2027, 1, 1, microsecond=500_000, tzinfo=UTC)),
        ("2027-01-01T00:00:00+02:00", datetime(2027, 1, 1, tzinfo=timezone(timedelta(hours=2)))),
        ("2027-01-01", None),
        ("2027-01-01T00:00:00", None),
        ("2027-02-30T00:00:00Z", None),
        ("Fri, 01 Jan 2027 00:00:00 GMT", None),
    ],
)
def test_expires_is_an_rfc_3339_date(value: str, expected: datetime | None):
    assert moment(value) == expected


@given(st.text())
def test_anything_can_be_read(text: str):
    for _, value in parse(text).fields:
        moment(value)
