"""What each address of the host agrees to, found by offering it one thing after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar, cast

from pytest_readiness.guard.sockets import Sockets
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.targets import Target
from pytest_readiness.model.tls import AddressPosture, Ground, Mute, Protocol, TlsPosture
from pytest_readiness.probes.hellos import Address, Reply, endpoint
from pytest_readiness.probes.together import together
from pytest_readiness.standards.tls import certificates, cipher_suites
from pytest_readiness.standards.tls.client_hello import KeyShare, Offer
from pytest_readiness.standards.tls.server_flight import ServerFlight
from pytest_readiness.standards.tls.tls_profiles import INTERMEDIATE

_BRANCHES = 8
"""In how many parts the uncommon is offered side by side, once a server has agreed to any of it."""

Key = TypeVar("Key")
Value = TypeVar("Value")


@evidence(
    sends="about 25 TLS ClientHellos to each address, none of them completed: one for each protocol, then as many as "
    "it takes for the server to have chosen each cipher suite and each group that it knows",
    deadline=timedelta(seconds=60),
)
async def tls(target: Target, sockets: Sockets) -> TlsPosture:
    """Which protocols, cipher suites and groups each address of the host agrees to."""
    host, port = endpoint(target)
    addresses = await sockets.addresses(host, port)
    scans = await together(_scan(Address(sockets, host, port, address)) for address in addresses)
    return TlsPosture(host, port, tuple(scans))


async def _scan(address: Address) -> AddressPosture:
    # The trials of TLS 1.2 go along, in the hope that it is offered: a round trip saved.
    first, trials = await _both(
        _side_by_side({protocol: address.ask(_everything(protocol), _has_suite) for protocol in Protocol}),
        _trials(address, Protocol.TLS_1_2),
    )
    key_share = KeyShare.NONE
    if first[Protocol.TLS_1_3].refusal:
        # A server may insist on a key share (RFC 8446 section 4.2.8 lets it not), so try what a browser sends.
        again = await address.ask(_everything(Protocol.TLS_1_3, KeyShare.X25519))
        if again.flight.agreed:
            key_share, first[Protocol.TLS_1_3] = KeyShare.X25519, again
    silence = _silence(first)
    if silence:
        return AddressPosture(address.address, mute=silence, handshakes=address.handshakes)
    offered = tuple(protocol for protocol in Protocol if first[protocol].flight.protocol == protocol)
    older = max((protocol for protocol in offered if protocol <= Protocol.TLS_1_2), default=None)
    unsettled = [Ground(str(protocol), reply.doubt) for protocol, reply in first.items() if reply.doubt]

    suites = {protocol: _suites(address, protocol, key_share, first[protocol].flight) for protocol in offered}
    groups = {}
    if older:
        groups[older] = _curves(address, older, trials if older is Protocol.TLS_1_2 else None)
    if Protocol.TLS_1_3 in offered:
        groups[Protocol.TLS_1_3] = _groups(address, key_share, first[Protocol.TLS_1_3].flight)
    found, agreed = await _both(_side_by_side(suites), _side_by_side(groups))
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


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be found out by offering.

    Attributes:
        what: In words.
        ask: Offers candidates.
        choice: Reads the server's choice among them; None where it made none.
    """

    what: str
    ask: Callable[[Sequence[int]], Awaitable[Reply]]
    choice: Callable[[ServerFlight], int | None]


async def _answer(
    question: Question, candidates: Sequence[int], common: frozenset[int], known: ServerFlight
) -> Harvest:
    """Find all that the server agrees to among the candidates, in few round trips.

    What most servers agree to is offered one by one, the rest together: a good server refuses that at once. Only one
    that does not is asked on. What it chose when it was offered everything, ``known``, is not offered again.
    """
    chosen = question.choice(known)
    start = Harvest([chosen] if chosen is not None and chosen in candidates else [])
    start.dh_bits += [known.dh_bits] if known.dh_bits is not None else []
    left = [candidate for candidate in candidates if candidate not in start.chosen]
    singles = [_eliminate(question, [candidate]) for candidate in left if candidate in common]
    found = await _merged([*singles, _uncommon(question, [one for one in left if one not in common])])
    return Harvest(start.chosen + found.chosen, start.dh_bits + found.dh_bits, found.unsettled)


async def _uncommon(question: Question, candidates: Sequence[int]) -> Harvest:
    first = await _eliminate(question, candidates, at_most=1)
    left = [candidate for candidate in candidates if candidate not in first.chosen]
    if not first.chosen or not left:
        return first
    parts = (left[branch::_BRANCHES] for branch in range(_BRANCHES))
    rest = await _merged(_eliminate(question, part) for part in parts if part)
    return Harvest(first.chosen + rest.chosen, first.dh_bits + rest.dh_bits, rest.unsettled)


async def _eliminate(question: Question, candidates: Sequence[int], *, at_most: int | None = None) -> Harvest:
    """Offer the candidates, take away what the server chooses, and go on until it refuses."""
    left, harvest = list(candidates), Harvest()
    while left and (at_most is None or len(harvest.chosen) < at_most):
        reply = await question.ask(left)
        chosen = question.choice(reply.flight)
        if chosen is not None and chosen in left:
            harvest.chosen.append(chosen)
            left.remove(chosen)
            if reply.flight.dh_bits is not None:
                harvest.dh_bits.append(reply.flight.dh_bits)
            continue
        if reply.doubt:
            harvest.unsettled.append(Ground(question.what, reply.doubt))
        elif reply.flight.agreed and chosen is not None:
            harvest.unsettled.append(Ground(question.what, f"it chose what it was not offered: 0x{chosen:04X}"))
        break
    return harvest


