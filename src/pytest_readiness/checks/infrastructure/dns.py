"""``infrastructure/dns``: the name leads to the service, and every nameserver says the same of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pytest_readiness.model.checks import check
from pytest_readiness.model.dns import Dns, Lookup, Nameserver, Nameservers, ServerAnswer, Tenancy
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Silence
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.dns import caa as caa_rules
from pytest_readiness.standards.dns import takeover
from pytest_readiness.standards.dns.zones import older

ITEM = "infrastructure/dns"
PORT_53 = "let this machine reach port 53 of any address, UDP and TCP, or run it from another network"
OTHER_RESOLVER = 'nameservers = ["address"] of a resolver that answers'


@check(ITEM, source="RFC 1035; RFC 3596")
def resolves(dns: Dns) -> Iterator[Judgement]:
    """The name leads to an IPv4 address and to an IPv6 address.

    The A and AAAA records at the end of the name's CNAME chain, from the target's ``nameservers`` or the system's
    resolvers. A name without IPv6 is a low finding. A resolver that answers SERVFAIL is believed, as visitors' are;
    one that refuses to answer, or is silent, proves nothing.
    """
    yield Measure("ipv4_addresses", len(dns.v4.records))
    yield Measure("ipv6_addresses", len(dns.v6.records))
    publish = f"publish: {dns.name}. A <address of the service>"
    if dns.endless:
        yield Finding("its CNAME records lead to no address", where=dns.name, measured=_path(dns), fix=publish)
        return
    failed = [lookup for lookup in (dns.v4, dns.v6) if lookup.trouble]
    refused = [lookup for lookup in failed if lookup.rcode == "SERVFAIL"]
    for lookup in refused:
        yield Finding(
            f"resolvers fail to look up its {lookup.rdtype} records",
            where=dns.name,
            measured=lookup.rcode,
            fix="mend what nameservers-agree and dnssec find: its servers are lame, or its signatures bad",
        )
    if failed and not refused:
        raise Unverified(f"{failed[0].rdtype} of {failed[0].name}: {failed[0].trouble}", fix=OTHER_RESOLVER)
    if failed:
        return
    if dns.v4.rcode == "NXDOMAIN" and not dns.chain:
        yield Finding("the name does not exist", where=dns.name, measured="NXDOMAIN", fix=publish)
    elif not dns.v4.records and not dns.v6.records:
        yield Finding("the name leads to no address", where=dns.name, measured=_path(dns), fix=publish)
    elif not dns.v4.records:
        yield Finding("no IPv4 address: visitors without IPv6 cannot come", where=dns.name, fix=publish)
    elif not dns.v6.records:
        yield Finding(
            "no IPv6 address",
            where=dns.name,
            severity=Severity.LOW,
            fix=publish.replace(" A ", " AAAA "),
            source="RFC 6540",
        )


@check(ITEM, source="RFC 8499, 7; RFC 2182, 5")
def nameservers_agree(nameservers: Nameservers) -> Iterator[Judgement]:
    """Two or more authoritative nameservers answer for the zone, with the same serial and the same addresses.

    Each address of each server that the zone's NS records name is asked without recursion for the SOA record of the
    zone and the addresses of the target's name. A server is silent, refuses, is lame (answers without authority), is
    stale (an older serial than another's, RFC 1982), or differs. Different addresses from servers with one serial are
    a medium finding where both give some: DNS load balancers do so on purpose. Addresses that this machine has no
    route to (IPv6 from a network without it) are not judged; where that leaves a server unasked, it is unverified. So
    it is where no server answers at all, or each without authority: many networks let only their own resolvers ask.
    """
    answers = [(server, answer) for server in nameservers.servers for answer in server.answers if not answer.no_route]
    answering = [(server, answer) for server, answer in answers if answer.serial is not None]
    yield Measure("nameservers", len(nameservers.servers))
    yield Measure("nameserver_addresses_answering", len(answering))
    if answers and not any(answer.soa.rcode for _, answer in answers):
        raise Unverified(f"none of the nameservers answered this machine: {answers[0][1].soa.silence}", fix=PORT_53)
    if answers and all(answer.serial is not None and not answer.authoritative for _, answer in answers):
        raise Unverified("something on the way answers in the place of the nameservers", fix=PORT_53)
    found = [*_too_few(nameservers), *_mute(nameservers), *_stale(nameservers.zone, answering), *_differing(answering)]
    yield from found
    unasked = [each.name for each in nameservers.servers if each.answers and all(a.no_route for a in each.answers)]
    if unasked and not any(finding.severity is None for finding in found):
        raise Unverified(
            f"this machine has no route to {', '.join(unasked)}", fix="run it where IPv6 works, or from another network"
        )


def _too_few(nameservers: Nameservers) -> Iterator[Finding]:
    if len(nameservers.servers) < 2:
        yield Finding(
            "a single nameserver: when it is away, so is the service",
            where=nameservers.zone,
            measured=", ".join(server.name for server in nameservers.servers),
            fix=f"add a second server elsewhere, and publish: {nameservers.zone}. NS <its name>",
            source="RFC 2182, 5",
        )
    if nameservers.unasked:
        yield Finding(
            f"{len(nameservers.servers) + nameservers.unasked} nameservers, more than resolvers try",
            where=nameservers.zone,
            severity=Severity.LOW,
            fix="keep thirteen or fewer; the others were not asked",
            source="RFC 2182, 5",
        )


def _mute(nameservers: Nameservers) -> Iterator[Finding]:
    """Find servers that say nothing of the zone, or nothing that counts."""
    zone = nameservers.zone
    for server in nameservers.servers:
        if server.unresolved:
            yield Finding(
                "nameserver without an address",
                where=server.name,
                measured=server.unresolved,
                fix=f"give {server.name} an address, or take it out of the NS records of {zone}",
                source="RFC 2182, 5",
            )
        for answer in server.answers:
            if answer.no_route:
                continue
            summary = _silence(answer, zone)
            if summary:
                yield Finding(
                    summary,
                    where=_place(server, answer),
                    measured=answer.soa.trouble or ("no authority" if answer.serial else "no SOA record"),
                    fix=f"load {zone} on {server.name}, or take it out of the NS records of {zone}",
                    source="RFC 8499, 7",
                )
                continue
            for lookup in filter(None, (answer.v4, answer.v6)):
                if lookup.trouble:
                    yield Finding(
                        f"nameserver does not answer for the {lookup.rdtype} records of {lookup.name}",
                        where=_place(server, answer),
                        measured=lookup.trouble,
                        fix=f"see why {server.name} answers for the zone but not for this name",
                    )


def _silence(answer: ServerAnswer, zone: str) -> str:
    if not answer.soa.rcode:
        return "silent nameserver"
    if answer.soa.rcode == "REFUSED":
        return f"nameserver refuses to answer for {zone}"
    if not answer.authoritative or answer.serial is None:
        return f"lame nameserver: no authority for {zone}"
    return ""


def _stale(zone: str, answering: list[tuple[Nameserver, ServerAnswer]]) -> Iterator[Finding]:
    newest = _newest(answering)
    for server, answer in answering:
        if newest is not None and answer.authoritative and older(answer.serial or 0, newest):
            yield Finding(
                "stale nameserver: it serves an older version of the zone",
                where=_place(server, answer),
                measured=f"serial {answer.serial}, newest {newest}",
                fix=f"see why {server.name} does not transfer {zone}: notify, allow-transfer, TSIG key, expired zone",
                source="RFC 1034, 4.3.5",
            )


def _differing(answering: list[tuple[Nameserver, ServerAnswer]]) -> Iterator[Finding]:
    """Find servers whose addresses for the name differ from what most of those with the same serial give."""
    newest = _newest(answering)
    current = [
        (server, answer)
        for server, answer in answering
        if answer.serial == newest and answer.authoritative and _addresses(answer) is not None
    ]
    usual = Counter(_addresses(answer) for _, answer in current).most_common(1)
    for server, answer in current:
        if _addresses(answer) != usual[0][0]:
            yield Finding(
                "nameserver gives other addresses, with the same serial",
                where=_place(server, answer),
                measured=f"{_written(_addresses(answer))}; most give {_written(usual[0][0])}",
                severity=Severity.MEDIUM if _addresses(answer) and usual[0][0] else None,
                fix="give the zone a new serial and let every server transfer it",
                source="RFC 1034, 4.3.5",
            )


def _newest(answering: list[tuple[Nameserver, ServerAnswer]]) -> int | None:
    newest: int | None = None
    for _, answer in answering:
        if answer.authoritative and answer.serial is not None and (newest is None or older(newest, answer.serial)):
            newest = answer.serial
    return newest


def _addresses(answer: ServerAnswer) -> tuple[str, ...] | None:
    if answer.v4 is None or answer.v6 is None or answer.v4.trouble or answer.v6.trouble:
        return None
    return tuple(dict.fromkeys(answer.v4.records + answer.v6.records))


def _written(addresses: tuple[str, ...] | None) -> str:
    return ", ".join(addresses or ()) or "none"


def _place(server: Nameserver, answer: ServerAnswer) -> str:
    return f"{server.name} ({answer.address})"


@check(ITEM, source="RFC 1034, 3.6.2")
def no_dangling_names(dns: Dns, tenancy: Tenancy) -> Iterator[Judgement]:
    """The name's CNAME records end in an address, and the hosting service they lead to knows the name.

    Whoever can register the name at the end of a broken chain, or claim it at the hosting service that it belongs to,
    serves visitors in your name. Broken chains show by themselves; for services that answer for names that nobody
    has claimed, their answer for the target's URL is compared with what they say then.
    """
    yield Measure("cname_records", len(dns.chain))
    if not dns.chain:
        if dns.v4.trouble and dns.v6.trouble:
            raise Unverified(f"{dns.name}: {dns.v4.trouble}", fix=OTHER_RESOLVER)
        return
    end = dns.chain[-1]
    known = takeover.service_of(dns.chain)
    remove = f"point {dns.name} somewhere else, or delete its CNAME record"
    if dns.endless:
        yield Finding("CNAME records go round in a circle", where=dns.name, measured=_path(dns), fix=remove)
        return
    if dns.v4.records or dns.v6.records:
        yield from _unclaimed(tenancy, dns, remove)
        return
    troubled = dns.v4 if dns.v4.trouble else dns.v6
    if troubled.trouble and troubled.rcode != "SERVFAIL":
        raise Unverified(
            f"{end}, where {dns.name} leads, could not be looked up: {troubled.trouble}", fix=OTHER_RESOLVER
        )
    missing = dns.v4.rcode == "NXDOMAIN"
    yield Finding(
        f"dangling CNAME: {end} {_state(dns.v4)}" + (f"; at {known[0].name} others may claim it" if known else ""),
        where=dns.name,
        measured=_path(dns),
        severity=Severity.CRITICAL if missing and known else None,
        fix=remove,
    )


def _unclaimed(tenancy: Tenancy, dns: Dns, remove: str) -> Iterator[Finding]:
    if tenancy.answer is None:
        return
    if isinstance(tenancy.answer, Silence):
        raise Unverified(f"whether {tenancy.service} knows the name could not be seen: {tenancy.answer}")
    if takeover.is_unclaimed(tenancy.service, tenancy.answer.text):
        yield Finding(
            f"{tenancy.service} knows nobody who has claimed the name: others may",
            where=dns.name,
            measured=f"{_path(dns)}; status {tenancy.answer.status}",
            severity=Severity.CRITICAL,
            fix=f"claim {dns.name} at {tenancy.service}, or {remove}",
        )


def _state(lookup: Lookup) -> str:
    if lookup.rcode == "NXDOMAIN":
        return "does not exist"
    return "cannot be looked up" if lookup.trouble else "has no address"


def _path(dns: Dns) -> str:
    return " → ".join((dns.name, *dns.chain))


@check(ITEM, severity="low", source="RFC 8659")
def caa(dns: Dns) -> Iterator[Judgement]:
    """CAA records name the authorities that may issue certificates for the name.

    The CAA records of the name or the nearest name above it that has some. Without them any authority may issue. An
    unreadable or unknown critical record, and a lookup that fails, make every authority refuse: the next renewal fails.
    """
    renewal = "the next certificate renewal will be refused"
    for failure in dns.caa.failures:
        yield Finding(
            f"CAA lookup fails: {renewal}",
            where=failure.name,
            measured=failure.trouble,
            severity=Severity.HIGH if failure.rcode == "SERVFAIL" else None,
            fix="let every nameserver of the zone answer CAA queries, if only with no records",
            source="RFC 8659, 6",
        )
    if dns.caa.found_at is None:
        if not dns.caa.failures:
            yield Finding(
                "no CAA record: every authority may issue certificates for the name",
                where=dns.name,
                fix=f'publish: {dns.name}. CAA 0 issue "<your issuer, say letsencrypt.org>"',
                source="RFC 8659, 3",
            )
        return
    policy = caa_rules.policy(dns.caa.records)
    yield Measure("caa_issuers", ", ".join(policy.issuers))
    for tag in policy.unknown_critical:
        yield Finding(
            f"critical CAA property that no authority knows: {renewal}",
            where=dns.caa.found_at,
            measured=tag,
            severity=Severity.HIGH,
            fix=f"delete the CAA record {tag}, or clear its critical flag",
            source="RFC 8659, 4.1",
        )
    for value in policy.malformed:
        yield Finding(
            "CAA record that no authority can read",
            where=dns.caa.found_at,
            measured=value,
            severity=None if policy.issuers else Severity.HIGH,
            fix='write it as: CAA 0 issue "issuer.example"',
            source="RFC 8659, 4.2",
        )
    if not policy.restricted:
        yield Finding(
            "CAA records, but none says who may issue for the name",
            where=dns.caa.found_at,
            measured=", ".join(sorted({record.tag for record in dns.caa.records})),
            fix=f'publish: {dns.caa.found_at}. CAA 0 issue "<your issuer, say letsencrypt.org>"',
            source="RFC 8659, 4.2",
        )
    elif not policy.issuers and not policy.malformed:
        yield Finding(
            f"CAA forbids every authority to issue: {renewal}",
            where=dns.caa.found_at,
            measured='issue ";"',
            severity=Severity.HIGH,
            fix=f'publish: {dns.caa.found_at}. CAA 0 issue "<your issuer, say letsencrypt.org>"',
            source="RFC 8659, 4.2",
        )
