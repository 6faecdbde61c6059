"""Certificates read into plain words, and how they belong together (RFC 5280, RFC 9525)."""

from __future__ import annotations

import ipaddress
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID

from pytest_readiness.model.tls import Certificate, KeyKind
from pytest_readiness.standards.tls import cipher_suites

Extension = TypeVar("Extension", bound=x509.ExtensionType)

_CURVE_NAMES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521", "secp224r1": "P-224"} | {
    "secp192r1": "P-192"
}

_PROBLEMS = (
    ValueError,
    TypeError,
    OverflowError,
    KeyError,  # a TLS feature that cryptography has no name for
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


class Unreadable(ValueError):
    """The bytes are no certificate, or one that breaks its own format."""


def parse(der: bytes) -> Certificate:
    """Return the certificate in plain words.

    Raises:
        Unreadable: It cannot be read.
    """
    # The parser is lazy and raises from any property, and it warns of slips that authorities make: a slip is no reason
    # to stop where warnings are errors.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(x509.load_der_x509_certificate(der))
        except _PROBLEMS as problem:
            raise Unreadable(str(problem) or type(problem).__name__) from problem


def curve(der: bytes) -> int | None:
    """Return the group that the certificate's key is on, by number; None where it is on none that TLS knows."""
    try:
        key = parse(der)
    except Unreadable:
        return None
    return next((number for number, name in cipher_suites.GROUPS.items() if name == key.key_name), None)


def attribute(name: str, key: str) -> str | None:
    """Return the first value of ``key`` (``CN``, ``O``) in a distinguished name of RFC 4514, or None."""
    for part in re.split(r"(?<!\\)[,+]", name):
        found, equals, value = part.partition("=")
        if equals and found == key:
            return re.sub(r"\\(.)", r"\1", value)
    return None


def covers(certificate: Certificate, host: str) -> bool:
    """Return whether the certificate is for the host, as browsers see it: RFC 9525 section 6.

    The common name does not count; a wildcard stands for one whole label, the leftmost.
    """
    try:
        wanted = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return any(ipaddress.ip_address(address) == wanted for address in certificate.ip_addresses)
    name = host.rstrip(".").lower()
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    _, _, parent = name.partition(".")
    for pattern in certificate.dns_names:
        lowered = pattern.rstrip(".").lower()
        if lowered == name or (lowered.startswith("*.") and lowered[2:] == parent and "." in parent):
            return True
    return False


def issued_by(child: Certificate, parent: Certificate) -> bool:
    """Return whether ``parent`` signed ``child``."""
    if child.issuer != parent.subject:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            issuer = x509.load_der_x509_certificate(parent.der)
            x509.load_der_x509_certificate(child.der).verify_directly_issued_by(issuer)
        except (InvalidSignature, TypeError):
            return False
        except _PROBLEMS:
            # SHA-1 is not verified any more; the key's identifier says as much as is needed to name the links.
            return child.authority_key is not None and child.authority_key == parent.subject_key
    return True


@dataclass(frozen=True, slots=True)
class Path:
    """How the certificates that a server sent belong together.

    Attributes:
        links: The leaf, the certificate that signed it, and so on, as far as was sent.
        extras: Certificates that have no part in it.
        ordered: Whether each was sent after the one that it signed.
    """

    links: tuple[Certificate, ...]
    extras: tuple[Certificate, ...]
    ordered: bool

    @property
    def top(self) -> Certificate:
        return self.links[-1]


def path(sent: Sequence[Certificate]) -> Path:
    """Return how the certificates belong together; the first is the leaf.

    A certificate that was sent twice is an extra one.
    """
    links, places = [sent[0]], [0]
    while not links[-1].self_issued:
        place = next(
            (at for at, other in enumerate(sent) if at not in places and issued_by(links[-1], other)),
            None,
        )
        if place is None:
            break
        links.append(sent[place])
        places.append(place)
    extras = tuple(certificate for at, certificate in enumerate(sent) if at not in places)
    return Path(tuple(links), extras, ordered=places == sorted(places))


def _read(certificate: x509.Certificate) -> Certificate:
    alternative = _extension(certificate, x509.SubjectAlternativeName)
    constraints = _extension(certificate, x509.BasicConstraints)
    features = _extension(certificate, x509.TLSFeature)
    access = _extension(certificate, x509.AuthorityInformationAccess)
    subject_key = _extension(certificate, x509.SubjectKeyIdentifier)
    authority_key = _extension(certificate, x509.AuthorityKeyIdentifier)
    kind, bits, words = _key(certificate)
    addresses = alternative.get_values_for_type(x509.IPAddress) if alternative else []
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Certificate(
        der=der,
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        dns_names=tuple(alternative.get_values_for_type(x509.DNSName)) if alternative else (),
        ip_addresses=tuple(
            str(address) for address in addresses if isinstance(address, ipaddress.IPv4Address | ipaddress.IPv6Address)
        ),
        key=kind,
        key_bits=bits,
        key_name=words,
        signature_hash=_signature_hash(certificate),
        authority=bool(constraints and constraints.ca),
        must_staple=features is not None and x509.TLSFeatureType.status_request in features,
        ocsp_urls=tuple(
            entry.access_location.value
            for entry in access or ()
            if entry.access_method == AuthorityInformationAccessOID.OCSP
            and isinstance(entry.access_location, x509.UniformResourceIdentifier)
        ),
        subject_key=subject_key.digest if subject_key else None,
        authority_key=authority_key.key_identifier if authority_key else None,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
    )


def _extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _key(certificate: x509.Certificate) -> tuple[KeyKind, int, str]:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return KeyKind.OTHER, 0, certificate.public_key_algorithm_oid.dotted_string
    match key:
        case rsa.RSAPublicKey():
            return KeyKind.RSA, key.key_size, f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey():
            return KeyKind.ELLIPTIC, key.curve.key_size, _CURVE_NAMES.get(key.curve.name, key.curve.name)
        case ed25519.Ed25519PublicKey():
            return KeyKind.EDWARDS, 255, "Ed25519"
        case ed448.Ed448PublicKey():
            return KeyKind.EDWARDS, 448, "Ed448"
        case dsa.DSAPublicKey():
            return KeyKind.DSA, key.key_size, f"DSA {key.key_size}"
        case _:
            return KeyKind.OTHER, 0, type(key).__name__


def _signature_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return certificate.signature_algorithm_oid.dotted_string
    return algorithm.name if algorithm else ""
