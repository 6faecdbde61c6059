"""What each address of the host agrees to, found by offering it one thing after the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from pytest_readiness.guard.sockets import Sockets
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import DeadlinePassed, Unreachable, Unverified
from pytest_readiness.model.targets import Target
from pytest_readiness.model.tls import AddressPosture, Ground, Mute, Protocol, TlsPosture
from pytest_readiness.standards import certificates, cipher_suites
from pytest_readiness.standards.client_hello import RANDOM_BYTES, KeyShare, Offer, client_hello
from pytest_readiness.standards.server_flight import FlightParser, ServerFlight

TIMEOUT = 5.0
"""Seconds for one connection, and again for one answer."""

_BRANCHES = {Protocol.TLS_1_3: 2, Protocol.TLS_1_2: 8}
"""In how many parts the suites of a protocol are offered side by side; four where it does not say."""

_UNROUTED = ("unreachable", "cannot assign requested address", "address family not supported")

Key = TypeVar("Key")
Value = TypeVar("Value")
Enough = Callable[[ServerFlight], bool]


@evidence(
    sends="about 40 TLS ClientHellos to each address, none of them completed: one for each protocol, then as many as "
    "it takes for the server to have chosen each cipher suite and each group that it knows",
    deadline=timedelta(seconds=60),
)
async def tls(target: Target, sockets: Sockets) -> TlsPosture:
    """Which protocols, cipher suites and groups each address of the host agrees to."""
    host, port = endpoint(target)
    addresses = await sockets.addresses(host, port)
    scans = await together(_scan(Address(sockets, host, port, address)) for address in addresses)
    return TlsPosture(host, port, tuple(scans))


def endpoint(target: Target) -> tuple[str, int]:
    """Return host and port to speak TLS with.

    Raises:
        Unverified: The target is served without TLS.
    """
    if not target.url.lower().startswith("https:"):
        raise Unverified(
            f"the target's url is {target.url}: there is no TLS to look at",
            fix=f'[targets.{target.name}] url = "https://…"',
        )
    return target.host, target.port


@dataclass(slots=True)
class Reply:
    """How one hello was answered.

    Attributes:
        flight: What was understood.
        closed: Whether the server ended the connection without an answer.
        mute: Why there is no answer at all.
    """

    flight: ServerFlight = field(default_factory=ServerFlight)
    closed: bool = False
    mute: Mute | None = None

    @property
    def refusal(self) -> str:
        """How the server said no, in words; empty where it did not."""
        if self.flight.alert:
            return f"alert {self.flight.alert}"
        return "the connection is closed" if self.closed else ""

    @property
    def doubt(self) -> str:
        """Why it is neither yes nor no, in words; empty where it is one of these."""
        if self.mute:
            return self.mute.reason
        return self.flight.malformed if not self.flight.agreed else ""


class Address:
    """One address of the host, to be asked again and again.

    Args:
        sockets: Who connects.
        host: The name that the hellos ask for.
        port: The port.
        address: The address.
    """

    def __init__(self, sockets: Sockets, host: str, port: int, address: str) -> None:
        self._sockets, self.host, self.port, self.address = sockets, host, port, address
        self.handshakes = 0
        self.closings = 0

    async def ask(self, offer: Offer, enough: Enough = lambda flight: flight.agreed) -> Reply:
        """Offer something and return the answer; ask again where the connection just ends.

        A server may refuse by hanging up, but so may a busy one: only the second time counts.
        """
        reply = await self._ask(offer, enough)
        if reply.closed:
            reply = await self._ask(offer, enough)
            self.closings += reply.closed
        return reply

    async def _ask(self, offer: Offer, enough: Enough) -> Reply:
        self.handshakes += 1
        parser = FlightParser()
        hello = client_hello(replace(offer, host=self.host), os.urandom(RANDOM_BYTES))
        try:
            async with self._sockets.connect(self.host, self.port, address=self.address, timeout=TIMEOUT) as streams:
                reader, writer = streams
                async with asyncio.timeout(TIMEOUT):
                    writer.write(hello)
                    while not (parser.flight.finished or enough(parser.flight)):
                        data = await reader.read(65_536)
                        if not data:
                            return Reply(parser.flight, closed=not parser.flight.agreed)
                        parser.feed(data)
        except (TimeoutError, DeadlinePassed):
            if not parser.flight.agreed:
                return Reply(mute=Mute(f"no answer within {TIMEOUT:g} s"))
        except Unreachable as unreachable:
            return Reply(mute=mute(unreachable))
        except OSError:
            return Reply(parser.flight, closed=not parser.flight.agreed)
        return Reply(parser.flight)


def mute(unreachable: Unverified) -> Mute:
    """Return why an address is mute, and whether that is our own machine's fault."""
    reason = unreachable.reason.partition(": ")[2] or unreachable.reason
    return Mute(reason, ours=any(words in reason for words in _UNROUTED))


