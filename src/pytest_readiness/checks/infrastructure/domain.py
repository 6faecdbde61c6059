"""``infrastructure/dns``, the domain behind the name: its registration, and its mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pytest_readiness.model.checks import check
from pytest_readiness.model.dns import Mail, Registration
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.standards.dns import dmarc, rdap, spf

ITEM = "infrastructure/dns"

_ENDING = {
    "redemption period": "it has expired and is about to be deleted",
    "pending delete": "it is about to be deleted",
    "client hold": "the registrar has taken it out of the DNS",
    "server hold": "the registry has taken it out of the DNS",
}


@check(ITEM, thresholds=("domain_expiry",), source="RFC 9083")
def domain_expiry(registration: Registration, thresholds: Thresholds, now: datetime) -> Iterator[Judgement]:
    """The domain stays registered for a month or more, and the registry holds nothing against it.

    The registry's RDAP server is found in IANA's bootstrap file (``rdap_bootstrap`` names another) and asked for the
    expiration event and the status values of the registered domain. Where the registry publishes no date, as some
    country-code domains do not, nothing is proven. A domain that anybody with the registrar's password could move away
    (no transfer lock) is a low finding.
    """
    ending = [status for status in registration.statuses if status in _ENDING]
    for status in ending:
        yield Finding(
            f"the domain is in {status}: {_ENDING[status]}",
            where=registration.domain,
            measured=status,
            severity=Severity.CRITICAL,
            fix=f"renew or restore {registration.domain} at the registrar today",
            source="RFC 8056",
        )
    if not any("transfer prohibited" in status for status in registration.statuses):
        yield Finding(
            "no transfer lock",
            where=registration.domain,
            measured=", ".join(registration.statuses) or None,
            severity=Severity.LOW,
            fix="set the transfer lock at the registrar (client transfer prohibited)",
            source="RFC 8056",
        )
    if registration.expires is None:
        if ending:
            return
        raise Unverified(f"{registration.url} does not say when {registration.domain} expires", fix=rdap.BY_HAND)
    left = registration.expires - now
    yield Measure("domain_days_left", round(left / timedelta(days=1), 1))
    if left < thresholds.domain_expiry:
        over = left < timedelta(0)
        yield Finding(
            f"the domain {'expired' if over else 'expires'} {_days(abs(left))} {'ago' if over else 'from now'}",
            where=registration.domain,
            measured=f"{registration.expires:%Y-%m-%d}, wanted {_days(thresholds.domain_expiry)} or more",
            severity=Severity.CRITICAL if over else None,
            fix=f"renew {registration.domain} at the registrar, and switch automatic renewal on",
            source=registration.url,
        )


def _days(span: timedelta) -> str:
    return f"{span.days} day" + ("" if span.days == 1 else "s")


@check(ITEM, severity="medium", source="RFC 7208; RFC 9989; RFC 7505")
def mail_policy(mail: Mail) -> Iterator[Judgement]:
    """The domain says who may send mail in its name, and what to do with the rest; or that it has no mail at all.

    MX, SPF and DMARC records of the zone's apex, and of the names above it for DMARC. A domain with mail wants one
    valid SPF record that ends in ``-all`` or ``~all`` and needs ten lookups or fewer, and a DMARC policy of
    quarantine or reject. A domain without mail says so: ``v=spf1 -all``, ``p=reject``, and a null MX record.
    """
    found = dmarc.effective([lookup.records for lookup in mail.dmarc])
    # What stands above the record that counts does not matter, and a top-level domain's own record hardly ever does.
    nearer = mail.dmarc[: found[0]] if found else [lookup for lookup in mail.dmarc if lookup.name.count(".") > 1]
    unreadable = next((lookup for lookup in (mail.spf[0], *nearer) if lookup.trouble), None)
    if unreadable is not None:
        raise Unverified(f"TXT records of {unreadable.name} could not be read: {unreadable.trouble}")
    record = spf.parse(mail.spf[0].records[0]) if len(mail.spf[0].records) == 1 else None
    bare = isinstance(record, spf.Record) and [m.name for m in record.mechanisms] == ["all"] and record.all == "-"
    receives = any(host.name != "." for host in mail.hosts)
    sends = receives or not bare
    yield Measure("mail", "yes" if receives else "no")
    yield from _mail_hosts(mail, sends=sends)
    yield from _spf(mail, receives=receives)
    yield from _dmarc(mail, sends=sends)


def _mail_hosts(mail: Mail, *, sends: bool) -> Iterator[Finding]:
    null = any(host.name == "." for host in mail.hosts)
    if null and len(mail.hosts) > 1:
        yield Finding(
            "null MX beside other MX records",
            where=mail.domain,
            measured=", ".join(host.name for host in mail.hosts),
            fix="delete the null MX record, or all others",
            source="RFC 7505, 3",
        )
    elif not mail.hosts and not sends:
        yield Finding(
            "sends no mail, but does not say that it takes none",
            where=mail.domain,
            severity=Severity.LOW,
            fix=f"publish: {mail.domain}. MX 0 .",
            source="RFC 7505, 3",
        )
    for host in mail.hosts:
        if host.trouble:
            yield Finding(
                "mail host without an address",
                where=host.name,
                measured=host.trouble,
                fix=f"give {host.name} an address, or take it out of the MX records of {mail.domain}",
                source="RFC 5321, 5.1",
            )


def _spf(mail: Mail, *, receives: bool) -> Iterator[Judgement]:
    domain, records = mail.domain, mail.spf[0].records
    if not records:
        wanted = "v=spf1 mx -all" if receives else "v=spf1 -all"
        yield Finding(
            "no SPF record: anybody may send mail in its name",
            where=domain,
            fix=f'publish: {domain}. TXT "{wanted}"' + ("" if receives else " if it sends no mail"),
            source="RFC 7208, 3",
        )
        return
    policy = spf.evaluate(domain, {each.name: None if each.trouble else each.records for each in mail.spf})
    yield Measure("spf_lookups", policy.lookups)
    for error in policy.errors:
        yield Finding(
            f"SPF is in error, and receivers ignore it: {error}",
            where=domain,
            measured=" | ".join(records),
            fix="mend the record: one TXT record that begins with v=spf1, each include with a record of its own",
            source="RFC 7208, 2.6.7",
        )
    if policy.lookups > spf.MOST_LOOKUPS:
        yield Finding(
            f"SPF needs more than {spf.MOST_LOOKUPS} lookups: receivers stop with an error",
            where=domain,
            measured=f"{policy.lookups} or more: {records[0]}",
            fix="drop includes that are no longer used, or write their networks out as ip4: and ip6:",
            source="RFC 7208, 4.6.4",
        )
    if policy.errors or policy.lookups > spf.MOST_LOOKUPS:
        return
    if policy.all in {"+", "?"}:
        yield Finding(
            "SPF lets anybody send mail in its name" if policy.all == "+" else "SPF says nothing of other senders",
            where=domain,
            measured=records[0],
            severity=Severity.HIGH if policy.all == "+" else None,
            fix="end the record with -all, or ~all while you watch the DMARC reports",
            source="RFC 7208, 5.1",
        )
    if policy.uses_ptr:
        yield Finding(
            "SPF uses ptr, which is slow and unreliable",
            where=domain,
            measured=records[0],
            severity=Severity.LOW,
            fix="name the networks or hosts instead",
            source="RFC 7208, 5.5",
        )


def _dmarc(mail: Mail, *, sends: bool) -> Iterator[Judgement]:
    name = f"_dmarc.{mail.domain}"
    wanted = "v=DMARC1; p=reject; rua=mailto:dmarc@<your domain>" if sends else "v=DMARC1; p=reject"
    publish = f'publish: {name}. TXT "{wanted}"'
    found = dmarc.effective([lookup.records for lookup in mail.dmarc])
    if found is None:
        yield Finding(
            "no DMARC record: receivers let forged mail through", where=name, fix=publish, source="RFC 9989, 4.7"
        )
        return
    place, records = found
    where, text = mail.dmarc[place].name, records[0]
    record = dmarc.parse(text)
    if len(records) > 1:
        yield Finding(
            f"{len(records)} DMARC records: receivers ignore them all",
            where=where,
            measured=" | ".join(records),
            fix="keep one",
            source="RFC 9989, 4.7",
        )
        return
    if isinstance(record, dmarc.Malformed):
        yield Finding(
            f"DMARC record that receivers ignore: {record.reason}",
            where=where,
            measured=text,
            fix=publish,
            source="RFC 9989, 4.7",
        )
        return
    policy = record.policy if place == 0 else record.subdomain_policy
    yield Measure("dmarc_policy", policy)
    if policy == "none" or (policy != "reject" and not sends):
        yield Finding(
            "DMARC watches, and stops nothing" if sends else "sends no mail, but DMARC does not reject forged mail",
            where=where,
            measured=text,
            fix=publish,
            source="RFC 9989, 4.7",
        )
    elif place == 0 and record.subdomain_policy == "none":
        yield Finding(
            "DMARC stops nothing that is sent in the name of a subdomain",
            where=where,
            measured=text,
            fix="delete sp=none, or write sp=reject",
            source="RFC 9989, 4.7",
        )
    elif record.testing:
        yield Finding(
            "DMARC is in test mode: receivers apply its policy to a part of the mail, or not at all",
            where=where,
            measured=text,
            severity=Severity.LOW,
            fix="delete t=y and pct",
            source="RFC 9989, 4.7",
        )
    if sends and not record.reports_to:
        yield Finding(
            "nobody reads DMARC reports",
            where=where,
            measured=text,
            severity=Severity.LOW,
            fix="add: rua=mailto:dmarc@<your domain>",
            source="RFC 9989, 4.7",
        )
