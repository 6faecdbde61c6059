"""A certificate authority of one's own: the demo's sites and every test get their certificates here.

It issues what a public authority issues (RFC 5280 as the CA/Browser Forum profiles it), so that OpenSSL,
``ssl.VERIFY_X509_STRICT`` and the web-PKI profile of ``cryptography.x509.verification`` accept it, and, where it is
asked to, what no authority should issue: the bad certificates that checks must catch.

    authority = Authority()
    site = authority.issue(["shop.test", "127.0.0.1"]).write(folder)        # site.chain_file, site.key_file
    authority.write_root(folder / "ca.pem")                                 # for `ca_file`
    authority.issue(["shop.test"], lifetime=timedelta(days=90), remaining=timedelta(days=10))
    authority.issue(["shop.test"], chain="incomplete")

trustme does not serve here: its leaves carry critical extensions that the web-PKI profile refuses.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
KeyKind = Literal["p256", "p384", "p521", "p224", "rsa2048", "rsa1024", "ed25519"]
Digest = Literal["sha256", "sha1"]
Chain = Literal["ordered", "incomplete", "misordered", "extra", "with-root"]

_CURVES: dict[str, ec.EllipticCurve] = {
    "p224": ec.SECP224R1(),
    "p256": ec.SECP256R1(),
    "p384": ec.SECP384R1(),
    "p521": ec.SECP521R1(),
}
_ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_ECDSA_WITH_SHA1 = bytes.fromhex("300906072a8648ce3d0401")


def generate_key(kind: KeyKind = "p256") -> PrivateKey:
    """Return a new private key of that kind."""
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("rsa"):
        return rsa.generate_private_key(public_exponent=65537, key_size=int(kind.removeprefix("rsa")))
    return ec.generate_private_key(_CURVES[kind])


@dataclass(frozen=True)
class Issued:
    """A certificate with its private key and the chain that a server is to send.

    Attributes:
        leaf: The certificate.
        key: Its private key.
        chain: What a server is to send, the leaf first.
        issuer: The certificate that signed the leaf; the leaf itself where it is self-signed.
        issuer_key: The key that signed the leaf.
    """

    leaf: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...]
    issuer: x509.Certificate
    issuer_key: PrivateKey

    @property
    def chain_pem(self) -> bytes:
        """The chain as a server's certificate file has it."""
        return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in self.chain)

    @property
    def key_pem(self) -> bytes:
        """The private key, PKCS 8, not encrypted."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """The chain as it goes over the wire."""
        return tuple(certificate.public_bytes(serialization.Encoding.DER) for certificate in self.chain)

    def write(self, folder: Path, name: str = "server") -> CertificateFiles:
        """Write ``name.pem`` (the chain) and ``name.key`` into ``folder`` and return where they are."""
        files = CertificateFiles(folder / f"{name}.pem", folder / f"{name}.key")
        files.chain_file.write_bytes(self.chain_pem)
        files.key_file.touch(mode=0o600)
        files.key_file.write_bytes(self.key_pem)
        return files

    def staple(
        self,
        *,
        status: Literal["good", "revoked"] = "good",
        age: timedelta = timedelta(days=1),
        lifetime: timedelta = timedelta(days=7),
    ) -> bytes:
        """Return an OCSP response about the leaf, DER, as a server staples it.

        Args:
            status: What the response says.
            age: How long ago it was made.
            lifetime: How long after that it holds; less than ``age`` makes it an outdated one.
        """
        made = _now() - age
        response = ocsp.OCSPResponseBuilder().add_response(
            cert=self.leaf,
            issuer=self.issuer,
            algorithm=hashes.SHA1(),  # noqa: S303  # the hash of names in RFC 5019's profile, no signature
            cert_status=ocsp.OCSPCertStatus.GOOD if status == "good" else ocsp.OCSPCertStatus.REVOKED,
            this_update=made,
            next_update=made + lifetime,
            revocation_time=None if status == "good" else made,
            revocation_reason=None if status == "good" else x509.ReasonFlags.key_compromise,
        )
        signer = response.responder_id(ocsp.OCSPResponderEncoding.HASH, self.issuer)
        return signer.sign(self.issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True)
class CertificateFiles:
    """Where a chain and its key were written.

    Attributes:
        chain_file: The chain, PEM.
        key_file: The private key, PEM.
    """

    chain_file: Path
    key_file: Path

    def server_context(self) -> ssl.SSLContext:
        """Return a context for a server that sends this chain."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain_file, self.key_file)
        return context


