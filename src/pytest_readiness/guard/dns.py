"""DNS queries: to the target's resolvers or to a named authoritative server, paced, counted and bounded."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import TypeVar

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from pytest_readiness.guard.budget import Allowance
from pytest_readiness.model.exceptions import DeadlinePassed, Unreachable, Unverified
from pytest_readiness.model.targets import Target

T = TypeVar("T")
Endpoint = tuple[str, int]

QUERY = 2.0
"""Seconds that a server has for one answer."""

TRIES = 2
"""How often a server that stays silent is asked: a datagram may be lost."""

PAYLOAD = 1232
"""Bytes of a UDP answer that pass every path unfragmented (DNS Flag Day 2020)."""

SYSTEM_LOOKUP = 10.0
"""Seconds for the operating system to resolve a name."""

RESOLVERS = 3
"""How many resolvers are asked at most, as in resolv.conf(5)."""

LINKS = 8
"""CNAME records that are followed; resolvers give up at 8 to 16."""

_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a name leads.

    Attributes:
        names: The names that CNAME records lead to, in order.
        answer: The answer that ends the chain.
        endless: Whether following was given up: a loop, or too many links.
    """

    names: tuple[str, ...]
    answer: dns.message.Message
    endless: bool = False


class Resolver:
    """Asks nameservers for one target; each question is sent once a run, however many ask it.

    Args:
        target: Whose ``nameservers`` and ``resolve`` hold.
        allowance: What may still be sent.
        timeout: Seconds that a server has for one answer.
        resolv_conf: Where the system's resolvers are read.
    """

    def __init__(
        self, target: Target, allowance: Allowance, *, timeout: float = QUERY, resolv_conf: str = "/etc/resolv.conf"
    ) -> None:
        self._target, self._allowance, self._timeout, self._resolv_conf = target, allowance, timeout, resolv_conf
        self._messages: dict[object, asyncio.Task[dns.message.Message]] = {}
        self._addresses: dict[object, asyncio.Task[tuple[str, ...]]] = {}

    async def ask(
        self, name: str, rdtype: str, *, server: tuple[str, str] | None = None, dnssec: bool = False
    ) -> dns.message.Message:
        """Return the answer to one question, whatever its rcode.

        Args:
            name: The name, with or without its final dot.
            rdtype: The type, ``A``.
            server: The authoritative server to ask, as its host name and one of its addresses; None for the
                target's ``nameservers`` or the system's resolvers.
            dnssec: Whether to ask for signatures, and for data that a validating resolver would hold back.

        Raises:
            Unreachable: There is nobody to ask, or nobody there.
            DeadlinePassed: Nobody answered in time.
        """
        try:
            question = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError) as error:
            raise Unreachable(f"{name!r} is no domain name: {error}") from error
        key = (question, rdtype, server, dnssec)
        return await _shared(self._messages, key, lambda: self._ask(question, rdtype, server, dnssec))

    async def follow(self, name: str, rdtype: str, *, dnssec: bool = False) -> Followed:
        """Return where ``name`` leads, CNAME record by CNAME record, also past a server that knows only a part.

        Raises:
            Unreachable: There is nobody to ask, or nobody there.
            DeadlinePassed: Nobody answered in time.
        """
        names: list[str] = []
        here = name.lower().rstrip(".")
        while True:
            answer = await self.ask(here, rdtype, dnssec=dnssec)
            start = here
            while (alias := _alias(answer, here, rdtype)) is not None:
                if alias in names or alias == name.lower().rstrip(".") or len(names) == LINKS:
                    return Followed((*names, alias), answer, endless=True)
                names.append(alias)
                here = alias
            # A server that recursed answers for the whole chain; one that did not stops at its own zone's end.
            if here == start or answer.rcode() != dns.rcode.NOERROR or _records(answer, here, rdtype) is not None:
                return Followed(tuple(names), answer)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Return the addresses of ``host``; where the target's ``nameservers`` are asked, IPv4 first and in order.

        Raises:
            Unreachable: The name does not exist, or has no address.
            DeadlinePassed: Nobody answered in time.
        """
        host = host.strip("[]").rstrip(".").lower()
        try:
            return (str(ip_address(host)),)
        except ValueError:
            pass
        # RFC 6761, 6.3: localhost is no matter of the DNS.
        by_dns = self._target.nameservers and host != "localhost" and not host.endswith(".localhost")
        return await _shared(
            self._addresses, host, lambda: self._by_dns(host) if by_dns else self._by_operating_system(host)
        )

    async def _by_dns(self, host: str) -> tuple[str, ...]:
        both = await asyncio.gather(self.follow(host, "A"), self.follow(host, "AAAA"), return_exceptions=True)
        found: list[str] = []
        rcodes: list[str] = []
        for rdtype, followed in zip(("A", "AAAA"), both, strict=True):
            if isinstance(followed, BaseException):
                continue
            records = _records(followed.answer, (host, *followed.names)[-1], rdtype)
            found += sorted(records or (), key=ip_address)  # servers rotate them; a run should not differ by that
            rcodes.append(dns.rcode.to_text(followed.answer.rcode()))
        if found:
            return tuple(found)
        for followed in both:
            if isinstance(followed, BaseException):
                raise followed
        reason = "it has no address" if rcodes[0] == "NOERROR" else rcodes[0]
        raise Unreachable(f"the name {host} was not resolved: {reason}")

    async def _by_operating_system(self, host: str) -> tuple[str, ...]:
        await self._allowance.spend("dns_queries")
        try:
            async with asyncio.timeout(SYSTEM_LOOKUP):
                found = await _in_daemon_thread(lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except TimeoutError:
            raise DeadlinePassed(f"the system did not resolve {host} within {SYSTEM_LOOKUP:g} s") from None
        except (OSError, UnicodeError) as error:
            words = (getattr(error, "strerror", None) or str(error)).lower()
            raise Unreachable(f"the name {host} was not resolved: {words}") from error
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))

    async def _ask(
        self, name: dns.name.Name, rdtype: str, server: tuple[str, str] | None, dnssec: bool
    ) -> dns.message.Message:
        pending = self._resolvers() if server is None else self._authority(*server)
        failure: Unverified = Unreachable("no nameserver to ask")
        unhelpful: dns.message.Message | None = None
        for _ in range(TRIES):
            silent: list[Endpoint] = []
            for endpoint in pending:
                query = dns.message.make_query(name, rdtype, use_edns=0, payload=PAYLOAD, want_dnssec=dnssec)
                if server is not None:
                    query.flags &= ~dns.flags.RD
                elif dnssec:
                    query.flags |= dns.flags.CD
                try:
                    answer = await self._exchange(query, endpoint)
                except DeadlinePassed as error:
                    failure = error
                    silent.append(endpoint)
                    continue
                except Unreachable as error:
                    failure = error
                    continue
                if answer.rcode() not in {dns.rcode.SERVFAIL, dns.rcode.REFUSED}:
                    return answer
                unhelpful = answer  # the next resolver may know more
            if unhelpful is not None:
                return unhelpful
            pending = tuple(silent)
        raise failure

    def _resolvers(self) -> tuple[Endpoint, ...]:
        if self._target.nameservers:
            return tuple(endpoint(entry) for entry in self._target.nameservers[:RESOLVERS])
        from dns.resolver import Resolver as SystemResolver

        fix = f'[targets.{self._target.name}] nameservers = ["9.9.9.9"]'
        try:
            system = SystemResolver(filename=self._resolv_conf)
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise Unreachable(f"this machine names no resolver to ask: {error}", fix=fix) from error
        found = tuple((entry, system.port) for entry in system.nameservers if isinstance(entry, str))
        if not found:
            raise Unreachable("this machine names no resolver to ask", fix=fix)
        return found[:RESOLVERS]

    def _authority(self, host: str, address: str) -> tuple[Endpoint, ...]:
        return self._target.routes(host, 53)[:1] or ((address, 53),)

    async def _exchange(self, query: dns.message.QueryMessage, server: Endpoint) -> dns.message.Message:
        answer = await self._paced(lambda: _by_udp(query, server), server)
        if answer.rcode() == dns.rcode.FORMERR and answer.edns < 0:
            query.use_edns(False)  # RFC 6891, 7: a server from before EDNS
            answer = await self._paced(lambda: _by_udp(query, server), server)
        if answer.flags & dns.flags.TC:
            answer = await self._paced(lambda: _by_tcp(query, server), server)
        return answer

    async def _paced(self, send: Callable[[], Awaitable[dns.message.Message]], server: Endpoint) -> dns.message.Message:
        await self._allowance.spend("dns_queries")
        place = f"nameserver {server[0]} port {server[1]}"
        try:
            async with asyncio.timeout(self._timeout):
                return await send()
        except TimeoutError:
            raise DeadlinePassed(f"{place} did not answer within {self._timeout:g} s") from None
        except ConnectionRefusedError as error:
            raise Unreachable(f"{place}: nothing listens there") from error
        except (OSError, EOFError, ValueError) as error:
            raise Unreachable(f"{place}: {str(error) or type(error).__name__}") from error


def endpoint(entry: str) -> Endpoint:
    """Return address and port of ``address``, ``address:port``, ``[v6]`` or ``[v6]:port``.

    Raises:
        ValueError: It is none of these.
    """
    try:
        return str(ip_address(entry.strip("[]"))), 53
    except ValueError:
        address, _, port = entry.rpartition(":")
        return str(ip_address(address.strip("[]"))), int(port)


def no_route(error: Exception) -> bool:
    """Return whether ``error`` says that this machine has no way to the address at all."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in _NO_ROUTE


