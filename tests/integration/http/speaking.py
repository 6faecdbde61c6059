"""A server that says exactly what a test wants, when nginx would not: a wrong clock, a slow answer, a closed door.

It runs in a thread of its own with its own event loop, since gathering runs one too.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import Self


class Speaker:
    """An HTTP/1.1 server over TLS, or plain, on one loopback port.

    Attributes:
        headers: The field lines of every answer.
        bodies: The body by path; other paths get 404.
        delay: Seconds before each answer.
        raw: What to say in place of HTTP, once a connection.
        asked: The paths that were asked for.
        port: Where it listens.
    """

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.headers: Mapping[str, str] = {}
        self.bodies: dict[str, bytes] = {"/": b"hello"}
        self.delay = 0.0
        self.raw: bytes | None = None
        self.asked: list[str] = []
        self.port = 0
        self._context = context
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @staticmethod
    def date(seconds: float = 0) -> str:
        """Return the time as Date has it, ``seconds`` from now."""
        return formatdate(time.time() + seconds, usegmt=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._take, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._answer(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                await asyncio.sleep(self.delay)
                writer.write(self._message(line.split()[1].decode()))
                await writer.drain()
                if self.raw is not None:
                    return
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _message(self, path: str) -> bytes:
        if self.raw is not None:
            return self.raw
        self.asked.append(path)
        body = self.bodies.get(path)
        status = "404 Not Found" if body is None else "200 OK"
        lines = {"Content-Length": str(len(body or b"")), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + (body or b"")
