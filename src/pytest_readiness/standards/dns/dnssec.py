"""DNSSEC validation as a resolver does it (RFC 4035, 5): from a trust anchor down to the records of a name.

What is not checked: that a wildcard's expansion and the absence of leaf records are proven. Both guard against an
attacker on the way, not against a zone that is signed wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import dns.dnssec
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.dnssecalgs import get_algorithm_cls
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.RRSIG import RRSIG

from pytest_readiness.model.dns import Breach, Dnssec, Fault, Signature, Trust
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.standards.dns.denial import denies_ds
from pytest_readiness.standards.dns.trust_anchors import Anchors

Answers = Mapping[tuple[str, str], dns.message.Message]
"""Name and type to the answer, asked with DO and CD set."""

CHAIN = ("SOA", "DS", "DNSKEY")
"""What has to be asked of each name from the anchor down."""

MOST_TRIED = 4
"""Keys of the same tag, and signatures of one set, that are tried; more is an attack on validators (CVE-2023-50387)."""

_TELLING = (Breach.FORGED, Breach.EXPIRED, Breach.NOT_YET_VALID, Breach.UNKNOWN_KEY, Breach.NO_SIGNATURE)
"""Which of several failed signatures' reasons is told: the one that came nearest to success."""


@dataclass(frozen=True, slots=True)
class Link:
    """One zone on the way down from the anchor.

    Attributes:
        zone: The zone.
        trust: What the chain down to here makes of it.
        keys: Its keys; None where none can be trusted.
        fault: What broke the chain here.
        signatures: The signatures that verified on entering it.
    """

    zone: dns.name.Name
    trust: Trust
    keys: dns.rrset.RRset | None = None
    fault: Fault | None = None
    signatures: tuple[Signature, ...] = ()


def written(name: dns.name.Name) -> str:
    """Return ``name`` as text: lower case, without the final dot; the root is ``.``."""
    return name.canonicalize().to_text(omit_final_dot=True)


def anchor_above(name: dns.name.Name, anchors: Anchors) -> dns.name.Name | None:
    """Return the nearest zone at or above ``name`` that ``anchors`` vouch for."""
    while name not in anchors:
        if name == dns.name.root:
            return None
        name = name.parent()
    return name


def zones_between(name: str, anchors: Anchors) -> tuple[str, ...]:
    """Return the names that may be zones on the way from the anchor down to ``name``, the anchor first."""
    full = dns.name.from_text(name)
    anchor = anchor_above(full, anchors)
    if anchor is None:
        return ()
    return tuple(written(full.split(depth)[1]) for depth in range(len(anchor.labels), len(full.labels) + 1))


def assess(
    name: str, leaves: Iterable[dns.message.Message], answers: Answers, anchors: Anchors, now: datetime
) -> Dnssec:
    """Return what a validating resolver makes of ``name``.

    Args:
        name: The name.
        leaves: Answers that hold the records to be validated.
        answers: An answer of each type of :data:`CHAIN` for each of :func:`zones_between`, also for the names of
            the leaves' records.
        anchors: Where trust begins.
        now: The time to validate at.

    Raises:
        Unverified: There is no anchor above the name, or the chain could not be read.
    """
    links: dict[str, tuple[Link, ...]] = {}

    def links_to(owner: str) -> tuple[Link, ...]:
        if owner not in links:
            links[owner] = walk(owner, answers, anchors, now)
        return links[owner]

    own = links_to(name)
    if not own:
        raise Unverified(
            f"no trust anchor stands above {name}",
            fix='trust_anchor_file = "anchors.txt" with the DS record of the uppermost signed zone',
        )
    faults: dict[Fault, None] = {link.fault: None for link in own if link.fault}
    signatures: dict[Signature, None] = {signature: None for link in own for signature in link.signatures}
    for rrset, rrsigs in _sets(leaves):
        above = links_to(written(rrset.name))
        faults |= {link.fault: None for link in above if link.fault}
        if not above or above[-1].keys is None:
            continue
        outcome = verify(rrset, rrsigs, above[-1].zone, above[-1].keys, now)
        if isinstance(outcome, Fault):
            faults[outcome] = None
        elif outcome is not None:
            signatures[outcome] = None
    last = own[-1]
    return Dnssec(
        zone=written(last.zone),
        trust=Trust.BOGUS if faults else last.trust,
        anchor=written(own[0].zone),
        faults=tuple(faults),
        signatures=tuple(signatures),
        algorithms=_algorithms(last.keys),
        unsigned_at=next((written(link.zone) for link in own if link.trust in {Trust.UNSIGNED, Trust.ISLAND}), None),
    )


