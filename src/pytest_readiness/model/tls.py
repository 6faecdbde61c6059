"""TLS as it was seen: what each address agrees to, the certificates it sends, and when they should be renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class Protocol(IntEnum):
    """A version of TLS by its number on the wire."""

    SSL_3 = 0x0300
    TLS_1_0 = 0x0301
    TLS_1_1 = 0x0302
    TLS_1_2 = 0x0303
    TLS_1_3 = 0x0304

    def __str__(self) -> str:
        return "SSL 3" if self is Protocol.SSL_3 else self.name.replace("TLS_", "TLS ").replace("_", ".")


@dataclass(frozen=True, slots=True)
class Mute:
    """Why nothing could be learned from an address.

    Attributes:
        reason: Why, as a clause: "connection refused".
        ours: Whether it is our machine that cannot get there, as one without IPv6 cannot.
    """

    reason: str
    ours: bool = False

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a protocol or a list could not be settled.

    Attributes:
        what: What could not be settled: a protocol, "cipher suites of TLS 1.2".
        reason: Why not.
    """

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddressPosture:
    """What one address agrees to when it is offered everything.

    Attributes:
        address: The address.
        mute: Why nothing could be learned; None where it answered.
        protocols: The protocols that it agrees to, oldest first.
        refusals: How it refused each of the others.
        suites: The cipher suites that it agrees to, by protocol, as IANA numbers in the order they were chosen.
        groups: The groups that it agrees to for ephemeral keys, by protocol, as IANA numbers.
        dh_bits: The smallest finite-field group that it used, in bits; None where it used none.
        secure_renegotiation: Whether it knows RFC 5746; None where only TLS 1.3, which has no renegotiation, is spoken.
        extended_master_secret: Whether it knows RFC 7627; None as above.
        unsettled: What could not be settled.
        handshakes: How many handshakes were begun.
    """

    address: str
    mute: Mute | None = None
    protocols: tuple[Protocol, ...] = ()
    refusals: tuple[tuple[Protocol, str], ...] = ()
    suites: tuple[tuple[Protocol, tuple[int, ...]], ...] = ()
    groups: tuple[tuple[Protocol, tuple[int, ...]], ...] = ()
    dh_bits: int | None = None
    secure_renegotiation: bool | None = None
    extended_master_secret: bool | None = None
    unsettled: tuple[Ground, ...] = ()
    handshakes: int = 0


@dataclass(frozen=True, slots=True)
class TlsPosture:
    """What every address of the host agrees to.

    Attributes:
        host: The name that was asked for.
        port: The port.
        addresses: One entry an address that the name leads to.
    """

    host: str
    port: int
    addresses: tuple[AddressPosture, ...]


class KeyKind(StrEnum):
    """What a public key is of."""

    RSA = "RSA"
    ELLIPTIC = "EC"
    EDWARDS = "EdDSA"
    DSA = "DSA"
    OTHER = "unknown"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate, its fields in plain words.

    Attributes:
        der: The certificate itself.
        subject: Its subject, RFC 4514.
        issuer: Its issuer, RFC 4514.
        serial: Its serial number.
        not_before: When it begins to hold, UTC.
        not_after: When it ends to hold, UTC.
        dns_names: The names that it is for.
        ip_addresses: The addresses that it is for.
        key: What its public key is of.
        key_bits: The size of that key.
        key_name: The key in words: ``RSA 2048``, ``P-256``.
        signature_hash: The hash it is signed with, lower case; empty where the algorithm brings its own.
        authority: Whether it may sign certificates.
        must_staple: Whether it demands a stapled OCSP response (RFC 7633).
        ocsp_urls: The OCSP responders that it names.
        subject_key: The identifier of its key; None where it has none.
        authority_key: The identifier of the key that signed it; None where it has none.
        fingerprint: SHA-256 of ``der``, hexadecimal.
    """

    der: bytes
    subject: str
    issuer: str
    serial: int
    not_before: datetime
    not_after: datetime
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    key: KeyKind = KeyKind.ELLIPTIC
    key_bits: int = 256
    key_name: str = "P-256"
    signature_hash: str = "sha256"
    authority: bool = False
    must_staple: bool = False
    ocsp_urls: tuple[str, ...] = ()
    subject_key: bytes | None = None
    authority_key: bytes | None = None
    fingerprint: str = ""

    @property
    def lifetime(self) -> timedelta:
        """How long it holds."""
        return self.not_after - self.not_before

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are the same."""
        return self.subject == self.issuer


@dataclass(frozen=True, slots=True)
class Trust:
    """How a verifying handshake ended.

    Attributes:
        trusted: Whether the chain led to a trusted authority, in time and for the host; None where no handshake could
            tell.
        code: OpenSSL's verification error; 0 where there was none.
        reason: Why not, in OpenSSL's words.
        protocol: The protocol that was agreed on; empty where the handshake failed.
    """

    trusted: bool | None
    code: int = 0
    reason: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class SentChain:
    """One chain that an address sends.

    Attributes:
        certificates: As sent, the leaf first.
        trust: How a verifying handshake that meets this chain ends.
        unreadable: How many certificates were sent that cannot be read.
        staple: The stapled OCSP response, DER; None where none was sent or could be seen.
        staple_visible: Whether a staple could have been seen; TLS 1.3 encrypts it.
    """

    certificates: tuple[Certificate, ...]
    trust: Trust
    unreadable: int = 0
    staple: bytes | None = None
    staple_visible: bool = True

    @property
    def leaf(self) -> Certificate:
        return self.certificates[0]


@dataclass(frozen=True, slots=True)
class AddressCertificates:
    """The certificates of one address.

    Attributes:
        address: The address.
        chains: Each chain that it sends, the one that most visitors get first; several where it has a certificate for
            each kind of key.
        mute: Why there is none; None where there is one.
    """

    address: str
    chains: tuple[SentChain, ...] = ()
    mute: Mute | None = None


@dataclass(frozen=True, slots=True)
class Certificates:
    """The certificates of every address of the host.

    Attributes:
        host: The name that was asked for.
        port: The port.
        private: Whether the target names authorities of its own; rules for public authorities do not apply to these.
        addresses: One entry an address that the name leads to.
    """

    host: str
    port: int
    private: bool
    addresses: tuple[AddressCertificates, ...]


@dataclass(frozen=True, slots=True)
class RenewalWindow:
    """When the issuer suggests to renew (RFC 9773).

    Attributes:
        start: From when on.
        end: Until when.
        explanation: The page that says why; empty where there is none.
    """

    start: datetime
    end: datetime
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class CertificateRenewal:
    """What the issuer says about renewing one certificate.

    Attributes:
        certificate: The certificate.
        window: What the issuer suggests; None where it was not asked or did not say.
        asked: The URL that was asked; empty where none is known.
        silence: Why there is no window; empty where there is one.
    """

    certificate: Certificate
    window: RenewalWindow | None = None
    asked: str = ""
    silence: str = ""


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the issuers say about renewing the certificates in use.

    Attributes:
        certificates: One entry a certificate.
    """

    certificates: tuple[CertificateRenewal, ...]