async def _scan(address: Address) -> AddressPosture:
    first = await _side_by_side({protocol: address.ask(_everything(protocol)) for protocol in Protocol})
    key_share = KeyShare.NONE
    if first[Protocol.TLS_1_3].refusal:
        # A server may insist on a key share (RFC 8446 section 4.2.8 lets it not), so try what a browser sends.
        again = await address.ask(replace(_everything(Protocol.TLS_1_3), key_share=KeyShare.X25519))
        if again.flight.agreed:
            key_share, first[Protocol.TLS_1_3] = KeyShare.X25519, again
    silence = _silence(first)
    if silence:
        return AddressPosture(address.address, mute=silence, handshakes=address.handshakes)
    offered = tuple(protocol for protocol in Protocol if first[protocol].flight.protocol == protocol)
    older = max((protocol for protocol in offered if protocol <= Protocol.TLS_1_2), default=None)
    unsettled = [Ground(str(protocol), reply.doubt) for protocol, reply in first.items() if reply.doubt]

    suites = {protocol: _suites(address, protocol, key_share) for protocol in offered}
    groups = {older: _curves(address, older)} if older else {}
    if Protocol.TLS_1_3 in offered:
        groups[Protocol.TLS_1_3] = _groups(address, key_share)
    found, agreed = await together([_side_by_side(suites), _side_by_side(groups)])
    for harvest in (*found.values(), *agreed.values()):
        unsettled += harvest.unsettled
    if address.closings and not (await address.ask(_everything(offered[-1], key_share))).flight.agreed:
        unsettled.append(Ground("what it agrees to", "it stopped answering while it was asked"))
    extensions = first[older].flight.extensions if older else {}
    return AddressPosture(
        address=address.address,
        protocols=offered,
        refusals=tuple(
            (protocol, _refusal(reply))
            for protocol, reply in first.items()
            if protocol not in offered and not reply.doubt
        ),
        suites=tuple((protocol, tuple(harvest.chosen)) for protocol, harvest in found.items()),
        groups=tuple((protocol, tuple(harvest.chosen)) for protocol, harvest in sorted(agreed.items())),
        dh_bits=min((bits for harvest in found.values() for bits in harvest.dh_bits), default=None),
        secure_renegotiation=0xFF01 in extensions if older else None,
        extended_master_secret=0x0017 in extensions if older else None,
        unsettled=tuple(unsettled),
        handshakes=address.handshakes,
    )


def _silence(first: dict[Protocol, Reply]) -> Mute | None:
    """Return why nothing can be learned, or None where one protocol at least was agreed to."""
    if any(reply.flight.protocol == protocol for protocol, reply in first.items()):
        return None
    replies = [first[protocol] for protocol in sorted(first, reverse=True)]
    if all(reply.mute for reply in replies):
        return next(reply.mute for reply in replies if reply.mute)
    said = next((reply.flight.malformed for reply in replies if reply.flight.malformed), "")
    return Mute(said or f"no protocol of TLS is agreed to ({_refusal(replies[0])})")


def _refusal(reply: Reply) -> str:
    version = reply.flight.protocol
    if version is not None and version in Protocol.__members__.values():
        return f"it answers with {Protocol(version)}"
    return reply.refusal or reply.doubt or "it answers with a version of its own"


def _everything(protocol: Protocol, key_share: KeyShare = KeyShare.NONE) -> Offer:
    if protocol is Protocol.TLS_1_3:
        return Offer(protocol, tuple(cipher_suites.TLS13), cipher_suites.TLS13_GROUPS, key_share=key_share)
    return Offer(protocol, _known_to(protocol), cipher_suites.TLS12_CURVES)


def _known_to(protocol: Protocol) -> tuple[int, ...]:
    """Return the suites that the protocol may agree on: GCM, CCM and SHA-2 came with TLS 1.2, curves after SSL 3."""
    if protocol is Protocol.TLS_1_3:
        return tuple(cipher_suites.TLS13)
    if protocol is Protocol.TLS_1_2:
        return tuple(cipher_suites.TLS12)
    old = [number for number, name in cipher_suites.TLS12.items() if name.endswith(("_SHA", "_MD5"))]
    return tuple(number for number in old if protocol is not Protocol.SSL_3 or "_EC" not in cipher_suites.name(number))


@dataclass(slots=True)
class Harvest:
    """What was found by elimination.

    Attributes:
        chosen: The server's choices, in the order it made them.
        dh_bits: The finite-field groups that came along.
        unsettled: What could not be settled.
    """

    chosen: list[int] = field(default_factory=list)
    dh_bits: list[int] = field(default_factory=list)
    unsettled: list[Ground] = field(default_factory=list)


