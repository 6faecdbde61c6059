"""Keys are read from PEM; what is none is named, with what to do, and never shown."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.statement import keys

P384 = ec.generate_private_key(ec.SECP384R1())
RSA = rsa.generate_private_key(65537, 2048)


def pem(key, encryption=None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def public(key) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_pair_comes_back_from_its_files(key):
    private = keys.load_private(keys.private_pem(key), named="k")
    loaded = keys.load_public(keys.public_pem(key.public_key()), named="p")
    assert keys.signed(loaded, keys.sign(private, b"x"), b"x")
    assert not keys.signed(loaded, keys.sign(private, b"x"), b"y")


def test_a_key_is_named_by_the_digest_of_its_subject_public_key_info(key):
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert keys.key_id(key.public_key()) == hashlib.sha256(der).hexdigest()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", "no private key"),
        (b"hunter2", "no private key"),
        (public(P384), "public key"),
        (pem(P384), "neither Ed25519 nor"),
        (pem(RSA), "neither Ed25519 nor"),
        (pem(P384, BestAvailableEncryption(b"x")), "encrypted"),
    ],
)
def test_what_is_no_private_key_of_ours_is_told_with_a_remedy(given, why):
    with pytest.raises(ConfigurationError, match=why) as caught:
        keys.load_private(given, named="env:KEY")
    assert str(caught.value).startswith("env:KEY: ")
    assert "; " in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", "no public key"),
        (pem(P384), "private key"),
        (public(P384), "neither Ed25519 nor"),
        (public(RSA), "neither Ed25519 nor"),
    ],
)
def test_what_is_no_public_key_of_ours_is_told_with_a_remedy(given, why):
    with pytest.raises(ConfigurationError, match=why):
        keys.load_public(given, named="--key x")
