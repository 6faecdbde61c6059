"""ACME renewal information, as RFC 9773 has it."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_readiness.demo.authority import Authority
from pytest_readiness.model.tls import RenewalWindow
from pytest_readiness.standards.tls.acme import Malformed, certificate_id, directory_of, parse_window, renewal_url
from pytest_readiness.standards.tls.certificates import parse

LEAF = replace(
    parse(Authority().issue(["shop.test"]).chain_der[0]),
    serial=0x87654321,
    authority_key=bytes.fromhex("69885B6B87464041E1B37B847BA0AE2CDE01C8D4"),
)
DIRECTORY = {"newOrder": "https://acme.test/new-order", "renewalInfo": "https://acme.test/renewal-info"}


class TestCertificateId:
    def test_is_that_of_the_example_in_the_rfc(self) -> None:
        assert certificate_id(LEAF) == "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"

    def test_is_none_where_no_issuing_key_is_named(self) -> None:
        assert certificate_id(replace(LEAF, authority_key=None)) is None


class TestDirectory:
    @pytest.mark.parametrize(
        ("issuer", "directory"),
        [
            ("CN=R11,O=Let's Encrypt,C=US", "https://acme-v02.api.letsencrypt.org/directory"),
            ("CN=(STAGING) X,O=(STAGING) Let's Encrypt", "https://acme-staging-v02.api.letsencrypt.org/directory"),
            ("CN=WE1,O=Google Trust Services,C=US", "https://dv.acme-v02.api.pki.goog/directory"),
            ("CN=Let's Encrypt,O=Somebody Else", None),
            ("CN=Example Intermediate", None),
        ],
    )
    def test_is_known_for_public_issuers_that_give_renewal_information(self, issuer, directory) -> None:
        assert directory_of(replace(LEAF, issuer=issuer)) == directory

    def test_leads_to_the_certificate(self) -> None:
        expected = "https://acme.test/renewal-info/aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"
        assert renewal_url(json.dumps(DIRECTORY).encode(), LEAF) == expected

    def test_without_renewal_information_leads_nowhere(self) -> None:
        assert renewal_url(b'{"newOrder": "https://acme.test/new-order"}', LEAF) is None

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"renewalInfo": 7}', b'{"renewalInfo": "file:///etc"}'])
    def test_that_is_none_is_malformed(self, body: bytes) -> None:
        with pytest.raises(Malformed):
            renewal_url(body, LEAF)


class TestWindow:
    def test_is_that_of_the_example_in_the_rfc(self) -> None:
        body = b"""{
            "suggestedWindow": {"start": "2025-01-02T04:00:00Z", "end": "2025-01-03T04:00:00Z"},
            "explanationURL": "https://acme.example.com/docs/ari"
        }"""
        assert parse_window(body) == RenewalWindow(
            datetime(2025, 1, 2, 4, tzinfo=UTC),
            datetime(2025, 1, 3, 4, tzinfo=UTC),
            "https://acme.example.com/docs/ari",
        )

    @pytest.mark.parametrize(
        "window",
        [
            None,
            {},
            {"start": "2025-01-02T04:00:00Z"},
            {"start": "2025-01-02T04:00:00Z", "end": "2025-01-02T04:00:00Z"},
            {"start": "2025-01-02T04:00:00", "end": "2025-01-03T04:00:00Z"},
            {"start": "0001-01-01T00:00:00+23:59", "end": "2025-01-03T04:00:00Z"},
            {"start": 1735790400, "end": 1735876800},
        ],
    )
    def test_that_says_no_time_is_malformed(self, window) -> None:
        with pytest.raises(Malformed):
            parse_window(json.dumps({"suggestedWindow": window}).encode())

    @given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | st.just(b"[" * 100_000))
    @settings(deadline=None)
    def test_no_bytes_raise_anything_else(self, body: bytes) -> None:
        for read in (parse_window, lambda body: renewal_url(body, LEAF)):
            with contextlib.suppress(Malformed):
                read(body)