async def _suites(address: Address, protocol: Protocol, key_share: KeyShare, known: ServerFlight) -> Harvest:
    offer = _everything(protocol, key_share)
    question = Question(
        f"cipher suites of {protocol}",
        lambda left: address.ask(replace(offer, suites=left), _has_suite),
        lambda flight: flight.suite if flight.protocol == protocol else None,
    )
    return await _answer(question, offer.suites, INTERMEDIATE.suites, known)


def _has_suite(flight: ServerFlight) -> bool:
    """Whether the server chose a suite, and said how large its finite field is where the suite has one."""
    return flight.suite is not None and (not cipher_suites.is_finite(flight.suite) or flight.dh_bits is not None)


async def _groups(address: Address, key_share: KeyShare, known: ServerFlight) -> Harvest:
    """Return the groups of TLS 1.3, each named by the server in a HelloRetryRequest."""
    what = f"groups of {Protocol.TLS_1_3}"
    if key_share is not KeyShare.NONE:
        return Harvest(unsettled=[Ground(what, "it names no group: it refuses hellos without a key share")])
    offer = _everything(Protocol.TLS_1_3)
    question = Question(
        what,
        lambda left: address.ask(replace(offer, groups=left)),
        lambda flight: flight.group if flight.protocol == Protocol.TLS_1_3 else None,
    )
    return await _answer(question, offer.groups, INTERMEDIATE.groups, known)


@dataclass(frozen=True, slots=True)
class Trials:
    """ECDHE offered with every curve, for each kind of certificate.

    Attributes:
        by_rsa: The offer for an RSA certificate.
        by_ecdsa: The offer for an elliptic-curve certificate.
        rsa: The answer to the first.
        ecdsa: The answer to the second.
    """

    by_rsa: Offer
    by_ecdsa: Offer
    rsa: Reply
    ecdsa: Reply


async def _trials(address: Address, protocol: Protocol) -> Trials:
    everything = _everything(protocol)
    elliptic = [number for number in everything.suites if cipher_suites.is_elliptic(number)]
    by_rsa = replace(everything, suites=tuple(one for one in elliptic if not cipher_suites.is_ecdsa(one)))
    by_ecdsa = replace(everything, suites=tuple(one for one in elliptic if cipher_suites.is_ecdsa(one)))
    rsa, ecdsa = await together([address.ask(by_rsa, _has_group), address.ask(by_ecdsa, _has_group)])
    return Trials(by_rsa, by_ecdsa, rsa, ecdsa)


async def _curves(address: Address, protocol: Protocol, trials: Trials | None) -> Harvest:
    """Return the curves that ECDHE agrees on before TLS 1.3.

    There the offered curves bind the certificate as well (RFC 8422 section 5.1), so that a server whose only
    certificate is on P-256 refuses a hello without P-256. Where it has an RSA certificate, that one is asked for;
    where not, its certificate's curve is offered along with each other one.
    """
    trials = trials or await _trials(address, protocol)
    what = f"groups of {protocol}"
    if doubt := trials.rsa.doubt or trials.ecdsa.doubt:
        return Harvest(unsettled=[Ground(what, doubt)])
    offer, known, pinned = trials.by_rsa, trials.rsa.flight, tuple[int, ...]()
    if known.group is None:
        offer, known = trials.by_ecdsa, trials.ecdsa.flight
        curve = certificates.curve(known.chain[0]) if known.chain else None
        pinned = (curve,) if curve is not None else ()
    if known.group is None:
        agreed = trials.rsa.flight.agreed or trials.ecdsa.flight.agreed
        return Harvest(unsettled=[Ground(what, "it agrees to ECDHE and names no curve")] if agreed else [])
    question = Question(
        what,
        lambda left: address.ask(replace(offer, groups=(*left, *pinned)), _has_group),
        lambda flight: None if flight.group in pinned else flight.group,
    )
    parts = [_answer(question, [one for one in offer.groups if one not in pinned], INTERMEDIATE.groups, known)]
    if pinned and known.group not in pinned:
        parts.append(_eliminate(replace(question, choice=lambda flight: flight.group), pinned))
    found = await _merged(parts)
    return replace(found, chosen=[*found.chosen, known.group]) if known.group in pinned else found


def _has_group(flight: ServerFlight) -> bool:
    return flight.group is not None


async def _merged(parts: Iterable[Coroutine[Any, Any, Harvest]]) -> Harvest:
    whole = Harvest()
    for part in await together(parts):
        whole.chosen += part.chosen
        whole.dh_bits += part.dh_bits
        whole.unsettled += [ground for ground in part.unsettled if ground not in whole.unsettled]
    return whole


async def _side_by_side(tasks: Mapping[Key, Coroutine[Any, Any, Value]]) -> dict[Key, Value]:
    return dict(zip(tasks, await together(tasks.values()), strict=True))


async def _both(one: Coroutine[Any, Any, Key], other: Coroutine[Any, Any, Value]) -> tuple[Key, Value]:
    first, second = await together([one, other])
    return cast("Key", first), cast("Value", second)
