"""A server that is broken, or means ill, costs a bounded time and amount, and makes nothing pass."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from conftest import gather

from pytest_readiness.checks.infrastructure import tls as checks
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.targets import Budget, Target
from pytest_readiness.model.tls import Protocol
from pytest_readiness.probes import certificates as certificates_probe
from pytest_readiness.probes import tls as tls_probe
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
    monkeypatch.setattr(tls_probe, "TIMEOUT", 0.3)
    monkeypatch.setattr(certificates_probe, "TIMEOUT", 0.3)
    started = time.monotonic()
    async with serving(handler) as target:
        posture = await gather(target, tls)
        chains = await gather(target, certificates)
    assert time.monotonic() - started < 8
    for check in (checks.protocols, checks.cipher_suites, checks.key_exchange):
        assert fails(lambda check=check: check(posture))
    assert fails(lambda: checks.lifetime(chains))


def fails(judge) -> bool:
    try:
        return any(getattr(said, "summary", None) for said in judge())
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
    monkeypatch.setattr(tls_probe, "TIMEOUT", 0.3)
    async with serving(handler) as target:
        posture = await gather(target, tls)
    assert str(posture.addresses[0].mute) == reason


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
    assert [said.summary for said in checks.protocols(posture) if hasattr(said, "summary")] == [
        "SSL 3 is offered",
        "TLS 1.3 is not offered",
    ]