class Authority:
    """A root and its intermediate.

    Args:
        name: Their common name, before the words Root and Intermediate.
        intermediate_valid_until: When the intermediate expires; None for years from now.
    """

    def __init__(self, name: str = "Example", *, intermediate_valid_until: datetime | None = None) -> None:
        now = _now()
        self.name = name
        self.root_key = generate_key()
        self.root = _certify(
            _common_name(f"{name} Root"),
            self.root_key,
            path_length=None,
            valid=(now - timedelta(days=3650), now + timedelta(days=3650)),
        )
        self.intermediate_key = generate_key()
        self.intermediate = self._intermediate(
            f"{name} Intermediate", self.intermediate_key, valid_until=intermediate_valid_until
        )

    @property
    def root_pem(self) -> bytes:
        """The root, for a client's trust store."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    def write_root(self, file: Path) -> Path:
        """Write the root, PEM, and return the file: what a target's ``ca_file`` names."""
        file.write_bytes(self.root_pem)
        return file

    def client_context(self) -> ssl.SSLContext:
        """Return a verifying context for a client that trusts this authority alone."""
        return ssl.create_default_context(cadata=self.root_pem.decode("ascii"))

    def issue(
        self,
        hosts: Sequence[str],
        *,
        lifetime: timedelta = timedelta(days=90),
        remaining: timedelta | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
        key: KeyKind | PrivateKey = "p256",
        chain: Chain = "ordered",
        digest: Digest = "sha256",
        must_staple: bool = False,
        ocsp_url: str | None = None,
    ) -> Issued:
        """Issue a server's certificate.

        Args:
            hosts: The names and IP addresses that it is for; ``*.shop.test`` is a wildcard.
            lifetime: How long it is valid from first to last.
            remaining: How much of that is left; None for eight ninths. Negative: it has expired. More than
                ``lifetime``: it is not valid yet.
            valid_from: When it begins to hold, in place of the two above.
            valid_until: When it ends to hold, in place of the two above.
            key: What kind of key to make, or the key.
            chain: What the server is to send: ``ordered`` (leaf, intermediate), ``incomplete`` (leaf alone),
                ``misordered`` (leaf, upper intermediate, its own issuer last), ``extra`` (an intermediate that has
                no part in it between the two), ``with-root`` (leaf, intermediate, root).
            digest: What it is signed with.
            must_staple: Whether it demands a stapled OCSP response (RFC 7633).
            ocsp_url: The OCSP responder that it names; None for none.
        """
        private_key = generate_key(key) if isinstance(key, str) else key
        issuer, issuer_key = self.intermediate, self.intermediate_key
        sent: tuple[x509.Certificate, ...] = (self.intermediate,)
        if chain == "incomplete":
            sent = ()
        elif chain == "with-root":
            sent = (self.intermediate, self.root)
        elif chain == "extra":
            sent = (self._intermediate(f"{self.name} Unrelated Intermediate", generate_key()), self.intermediate)
        elif chain == "misordered":
            issuer_key = generate_key()
            issuer = _certify(
                _common_name(f"{self.name} Issuing"),
                issuer_key,
                self.intermediate,
                self.intermediate_key,
                path_length=0,
                valid=(self.intermediate.not_valid_before_utc, self.intermediate.not_valid_after_utc),
            )
            sent = (self.intermediate, issuer)
        leaf = _certify(
            _leaf_name(hosts),
            private_key,
            issuer,
            issuer_key,
            hosts=hosts,
            valid=_validity(lifetime, remaining, valid_from, valid_until),
            digest=digest,
            must_staple=must_staple,
            ocsp_url=ocsp_url,
        )
        return Issued(leaf, private_key, (leaf, *sent), issuer, issuer_key)

    def _intermediate(self, name: str, key: PrivateKey, *, valid_until: datetime | None = None) -> x509.Certificate:
        now = _now()
        return _certify(
            _common_name(name),
            key,
            self.root,
            self.root_key,
            path_length=1,
            valid=(now - timedelta(days=1800), valid_until or now + timedelta(days=1800)),
        )