async def _eliminate(
    what: str,
    candidates: Iterable[int],
    ask: Callable[[Sequence[int]], Awaitable[Reply]],
    choice: Callable[[ServerFlight], int | None],
) -> Harvest:
    """Offer the candidates, take away what the server chooses, and go on until it refuses."""
    left, harvest = list(candidates), Harvest()
    while left:
        reply = await ask(left)
        chosen = choice(reply.flight)
        if chosen is not None and chosen in left:
            harvest.chosen.append(chosen)
            left.remove(chosen)
            if reply.flight.dh_bits is not None:
                harvest.dh_bits.append(reply.flight.dh_bits)
            continue
        if reply.doubt:
            harvest.unsettled.append(Ground(what, reply.doubt))
        elif reply.flight.agreed and chosen is not None:
            harvest.unsettled.append(Ground(what, f"it chose what it was not offered: 0x{chosen:04X}"))
        break
    return harvest


async def _suites(address: Address, protocol: Protocol, key_share: KeyShare) -> Harvest:
    offer = _everything(protocol, key_share)

    def enough(flight: ServerFlight) -> bool:
        finite = flight.suite is not None and cipher_suites.is_finite(flight.suite)
        return flight.agreed and not (finite and flight.dh_bits is None and protocol is not Protocol.TLS_1_3)

    branches = _BRANCHES.get(protocol, 4)
    return await _merged(
        _eliminate(
            f"cipher suites of {protocol}",
            offer.suites[branch::branches],
            lambda left: address.ask(replace(offer, suites=left), enough),
            lambda flight: flight.suite if flight.protocol == protocol else None,
        )
        for branch in range(branches)
    )


async def _groups(address: Address, key_share: KeyShare) -> Harvest:
    """Return the groups of TLS 1.3, each named by the server in a HelloRetryRequest."""
    what = f"groups of {Protocol.TLS_1_3}"
    if key_share is not KeyShare.NONE:
        return Harvest(unsettled=[Ground(what, "it names no group: it refuses hellos without a key share")])
    offer = _everything(Protocol.TLS_1_3)
    return await _merged(
        _eliminate(
            what,
            offer.groups[branch::3],
            lambda left: address.ask(replace(offer, groups=left)),
            lambda flight: flight.group if flight.protocol == Protocol.TLS_1_3 else None,
        )
        for branch in range(3)
    )


async def _curves(address: Address, protocol: Protocol) -> Harvest:
    """Return the curves that ECDHE agrees on before TLS 1.3.

    There the offered curves bind the certificate as well (RFC 8422 section 5.1), so that a server whose only
    certificate is on P-256 refuses a hello without P-256. Where it has an RSA certificate, that one is asked for.
    """
    elliptic = tuple(number for number in _known_to(protocol) if cipher_suites.is_elliptic(number))
    offer = replace(_everything(protocol), suites=tuple(s for s in elliptic if not cipher_suites.is_ecdsa(s)))
    what = f"groups of {protocol}"

    def enough(flight: ServerFlight) -> bool:
        return flight.group is not None

    pinned: tuple[int, ...] = ()
    first = await address.ask(offer, enough)
    if first.flight.group is None and not first.doubt:
        offer = replace(offer, suites=elliptic)
        first = await address.ask(offer, enough)
        curve = certificates.curve(first.flight.chain[0]) if first.flight.chain else None
        pinned = (curve,) if curve is not None else ()
    if first.flight.group is None:
        return Harvest(unsettled=[Ground(what, first.doubt)] if first.doubt else [])
    found = Harvest(chosen=[first.flight.group])
    left = [curve for curve in offer.groups if curve != first.flight.group and curve not in pinned]
    branches = 1 if pinned else 2
    rest = await _merged(
        _eliminate(
            what,
            left[branch::branches],
            lambda candidates: address.ask(replace(offer, groups=(*candidates, *pinned)), enough),
            lambda flight: None if flight.group in pinned else flight.group,
        )
        for branch in range(branches)
    )
    if pinned and first.flight.group not in pinned:
        last = await address.ask(replace(offer, groups=pinned), enough)
        found.chosen += [last.flight.group] if last.flight.group in pinned else []
    return Harvest(found.chosen + rest.chosen, unsettled=rest.unsettled)


async def _merged(parts: Iterable[Coroutine[Any, Any, Harvest]]) -> Harvest:
    whole = Harvest()
    for part in await together(parts):
        whole.chosen += part.chosen
        whole.dh_bits += part.dh_bits
        whole.unsettled += [ground for ground in part.unsettled if ground not in whole.unsettled]
    return whole


async def _side_by_side(tasks: Mapping[Key, Coroutine[Any, Any, Value]]) -> dict[Key, Value]:
    return dict(zip(tasks, await together(tasks.values()), strict=True))


async def together(coroutines: Iterable[Coroutine[Any, Any, Value]]) -> list[Value]:
    """Run them side by side and return what they return; the first to fail ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in coroutines]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
