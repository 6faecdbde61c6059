"""A small HTTP/1.1 and HTTP/2 server for loopback: what the example service is served by."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h11

LARGEST = 65_536
PATIENCE = 10.0
"""Seconds that a client may take for its next request."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; names of fields are lower case."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer to send."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


Application = Callable[[Request], Response]


async def serve(application: Application, *, context: ssl.SSLContext | None = None) -> asyncio.Server:
    """Serve ``application`` on an ephemeral port of 127.0.0.1.

    Args:
        application: Answers each request.
        context: Where there is one, the server speaks TLS, and HTTP/2 to clients that offer it.
    """

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tls = writer.get_extra_info("ssl_object")
        speak = _http2 if tls is not None and tls.selected_alpn_protocol() == "h2" else _http1
        with suppress(OSError, TimeoutError, h11.RemoteProtocolError, h2.exceptions.ProtocolError):
            await speak(application, reader, writer)
        writer.close()
        with suppress(OSError, TimeoutError, ssl.SSLError):
            await asyncio.wait_for(writer.wait_closed(), 1.0)

    return await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)


async def _read(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(PATIENCE):
        return await reader.read(LARGEST)


async def _http1(application: Application, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    connection = h11.Connection(h11.SERVER)
    request = Request("GET", "/")
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await _read(reader))
        elif isinstance(event, h11.Request):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            request = Request(event.method.decode(), event.target.decode("latin-1"), headers)
        elif isinstance(event, h11.EndOfMessage):
            answer = application(request)
            lines = [*answer.headers, ("Content-Length", str(len(answer.body)))]
            writer.write(connection.send(h11.Response(status_code=answer.status, headers=lines)) or b"")
            if request.method != "HEAD":
                writer.write(connection.send(h11.Data(data=answer.body)) or b"")
            writer.write(connection.send(h11.EndOfMessage()) or b"")
            await writer.drain()
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()
        elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
            return


async def _http2(application: Application, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="latin-1"))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while data := await _read(reader):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                assert event.stream_id is not None
                _answer(application, connection, event.stream_id, [(str(n), str(v)) for n, v in event.headers or ()])
            elif isinstance(event, h2.events.ConnectionTerminated):
                return
        writer.write(connection.data_to_send())
        await writer.drain()


def _answer(
    application: Application, connection: h2.connection.H2Connection, stream: int, lines: list[tuple[str, str]]
) -> None:
    pseudo = dict(lines)
    headers = {name: value for name, value in lines if not name.startswith(":")}
    headers["host"] = pseudo.get(":authority", "")
    answer = application(Request(pseudo[":method"], pseudo[":path"], headers))
    fields = [(name.lower(), value) for name, value in answer.headers]
    fields.append(("content-length", str(len(answer.body))))
    # The example's pages fit into the window that every client opens with (RFC 9113, 6.9.2), 65,535 bytes.
    silent = pseudo[":method"] == "HEAD" or not answer.body
    connection.send_headers(stream, [(":status", str(answer.status)), *fields], end_stream=silent)
    if not silent:
        body = memoryview(answer.body)
        while body:
            part, body = body[: connection.max_outbound_frame_size], body[connection.max_outbound_frame_size :]
            connection.send_data(stream, part.tobytes(), end_stream=not body)
