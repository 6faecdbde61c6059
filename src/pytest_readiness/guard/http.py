"""The HTTP client that probes use: nothing leaves but what the target's effect and budget allow."""

from __future__ import annotations

import asyncio
import base64
import ssl
import time
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import httpcore

from pytest_readiness import __version__
from pytest_readiness.guard import trust
from pytest_readiness.guard.budget import Allowance, Kind
from pytest_readiness.guard.effects import permit
from pytest_readiness.guard.limits import ANSWER, BODY, BoundedBody
from pytest_readiness.guard.sockets import Sockets
from pytest_readiness.model.exceptions import DeadlinePassed, Unreachable, Unverified
from pytest_readiness.model.http import Answer, Cause, Exchange, Headers, Silence
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target

USER_AGENT = f"pytest-readiness/{__version__}"
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that counts its handshake and gives its slot back when it closes."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, allowance: Allowance, slots: asyncio.Semaphore) -> None:
        self._inner, self._allowance, self._slots = inner, allowance, slots
        self._held = True

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        if self._held:
            self._held = False
            self._slots.release()
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        self._allowance.record("tls_handshakes")
        # httpcore closes the stream that it called start_tls on if that fails, and the one returned if it does not:
        # both are this one, so that the slot is given back once.
        self._inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return self

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.AsyncNetworkBackend):
    """Connects to where the target's names lead, or to one pinned address."""

    def __init__(self, sockets: Sockets, allowance: Allowance, address: str | None = None) -> None:
        self._sockets, self._allowance, self._address = sockets, allowance, address
        self._plain = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002  # httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        endpoints = await self._sockets.endpoints(host, port, self._address)
        slots = self._sockets.slots
        await slots.acquire()
        last: Exception = httpcore.ConnectError(f"{host} leads to no address")
        for address, number in endpoints:
            try:
                inner = await self._plain.connect_tcp(address, number, timeout=timeout, local_address=local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            except BaseException:
                slots.release()
                raise
            else:
                return _Stream(inner, self._allowance, slots)
        slots.release()
        raise last


class HttpClient:
    """Asks the target over HTTP/1.1 and HTTP/2; network trouble comes back as a :class:`Silence`.

    Args:
        target: Whose effect, host, authorities and credentials hold.
        allowed: The effect that this run allows.
        allowance: What may still be sent.
        sockets: The way out.
    """

    def __init__(self, target: Target, allowed: Effect, allowance: Allowance, sockets: Sockets) -> None:
        self.target, self._allowed, self._allowance, self._sockets = target, allowed, allowance, sockets
        # Half of the connections are for HTTP, so that handshakes of other probes never wait for an idle one.
        self._connections = max(1, target.budget.connections // 2)
        self._pools: dict[str | None, httpcore.AsyncConnectionPool] = {}

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Iterable[tuple[str, str]] = (),
        cap: int = BODY,
        timeout: float = ANSWER,
        address: str | None = None,
    ) -> Answer:
        """Send one request to the target and return what came back; redirects are not followed.

        Args:
            url: A URL on the target's host, or a path.
            method: The method.
            headers: Field lines besides Host, User-Agent and Accept.
            cap: The most bytes of the body to keep.
            timeout: Seconds for the whole answer.
            address: The one address to connect to.

        Raises:
            NotAllowed: The method or the host is beyond what the run allows.
            BudgetSpent: The target's budget is used up.
        """
        url = urljoin(self.target.url, url)
        permit(self.target, self._allowed, method, url)
        lines = [*headers]
        if self.target.credentials is not None:
            token = base64.b64encode(self.target.credentials.reveal().encode()).decode()
            lines.append(("Authorization", f"Basic {token}"))
        return await self._send(self._pool(address), "http_requests", method, url, lines, cap, timeout)

    async def follow(self, url: str, *, hops: int = 5, cap: int = BODY) -> tuple[Answer, ...]:
        """GET ``url`` and follow redirects within its host; each answer is recorded.

        A redirect to another host is recorded and not followed.

        Args:
            url: A URL on the target's host, or a path.
            hops: The most redirects to follow.
            cap: The most bytes of each body to keep.
        """
        url = urljoin(self.target.url, url)
        answers = [await self.fetch(url, cap=cap)]
        seen = {url}
        while len(answers) <= hops:
            last = answers[-1]
            if isinstance(last, Silence) or last.status not in REDIRECTS or "Location" not in last.headers:
                break
            try:
                url = urljoin(last.url, last.headers.first("Location") or "")
                split = urlsplit(url)
                elsewhere = (split.hostname or "").rstrip(".") != self.target.host
            except ValueError:  # a Location that is no URL is for the judges
                break
            if elsewhere or split.scheme not in {"http", "https"} or url in seen:
                break
            seen.add(url)
            answers.append(await self.fetch(url, cap=cap))
        return tuple(answers)

    async def elsewhere(
        self, url: str, *, headers: Iterable[tuple[str, str]] = (), cap: int = BODY, timeout: float = ANSWER
    ) -> Answer:
        """GET a public registry or read-only API, following redirects; counted as ``other``.

        The target's credentials are not sent.

        Args:
            url: An absolute URL.
            headers: Field lines besides Host, User-Agent and Accept.
            cap: The most bytes of the body to keep.
            timeout: Seconds for each answer.
        """
        answer: Answer = Silence("GET", url, Cause.PROTOCOL, "no http or https URL")
        for _ in range(5):
            if urlsplit(url).scheme not in {"http", "https"}:
                return answer
            answer = await self._send(self._pool(None), "other", "GET", url, headers, cap, timeout)
            if isinstance(answer, Silence) or answer.status not in REDIRECTS:
                return answer
            url = urljoin(url, answer.headers.first("Location") or "")
        return answer

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()
        self._pools.clear()

    def _pool(self, address: str | None) -> httpcore.AsyncConnectionPool:
        if address not in self._pools:
            # A pinned connection serves one question, and an only slot is given back at once: neither is kept alive.
            kept = self._connections if address is None and self.target.budget.connections > 1 else 0
            self._pools[address] = httpcore.AsyncConnectionPool(
                ssl_context=trust.context(self.target.ca_file, ("h2", "http/1.1")),
                max_connections=self._connections,
                max_keepalive_connections=kept,
                keepalive_expiry=15.0,
                http2=True,
                network_backend=_Network(self._sockets, self._allowance, address),
            )
        return self._pools[address]

    async def _send(
        self,
        pool: httpcore.AsyncConnectionPool,
        kind: Kind,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]],
        cap: int,
        timeout: float,
    ) -> Answer:
        await self._allowance.spend(kind)
        try:
            request = _request(method, url, headers, timeout)
        except (ValueError, UnicodeError) as error:
            return Silence(method, url, Cause.PROTOCOL, f"no URL that can be sent: {error}")
        start = time.perf_counter()
        try:
            async with asyncio.timeout(timeout):
                response = await pool.handle_async_request(request)
                try:
                    return await _read(method, url, response, cap, start)
                finally:
                    await response.aclose()
        except TimeoutError:
            return Silence(method, url, Cause.TIMED_OUT, f"no whole answer within {timeout:g} s")
        except Exception as error:  # noqa: BLE001  # whatever a server does to us is data
            return _silence(method, url, error)


