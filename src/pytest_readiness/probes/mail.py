"""What the target's domain says of its mail."""

from __future__ import annotations

import asyncio
from typing import cast

from dns.message import Message
from dns.rdtypes.ANY.MX import MX

from pytest_readiness.guard.dns import Resolver
from pytest_readiness.model.dns import Lookup, Mail, MailHost, Zone
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.probes.lookups import addresses, followed, lookup, rrset
from pytest_readiness.standards.dns import dmarc, spf

MOST_HOSTS = 10
"""MX records whose hosts are looked up."""

MOST_INCLUDED = 20
"""SPF records that are read: beyond ten lookups a record is in error anyway."""


@evidence(sends="MX and TXT queries, the addresses of mail hosts, and the SPF records that are included")
async def mail(resolver: Resolver, zone: Zone) -> Mail:
    """The mail records of the domain: where its mail goes, who may send it, what to do with mail from others."""
    if zone.apex is None:
        raise Unverified(f"no zone holds {zone.name}: the domain is not delegated")
    hosts, senders, policies = await asyncio.gather(
        _hosts(resolver, zone.apex),
        _spf(resolver, zone.apex),
        asyncio.gather(*(followed(resolver, name, "TXT") for name in dmarc.names(zone.apex))),
    )
    return Mail(zone.apex, hosts, senders, tuple(policies))


async def _hosts(resolver: Resolver, domain: str) -> tuple[MailHost, ...]:
    message: Message = await resolver.ask(domain, "MX")
    trouble = lookup(message, domain, "MX").trouble
    if trouble:
        raise Unverified(f"the MX records of {domain} could not be read: {trouble}")
    records = sorted(cast("MX", record) for record in rrset(message, domain, "MX") or ())
    return tuple(await asyncio.gather(*(_host(resolver, record) for record in records[:MOST_HOSTS])))


async def _host(resolver: Resolver, record: MX) -> MailHost:
    name = record.exchange.to_text().lower().rstrip(".") or "."
    if name == ".":
        return MailHost(record.preference, name)
    found, trouble = await addresses(resolver, name)
    return MailHost(record.preference, name, found, trouble)


async def _spf(resolver: Resolver, domain: str) -> tuple[Lookup, ...]:
    found: dict[str, Lookup] = {}
    wanted = [domain]
    while wanted and len(found) < MOST_INCLUDED:
        batch = list(dict.fromkeys(wanted))[: MOST_INCLUDED - len(found)]
        wanted = []
        for name, outcome in zip(batch, await asyncio.gather(*(_spf_of(resolver, n) for n in batch)), strict=True):
            found[name] = outcome
            for record in map(spf.parse, outcome.records):
                if isinstance(record, spf.Record):
                    wanted += record.references
        wanted = [name for name in wanted if name not in found]
    return tuple(found.values())


async def _spf_of(resolver: Resolver, domain: str) -> Lookup:
    outcome = await followed(resolver, domain, "TXT")
    records = tuple(record for record in outcome.records if spf.is_record(record))
    return Lookup(domain, "TXT", outcome.rcode, records, outcome.ttl, outcome.silence)