def _alias(answer: dns.message.Message, name: str, rdtype: str) -> str | None:
    if rdtype == "CNAME" or _records(answer, name, rdtype) is not None:
        return None
    alias = _records(answer, name, "CNAME")
    return alias[0].lower().rstrip(".") if alias else None


def _records(answer: dns.message.Message, name: str, rdtype: str) -> tuple[str, ...] | None:
    try:
        owner = dns.name.from_text(name)
    except (dns.exception.DNSException, UnicodeError):
        return None
    found = answer.get_rrset(answer.answer, owner, dns.rdataclass.IN, dns.rdatatype.from_text(rdtype))
    return None if found is None else tuple(record.to_text() for record in found)


async def _shared(tasks: dict[object, asyncio.Task[T]], key: object, start: Callable[[], Awaitable[T]]) -> T:
    task = tasks.get(key)
    if task is None:

        async def run() -> T:
            return await start()

        task = tasks[key] = asyncio.create_task(run())
        # An asker may be cancelled before the answer comes: its error is then nobody's, and no warning.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
    # shield: others wait for the same answer.
    return await asyncio.shield(task)


def _in_daemon_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Run ``work`` in a thread that does not keep the process alive: a hung lookup must not hold up Ctrl-C."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def deliver(settle: Callable[[], None]) -> None:
        if not future.done():
            settle()

    def run() -> None:
        try:
            settle = partial(future.set_result, work())
        except Exception as caught:  # noqa: BLE001  # it belongs to the asker, on the loop
            settle = partial(future.set_exception, caught)
        with suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(deliver, settle)

    threading.Thread(target=run, name="name lookup", daemon=True).start()
    return future


