"""What a server says first, from good bytes, cut bytes, strange bytes and any bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_readiness.standards.tls.server_flight import CAP, HELLO_RETRY, FlightParser, ServerFlight, parse


def vector(width: int, content: bytes) -> bytes:
    return len(content).to_bytes(width, "big") + content


def record(payload: bytes, kind: int = 22) -> bytes:
    return bytes([kind, 3, 3]) + vector(2, payload)


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + vector(3, body)


def server_hello(version: bytes = b"\x03\x03", suite: bytes = b"\xc0\x2f", extensions: bytes | None = b"", **kwargs):
    random = kwargs.get("random", bytes(32))
    tail = b"" if extensions is None else vector(2, extensions)
    return message(2, version + random + vector(1, b"session") + suite + b"\x00" + tail)


CHAIN = message(11, vector(3, vector(3, b"leaf") + vector(3, b"issuer")))
STAPLE = message(22, b"\x01" + vector(3, b"response"))
CURVE = message(12, b"\x03\x00\x1d" + vector(1, b"point"))
DONE = message(14, b"")
FLIGHT = record(server_hello(extensions=b"\xff\x01\x00\x01\x00") + CHAIN) + record(STAPLE + CURVE + DONE)


class TestTls12:
    def test_a_whole_flight_is_understood(self) -> None:
        assert parse(FLIGHT) == ServerFlight(
            protocol=0x0303,
            suite=0xC02F,
            group=0x001D,
            extensions={0xFF01: b"\x00"},
            chain=(b"leaf", b"issuer"),
            staple=b"response",
            finished=True,
        )

    def test_it_is_the_same_byte_by_byte(self) -> None:
        parser = FlightParser()
        for byte in FLIGHT:
            parser.feed(bytes([byte]))
        assert parser.flight == parse(FLIGHT)

    def test_a_message_may_be_spread_over_records(self) -> None:
        hello = server_hello()
        assert parse(record(hello[:7]) + record(hello[7:])).suite == 0xC02F

    def test_a_hello_without_extensions_is_a_hello(self) -> None:
        assert parse(record(server_hello(b"\x03\x00", b"\x00\x0a", None))).protocol == 0x0300

    def test_the_size_of_a_finite_field_group_is_told(self) -> None:
        key = message(12, vector(2, b"\x80" + bytes(127)) + vector(2, b"\x02") + vector(2, b"\x01"))
        flight = parse(record(server_hello(suite=b"\x00\x9e") + key))
        assert (flight.dh_bits, flight.group) == (1024, None)

    def test_the_key_exchange_of_another_kind_is_passed_over(self) -> None:
        flight = parse(record(server_hello(suite=b"\x00\x2f") + message(12, b"anything") + DONE))
        assert (flight.dh_bits, flight.group, flight.finished) == (None, None, True)


class TestTls13:
    def test_a_retry_names_the_group(self) -> None:
        extensions = b"\x00\x2b\x00\x02\x03\x04" + b"\x00\x33\x00\x02\x11\xec"
        flight = parse(record(server_hello(suite=b"\x13\x01", extensions=extensions, random=HELLO_RETRY)))
        assert (flight.protocol, flight.group, flight.retry, flight.finished) == (0x0304, 0x11EC, True, True)

    def test_what_follows_is_encrypted(self) -> None:
        assert parse(record(b"\x01", kind=20)).finished


class TestAlerts:
    def test_a_fatal_one_has_its_name(self) -> None:
        assert parse(record(b"\x02\x46", kind=21)).alert == "protocol_version"

    def test_an_unknown_one_has_its_number(self) -> None:
        assert parse(record(b"\x02\xfe", kind=21)).alert == "alert 254"

    def test_a_warning_is_passed_over(self) -> None:
        flight = parse(record(b"\x01\x70", kind=21) + record(server_hello()))
        assert (flight.alert, flight.suite) == ("", 0xC02F)


class TestMalformed:
    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no TLS, but 'HTTP/1.1 400 Bad Request'"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "no TLS, but 'SSH-2.0-OpenSSH_9.2'"),
            (b"\x00\xff\x00\xff\x00\xff", "no TLS"),
            (b"\x16\x03\x03\xff\xff", "a record of 65535 bytes"),
            (record(b"\x0b\xff\xff\xff"), "a handshake message of 16777215 bytes"),
            (record(CHAIN), "handshake message 11 before any ServerHello"),
            (record(message(2, b"\x03\x03")), "a message cut short"),
            (record(b"\x02", kind=21), "an alert cut short"),
        ],
    )
    def test_it_is_said_in_what_way(self, data: bytes, said: str) -> None:
        assert (parse(data).malformed, parse(data).finished) == (said, True)

    def test_what_came_before_is_kept(self) -> None:
        flight = parse(record(server_hello()) + b"garbage")
        assert (flight.suite, flight.malformed) == (0xC02F, "no TLS, but 'garbage'")


class TestBounds:
    def test_a_server_that_sends_without_end_is_left(self) -> None:
        parser, warning = FlightParser(), record(b"\x01\x70", kind=21)
        for _ in range(CAP // len(warning) + 1):
            parser.feed(warning)
        assert parser.flight.malformed == "it sends without end"

    def test_what_comes_after_the_end_is_not_read(self) -> None:
        parser = FlightParser()
        parser.feed(FLIGHT)
        assert parser.feed(b"HTTP/1.1 400 Bad Request").malformed == ""


@given(st.binary(max_size=600))
@settings(deadline=None)
def test_no_bytes_make_it_raise(data: bytes) -> None:
    parse(data)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_change_to_a_true_flight_makes_it_raise(data: st.DataObject) -> None:
    flight = bytearray(FLIGHT)
    for _ in range(data.draw(st.integers(1, 4))):
        flight[data.draw(st.integers(0, len(flight) - 1))] = data.draw(st.integers(0, 255))
    parse(bytes(flight[: data.draw(st.integers(0, len(flight)))]))


@given(st.lists(st.tuples(st.sampled_from([2, 11, 12, 14, 22, 99]), st.binary(max_size=80)), max_size=6))
@settings(deadline=None)
def test_no_handshake_messages_make_it_raise(messages: list[tuple[int, bytes]]) -> None:
    parse(record(server_hello() + b"".join(message(kind, body) for kind, body in messages)))
