"""Connections for HTTP: routed and counted as all that leaves is, each holding one slot until it is closed."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore

from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.sockets import Sockets


@dataclass(slots=True)
class Attempt:
    """One attempt to have a request answered.

    Attributes:
        clock: Its deadline.
        address: The address that was connected to; None while the connection is an earlier one.
        sent: When its first byte was sent.
    """

    clock: asyncio.Timeout
    address: str | None = None
    sent: float = 0.0

    async def trace(self, event: str, _: object) -> None:
        """Note when the request itself goes out: an answer's time is the server's, not the handshake's or a queue's."""
        if event.endswith("send_request_headers.started"):
            self.sent = time.perf_counter()

    async def wait_for(self, slots: asyncio.Semaphore) -> None:
        """Wait for one of ``slots`` with the clock stopped: our own queue is no slowness of the server's."""
        loop, until = asyncio.get_running_loop(), self.clock.when()
        start = loop.time()
        self.clock.reschedule(None)
        await slots.acquire()
        self.clock.reschedule(None if until is None else until + loop.time() - start)


ATTEMPT: ContextVar[Attempt] = ContextVar("ATTEMPT")


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that counts its handshake and gives its slot back when it closes."""

    def __init__(
        self,
        inner: httpcore.AsyncNetworkStream,
        endpoint: tuple[str, int],
        allowance: Allowance,
        slots: asyncio.Semaphore,
    ) -> None:
        self._inner, self._endpoint, self._allowance, self._slots = inner, endpoint, allowance, slots
        self._held = True

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            if self._held:
                self._held = False
                self._slots.release()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            self._allowance.record("tls_handshakes")
            self._inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            # httpcore closes only what start_tls returns.
            await self.aclose()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        # Known from the start: a socket whose peer has gone tells no address any more.
        return self._endpoint if info == "server_addr" else self._inner.get_extra_info(info)


class Network(httpcore.AsyncNetworkBackend):
    """Connects to where the target's names lead, or to one pinned address."""

    def __init__(self, sockets: Sockets, allowance: Allowance, address: str | None = None) -> None:
        self._sockets, self._allowance, self._address = sockets, allowance, address
        # pyright sees the class that stands in for it where anyio is missing.
        self._plain: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()  # pyright: ignore[reportAttributeAccessIssue]

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002  # httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        endpoints = await self._sockets.endpoints(host, port, self._address)
        # A first address that is dead leaves time for the others.
        share = None if timeout is None else timeout / max(len(endpoints), 1)
        slots, attempt = self._sockets.slots, ATTEMPT.get()
        await attempt.wait_for(slots)
        last: Exception = httpcore.ConnectError(f"{host} leads to no address")
        for address, number in endpoints:
            attempt.address = address
            try:
                inner = await self._plain.connect_tcp(address, number, timeout=share, local_address=local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            except BaseException:
                slots.release()
                raise
            else:
                return _Stream(inner, (address, number), self._allowance, slots)
        slots.release()
        raise last
