"""The DSSE envelope, version 1 (https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md).

The specification lets a reader pass over unknown members and over a missing key id. Both are refused here:
an envelope of ours has neither, and so there is no byte in it that could be changed unnoticed.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pytest_readiness.statement import keys, strict_json
from pytest_readiness.statement.keys import PrivateKey, PublicKey


class MalformedEnvelope(ValueError):
    """What was given is no envelope; the message says why."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature.

    Attributes:
        key_id: Which key it is by.
        value: The signature itself.
    """

    key_id: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload and who signed it.

    Attributes:
        payload_type: The media type of the payload.
        payload: What was signed.
        signatures: Each by another key; none in a statement that is unsigned.
    """

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding: what is signed in place of the payload, its type bound to it."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, payload_type: str, private_keys: Iterable[PrivateKey]) -> Envelope:
    """Return ``payload`` signed by each of ``private_keys``."""
    message = pae(payload_type, payload)
    signatures = (Signature(keys.key_id(key.public_key()), keys.sign(key, message)) for key in private_keys)
    return Envelope(payload_type, payload, tuple(signatures))


def verified(envelope: Envelope, public_keys: Iterable[PublicKey]) -> tuple[PublicKey, ...]:
    """Return those of ``public_keys`` that signed ``envelope``."""
    message = pae(envelope.payload_type, envelope.payload)
    by_id = {signature.key_id: signature.value for signature in envelope.signatures}
    given = {keys.key_id(key): key for key in public_keys}
    return tuple(key for name, key in given.items() if name in by_id and keys.signed(key, by_id[name], message))


def render(envelope: Envelope) -> str:
    """Return ``envelope`` as JSON text."""
    document = {
        "payloadType": envelope.payload_type,
        "payload": base64.b64encode(envelope.payload).decode(),
        "signatures": [
            {"keyid": signature.key_id, "sig": base64.b64encode(signature.value).decode()}
            for signature in envelope.signatures
        ],
    }
    return json.dumps(document, separators=(",", ":")) + "\n"


def parse(octets: bytes) -> Envelope:
    """Return the envelope that ``octets`` write.

    Raises:
        MalformedEnvelope: They write none, or one with two signatures by one key.
    """
    try:
        document = strict_json.loads(octets)
    except ValueError as error:
        raise MalformedEnvelope(f"it is no JSON: {error}") from None
    payload_type, payload, listed = _members(document, "payloadType", "payload", "signatures")
    if not isinstance(payload_type, str) or not isinstance(listed, list):
        raise MalformedEnvelope("payloadType is no text, or signatures no list")
    signatures = []
    for entry in listed:
        key_id, value = _members(entry, "keyid", "sig")
        if not isinstance(key_id, str):
            raise MalformedEnvelope("a keyid is no text")
        signatures.append(Signature(key_id, _octets("sig", value)))
    if len({signature.key_id for signature in signatures}) != len(signatures):
        raise MalformedEnvelope("there are two signatures by the same key")
    return Envelope(payload_type, _octets("payload", payload), tuple(signatures))


def _members(document: Any, *names: str) -> list[Any]:
    if not isinstance(document, dict) or set(document) != set(names):
        raise MalformedEnvelope(f"it is no DSSE envelope: expected an object of {', '.join(names)} and nothing else")
    return [document[name] for name in names]


def _octets(name: str, text: Any) -> bytes:
    if not isinstance(text, str):
        raise MalformedEnvelope(f"{name} is no text")
    try:
        octets = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise MalformedEnvelope(f"{name} is no base64") from None
    if base64.b64encode(octets).decode() != text:
        # Bits of the last letter that no octet is made from (RFC 4648, 3.5).
        raise MalformedEnvelope(f"{name} is no canonical base64")
    return octets
