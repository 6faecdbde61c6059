"""A server that is broken, or means ill, costs a bounded time and amount, and makes nothing pass."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from tls_site import gather

from pytest_readiness.checks.infrastructure import tls as checks
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.targets import Budget, Target
from pytest_readiness.model.tls import Protocol
from pytest_readiness.probes import certificates as certificates_probe
from pytest_readiness.probes import hellos
from pytest_readiness.probes.certificates import certificates
from pytest_readiness.probes.tls import tls

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Target]:
    """Serve with ``handler`` on loopback and yield the target that leads there."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError):
                await handler(reader, writer)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield Target(
            name="prod",
            url="https://shop.test/",
            resolve={"shop.test:443": f"127.0.0.1:{port}"},
            budget=Budget(requests_per_second=1000),
        )
    finally:
        server.close()


def hello(protocol: int, suite: int) -> bytes:
    body = protocol.to_bytes(2, "big") + bytes(32) + b"\x00" + suite.to_bytes(2, "big") + b"\x00"
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x00" + len(message).to_bytes(2, "big") + message


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"\x15\x03\x03\x00\x02\x01\x70" * 1000)
        await writer.drain()


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"\x16")
        await writer.drain()
        await asyncio.sleep(0.02)


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(bytes(range(256)) * 64)
    await writer.drain()


async def hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def boasting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Announce a certificate message of 16 MB and send on."""
    await reader.read(1)
    writer.write(hello(0x0303, 0xC02F) + b"\x16\x03\x03\x40\x00\x0b\xff\xff\xff" + bytes(16_380))
    await writer.drain()
    await reader.read()


async def contrary(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Agree to whatever protocol is offered, always by the same suite, offered or not."""
    record = await reader.readexactly(5)
    body = await reader.readexactly(int.from_bytes(record[3:5], "big"))
    writer.write(hello(int.from_bytes(body[4:6], "big"), 0x000A))
    await writer.drain()


@pytest.mark.parametrize("handler", [silent, endless, dripping, garbage, hanging_up, boasting, contrary])
async def test_it_ends_soon_and_passes_nothing(handler: Handler, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hellos, "TIMEOUT", 0.3)
    monkeypatch.setattr(certificates_probe, "TIMEOUT", 0.3)
    started = time.monotonic()
    async with serving(handler) as target:
        posture = await gather(target, tls)
        chains = await gather(target, certificates)
    assert time.monotonic() - started < 8
    for check in (checks.protocols, checks.cipher_suites, checks.key_exchange):
        assert fails(lambda check=check: check(posture))
    assert fails(lambda: checks.lifetime(chains))


def summaries(judgements) -> list[str]:
    return [said.summary for said in judgements if isinstance(said, Finding)]


def fails(judge) -> bool:
    try:
        return bool(summaries(judge()))
    except Unverified:
        return True


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (silent, "no answer within 0.3 s"),
        (endless, "it sends without end"),
        (garbage, "no TLS"),
        (hanging_up, "no protocol of TLS is agreed to (the connection is closed)"),
    ],
)
async def test_it_is_said_what_it_does(handler: Handler, reason: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hellos, "TIMEOUT", 0.3)
    async with serving(handler) as target:
        posture = await gather(target, tls)
    assert str(posture.addresses[0].mute) == reason


async def test_a_server_that_insists_on_a_key_share_is_found_and_its_groups_are_unverified():
    async def insisting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        record = await reader.readexactly(5)
        body = await reader.readexactly(struct.unpack(">H", record[3:5])[0])
        shared = b"\x00\x33\x00\x26\x00\x24\x00\x1d\x00\x20" in body
        versions = b"\x00\x2b\x00\x02\x03\x04"
        if shared and b"\x13\x01" in body[70:90]:
            answer = b"\x03\x03" + bytes(32) + b"\x00\x13\x01\x00" + len(versions).to_bytes(2, "big") + versions
            message = b"\x02" + len(answer).to_bytes(3, "big") + answer
            writer.write(b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message)
        else:
            writer.write(b"\x15\x03\x03\x00\x02\x02\x28")
        await writer.drain()

    async with serving(insisting) as target:
        posture = await gather(target, tls)
    assert posture.addresses[0].protocols == (Protocol.TLS_1_3,)
    assert posture.addresses[0].suites == ((Protocol.TLS_1_3, (0x1301,)),)
    assert summaries(checks.cipher_suites(posture)) == []
    with pytest.raises(Unverified, match="it refuses hellos without a key share"):
        list(checks.key_exchange(posture))


async def test_a_server_that_tires_of_being_asked_lets_nothing_pass():
    """Hanging up may be a refusal, or a limit on connections: one more hello tells."""
    asked = 0

    async def tiring(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        record = await reader.readexactly(5)
        body = await reader.readexactly(struct.unpack(">H", record[3:5])[0])
        if asked > 9:
            return
        writer.write(hello(0x0303, 0xC02F) if body[4:6] == b"\x03\x03" else b"\x15\x03\x00\x00\x02\x02\x28")
        await writer.drain()

    async with serving(tiring) as target:
        posture = await gather(target, tls)
    for check in (checks.protocols, checks.cipher_suites):
        with pytest.raises(Unverified, match="it stopped answering while it was asked"):
            list(check(posture))


async def test_ssl_3_is_found_though_no_library_speaks_it(monkeypatch: pytest.MonkeyPatch):
    async def ancient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        record = await reader.readexactly(5)
        body = await reader.readexactly(struct.unpack(">H", record[3:5])[0])
        known = body[4:6] == b"\x03\x00" and b"\x00\x0a" in body[39:]
        writer.write(hello(0x0300, 0x000A) if known else b"\x15\x03\x00\x00\x02\x02\x28")
        await writer.drain()

    async with serving(ancient) as target:
        posture = await gather(target, tls)
    assert posture.addresses[0].protocols == (Protocol.SSL_3,)
    assert posture.addresses[0].suites == ((Protocol.SSL_3, (0x000A,)),)
    assert summaries(checks.protocols(posture)) == [
        "SSL 3 is offered",
        "TLS 1.3 is not offered",
    ]