def walk(name: str, answers: Answers, anchors: Anchors, now: datetime) -> tuple[Link, ...]:
    """Return the zones from the anchor down to the one that holds ``name``, or down to where the chain breaks.

    Raises:
        Unverified: An answer that the chain needs is missing, or tells nothing.
    """
    links: list[Link] = []
    for text in zones_between(name, anchors):
        zone = dns.name.from_text(text)
        if not links:
            records = cast("tuple[DS, ...]", anchors[zone])
            links.append(_entered(zone, records, answers, now))
            if zone == dns.name.root and links[0].fault is not None:
                # The root is not the target's: such a resolver strips signatures, or this clock is wrong.
                raise Unverified(
                    f"the resolver's answers cannot be validated: keys of the root: {links[0].fault.breach}",
                    fix='nameservers = ["9.9.9.9"] or another resolver that hands signatures on',
                )
        elif links[-1].trust is Trust.BOGUS:
            break
        elif _records(answers, zone, "SOA") is not None or _records(answers, zone, "DS") is not None:
            links.append(_delegated(zone, links[-1], answers, now))
    return tuple(links)


def verify(
    rrset: dns.rrset.RRset,
    rrsigs: Iterable[RRSIG],
    zone: dns.name.Name,
    keys: Iterable[DNSKEY] | dns.rrset.RRset,
    now: datetime,
) -> Signature | Fault | None:
    """Return how long a signature of ``rrset`` holds, or why none does; None where no algorithm is known to us.

    Args:
        rrset: The records.
        rrsigs: Their signatures.
        zone: The zone that must have signed them.
        keys: Its keys.
        now: The time to validate at.
    """
    owner = f"{written(rrset.name)} {dns.rdatatype.to_text(rrset.rdtype)}"
    known = [cast("DNSKEY", key) for key in keys]
    tried: list[tuple[Breach, str]] = []
    verified: list[RRSIG] = []
    unknown = False
    for rrsig in [rrsig for rrsig in rrsigs if rrsig.signer == zone][:MOST_TRIED]:
        if not _supported(rrsig.algorithm):
            unknown = True
            continue
        tag = f"key {rrsig.key_tag}"
        fitting = [
            key
            for key in known
            if key.algorithm == rrsig.algorithm and dns.dnssec.key_id(key) == rrsig.key_tag and key.flags & 0x0100
        ][:MOST_TRIED]
        if not fitting:
            tried.append((Breach.UNKNOWN_KEY, tag))
        elif rrsig.expiration < now.timestamp():
            tried.append((Breach.EXPIRED, f"{tag}, expired {_moment(rrsig.expiration):%Y-%m-%d %H:%M} UTC"))
        elif rrsig.inception > now.timestamp():
            tried.append((Breach.NOT_YET_VALID, f"{tag}, valid from {_moment(rrsig.inception):%Y-%m-%d %H:%M} UTC"))
        elif _matches(rrset, rrsig, fitting, zone, now):
            verified.append(rrsig)
        else:
            tried.append((Breach.FORGED, tag))
    if verified:
        longest = max(verified, key=lambda rrsig: rrsig.expiration)
        return Signature(owner, _moment(longest.inception), _moment(longest.expiration), rrset.ttl)
    if unknown and not tried:
        return None
    breach, detail = min(tried, key=lambda pair: _TELLING.index(pair[0]), default=(Breach.NO_SIGNATURE, ""))
    return Fault(breach, owner, written(zone), detail)


def _entered(zone: dns.name.Name, vouchers: Iterable[DS], answers: Answers, now: datetime) -> Link:
    """Enter ``zone``, one of whose keys must match ``vouchers``."""
    usable = [ds for ds in vouchers if _supported(ds.algorithm) and ds.digest_type in {1, 2, 4}]
    if not usable:
        return Link(zone, Trust.UNSIGNED)  # RFC 4035, 5.2: algorithms unknown to us make a zone unsigned
    keys = _records(answers, zone, "DNSKEY")
    owner = f"{written(zone)} DNSKEY"
    if keys is None:
        return _broken(zone, Fault(Breach.NO_KEYS, owner, written(zone)))
    vouched = [key for key in cast("Iterable[DNSKEY]", keys) if any(_is_digest_of(ds, zone, key) for ds in usable)]
    if not vouched:
        wanted = ", ".join(str(ds.key_tag) for ds in usable)
        present = ", ".join(str(dns.dnssec.key_id(cast("DNSKEY", key))) for key in keys)
        return _broken(
            zone, Fault(Breach.DS_MISMATCH, owner, written(zone), f"DS names key {wanted}; zone has {present}")
        )
    outcome = verify(keys, _rrsigs(answers[written(zone), "DNSKEY"].answer, keys), zone, vouched, now)
    if isinstance(outcome, Fault):
        return _broken(zone, outcome)
    if outcome is None:
        return Link(zone, Trust.UNSIGNED)
    return Link(zone, Trust.SECURE, keys, signatures=(outcome,))


