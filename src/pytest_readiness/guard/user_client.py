"""The client that users' own tests get: httpx as they know it, with the target's guards."""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from pytest_readiness.guard import trust
from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.dns import Resolver
from pytest_readiness.guard.effects import is_origin, permit
from pytest_readiness.guard.http import USER_AGENT
from pytest_readiness.guard.limits import ANSWER
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target

_AS_HTTPX: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
)


class _Stream(httpcore.NetworkStream):
    """A connection that counts its handshake."""

    def __init__(self, inner: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._inner, self._allowance = inner, allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            self._allowance.record("tls_handshakes")
        except BaseException:
            self.close()
            raise
        return self._inner.start_tls(ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    """Connects to where the target's names lead."""

    def __init__(self, target: Target, allowance: Allowance) -> None:
        self._target, self._allowance = target, allowance
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception = httpcore.ConnectError(f"{host} leads to no address")
        for address, number in self._endpoints(host, port):
            try:
                inner = self._plain.connect_tcp(address, number, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _Stream(inner, self._allowance)
        raise last

    def _endpoints(self, host: str, port: int) -> tuple[tuple[str, int], ...]:
        routes = self._target.routes(host, port)
        if routes:
            return routes
        found: list[str] = []
        failed: list[Unverified] = []

        def look_up() -> None:
            try:
                found.extend(asyncio.run(Resolver(self._target, self._allowance).addresses(host)))
            except Unverified as error:
                failed.append(error)

        # In a thread of its own: the test that asks may be running on a loop.
        asking = threading.Thread(target=look_up, daemon=True)
        asking.start()
        asking.join(ANSWER)
        if failed:
            raise failed[0]
        return tuple((address, port) for address in found)


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """Raise what httpx's users know in place of what httpcore raises."""
    try:
        yield
    except tuple(pair[0] for pair in _AS_HTTPX) as error:
        kind = next(theirs for ours, theirs in _AS_HTTPX if isinstance(error, ours))
        raise kind(str(error), request=request) from error


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes], request: httpx.Request) -> None:
        self._stream, self._request = stream, request

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx(self._request):
            yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


class _Guarded(httpx.BaseTransport):
    """Sends what the target's effect and budget allow."""

    def __init__(self, target: Target, allowed: Effect, allowance: Allowance) -> None:
        self._target, self._allowed, self._allowance = target, allowed, allowance
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust.context(target.ca_file, ("h2", "http/1.1")),
            max_connections=target.budget.connections,
            http2=True,
            network_backend=_Network(target, allowance),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        permit(self._target, self._allowed, request.method, str(request.url))
        self._allowance.spend_now("http_requests")
        headers = list(request.headers.raw)
        credentials = self._target.credentials
        ours = is_origin(self._target, urlsplit(str(request.url)))
        if credentials is not None and ours and "authorization" not in request.headers:
            # Added below httpx, so that no repr of a request or client shows it.
            headers.append((b"Authorization", b"Basic " + base64.b64encode(credentials.reveal().encode())))
        content = request.stream
        assert isinstance(content, httpx.SyncByteStream)
        with _as_httpx(request):
            answer = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=headers,
                    content=content,
                    extensions=request.extensions,
                )
            )
        stream = answer.stream
        assert isinstance(stream, Iterable)
        body = _Body(stream, request)
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


def client(target: Target, allowed: Effect, allowance: Allowance) -> httpx.Client:
    """Return a client whose base is the target's URL; close it, or use it as a context manager.

    Args:
        target: The target.
        allowed: The effect that the run allows.
        allowance: What may still be sent.
    """
    return httpx.Client(
        transport=_Guarded(target, allowed, allowance),
        base_url=target.url,
        timeout=ANSWER,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT},
    )
