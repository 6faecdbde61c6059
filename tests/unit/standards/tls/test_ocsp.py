"""Stapled OCSP responses read into plain words."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_readiness.demo.authority import Authority
from pytest_readiness.standards.tls.ocsp import Status, Unreadable, parse

SITE = Authority().issue(["shop.test"])
STAPLE = SITE.staple(lifetime=timedelta(days=7))


def test_says_of_which_certificate_and_until_when() -> None:
    response = parse(STAPLE)
    assert (response.serial, response.status) == (SITE.leaf.serial_number, Status.GOOD)
    assert response.next_update is not None
    assert response.next_update - response.this_update == timedelta(days=7)


def test_says_revoked() -> None:
    assert parse(SITE.staple(status="revoked")).status is Status.REVOKED


def test_a_responder_without_an_answer_says_nothing_of_a_certificate() -> None:
    refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    with pytest.raises(Unreadable, match="the responder says try later"):
        parse(refusal.public_bytes(Encoding.DER))


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_raise_anything_else(der: bytes) -> None:
    with contextlib.suppress(Unreadable):
        parse(der)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_change_to_a_true_one_raises_anything_else(data: st.DataObject) -> None:
    der = bytearray(STAPLE)
    der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        parse(bytes(der))