def _delegated(zone: dns.name.Name, parent: Link, answers: Answers, now: datetime) -> Link:
    """Enter ``zone`` as ``parent`` delegates it."""
    if parent.keys is None:
        return Link(zone, _without_ds(zone, answers))
    owner = f"{written(zone)} DS"
    records = _records(answers, zone, "DS")
    message = answers[written(zone), "DS"]
    if records is not None:
        outcome = verify(records, _rrsigs(message.answer, records), parent.zone, parent.keys, now)
        if isinstance(outcome, Fault):
            return _broken(zone, outcome)
        return _entered(zone, cast("Iterable[DS]", records), answers, now)
    proofs: list[dns.rrset.RRset] = []
    for rrset in message.authority:
        if rrset.rdtype in {dns.rdatatype.NSEC, dns.rdatatype.NSEC3}:
            outcome = verify(rrset, _rrsigs(message.authority, rrset), parent.zone, parent.keys, now)
            if isinstance(outcome, Fault):
                return _broken(zone, outcome)
            proofs.append(rrset)
    if not denies_ds(zone, parent.zone, proofs):
        return _broken(zone, Fault(Breach.UNPROVEN, owner, written(parent.zone)))
    return Link(zone, _without_ds(zone, answers))


def _without_ds(zone: dns.name.Name, answers: Answers) -> Trust:
    return Trust.UNSIGNED if _records(answers, zone, "DNSKEY") is None else Trust.ISLAND


def _broken(zone: dns.name.Name, fault: Fault) -> Link:
    return Link(zone, Trust.BOGUS, fault=fault)


def _records(answers: Answers, zone: dns.name.Name, rdtype: str) -> dns.rrset.RRset | None:
    message = answers.get((written(zone), rdtype))
    question = f"{rdtype} of {written(zone)}"
    if message is None:
        raise Unverified(f"the chain of trust could not be read: no answer for {question}")
    rcode = dns.rcode.to_text(message.rcode())
    if rcode not in {"NOERROR", "NXDOMAIN"}:
        raise Unverified(
            f"the chain of trust could not be read: {rcode} for {question}",
            fix="name a resolver that answers for it (nameservers), or the anchor to begin at (trust_anchor_file)",
        )
    return message.get_rrset(message.answer, zone, dns.rdataclass.IN, dns.rdatatype.from_text(rdtype))


def _sets(messages: Iterable[dns.message.Message]) -> Iterable[tuple[dns.rrset.RRset, list[RRSIG]]]:
    for message in messages:
        synthesised = any(rrset.rdtype == dns.rdatatype.DNAME for rrset in message.answer)
        for rrset in message.answer:
            # RFC 6672, 5.3.1: a CNAME made from a DNAME has no signature.
            if rrset.rdtype != dns.rdatatype.RRSIG and not (synthesised and rrset.rdtype == dns.rdatatype.CNAME):
                yield rrset, _rrsigs(message.answer, rrset)


def _rrsigs(section: Iterable[dns.rrset.RRset], covered: dns.rrset.RRset) -> list[RRSIG]:
    return [
        cast("RRSIG", rrsig)
        for rrset in section
        if rrset.rdtype == dns.rdatatype.RRSIG and rrset.covers == covered.rdtype and rrset.name == covered.name
        for rrsig in rrset
    ]


def _matches(rrset: dns.rrset.RRset, rrsig: RRSIG, keys: list[DNSKEY], zone: dns.name.Name, now: datetime) -> bool:
    try:
        dns.dnssec.validate_rrsig(rrset, rrsig, {zone: dns.rrset.from_rdata_list(zone, 0, keys)}, now=now.timestamp())
    except (dns.exception.DNSException, ValueError):
        return False
    return True


def _is_digest_of(ds: DS, zone: dns.name.Name, key: DNSKEY) -> bool:
    if ds.algorithm != key.algorithm or ds.key_tag != dns.dnssec.key_id(key):
        return False
    return dns.dnssec.make_ds(zone, key, ds.digest_type, validating=True).digest == ds.digest


def _supported(algorithm: int) -> bool:
    try:
        get_algorithm_cls(algorithm)
    except dns.exception.UnsupportedAlgorithm:
        return False
    return algorithm not in {1, 3, 6}  # RSAMD5 and DSA must not be validated with (RFC 8624, 3.1)


def _algorithms(keys: dns.rrset.RRset | None) -> tuple[str, ...]:
    return tuple(sorted({dns.dnssec.algorithm_to_text(cast("DNSKEY", key).algorithm) for key in keys or ()}))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