def self_signed(
    hosts: Sequence[str], *, lifetime: timedelta = timedelta(days=90), key: KeyKind | PrivateKey = "p256"
) -> Issued:
    """Return a server's certificate that vouches for itself, as appliances and first drafts have it."""
    private_key = generate_key(key) if isinstance(key, str) else key
    leaf = _certify(_leaf_name(hosts), private_key, hosts=hosts, valid=_validity(lifetime, None, None, None))
    return Issued(leaf, private_key, (leaf,), leaf, private_key)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _leaf_name(hosts: Sequence[str]) -> x509.Name:
    return _common_name(next((host for host in hosts if len(host) <= 64), "server"))  # RFC 5280: ub-common-name


def _validity(
    lifetime: timedelta, remaining: timedelta | None, valid_from: datetime | None, valid_until: datetime | None
) -> tuple[datetime, datetime]:
    left = lifetime * 8 / 9 if remaining is None else remaining
    if valid_until is None:
        valid_until = valid_from + lifetime if valid_from else _now() + left
    if valid_from is None:
        valid_from = valid_until - lifetime
    return valid_from.replace(microsecond=0), valid_until.replace(microsecond=0)


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def _sign_anew_with_sha1(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Return the certificate signed with ECDSA and SHA-1, which ``CertificateBuilder`` rightly refuses to do."""
    body = certificate.tbs_certificate_bytes
    content = body[2 + (body[1] & 0x7F if body[1] & 0x80 else 0) :].replace(_ECDSA_WITH_SHA256, _ECDSA_WITH_SHA1, 1)
    signed = _der(0x30, content)
    signature = key.sign(signed, ec.ECDSA(hashes.SHA1()))  # noqa: S303  # one of the bad certificates
    return x509.load_der_x509_certificate(_der(0x30, signed + _ECDSA_WITH_SHA1 + _der(0x03, b"\0" + signature)))


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, authority: bool, encipherment: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_encipherment=encipherment,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _certify(
    subject: x509.Name,
    key: PrivateKey,
    issuer: x509.Certificate | None = None,
    issuer_key: PrivateKey | None = None,
    *,
    valid: tuple[datetime, datetime],
    hosts: Sequence[str] = (),
    path_length: int | None = None,
    digest: Digest = "sha256",
    must_staple: bool = False,
    ocsp_url: str | None = None,
) -> x509.Certificate:
    """Sign a certificate: an authority's where ``hosts`` is empty, a server's where it is not.

    Without an issuer it is self-signed.
    """
    authority = not hosts
    signing_key = issuer_key or key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(authority, path_length if authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()),
            critical=False,
        )
        .add_extension(
            _key_usage(authority=authority, encipherment=not authority and isinstance(key, rsa.RSAPrivateKey)),
            critical=True,
        )
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False
        )
    if must_staple:
        builder = builder.add_extension(x509.TLSFeature([x509.TLSFeatureType.status_request]), critical=False)
    if ocsp_url:
        location = x509.UniformResourceIdentifier(ocsp_url)
        builder = builder.add_extension(
            x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, location)]),
            critical=False,
        )
    certificate = builder.sign(
        signing_key, None if isinstance(signing_key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    )
    if digest == "sha1":
        if not isinstance(signing_key, ec.EllipticCurvePrivateKey):
            raise ValueError("only an elliptic-curve issuer signs with SHA-1 here")
        return _sign_anew_with_sha1(certificate, signing_key)
    return certificate
