"""ClientHello messages: judged by the reference parser of OpenSSL, and field by field."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_readiness.demo.authority import Authority
from pytest_readiness.model.tls import Protocol
from pytest_readiness.standards.tls import cipher_suites, server_flight
from pytest_readiness.standards.tls.client_hello import RANDOM_BYTES, KeyShare, Offer, client_hello, server_name

RANDOM = bytes(range(RANDOM_BYTES))


def extensions(hello: bytes) -> dict[int, bytes]:
    reader = server_flight.Reader(hello[9:])
    reader.take(34)
    reader.vector(1)
    reader.vector(2)
    reader.vector(1)
    found, inner = {}, server_flight.Reader(reader.vector(2))
    while inner:
        kind = inner.number(2)
        found[kind] = inner.vector(2)
    assert not reader
    return found


def answer(context: ssl.SSLContext, hello: bytes) -> server_flight.ServerFlight:
    """Send a hello to an OpenSSL server of this process and read what it answers."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            context.wrap_socket(theirs, server_side=True).close()
        except (ssl.SSLError, ConnectionError):
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    parser = server_flight.FlightParser()
    try:
        ours.settimeout(5)
        ours.sendall(hello)
        while not parser.flight.finished and (data := ours.recv(65536)):
            parser.feed(data)
    finally:
        ours.close()
        thread.join(5)
    return parser.flight


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    files = Authority().issue(["shop.test"], key="rsa2048").write(Path(tmp_path_factory.mktemp("hello")))
    context = files.server_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class TestOpenSslUnderstandsIt:
    def test_tls_1_3_with_an_empty_key_share_is_asked_for_another(self, context: ssl.SSLContext) -> None:
        offer = Offer(Protocol.TLS_1_3, (0x1302,), (0x0018,), "shop.test")
        flight = answer(context, client_hello(offer, RANDOM))
        assert (flight.protocol, flight.suite, flight.retry, flight.group) == (0x0304, 0x1302, True, 0x0018)

    def test_tls_1_3_with_a_key_share_is_answered_outright(self, context: ssl.SSLContext) -> None:
        offer = Offer(Protocol.TLS_1_3, (0x1301,), (0x001D,), "shop.test", key_share=KeyShare.X25519)
        flight = answer(context, client_hello(offer, RANDOM))
        assert (flight.protocol, flight.retry, flight.group) == (0x0304, False, 0x001D)

    def test_tls_1_2_brings_chain_and_group(self, context: ssl.SSLContext) -> None:
        offer = Offer(Protocol.TLS_1_2, (0xC030,), (0x0017,), "shop.test")
        flight = answer(context, client_hello(offer, RANDOM))
        assert (flight.protocol, flight.suite, flight.group, len(flight.chain or ())) == (0x0303, 0xC030, 0x0017, 2)
        assert {0x0017, 0xFF01} <= set(flight.extensions)

    def test_what_the_server_will_not_do_is_an_alert(self, context: ssl.SSLContext) -> None:
        flight = answer(context, client_hello(Offer(Protocol.TLS_1_1, (0xC014,), (0x0017,)), RANDOM))
        assert (flight.agreed, flight.alert) == (False, "protocol_version")


class TestFields:
    def test_ssl_3_has_no_extensions(self) -> None:
        hello = client_hello(Offer(Protocol.SSL_3, (0x000A,), (0x0017,), "shop.test"), RANDOM)
        assert hello[:3] == b"\x16\x03\x00"
        assert hello.endswith(b"\x00\x02\x00\x0a\x01\x00")

    def test_a_name_is_asked_for_and_an_address_is_not(self) -> None:
        named = extensions(client_hello(Offer(Protocol.TLS_1_2, (0xC02F,), host="shop.test"), RANDOM))
        assert named[0] == b"\x00\x0c\x00\x00\x09shop.test"
        for address in ("192.0.2.1", "2001:db8::1", ""):
            assert 0 not in extensions(client_hello(Offer(Protocol.TLS_1_2, (0xC02F,), host=address), RANDOM))

    def test_a_staple_is_asked_for_where_it_is_wanted(self) -> None:
        offer = Offer(Protocol.TLS_1_2, (0xC02F,), staple=True)
        assert extensions(client_hello(offer, RANDOM))[5] == b"\x01\x00\x00\x00\x00"

    def test_no_hello_has_a_length_that_load_balancers_hang_on(self) -> None:
        for count in range(1, 200):
            hello = client_hello(
                Offer(Protocol.TLS_1_2, list(cipher_suites.TLS12)[:count], (0x0017,), "a.test"), RANDOM
            )
            assert not 256 <= len(hello) - 5 < 512

    def test_too_little_randomness_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="96 random bytes"):
            client_hello(Offer(Protocol.TLS_1_2, (0xC02F,)), b"short")


class TestServerName:
    def test_an_international_name_goes_as_a_label_of_its_own_kind(self) -> None:
        assert server_name("bücher.test.") == b"xn--bcher-kva.test"

    def test_a_name_too_long_for_dns_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="longer than a name can be"):
            server_name("a." * 200)


@given(
    protocol=st.sampled_from(Protocol),
    suites=st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=300),
    groups=st.lists(st.integers(0, 0xFFFF), max_size=60),
    staple=st.booleans(),
)
@settings(deadline=None)
def test_every_offer_makes_one_record_with_true_lengths(protocol, suites, groups, staple) -> None:
    hello = client_hello(Offer(protocol, suites, groups, "shop.test", staple=staple), RANDOM)
    assert int.from_bytes(hello[3:5], "big") == len(hello) - 5
    assert int.from_bytes(hello[6:9], "big") == len(hello) - 9
    if protocol is not Protocol.SSL_3:
        assert extensions(hello)
