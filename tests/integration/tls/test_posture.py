"""What a real server agrees to is found whole; what should not be agreed to is red, and green when mended."""

from __future__ import annotations

import ssl

import pytest
from tls_site import HOST, INTERMEDIATE, Site, gather

from pytest_readiness.checks.infrastructure import tls as checks
from pytest_readiness.model.exceptions import BudgetSpent, Unverified
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Budget
from pytest_readiness.model.tls import AddressPosture, Mute, Protocol, TlsPosture
from pytest_readiness.probes.tls import tls
from pytest_readiness.standards.tls import cipher_suites

OAKLEY_2 = bytes.fromhex(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE65381FFFFFFFFFFFFFFFF"
)
"""The prime of 1024 bits of RFC 2409 section 6.2, which older servers use."""


def dh_parameters() -> str:
    """Return PKCS 3 parameters, PEM: the prime above and the generator 2."""
    numbers = b"\x02\x81\x81\x00" + OAKLEY_2 + b"\x02\x01\x02"
    return ssl.DER_cert_to_PEM_cert(b"\x30\x81" + bytes([len(numbers)]) + numbers).replace(
        "CERTIFICATE", "DH PARAMETERS"
    )


def found(judgements) -> list[tuple[str, Severity | None]]:
    return [(said.summary, said.severity) for said in judgements if isinstance(said, Finding)]


def measured(judgements) -> dict[str, object]:
    return {said.name: said.value for said in judgements if isinstance(said, Measure)}


def names(posture: AddressPosture, protocol: Protocol) -> set[str]:
    return {cipher_suites.name(number) for number in dict(posture.suites)[protocol]}


def groups(posture: AddressPosture, protocol: Protocol) -> set[str]:
    return {cipher_suites.group_name(number) for number in dict(posture.groups)[protocol]}


class TestAGoodSite:
    @pytest.mark.parametrize("key", ["p256", "rsa2048"])
    async def test_is_found_whole_and_green(self, site: Site, key):
        site.serve(site.bad(key=key))
        evidence: TlsPosture = await gather(site.target(), tls)
        [posture] = evidence.addresses
        kind = "ECDSA" if key == "p256" else "RSA"
        assert posture.protocols == (Protocol.TLS_1_2, Protocol.TLS_1_3)
        assert dict(posture.refusals)[Protocol.TLS_1_0] == "alert protocol_version"
        assert names(posture, Protocol.TLS_1_2) == {
            f"TLS_ECDHE_{kind}_WITH_AES_128_GCM_SHA256",
            f"TLS_ECDHE_{kind}_WITH_AES_256_GCM_SHA384",
            f"TLS_ECDHE_{kind}_WITH_CHACHA20_POLY1305_SHA256",
        }
        assert names(posture, Protocol.TLS_1_3) == {
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
        }
        assert groups(posture, Protocol.TLS_1_2) == groups(posture, Protocol.TLS_1_3) == {"X25519", "P-256", "P-384"}
        assert (posture.secure_renegotiation, posture.extended_master_secret) == (True, True)
        assert (posture.unsettled, posture.dh_bits) == ((), None)
        for check in (checks.protocols, checks.cipher_suites, checks.key_exchange):
            assert found(check(evidence)) == []

    async def test_costs_no_more_than_twenty_five_handshakes(self, site: Site):
        site.serve(site.bad())
        evidence = await gather(site.target(), tls)
        assert evidence.addresses[0].handshakes <= 25

    async def test_is_measured_even_so(self, site: Site):
        site.serve(site.bad())
        evidence = await gather(site.target(), tls)
        assert measured(checks.protocols(evidence)) == {"protocols": "TLS 1.2, TLS 1.3"}
        assert measured(checks.cipher_suites(evidence)) == {"suites": 6}
        assert measured(checks.key_exchange(evidence)) == {"x25519mlkem768": False, "groups": "P-256, P-384, X25519"}


class TestProtocols:
    async def test_tls_1_0_and_1_1_are_red_and_green_when_mended(self, site: Site):
        site.serve(site.bad(), directives="ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;")
        assert found(checks.protocols(await gather(site.target(), tls))) == [
            ("TLS 1.0 is offered", None),
            ("TLS 1.1 is offered", None),
        ]
        site.serve(site.bad())
        assert found(checks.protocols(await gather(site.target(), tls))) == []

    async def test_tls_1_2_alone_is_a_low_finding(self, site: Site):
        site.serve(site.bad(), directives=INTERMEDIATE.replace("TLSv1.3", ""))
        evidence = await gather(site.target(), tls)
        assert found(checks.protocols(evidence)) == [("TLS 1.3 is not offered", Severity.LOW)]

    async def test_tls_1_3_alone_is_green(self, site: Site):
        site.serve(site.bad(), directives="ssl_protocols TLSv1.3; ssl_ecdh_curve X25519:prime256v1;")
        evidence = await gather(site.target(), tls)
        assert evidence.addresses[0].secure_renegotiation is None
        for check in (checks.protocols, checks.cipher_suites, checks.key_exchange):
            assert found(check(evidence)) == []