def _parsed(wire: bytes) -> dns.message.Message | None:
    """Return the message, cut short where the server cut it, or None for what is no message."""
    try:
        return dns.message.from_wire(wire, ignore_trailing=True, raise_on_truncation=True)
    except dns.message.Truncated as cut:
        message = cut.kwargs.get("message")
        return message if isinstance(message, dns.message.Message) else None
    except Exception:  # noqa: BLE001  # the bytes come from anyone; whatever parsing them raises, they are no answer
        return None


class _Datagrams(asyncio.DatagramProtocol):
    """Waits for the datagram that answers a query; the socket is connected, so others' never come here."""

    def __init__(self, query: dns.message.Message, answered: asyncio.Future[dns.message.Message]) -> None:
        self._query, self._answered = query, answered

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002  # asyncio's signature
        if self._answered.done():
            return
        message = _parsed(data)
        if message is not None and self._query.is_response(message):
            self._answered.set_result(message)

    def error_received(self, exc: Exception) -> None:
        if not self._answered.done():
            self._answered.set_exception(exc)


async def _by_udp(query: dns.message.Message, server: Endpoint) -> dns.message.Message:
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[dns.message.Message] = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(query, answered), remote_addr=server)
    try:
        transport.sendto(query.to_wire())
        return await answered
    finally:
        transport.close()


async def _by_tcp(query: dns.message.Message, server: Endpoint) -> dns.message.Message:
    reader, writer = await asyncio.open_connection(*server)
    try:
        wire = query.to_wire()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        size = int.from_bytes(await reader.readexactly(2), "big")
        message = _parsed(await reader.readexactly(size))
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()
    if message is None or not query.is_response(message):
        raise ValueError("its answer over TCP is no answer to the question")
    return message
