"""The first flight of a TLS server, read from whatever bytes come (RFC 8446, RFC 5246, RFC 6066, RFC 8422).

Nothing is trusted, nothing is decrypted. The parser never raises on bytes: what is no TLS is said in ``malformed``,
and what came before it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_readiness.model.tls import Protocol
from pytest_readiness.standards.tls import cipher_suites

CAP = 262_144
"""Bytes that are read of one flight; the longest chains in use take a tenth of it."""

HELLO_RETRY = bytes.fromhex("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C")
"""The random of a ServerHello that is a HelloRetryRequest: RFC 8446 section 4.1.3."""

_RECORD_MAX = 16_384 + 2_048

ALERTS: dict[int, str] = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 40: "handshake_failure", 41: "no_certificate",
    42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired",
    46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
    51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
    86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension",
    110: "unsupported_extension", 112: "unrecognized_name", 113: "bad_certificate_status_response",
    116: "certificate_required", 120: "no_application_protocol",
}  # fmt: skip
"""Alert descriptions (IANA: TLS Alerts)."""


class Malformed(ValueError):
    """The bytes are no TLS; the message says in what way."""


@dataclass(slots=True)
class ServerFlight:
    """What a server said before keys were needed.

    Attributes:
        protocol: The version that it chose, as a number; None before its hello.
        suite: The cipher suite that it chose.
        group: The group that it chose for ephemeral keys.
        dh_bits: The size of the finite-field group that it chose of its own.
        retry: Whether its hello only asks for another key share.
        extensions: The extensions of its hello.
        chain: The certificates, DER, as sent; None where none came.
        staple: The stapled OCSP response, DER; None where none came.
        alert: The first fatal alert's name; empty where none came.
        malformed: In what way it is no TLS; empty where it is.
        finished: Whether nothing more can be learned.
    """

    protocol: int | None = None
    suite: int | None = None
    group: int | None = None
    dh_bits: int | None = None
    retry: bool = False
    extensions: dict[int, bytes] = field(default_factory=dict)
    chain: tuple[bytes, ...] | None = None
    staple: bytes | None = None
    alert: str = ""
    malformed: str = ""
    finished: bool = False

    @property
    def agreed(self) -> bool:
        """Whether the server agreed to something."""
        return self.suite is not None


class FlightParser:
    """Reads a flight as it arrives.

    Args:
        cap: Bytes after which no more is taken.

    Attributes:
        flight: What was understood so far.
    """

    def __init__(self, cap: int = CAP) -> None:
        self.flight = ServerFlight()
        self._room = cap
        self._bytes = bytearray()
        self._messages = bytearray()

    def feed(self, data: bytes) -> ServerFlight:
        """Take the next bytes and return what is understood so far."""
        if self.flight.finished:
            return self.flight
        self._bytes += data[: self._room]
        self._room -= min(len(data), self._room)
        try:
            self._records()
        except Malformed as problem:
            self.flight.malformed, self.flight.finished = str(problem), True
        if not self._room and not self.flight.finished:
            self.flight.malformed, self.flight.finished = "it sends without end", True
        return self.flight

    def _records(self) -> None:
        while len(self._bytes) >= 5 and not self.flight.finished:
            kind, length = self._bytes[0], int.from_bytes(self._bytes[3:5], "big")
            if kind not in {20, 21, 22, 23} or self._bytes[1] != 3:
                raise Malformed(_no_tls(bytes(self._bytes)))
            if length > _RECORD_MAX:
                raise Malformed(f"a record of {length} bytes")
            if len(self._bytes) < 5 + length:
                return
            payload = bytes(self._bytes[5 : 5 + length])
            del self._bytes[: 5 + length]
            if kind == 21:
                self._alert(payload)
            elif kind == 22:
                self._messages += payload
                self._handshake()
            else:  # change_cipher_spec, application data: what follows is encrypted
                self.flight.finished = True

    def _alert(self, payload: bytes) -> None:
        if len(payload) < 2:
            raise Malformed("an alert cut short")
        if payload[0] == 2 or payload[1] == 0:  # fatal, or the end; warnings (unrecognized_name) are passed over
            self.flight.alert = ALERTS.get(payload[1], f"alert {payload[1]}")
            self.flight.finished = True

    def _handshake(self) -> None:
        while len(self._messages) >= 4 and not self.flight.finished:
            kind, length = self._messages[0], int.from_bytes(self._messages[1:4], "big")
            if length > CAP:
                raise Malformed(f"a handshake message of {length} bytes")
            if len(self._messages) < 4 + length:
                return
            body = bytes(self._messages[4 : 4 + length])
            del self._messages[: 4 + length]
            if kind == 2:
                _server_hello(self.flight, Reader(body))
            elif not self.flight.agreed:
                raise Malformed(f"handshake message {kind} before any ServerHello")
            elif kind == 11:
                self.flight.chain = _certificates(Reader(body))
            elif kind == 22:
                reader = Reader(body)
                if reader.number(1) == 1:
                    self.flight.staple = reader.vector(3)
            elif kind == 12:
                _server_key_exchange(self.flight, Reader(body))
            elif kind == 14:
                self.flight.finished = True


def parse(data: bytes) -> ServerFlight:
    """Return what a whole flight says, or as much of it as can be read."""
    return FlightParser(max(len(data) + 1, CAP)).feed(data)


class Reader:
    """Takes numbers and vectors off bytes, and never reads past the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, length: int) -> bytes:
        """Return the next ``length`` bytes.

        Raises:
            Malformed: There are fewer.
        """
        if self._at + length > len(self._data):
            raise Malformed("a message cut short")
        self._at += length
        return self._data[self._at - length : self._at]

    def number(self, width: int) -> int:
        """Return the next number of ``width`` bytes."""
        return int.from_bytes(self.take(width), "big")

    def vector(self, width: int) -> bytes:
        """Return the next vector whose length takes ``width`` bytes."""
        return self.take(self.number(width))

    def __bool__(self) -> bool:
        return self._at < len(self._data)


def _server_hello(flight: ServerFlight, reader: Reader) -> None:
    flight.protocol = reader.number(2)
    flight.retry = reader.take(32) == HELLO_RETRY
    reader.vector(1)
    suite = reader.number(2)
    reader.take(1)
    extensions = Reader(reader.vector(2)) if reader else Reader(b"")
    while extensions:
        kind = extensions.number(2)
        flight.extensions[kind] = extensions.vector(2)
    flight.suite = suite
    if (chosen := flight.extensions.get(0x002B)) is not None:
        flight.protocol = Reader(chosen).number(2)
    if flight.protocol == Protocol.TLS_1_3:
        if (share := flight.extensions.get(0x0033)) is not None:
            flight.group = Reader(share).number(2)
        flight.finished = True


def _certificates(reader: Reader) -> tuple[bytes, ...]:
    entries, chain = Reader(reader.vector(3)), []
    while entries:
        chain.append(entries.vector(3))
    return tuple(chain)


def _server_key_exchange(flight: ServerFlight, reader: Reader) -> None:
    if flight.suite is None:
        return
    if cipher_suites.is_elliptic(flight.suite):
        if reader.number(1) == 3:  # named_curve: RFC 8422 section 5.4
            flight.group = reader.number(2)
    elif cipher_suites.is_finite(flight.suite):
        flight.dh_bits = int.from_bytes(reader.vector(2), "big").bit_length()


def _no_tls(data: bytes) -> str:
    start = data[:24].decode("ascii", "replace").split("\r")[0].split("\n")[0]
    return f"no TLS, but {start!r}" if start.isprintable() and start.isascii() else "no TLS"
