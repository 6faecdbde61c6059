"""Connections to the target: routed, paced, counted and always closed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.dns import Resolver
from pytest_readiness.model.exceptions import DeadlinePassed, Unreachable
from pytest_readiness.model.targets import Target

CLOSING = 0.5
"""Seconds that a peer has to answer our goodbye."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Sockets:
    """Connections for probes that speak below HTTP.

    Args:
        target: Whose ``resolve`` map and budget hold.
        allowance: What may still be sent.
        resolver: Who looks names up.
        slots: One for each connection that may be open at a time.
    """

    def __init__(self, target: Target, allowance: Allowance, resolver: Resolver, slots: asyncio.Semaphore) -> None:
        self._target, self._allowance, self._resolver, self.slots = target, allowance, resolver, slots

    async def endpoints(self, host: str, port: int, address: str | None = None) -> tuple[tuple[str, int], ...]:
        """Return the address and port pairs to connect to for ``host:port``.

        Args:
            host: A name or an address.
            port: The port.
            address: The one address that is meant, where one is.

        Raises:
            Unreachable: The name leads nowhere.
        """
        routes = self._target.routes(host, port)
        if address is not None:
            return ((address, dict(routes).get(address, routes[0][1] if routes else port)),)
        return routes or tuple((found, port) for found in await self._resolver.addresses(host))

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses that ``host:port`` leads to.

        Raises:
            Unreachable: The name leads nowhere.
        """
        return tuple(address for address, _ in await self.endpoints(host, port))

    @asynccontextmanager
    async def connect(
        self, host: str, port: int, *, address: str | None = None, timeout: float = 5.0
    ) -> AsyncIterator[Streams]:
        """Open one plain connection, counted as a handshake.

        Args:
            host: A name or an address.
            port: The port.
            address: The one address to connect to.
            timeout: Seconds for the connection to stand.

        Raises:
            Unreachable: Nobody accepts the connection.
            DeadlinePassed: Nobody answers.
        """
        async with self._open(host, port, address, timeout, None) as streams:
            yield streams

    @asynccontextmanager
    async def connect_tls(
        self, host: str, port: int, *, context: ssl.SSLContext, address: str | None = None, timeout: float = 5.0
    ) -> AsyncIterator[Streams]:
        """Open one connection over TLS, the certificate checked as ``context`` says and against ``host``.

        Args:
            host: A name or an address.
            port: The port.
            context: What to offer and whom to trust.
            address: The one address to connect to.
            timeout: Seconds for connection and handshake together.

        Raises:
            ssl.SSLError: The handshake failed; SSLCertVerificationError tells why a certificate was refused.
            Unreachable: Nobody accepts the connection.
            DeadlinePassed: Nobody answers.
        """
        async with self._open(host, port, address, timeout, context) as streams:
            yield streams

    @asynccontextmanager
    async def _open(
        self, host: str, port: int, address: str | None, timeout: float, context: ssl.SSLContext | None
    ) -> AsyncIterator[Streams]:
        endpoints = await self.endpoints(host, port, address)
        async with self.slots:
            reader, writer = await self._first(endpoints, host, timeout, context)
            try:
                yield reader, writer
            finally:
                await _close(writer)

    async def _first(
        self, endpoints: tuple[tuple[str, int], ...], host: str, timeout: float, context: ssl.SSLContext | None
    ) -> Streams:
        last: Exception | None = None
        for address, port in endpoints:
            await self._allowance.spend("tls_handshakes")
            try:
                async with asyncio.timeout(timeout):
                    return await asyncio.open_connection(
                        address, port, ssl=context, server_hostname=host if context else None
                    )
            except ssl.SSLError:
                raise
            except TimeoutError:
                last = DeadlinePassed(f"{address} port {port} did not answer within {timeout:g} s")
            except OSError as error:
                last = Unreachable(f"{address} port {port}: {_words(error)}")
        raise last or Unreachable(f"{host} leads to no address")


async def _close(writer: asyncio.StreamWriter) -> None:
    """Say goodbye, and hang up on a peer that does not answer it."""
    writer.close()
    try:
        async with asyncio.timeout(CLOSING):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        writer.transport.abort()
    except BaseException:
        writer.transport.abort()
        raise


def _words(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ConnectionResetError):
        return "connection reset"
    return (error.strerror or str(error) or type(error).__name__).lower()
