"""Signing keys as PEM: Ed25519 (RFC 8032) and ECDSA on P-256 with SHA-256 (FIPS 186-5)."""

from __future__ import annotations

import hashlib
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from pytest_readiness.model.exceptions import ConfigurationError

Algorithm = Literal["ed25519", "ecdsa-p256"]
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey

MAKE = "make a pair with `pytest-readiness keygen`"


def generate(algorithm: Algorithm = "ed25519") -> PrivateKey:
    """Return a new private key."""
    if algorithm == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def private_pem(key: PrivateKey) -> bytes:
    """Return ``key`` as unencrypted PKCS #8."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: PublicKey) -> bytes:
    """Return ``key`` as a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7)."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_id(key: PublicKey) -> str:
    """Return the SHA-256 of the SubjectPublicKeyInfo of ``key``, in hex: the same wherever the key is loaded."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def load_private(pem: bytes, *, named: str) -> PrivateKey:
    """Return the private key in ``pem``.

    Args:
        pem: The text of the file.
        named: What the user wrote to name it, for the message; nothing of ``pem`` is ever repeated.

    Raises:
        ConfigurationError: It holds no private key that signs statements.
    """
    if b"PUBLIC KEY-----" in pem:
        raise ConfigurationError(
            "this is a public key", key=named, remedy="sign with the private one, NAME.key; verify with NAME.pub"
        )
    try:
        key = load_pem_private_key(pem, None)
    except TypeError:
        # cryptography's way to say that a password is wanted.
        raise ConfigurationError(
            "the private key is encrypted with a password", key=named, remedy=f"store it unencrypted, or {MAKE}"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError("this is no private key in PEM", key=named, remedy=MAKE) from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ConfigurationError("the key is neither Ed25519 nor ECDSA on P-256", key=named, remedy=MAKE)


def load_public(pem: bytes, *, named: str) -> PublicKey:
    """Return the public key in ``pem``; arguments and errors are those of :func:`load_private`."""
    if b"PRIVATE KEY-----" in pem:
        raise ConfigurationError(
            "this is a private key", key=named, remedy="verify with the public one, NAME.pub, and keep this one secret"
        )
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError("this is no public key in PEM", key=named, remedy=MAKE) from None
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ConfigurationError("the key is neither Ed25519 nor ECDSA on P-256", key=named, remedy=MAKE)


def sign(key: PrivateKey, message: bytes) -> bytes:
    """Return the signature of ``message``: 64 bytes for Ed25519, DER for ECDSA."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def signed(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is by the private half of ``key``, of ``message``."""
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
