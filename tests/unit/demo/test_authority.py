"""The certificate authority behind the demo and the tests."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp, verification

from pytest_readiness.demo.authority import Authority, self_signed

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def names(chain: tuple[x509.Certificate, ...]) -> list[str]:
    return [certificate.subject.rfc4514_string().removeprefix("CN=") for certificate in chain]


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> str | None:
    """Shake hands over a socket pair; return the TLS version that was agreed on."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            with server.wrap_socket(theirs, server_side=True) as secured:
                secured.recv(1)
        except (ssl.SSLError, ConnectionError):
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(ours, server_hostname=host) as secured:
            return secured.version()
    finally:
        ours.close()
        thread.join(5)


class TestAnOrdinaryCertificate:
    def test_passes_the_web_pki_profile(self, authority: Authority) -> None:
        issued = authority.issue(["shop.test"])
        verifier = (
            verification.PolicyBuilder()
            .store(verification.Store([authority.root]))
            .build_server_verifier(x509.DNSName("shop.test"))
        )
        assert verifier.verify(issued.leaf, list(issued.chain[1:])) == [
            issued.leaf,
            authority.intermediate,
            authority.root,
        ]

    @pytest.mark.parametrize("host", ["shop.test", "127.0.0.1"])
    def test_passes_openssl_at_its_strictest(self, authority: Authority, tmp_path: Path, host: str) -> None:
        client = authority.client_context()
        client.verify_flags |= ssl.VERIFY_X509_STRICT
        files = authority.issue(["shop.test", "127.0.0.1"]).write(tmp_path)
        assert handshake(files.server_context(), client, host) == "TLSv1.3"

    def test_is_refused_for_another_host(self, authority: Authority, tmp_path: Path) -> None:
        files = authority.issue(["shop.test"]).write(tmp_path)
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            handshake(files.server_context(), authority.client_context(), "other.test")

    def test_is_refused_by_who_trusts_another_authority(self, authority: Authority, tmp_path: Path) -> None:
        files = authority.issue(["shop.test"]).write(tmp_path)
        with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
            handshake(files.server_context(), Authority("Other").client_context(), "shop.test")


class TestValidity:
    def test_remaining_and_lifetime_say_where_in_its_life_it_is(self, authority: Authority) -> None:
        leaf = authority.issue(["shop.test"], lifetime=90 * DAY, remaining=10 * DAY).leaf
        left = leaf.not_valid_after_utc - datetime.now(UTC)
        assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == 90 * DAY
        assert 9.9 * DAY < left <= 10 * DAY

    def test_explicit_dates_stand_as_they_are(self, authority: Authority) -> None:
        start, end = datetime(2026, 3, 15, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
        leaf = authority.issue(["shop.test"], valid_from=start, valid_until=end).leaf
        assert (leaf.not_valid_before_utc, leaf.not_valid_after_utc) == (start, end)

    def test_an_intermediate_can_have_expired(self) -> None:
        end = datetime(2026, 1, 1, tzinfo=UTC)
        assert Authority(intermediate_valid_until=end).intermediate.not_valid_after_utc == end


class TestChain:
    @pytest.mark.parametrize(
        ("chain", "sent"),
        [
            ("ordered", ["shop.test", "Example Intermediate"]),
            ("incomplete", ["shop.test"]),
            ("misordered", ["shop.test", "Example Intermediate", "Example Issuing"]),
            ("extra", ["shop.test", "Example Unrelated Intermediate", "Example Intermediate"]),
            ("with-root", ["shop.test", "Example Intermediate", "Example Root"]),
        ],
    )
    def test_is_what_was_asked_for(self, authority: Authority, chain, sent) -> None:
        issued = authority.issue(["shop.test"], chain=chain)
        assert names(issued.chain) == sent
        assert names(tuple(x509.load_pem_x509_certificates(issued.chain_pem))) == sent
        assert [x509.load_der_x509_certificate(der) for der in issued.chain_der] == list(issued.chain)


class TestBadCertificates:
    def test_small_keys_can_be_had(self, authority: Authority) -> None:
        key = authority.issue(["shop.test"], key="rsa1024").leaf.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        assert key.key_size == 1024
        key = authority.issue(["shop.test"], key="p224").leaf.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key.curve.name == "secp224r1"

    def test_a_sha1_signature_can_be_had(self, authority: Authority) -> None:
        algorithm = authority.issue(["shop.test"], digest="sha1").leaf.signature_hash_algorithm
        assert algorithm is not None
        assert algorithm.name == "sha1"

    def test_a_self_signed_one_vouches_for_itself(self) -> None:
        issued = self_signed(["shop.test"])
        issued.leaf.verify_directly_issued_by(issued.leaf)
        assert issued.chain == (issued.leaf,)


class TestStaple:
    def test_says_good_of_the_leaf(self, authority: Authority) -> None:
        issued = authority.issue(["shop.test"], must_staple=True, ocsp_url="http://ocsp.test/")
        assert issued.leaf.extensions.get_extension_for_class(x509.TLSFeature).value == x509.TLSFeature(
            [x509.TLSFeatureType.status_request]
        )
        response = ocsp.load_der_ocsp_response(issued.staple())
        assert response.serial_number == issued.leaf.serial_number
        assert response.certificate_status is ocsp.OCSPCertStatus.GOOD

    def test_can_say_revoked(self, authority: Authority) -> None:
        response = ocsp.load_der_ocsp_response(authority.issue(["shop.test"]).staple(status="revoked"))
        assert response.certificate_status is ocsp.OCSPCertStatus.REVOKED


def test_the_key_file_is_for_its_owner_alone(authority: Authority, tmp_path: Path) -> None:
    files = authority.issue(["shop.test"]).write(tmp_path, "site")
    assert (files.chain_file.name, files.key_file.name) == ("site.pem", "site.key")
    assert files.key_file.stat().st_mode & 0o077 == 0
