"""ClientHello messages, written without any cryptography (RFC 8446 4.1.2, RFC 5246 7.4.1.2, RFC 6101).

A server's answer to a hello tells what it would agree to, so a hello is all that is ever sent: the keys that a
handshake would need are never made.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from pytest_readiness.model.tls import Protocol

RANDOM_BYTES = 96
"""Random bytes that a hello takes: 32 of random, 32 of session id, 32 of key share."""

SIGNATURE_SCHEMES: tuple[int, ...] = (
    0x0403, 0x0503, 0x0603,  # ecdsa_secp256r1_sha256 and its siblings
    0x0804, 0x0805, 0x0806,  # rsa_pss_rsae
    0x0809, 0x080A, 0x080B,  # rsa_pss_pss
    0x0807, 0x0808,  # ed25519, ed448
    0x081A, 0x081B, 0x081C,  # ecdsa_brainpool
    0x0401, 0x0501, 0x0601, 0x0301,  # rsa_pkcs1
    0x0402, 0x0303, 0x0302,  # dsa, and SHA-224
    0x0203, 0x0201, 0x0202,  # SHA-1
)  # fmt: skip
"""All of them, so that a server refuses for no signature's sake."""


class KeyShare(Enum):
    """What a TLS 1.3 hello brings along for the key exchange."""

    NONE = "none: the server must name the group it would take, in a HelloRetryRequest"
    X25519 = "an X25519 key that nobody holds: the server answers as it would to a browser"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a hello offers.

    Attributes:
        protocol: The one protocol that is offered.
        suites: Cipher suites.
        groups: Groups, the preferred first.
        host: The name that is asked for; an address is not sent, as RFC 6066 section 3 wants it.
        key_share: What TLS 1.3 is begun with.
        staple: Whether a stapled OCSP response is asked for.
    """

    protocol: Protocol
    suites: Sequence[int]
    groups: Sequence[int] = ()
    host: str = ""
    key_share: KeyShare = KeyShare.NONE
    staple: bool = False


def client_hello(offer: Offer, random: bytes) -> bytes:
    """Return the record that offers it.

    Args:
        offer: What to offer.
        random: :data:`RANDOM_BYTES` random bytes.

    Raises:
        ValueError: There are too few random bytes, or the host is no name that DNS could carry.
    """
    if len(random) < RANDOM_BYTES:
        raise ValueError(f"a hello takes {RANDOM_BYTES} random bytes")
    modern = offer.protocol is Protocol.TLS_1_3
    body = (
        _u16(min(offer.protocol, Protocol.TLS_1_2))
        + random[:32]
        + _vector(1, random[32:64] if modern else b"")
        + _vector(2, _u16(*offer.suites))
        + b"\x01\x00"  # no compression
    )
    if offer.protocol is not Protocol.SSL_3:  # which knows no extensions
        body += _vector(2, _padded(_extensions(offer, random[64:96]), len(body)))
    record = Protocol.SSL_3 if offer.protocol is Protocol.SSL_3 else Protocol.TLS_1_0
    return b"\x16" + _u16(record) + _vector(2, b"\x01" + _vector(3, body))


def _extensions(offer: Offer, share: bytes) -> bytes:
    extensions: list[tuple[int, bytes]] = []
    if (name := server_name(offer.host)) is not None:
        extensions.append((0, _vector(2, b"\x00" + _vector(2, name))))
    extensions += [(0x0017, b""), (0xFF01, b"\x00")]  # extended master secret, secure renegotiation
    if offer.groups:
        extensions += [(0x000A, _vector(2, _u16(*offer.groups))), (0x000B, b"\x01\x00")]  # uncompressed points
    if offer.staple:
        extensions.append((0x0005, b"\x01\x00\x00\x00\x00"))
    if offer.protocol >= Protocol.TLS_1_2:
        extensions.append((0x000D, _vector(2, _u16(*SIGNATURE_SCHEMES))))
    if offer.protocol is Protocol.TLS_1_3:
        entry = _u16(0x001D) + _vector(2, share) if offer.key_share is KeyShare.X25519 else b""
        extensions += [(0x002B, _vector(1, _u16(offer.protocol))), (0x0033, _vector(2, entry))]
    return b"".join(_u16(kind) + _vector(2, data) for kind, data in extensions)


def _padded(extensions: bytes, before: int) -> bytes:
    # Some load balancers hang on hellos of 256 to 511 bytes: RFC 7685.
    length = before + 2 + len(extensions) + 4
    if not 256 <= length < 512:
        return extensions
    return extensions + _u16(0x0015) + _vector(2, bytes(max(0, 512 - length - 4)))


def server_name(host: str) -> bytes | None:
    """Return the name as it goes into the hello, or None for an address or for nothing.

    Raises:
        ValueError: It is no name that DNS could carry.
    """
    host = host.rstrip(".")
    if not host:
        return None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name = host.encode("ascii") if host.isascii() else host.encode("idna")
        if len(name) > 253:  # RFC 1035, 2.3.4, without the root
            raise ValueError(f"{host[:40]}… is longer than a name can be") from None
        return name
    return None


def _u16(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(2, "big") for number in numbers)


def _vector(width: int, content: bytes) -> bytes:
    return len(content).to_bytes(width, "big") + content
