"""Our envelopes are those of the specification: another implementation reads ours and we read its."""

from __future__ import annotations

import json

import pytest
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from pytest_readiness.statement import dsse, keys

KIND, PAYLOAD = "application/vnd.in-toto+json", b'{"_type":"x"}'


def test_the_encoding_is_the_one_of_the_specification():
    """The example of the protocol page."""
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_an_envelope_comes_back_as_it_was_written(key):
    envelope = dsse.sign(PAYLOAD, KIND, [key])
    assert dsse.parse(dsse.render(envelope).encode()) == envelope


def test_the_signer_is_found_among_the_given_keys(key):
    envelope = dsse.sign(PAYLOAD, KIND, [key])
    public = key.public_key()
    assert dsse.verified(envelope, [keys.generate().public_key(), public]) == (public,)


def theirs(key) -> SSlibKey:
    """Return the public key as the other implementation has it, under our name for it."""
    return SSlibKey.from_crypto(key.public_key(), keyid=keys.key_id(key.public_key()))


class TestSecuresystemslib:
    def test_it_verifies_ours(self, key):
        read = TheirEnvelope.from_dict(json.loads(dsse.render(dsse.sign(PAYLOAD, KIND, [key]))))
        assert (read.payload, read.payload_type) == (PAYLOAD, KIND)
        assert list(read.verify([theirs(key)], 1)) == [keys.key_id(key.public_key())]

    def test_it_refuses_ours_once_changed(self, key):
        read = TheirEnvelope.from_dict(json.loads(dsse.render(dsse.sign(PAYLOAD, KIND, [key]))))
        read.payload += b" "
        with pytest.raises(VerificationError):
            read.verify([theirs(key)], 1)

    def test_we_verify_its(self, key):
        written = TheirEnvelope(PAYLOAD, KIND, {})
        written.sign(CryptoSigner(key, theirs(key)))
        envelope = dsse.parse(json.dumps(written.to_dict(), indent=2).encode())
        assert envelope.payload == PAYLOAD
        assert dsse.verified(envelope, [key.public_key()]) == (key.public_key(),)

    def test_we_refuse_its_once_changed(self, key):
        written = TheirEnvelope(PAYLOAD, KIND, {})
        written.sign(CryptoSigner(key, theirs(key)))
        written.payload += b" "
        envelope = dsse.parse(json.dumps(written.to_dict()).encode())
        assert dsse.verified(envelope, [key.public_key()]) == ()
