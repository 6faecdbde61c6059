"""The target's name in the DNS: its zone, its addresses, its nameservers, and who hosts what it points to."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import cast

from dns import flags
from dns.message import Message
from dns.rdtypes.ANY.CAA import CAA
from dns.rdtypes.ANY.SOA import SOA

from pytest_readiness.guard.dns import Followed, Resolver, no_route
from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.dns import (
    Caa,
    CaaRecord,
    Dns,
    Lookup,
    Nameserver,
    Nameservers,
    ServerAnswer,
    Tenancy,
    Zone,
)
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.targets import Target
from pytest_readiness.probes.lookups import addresses, followed, lookup, rrset, silent, text
from pytest_readiness.standards.dns import takeover
from pytest_readiness.standards.dns.zones import ancestors, is_address, special_use

MOST_SERVERS = 13
"""Nameservers of a zone that are asked: the most that fit an answer of 512 bytes, as the root's do."""

MOST_ADDRESSES = 4
"""Addresses of one nameserver that are asked."""


@evidence(sends="an SOA query for each label of the name")
async def zone(target: Target, resolver: Resolver) -> Zone:
    """The zone that holds the target's name.

    A URL with an address, and localhost, have no place in the DNS: nothing about it applies to them. A name that the
    public DNS does not hold (RFC 6761) is judged where the resolvers asked know a zone for it.
    """
    host = target.host
    if is_address(host):
        raise NotApplicable(f"the URL names the address {host}: there is no name to look up")
    special = special_use(host)
    if special is not None and special.local:
        raise NotApplicable(f"{host} is not looked up in the DNS: {special}")
    names = ancestors(host)
    answers = await asyncio.gather(*(resolver.ask(name, "SOA", dnssec=True) for name in names), return_exceptions=True)
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, BaseException):
            raise answer  # a nearer zone may hide behind the silence
        if rrset(answer, name, "SOA") is not None and (special is not None or "." in name or name == host):
            return Zone(host, name)
    if special is not None:
        raise Unverified(
            f"the resolvers asked know no zone that holds {host}, and the public DNS holds no {special}",
            fix='nameservers = ["address:port"] of the resolver that knows the name',
        )
    return Zone(host, None)


@evidence(name="dns", sends="A and AAAA queries, and a CAA query for each label of the name")
async def lookups(target: Target, resolver: Resolver, zone: Zone) -> Dns:
    """What a visitor's resolver finds for the target's name: addresses, CNAME records, CAA records."""
    name = zone.name
    v4, v6, caa = await asyncio.gather(
        resolver.follow(name, "A"), resolver.follow(name, "AAAA"), _caa(resolver, name), return_exceptions=True
    )
    if isinstance(v4, BaseException) and isinstance(v6, BaseException):
        raise v4
    if isinstance(caa, BaseException):
        raise caa
    longest = max((v4, v6), key=lambda found: len(found.names) if isinstance(found, Followed) else -1)
    return Dns(
        name=name,
        v4=_end(v4, target.host, "A"),
        v6=_end(v6, target.host, "AAAA"),
        chain=longest.names if isinstance(longest, Followed) else (),
        caa=caa,
        endless=isinstance(longest, Followed) and longest.endless,
    )


def _end(found: Followed | BaseException, name: str, rdtype: str) -> Lookup:
    if isinstance(found, BaseException):
        return silent(name, rdtype, found)
    return lookup(found.answer, (name, *found.names)[-1], rdtype)


async def _caa(resolver: Resolver, name: str) -> Caa:
    names = ancestors(name)
    answers = await asyncio.gather(*(resolver.follow(each, "CAA") for each in names), return_exceptions=True)
    failures: list[Lookup] = []
    for each, answer in zip(names, answers, strict=True):
        if isinstance(answer, BaseException):
            failures.append(silent(each, "CAA", answer))
            continue
        end = (each, *answer.names)[-1]
        found = rrset(answer.answer, end, "CAA")
        if found is not None:
            return Caa(each, tuple(_caa_record(cast("CAA", record)) for record in found), tuple(failures))
        # An issuer that gets no answer must refuse; above the domain itself nobody could do anything about it.
        outcome = lookup(answer.answer, end, "CAA", asked=each)
        if outcome.trouble and "." in each:
            failures.append(outcome)
    return Caa(failures=tuple(failures))