def _request(method: str, url: str, headers: Iterable[tuple[str, str]], timeout: float) -> httpcore.Request:
    split = urlsplit(url)
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    lines = {"host": split.netloc.rpartition("@")[2], "user-agent": USER_AGENT, "accept": "*/*"}
    lines |= {"accept-encoding": "identity"}
    lines |= {name.lower(): value for name, value in headers}
    return httpcore.Request(
        method,
        httpcore.URL(
            scheme=split.scheme.encode(),
            host=(split.hostname or "").encode("idna"),
            port=split.port,
            target=target.encode("ascii"),
        ),
        headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in lines.items()],
        extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout)},
    )


async def _read(method: str, url: str, response: httpcore.Response, cap: int, start: float) -> Exchange:
    headers = Headers(tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers))
    body = BoundedBody(cap, headers.first("Content-Encoding") or "")
    try:
        async for chunk in response.aiter_stream():
            body.feed(chunk)
            if body.full:
                break
    except (httpcore.NetworkError, httpcore.ProtocolError):
        body.truncated = True  # what came is an answer all the same
    extensions: Mapping[str, Any] = response.extensions
    stream = extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    version = extensions.get("http_version", b"HTTP/1.1").decode("ascii", "replace")
    return Exchange(
        method=method,
        url=url,
        status=response.status,
        headers=headers,
        body=bytes(body),
        truncated=body.truncated,
        http_version=version,
        address=peer[0] if peer else None,
        elapsed=time.perf_counter() - start,
        undecoded=body.undecoded,
    )


def _silence(method: str, url: str, error: Exception) -> Silence:
    """Tell why there was no answer, by the exception at the root of it."""
    chain: list[BaseException] = [error]
    while (below := chain[-1].__cause__ or chain[-1].__context__) is not None and below not in chain:
        chain.append(below)
    for cause in reversed(chain):
        match cause:
            case ssl.SSLCertVerificationError():
                return Silence(method, url, Cause.CERTIFICATE, cause.verify_message)
            case ssl.SSLError():
                return Silence(method, url, Cause.TLS, (cause.reason or str(cause)).lower().replace("_", " "))
            case Unverified() if not isinstance(cause, Unreachable | DeadlinePassed):
                raise cause
            case Unreachable():
                return Silence(method, url, Cause.UNRESOLVED, cause.reason)
            case ConnectionRefusedError():
                return Silence(method, url, Cause.REFUSED)
            case ConnectionResetError() | BrokenPipeError():
                return Silence(method, url, Cause.BROKEN, "connection reset")
            case TimeoutError() | httpcore.TimeoutException() | DeadlinePassed():
                return Silence(method, url, Cause.TIMED_OUT, str(cause))
            case _:
                continue
    if isinstance(error, httpcore.ProtocolError):
        return Silence(method, url, Cause.PROTOCOL, str(error))
    if isinstance(error, httpcore.NetworkError | OSError):
        return Silence(method, url, Cause.UNREACHABLE, str(error))
    return Silence(method, url, Cause.PROTOCOL, f"{type(error).__name__}: {error}")
