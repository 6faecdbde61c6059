"""Mozilla's profiles, and the numbers that they are written in."""

from __future__ import annotations

import ssl

import pytest

from pytest_readiness.model.tls import Protocol
from pytest_readiness.standards.tls import cipher_suites
from pytest_readiness.standards.tls.tls_profiles import (
    INTERMEDIATE,
    MODERN,
    Departures,
    groups_off,
    protocols_off,
    suites_off,
)


class TestIntermediate:
    def test_has_these_suites_and_groups(self) -> None:
        assert {cipher_suites.name(suite) for suite in INTERMEDIATE.suites} == {
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        }
        assert {cipher_suites.group_name(group) for group in INTERMEDIATE.groups} == {
            "X25519MLKEM768",
            "X25519",
            "P-256",
            "P-384",
        }

    def test_is_version_6(self) -> None:
        assert str(INTERMEDIATE) == "Mozilla intermediate 6.0"

    def test_lacks_tls_1_0_and_1_1(self) -> None:
        assert protocols_off(INTERMEDIATE, tuple(Protocol)) == (Protocol.SSL_3, Protocol.TLS_1_0, Protocol.TLS_1_1)

    def test_lacks_finite_field_suites_since_5_8(self) -> None:
        assert suites_off(INTERMEDIATE, (0x009F, 0xC030)) == Departures(broken=(), others=(0x009F,))

    def test_tells_broken_suites_from_old_ones(self) -> None:
        assert suites_off(INTERMEDIATE, (0x000A, 0x002F, 0xC030)) == Departures(broken=(0x000A,), others=(0x002F,))

    def test_tells_weak_curves_from_uncommon_ones(self) -> None:
        assert groups_off(INTERMEDIATE, (0x0015, 0x001E, 0x001D)) == Departures(broken=(0x0015,), others=(0x001E,))


def test_modern_lacks_tls_1_2() -> None:
    assert protocols_off(MODERN, (Protocol.TLS_1_2, Protocol.TLS_1_3)) == (Protocol.TLS_1_2,)


class TestNumbers:
    def test_agree_with_openssl(self) -> None:
        """OpenSSL names suites its own way, but says key exchange, authentication and cipher of each number."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers("ALL:COMPLEMENTOFALL:!PSK:!SRP:@SECLEVEL=0")
        for cipher in context.get_ciphers():
            number = int(cipher["id"]) & 0xFFFF
            ours = cipher_suites.name(number)
            assert not ours.startswith("0x"), cipher
            assert ("_ECDSA_" in ours) == (cipher["auth"] == "auth-ecdsa")
            assert cipher_suites.is_elliptic(number) == (cipher["kea"] == "kx-ecdhe")
            assert cipher_suites.is_finite(number) == (cipher["kea"] == "kx-dhe")

    def test_without_a_name_are_their_own_name(self) -> None:
        assert (cipher_suites.name(0xFEFE), cipher_suites.group_name(0xFEFE)) == ("0xFEFE", "0xFEFE")

    @pytest.mark.parametrize(
        ("number", "weakness"),
        [
            (0x0001, cipher_suites.Weakness.NO_ENCRYPTION),
            (0x0003, cipher_suites.Weakness.EXPORT),
            (0x0005, cipher_suites.Weakness.RC4),
            (0x0009, cipher_suites.Weakness.RC2_OR_DES),
            (0x000A, cipher_suites.Weakness.SMALL_BLOCKS),
            (0x001B, cipher_suites.Weakness.NO_AUTHENTICATION),
            (0x002F, None),
            (0xC030, None),
        ],
    )
    def test_tell_what_is_broken(self, number: int, weakness: cipher_suites.Weakness | None) -> None:
        assert cipher_suites.weakness(number) == weakness
