"""What a validating resolver makes of the target's name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dns.message import Message

from pytest_readiness.guard.dns import Resolver
from pytest_readiness.model.dns import Dns, Dnssec, Zone
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import BudgetSpent, Unverified
from pytest_readiness.model.targets import Target
from pytest_readiness.probes.lookups import lookup
from pytest_readiness.standards.dns import trust_anchors
from pytest_readiness.standards.dns.dnssec import CHAIN, assess, written, zones_between
from pytest_readiness.standards.dns.trust_anchors import Anchors, Unreadable

MOST_NAMES = 12
"""Names on a CNAME chain whose zones are looked at."""


@evidence(
    name="dnssec",
    sends="SOA, DS and DNSKEY queries for each label of the name, and its records with their signatures",
    deadline=timedelta(seconds=25),
)
async def validation(target: Target, resolver: Resolver, zone: Zone, dns: Dns) -> Dnssec:
    """The chain of trust from the anchor to the target's records, validated here and not by the resolver."""
    if zone.apex is None:
        raise Unverified(f"no zone holds {zone.name}: the domain is not delegated")
    anchors = anchors_of(target)
    own = [(name, rdtype) for name in (zone.name, *dns.chain) for rdtype in ("A", "AAAA")]
    leaves = await _asked(resolver, [*own, (zone.apex, "SOA"), (zone.apex, "NS")])
    first = leaves.get((zone.name, "A"))
    trouble = "no answer" if first is None else lookup(first, zone.name, "A").trouble
    if trouble:
        raise Unverified(f"the records of {zone.name} could not be read with their signatures: {trouble}")
    owners = dict.fromkeys([zone.name, *(written(rrset.name) for leaf in leaves.values() for rrset in leaf.answer)])
    questions = {
        (name, rdtype): None
        for owner in list(owners)[:MOST_NAMES]
        for place, name in enumerate(zones_between(owner, anchors))
        for rdtype in (CHAIN if place else ("DNSKEY",))
    }
    return assess(zone.name, leaves.values(), await _asked(resolver, questions), anchors, datetime.now(UTC))


async def _asked(resolver: Resolver, questions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Message]:
    """Return the answers by question; those that did not come are left out."""
    questions = tuple(dict.fromkeys(questions))
    answers = await asyncio.gather(
        *(resolver.ask(name, rdtype, dnssec=True) for name, rdtype in questions), return_exceptions=True
    )
    found: dict[tuple[str, str], Message] = {}
    for question, answer in zip(questions, answers, strict=True):
        if isinstance(answer, Message):
            found[question] = answer
        elif not isinstance(answer, Unverified) or isinstance(answer, BudgetSpent):
            raise answer
    return found


def anchors_of(target: Target) -> Anchors:
    """Return the trust anchors that hold for ``target``.

    Raises:
        Unverified: Its trust anchor file cannot be read, or holds something else.
    """
    file = target.trust_anchor_file
    if file is None:
        anchors = trust_anchors.parse(trust_anchors.IANA)
    else:
        try:
            content = Path(file).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise Unverified(
                f"the trust anchor file {file} cannot be read: {error}", fix="trust_anchor_file = a file that is there"
            ) from error
        anchors = trust_anchors.parse(content)
    if isinstance(anchors, Unreadable):
        raise Unverified(
            f"{file}, line {anchors.line}: {anchors.reason}" if anchors.line else f"{file}: {anchors.reason}",
            fix="write one DS record a line: shop.example.com. DS 12345 13 2 <digest>",
        )
    return anchors
