"""Servers on loopback that say exactly what a test wants said, and guarded clients to ask them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from pytest_readiness.demo.authority import Authority
from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.clients import Clients, opened
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
GONE = (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError)


class Loopback:
    """Servers on 127.0.0.1, and what they were asked.

    Attributes:
        heads: The head of each request, as it came.
        connections: How many connections were accepted.
        open: How many are open now.
        most: How many were open at the same time.
    """

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.heads: list[str] = []
        self.connections = self.open = self.most = 0

    async def serve(self, handler: Handler, *, context: ssl.SSLContext | None = None) -> int:
        """Start a server and return its port."""
        tasks: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            self.connections += 1
            self.open += 1
            self.most = max(self.most, self.open)
            try:
                with suppress(*GONE):
                    await handler(reader, writer)
                self.open -= 1
                writer.close()
                with suppress(*GONE, TimeoutError):
                    await asyncio.wait_for(writer.wait_closed(), 1)
            except asyncio.CancelledError:
                pass  # the test is over
            finally:
                tasks.discard(task)
                writer.transport.abort()

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)

        async def stop() -> None:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await server.wait_closed()

        self._stack.push_async_callback(stop)
        return server.sockets[0].getsockname()[1]

    async def read_head(self, reader: asyncio.StreamReader) -> str:
        """Read one request's head and keep it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.heads.append(head)
        return head

    async def answer(self, *answers: bytes, keep: bool = False, context: ssl.SSLContext | None = None) -> int:
        """Serve ``answers`` one after the other, the last one again and again, and return the port.

        With ``keep``, connections stay open between them.
        """
        left = list(answers)

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                await self.read_head(reader)
                writer.write(left.pop(0) if len(left) > 1 else left[0])
                await writer.drain()
                if not keep:
                    return

        return await self.serve(handler, context=context)

    @property
    def requests(self) -> list[str]:
        """The first line of each request."""
        return [head.partition("\r\n")[0] for head in self.heads]


@pytest.fixture
async def loopback() -> AsyncIterator[Loopback]:
    async with AsyncExitStack() as stack:
        yield Loopback(stack)


Looking = Callable[..., AbstractAsyncContextManager[tuple[Clients, Allowance]]]


@pytest.fixture
def looking() -> Looking:
    """Return a context of clients for a target at the URL."""

    @asynccontextmanager
    async def look(
        url: str, *, allowed: Effect = Effect.OBSERVE, **options
    ) -> AsyncIterator[tuple[Clients, Allowance]]:
        target = Target("prod", url, **options)
        allowance = Allowance(target.name, target.budget)
        async with opened(target, allowed, allowance) as clients:
            yield clients, allowance

    return look


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="session")
def ca_file(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(authority.write_root(tmp_path_factory.mktemp("authority") / "ca.pem"))


@pytest.fixture(scope="session")
def shop_context(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's context with a certificate for shop.test."""
    folder: Path = tmp_path_factory.mktemp("shop")
    return authority.issue(["shop.test"]).write(folder).server_context()


@pytest.fixture(scope="session")
def wrong_context(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's context with a certificate for another name."""
    folder: Path = tmp_path_factory.mktemp("wrong")
    return authority.issue(["other.test"]).write(folder).server_context()
