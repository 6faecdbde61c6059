"""The HTTP client that probes use: nothing leaves but what the target's effect and budget allow."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpcore

from pytest_readiness import __version__
from pytest_readiness.guard import trust
from pytest_readiness.guard.budget import Allowance, Kind
from pytest_readiness.guard.connections import ATTEMPT, Attempt, Network
from pytest_readiness.guard.effects import PORTS, SAFE_METHODS, is_host, is_origin, permit
from pytest_readiness.guard.limits import ANSWER, BODY, BoundedBody
from pytest_readiness.guard.silences import silence
from pytest_readiness.guard.sockets import Sockets
from pytest_readiness.model.http import Answer, Cause, Exchange, Headers, Silence
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target

USER_AGENT = f"pytest-readiness/{__version__}"
REDIRECTS = frozenset({301, 302, 303, 307, 308})


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
        # Whoever waits here has not started its clock; in a pool's own queue it would have.
        self._turns = asyncio.Semaphore(self._connections)
        self._pools: dict[tuple[str | None, bool], httpcore.AsyncConnectionPool] = {}

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
        try:
            url = urljoin(self.target.url, url)
            split = urlsplit(url)
        except ValueError as error:
            return Silence(method, url, Cause.PROTOCOL, f"no URL that can be sent: {error}")
        permit(self.target, self._allowed, method, url)
        lines = [*headers]
        if self.target.credentials is not None and is_origin(self.target, split):
            token = base64.b64encode(self.target.credentials.reveal().encode()).decode()
            lines.insert(0, ("Authorization", f"Basic {token}"))  # the asker's own, if there is one, comes after it
        return await self._send(self._pool(address), "http_requests", method, url, lines, cap, timeout)

    async def follow(self, url: str, *, hops: int = 5, cap: int = BODY) -> tuple[Answer, ...]:
        """GET ``url`` and follow redirects within its host; each answer is recorded.

        A redirect to another host is recorded and not followed.

        Args:
            url: A URL on the target's host, or a path.
            hops: The most redirects to follow.
            cap: The most bytes of each body to keep.
        """
        answers = [await self.fetch(url, cap=cap)]
        seen = {answers[0].url}
        while len(answers) <= hops and (location := _location(answers[-1])) is not None:
            if not is_host(self.target, urlsplit(location)) or location in seen:
                break
            seen.add(location)
            answers.append(await self.fetch(location, cap=cap))
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
        location: str | None = url if _is_http(url) else None
        for _ in range(5):
            if location is None:
                break
            answer = await self._send(self._pool(None, public=True), "other", "GET", location, headers, cap, timeout)
            location = _location(answer)
        return answer

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()
        self._pools.clear()

    def _pool(self, address: str | None, *, public: bool = False) -> httpcore.AsyncConnectionPool:
        if (address, public) not in self._pools:
            # A connection for one question, and an only slot, is given back at once: neither is kept alive.
            for_one = address is not None or public
            kept = self._connections if not for_one and self.target.budget.connections > 1 else 0
            self._pools[address, public] = httpcore.AsyncConnectionPool(
                ssl_context=trust.context(self.target.ca_file, ("h2", "http/1.1"), public=public),
                max_connections=self._connections,
                max_keepalive_connections=kept,
                keepalive_expiry=15.0,
                http2=True,
                network_backend=Network(self._sockets, self._allowance, address),
            )
        return self._pools[address, public]

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
        try:
            request = _request(method, url, headers, timeout)
        except ValueError as error:
            return Silence(method, url, Cause.PROTOCOL, f"no URL that can be sent: {error}")
        async with self._turns:
            answer = await self._attempt(pool, kind, request, url, cap, timeout)
            if method in SAFE_METHODS and _is_stale(answer):
                # The server closed an idle connection while we wrote: asked anew, as RFC 9110, 9.2.2 lets clients.
                answer = await self._attempt(pool, kind, request, url, cap, timeout)
            return answer

    async def _attempt(
        self,
        pool: httpcore.AsyncConnectionPool,
        kind: Kind,
        request: httpcore.Request,
        url: str,
        cap: int,
        timeout: float,
    ) -> Answer:
        await self._allowance.spend(kind)
        method = request.method.decode("ascii")
        attempt = Attempt(asyncio.timeout(timeout))
        request.extensions = {**request.extensions, "trace": attempt.trace}
        token = ATTEMPT.set(attempt)
        try:
            async with attempt.clock:
                response = await pool.handle_async_request(request)
                try:
                    return await _read(method, url, response, cap, attempt)
                finally:
                    await response.aclose()
        except TimeoutError:
            detail = f"no whole answer within {timeout:g} s"
            return Silence(method, url, Cause.TIMED_OUT, detail, attempt.address)
        except Exception as error:  # noqa: BLE001  # whatever a server does to us is data
            return silence(method, url, error, attempt.address)
        finally:
            ATTEMPT.reset(token)


def _is_stale(answer: Answer) -> bool:
    """Whether it was an idle connection, and not one made for this request, that brought no answer."""
    broken = {Cause.BROKEN, Cause.PROTOCOL, Cause.UNREACHABLE}
    return isinstance(answer, Silence) and answer.address is None and answer.cause in broken


def _is_http(url: str) -> bool:
    try:
        return urlsplit(url).scheme in PORTS
    except ValueError:
        return False


def _location(answer: Answer) -> str | None:
    """Return where ``answer`` redirects to; None where it does not, or where no HTTP leads."""
    if isinstance(answer, Silence) or answer.status not in REDIRECTS:
        return None
    field = answer.headers.first("Location")
    if field is None:
        return None
    try:
        # Bytes beyond ASCII are sent back as they came.
        location = urljoin(answer.url, quote(field.encode("latin-1"), safe=_SENT_AS_IT_IS))
    except ValueError:  # a Location that is no URL is for the judges
        return None
    return location if _is_http(location) else None


_SENT_AS_IT_IS = "".join(map(chr, range(0x21, 0x7F)))


def _request(method: str, url: str, headers: Iterable[tuple[str, str]], timeout: float) -> httpcore.Request:
    split = urlsplit(url)
    host = (split.hostname or "").encode("idna").decode("ascii")
    authority = f"[{host}]" if ":" in host else host
    if split.port not in {None, PORTS.get(split.scheme)}:
        authority += f":{split.port}"
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    lines = {"host": authority, "user-agent": USER_AGENT, "accept": "*/*", "accept-encoding": "identity"}
    lines |= {name.lower(): value for name, value in headers}
    return httpcore.Request(
        method,
        httpcore.URL(
            scheme=split.scheme.encode("ascii"),
            host=host.encode("ascii"),
            port=split.port,
            target=quote(target, safe=_SENT_AS_IT_IS).encode("ascii"),
        ),
        headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in lines.items()],
        extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout)},
    )


async def _read(method: str, url: str, response: httpcore.Response, cap: int, attempt: Attempt) -> Exchange:
    headers = Headers(tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers))
    body = BoundedBody(cap, headers.joined("Content-Encoding") or "")
    broken_off = False
    try:
        async for chunk in response.aiter_stream():
            body.feed(chunk)
            if body.full:
                break
    except (httpcore.NetworkError, httpcore.ProtocolError):
        broken_off = True  # what came is an answer all the same
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
        truncated=body.truncated or broken_off,
        http_version=version,
        address=peer[0] if peer else None,
        elapsed=time.perf_counter() - attempt.sent,
        undecoded=body.undecoded,
    )