def _caa_record(record: CAA) -> CaaRecord:
    return CaaRecord(
        critical=bool(record.flags & 0x80),
        tag=record.tag.decode("latin-1").lower(),
        value=record.value.decode("utf-8", "replace"),
    )


@evidence(
    sends="an NS query, the addresses of each nameserver, and SOA, A and AAAA queries to each of them",
    deadline=timedelta(seconds=25),
)
async def nameservers(target: Target, resolver: Resolver, zone: Zone) -> Nameservers:
    """What each authoritative server of the zone says, each of its addresses asked for itself."""
    if zone.apex is None:
        raise Unverified(f"no zone holds {zone.name}: the domain is not delegated")
    found = await followed(resolver, zone.apex, "NS")
    if found.trouble or not found.records:
        raise Unverified(f"the NS records of {zone.apex} could not be read: {found.trouble or 'there are none'}")
    asked = found.records[:MOST_SERVERS]
    servers = await asyncio.gather(*(_server(target, resolver, zone.apex, name) for name in asked))
    return Nameservers(zone.apex, tuple(servers), unasked=len(found.records) - len(asked))


async def _server(target: Target, resolver: Resolver, apex: str, name: str) -> Nameserver:
    routed = tuple(address for address, _ in target.routes(name, 53))
    found, unresolved = (routed, "") if routed else await addresses(resolver, name)
    answers = await asyncio.gather(
        *(_answer(resolver, apex, target.host, name, address) for address in found[:MOST_ADDRESSES])
    )
    return Nameserver(name, tuple(answers), unresolved)


async def _answer(resolver: Resolver, apex: str, host: str, server: str, address: str) -> ServerAnswer:
    where = (server, address)
    try:
        message = await resolver.ask(apex, "SOA", server=where)
    except Unverified as error:
        return ServerAnswer(address, silent(apex, "SOA", error), no_route=no_route(error))
    soa = rrset(message, apex, "SOA")
    answer = ServerAnswer(
        address=address,
        soa=lookup(message, apex, "SOA"),
        authoritative=bool(message.flags & flags.AA),
        serial=cast("SOA", soa[0]).serial if soa else None,
    )
    if not answer.authoritative or answer.serial is None:
        return answer
    v4, v6 = await asyncio.gather(_own(resolver, host, "A", where), _own(resolver, host, "AAAA", where))
    return ServerAnswer(address, answer.soa, authoritative=True, serial=answer.serial, v4=v4, v6=v6)


async def _own(resolver: Resolver, host: str, rdtype: str, where: tuple[str, str]) -> Lookup:
    """Return what one server says of the name itself, an alias included: servers know no more than their zone."""
    try:
        message: Message = await resolver.ask(host, rdtype, server=where)
    except Unverified as error:
        return silent(host, rdtype, error)
    alias = rrset(message, host, "CNAME")
    outcome = lookup(message, host, rdtype)
    if alias is None:
        return outcome
    return Lookup(host, rdtype, outcome.rcode, tuple(f"CNAME {text(record)}" for record in alias), alias.ttl)


@evidence(sends="a GET where a CNAME record leads to a hosting service whose names can be claimed by others")
async def tenancy(target: Target, http: HttpClient, dns: Dns) -> Tenancy:
    """Whether the hosting service that the name points to knows the name."""
    found = takeover.service_of(dns.chain)
    if found is None:
        return Tenancy()
    service, alias = found
    return Tenancy(service.name, alias, await http.fetch(target.url) if service.unclaimed else None)