class TestCipherSuites:
    async def test_old_ones_are_red_and_green_when_mended(self, site: Site):
        directives = INTERMEDIATE.replace("ssl_ciphers ", "ssl_ciphers AES128-SHA:ECDHE-RSA-AES128-SHA:")
        site.serve(site.bad(key="rsa2048"), directives=directives)
        assert found(checks.cipher_suites(await gather(site.target(), tls))) == [
            ("2 cipher suites are agreed to that Mozilla intermediate 6.0 has not", None)
        ]
        site.serve(site.bad(key="rsa2048"))
        assert found(checks.cipher_suites(await gather(site.target(), tls))) == []

    async def test_broken_ones_are_critical(self, site: Site):
        directives = "ssl_protocols TLSv1.2; ssl_ciphers NULL-SHA256:AECDH-AES128-SHA:@SECLEVEL=0;"
        site.serve(site.bad(key="rsa2048"), directives=directives)
        assert found(checks.cipher_suites(await gather(site.target(), tls))) == [
            ("TLS_RSA_WITH_NULL_SHA256 is agreed to: no encryption", Severity.CRITICAL),
            ("TLS_ECDH_anon_WITH_AES_128_CBC_SHA is agreed to: no authentication of the server", Severity.CRITICAL),
        ]


class TestKeyExchange:
    @pytest.mark.parametrize("protocols", ["TLSv1.2", "TLSv1.2 TLSv1.3"])
    async def test_a_weak_curve_is_red_and_green_when_mended(self, site: Site, protocols):
        directives = f"ssl_protocols {protocols}; ssl_ciphers ECDHE:@SECLEVEL=0; ssl_ecdh_curve secp224r1:prime256v1;"
        site.serve(site.bad(key="rsa2048"), directives=directives)
        assert found(checks.key_exchange(await gather(site.target(), tls))) == [
            ("keys are agreed on by weak curves: P-224", None)
        ]
        site.serve(site.bad(key="rsa2048"))
        assert found(checks.key_exchange(await gather(site.target(), tls))) == []

    async def test_sound_groups_off_the_profile_are_a_low_finding(self, site: Site):
        site.serve(site.bad(), directives="ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve X25519:X448:secp521r1;")
        judgements = list(checks.key_exchange(await gather(site.target(), tls)))
        assert found(judgements) == [
            ("keys are agreed on by groups that Mozilla intermediate 6.0 has not", Severity.LOW)
        ]
        assert "X448" in str(measured(judgements)["groups"])

    async def test_a_small_finite_field_is_red(self, site: Site):
        file = site.file("dh.pem", dh_parameters().encode())
        directives = f"ssl_protocols TLSv1.2; ssl_ciphers DHE:@SECLEVEL=0; ssl_dhparam {file};"
        site.serve(site.bad(key="rsa2048"), directives=directives)
        assert found(checks.key_exchange(await gather(site.target(), tls))) == [
            ("keys are agreed on in a finite field of 1024 bits", None)
        ]


class TestEveryAddress:
    async def test_the_second_is_looked_at_too(self, two_addresses: Site):
        site = two_addresses
        issued = site.bad()
        old = "ssl_protocols TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;"
        site.nginx.serve(site.server(issued) + site.server(issued, directives=old, address="127.0.0.2"))
        judgements = checks.protocols(await gather(site.target(), tls))
        assert [(said.summary, said.where) for said in judgements if isinstance(said, Finding)] == [
            ("TLS 1.1 is offered", f"{HOST} at 127.0.0.2")
        ]

    async def test_a_dead_second_one_lets_nothing_pass(self, two_addresses: Site):
        two_addresses.serve(two_addresses.bad())
        evidence = await gather(two_addresses.target(), tls)
        assert evidence.addresses[1].mute == Mute("connection refused")
        for check in (checks.protocols, checks.cipher_suites, checks.key_exchange):
            with pytest.raises(Unverified, match=r"nothing could be learned at 127\.0\.0\.2: connection refused"):
                list(check(evidence))


async def test_a_budget_too_small_lets_nothing_pass(site: Site):
    site.serve(site.bad())
    with pytest.raises(BudgetSpent):
        await gather(site.target(budget=Budget(requests=10)), tls)


async def test_plain_http_on_the_port_is_told_so(site: Site):
    site.nginx.serve(f"server {{ listen 127.0.0.1:{site.port}; return 200 hello; }}")
    evidence = await gather(site.target(), tls)
    assert str(evidence.addresses[0].mute).startswith("no TLS, but 'HTTP/1.1 400 Bad Request'")
