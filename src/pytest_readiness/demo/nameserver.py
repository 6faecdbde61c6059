"""A nameserver on loopback for the demo and for tests: authoritative for its zones, and their resolver too.

with Nameserver(ServedZone("shop.test", RECORDS)) as server:
    server.address                # "127.0.0.1:40123", for `nameservers`
    server.resolve                # {"ns1.shop.test:53": "127.0.0.1:40123", …}, for `resolve`
    server.trust_anchors          # the text of a `trust_anchor_file`
"""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Self, cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from pytest_readiness.demo.zone import ServedZone

Fault = Callable[[dns.message.Message, dns.message.Message], dns.message.Message | None]
"""Given a query and the right answer, returns the answer to send; None to stay silent."""

ATTEMPTS = 20
"""How often a port is tried that is free for UDP and taken for TCP."""

PATIENCE = 5.0
"""Seconds that a TCP client may take for its query."""


class Nameserver:
    """Serves zones over UDP and TCP on one ephemeral port of loopback, in a thread of its own while it is entered.

    Args:
        zones: The zones; a query for any other name is refused.
        fault: What to do to every answer before it is sent; None for nothing.
        host: The loopback address to listen on.
    """

    def __init__(self, *zones: ServedZone, fault: Fault | None = None, host: str = "127.0.0.1") -> None:
        self.zones, self.fault, self.host, self.port = zones, fault, host, 0
        self.queries: list[tuple[str, str]] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def address(self) -> str:
        """Where it listens, ``address:port``."""
        return f"{self.host}:{self.port}"

    @property
    def resolve(self) -> dict[str, str]:
        """The lines of ``resolve`` that lead the zones' nameservers here."""
        return {f"{name}:53": self.address for zone in self.zones for name in zone.nameservers}

    @property
    def trust_anchors(self) -> str:
        """The text of a trust anchor file for the zones that are signed."""
        return "".join(f"{zone.trust_anchor}\n" for zone in self.zones if zone.signed)

    def __enter__(self) -> Self:
        listening: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listening)), name="nameserver")
        self._thread.start()
        try:
            listening.result()
        except BaseException:
            self._thread.join()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    async def _serve(self, listening: Future[None]) -> None:
        try:
            datagrams, streams = await self._listen()
        except Exception as error:  # noqa: BLE001  # it belongs to whoever entered
            listening.set_exception(error)
            return
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        listening.set_result(None)
        async with streams:
            await self._stop.wait()
            datagrams.close()

    async def _listen(self) -> tuple[asyncio.DatagramTransport, asyncio.Server]:
        loop = asyncio.get_running_loop()
        for attempt in range(ATTEMPTS):
            datagrams, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=(self.host, 0))
            self.port = datagrams.get_extra_info("sockname")[1]
            try:
                return datagrams, await asyncio.start_server(self._connected, self.host, self.port)
            except OSError as error:
                datagrams.close()
                if error.errno != errno.EADDRINUSE or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def respond(self, wire: bytes, *, largest: int) -> bytes | None:
        """Return the answer to the query ``wire``, cut to ``largest`` bytes; None for what gets no answer.

        Args:
            wire: The query.
            largest: The most bytes that the transport takes; UDP clients may ask for less.
        """
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR:
            return None
        answer: dns.message.Message | None = self._answer(query)
        if self.fault is not None and answer is not None:
            answer = self.fault(query, answer)
        return None if answer is None else answer.to_wire(max_size=largest, prefer_truncation=True)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        for question in query.question[:1]:
            self.queries.append((question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)))
            holding = [zone for zone in self.zones if question.name.is_subdomain(zone.apex)]
            if question.rdtype == dns.rdatatype.DS:  # the parent's word on its child
                holding = [zone for zone in holding if zone.apex != question.name] or holding
            if holding:
                return max(holding, key=lambda zone: len(zone.apex.labels)).answer(query)
        response = dns.message.make_response(query, recursion_available=True)
        response.set_rcode(dns.rcode.REFUSED)
        return response

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                size = int.from_bytes(await reader.readexactly(2), "big")
                answer = self.respond(await reader.readexactly(size), largest=65_535)
                if answer is not None:
                    writer.write(len(answer).to_bytes(2, "big") + answer)
                    await writer.drain()
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: Nameserver) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._server.respond(data, largest=_payload(data))
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


def _payload(wire: bytes) -> int:
    """Return the most bytes that the sender of ``wire`` takes over UDP (RFC 6891, 6.2.5)."""
    try:
        return max(512, min(dns.message.from_wire(wire).payload, 1232))
    except dns.exception.DNSException:
        return 512
