"""Checks of `infrastructure/tls` that judge certificates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.model.tls import (
    AddressCertificates,
    Certificate,
    CertificateRenewal,
    Certificates,
    Renewal,
    SentChain,
)
from pytest_readiness.standards.tls import certificate_lifetimes, certificate_rules, ocsp
from pytest_readiness.standards.tls.certificate_lifetimes import SC081
from pytest_readiness.standards.tls.spans import days, span

TLS_ITEM = "infrastructure/tls"
RFC_7633 = "RFC 7633, 4.2.3"
RFC_9773 = "RFC 9773, 4.2"


@check(TLS_ITEM, source="RFC 5280; RFC 9525; CA/Browser Forum Baseline Requirements")
def certificate(certificates: Certificates, now: datetime) -> Iterator[Judgement]:
    """Every address sends a certificate that clients accept, for this host, with a complete and ordered chain.

    A verifying handshake with each address of the host gives the verdict. The chain is also read as it is sent, good
    or bad, for elliptic-curve and RSA certificates alike, and judged by rules of our own that name the cause: expired,
    not yet valid, for another host, incomplete, out of order, with certificates that have no part in it, self-signed,
    leading to an authority that is not trusted, a key under RSA 2048 or P-256, a signature with SHA-1.
    """
    wrong = False
    for chain, where in _chains(certificates):
        explained = False
        for defect in certificate_rules.defects(chain, certificates.host, now):
            explained = explained or defect.severity is None
            yield Finding(
                defect.summary,
                where=where,
                measured=defect.measured,
                fix=defect.fix,
                severity=defect.severity,
                source=defect.source,
            )
        wrong = wrong or explained
        if chain.trust.trusted is None and chain.certificates and not explained:
            wrong = True
            yield Finding(
                f"clients cannot complete a handshake: {chain.trust.reason}",
                where=where,
                measured="a chain was read, but a verifying handshake with TLS 1.2 or 1.3 failed",
                fix="offer TLS 1.2 and 1.3 with the suites of a current profile",
            )
    for address in certificates.addresses:
        if address.mute and not address.mute.ours:
            wrong = True
            yield Finding(
                f"no certificate can be had: {address.mute}",
                where=f"{certificates.host} at {address.address}",
                fix="serve the site at this address, or take it out of the DNS",
            )
    if not wrong:
        _all_seen(certificates)


@check(TLS_ITEM, thresholds=("certificate_expiry",), source="RFC 5280, 4.1.2.5; RFC 9773")
def expiry(certificates: Certificates, thresholds: Thresholds, now: datetime) -> Iterator[Judgement]:
    """Every certificate is far enough from its end that its renewal cannot have failed.

    What is left is held against the certificate's own lifetime: ACME clients renew when a third is left (half, under
    ten days of lifetime), so that less is a low finding, and less than half of that fails. `certificate_expiry` raises
    that floor, but never above three quarters of what is left when renewal falls due. So it works for a certificate of
    six days as it does for one of a year.
    """
    wrong = False
    nearest: timedelta | None = None
    for leaf, where in _leaves(certificates):
        left = leaf.not_after - now
        nearest = left if nearest is None else min(nearest, left)
        limits = certificate_lifetimes.limits(leaf.lifetime, thresholds.certificate_expiry)
        told = f"{span(left)} of {span(leaf.lifetime)} are left" if left > timedelta() else "nothing is left"
        until = f"until {leaf.not_after:%Y-%m-%d %H:%M} UTC"
        if left < limits.overdue:
            wrong = True
            ended = left <= timedelta()
            yield Finding(
                f"the certificate expired {span(-left)} ago" if ended else f"the certificate ends in {span(left)}",
                where=where,
                measured=f"{told}, {until}; wanted {span(limits.overdue)} or more",
                fix="renew it now, and find out why its renewal did not happen",
            )
        elif left < limits.due:
            yield Finding(
                f"the certificate's renewal is due: {told}",
                where=where,
                measured=f"{until}; ACME clients renew with {span(limits.due)} left",
                fix="see that the renewal runs",
                severity=Severity.LOW,
            )
    if nearest is not None:
        yield Measure("days_left", days(nearest))
    if not wrong:
        _all_seen(certificates)


@check(TLS_ITEM, severity="medium", source=SC081)
def lifetime(certificates: Certificates) -> Iterator[Judgement]:
    """No certificate lives longer than browsers let a public authority's certificate live.

    The cap depends on the day of issue: 398 days, 200 from 2026-03-15, 100 from 2027-03-15, 47 from 2029-03-15. It
    binds public authorities; a target with a `ca_file` of its own is not held to it.
    """
    wrong = False
    longest: timedelta | None = None
    for chain, where in _chains(certificates):
        if not chain.certificates:
            continue
        leaf = chain.leaf
        longest = leaf.lifetime if longest is None else max(longest, leaf.lifetime)
        cap = certificate_lifetimes.cap(leaf.not_before)
        if certificates.private or not _public(chain) or cap is None or leaf.lifetime <= cap:
            continue
        wrong = True
        yield Finding(
            f"the certificate lives for {span(leaf.lifetime)}, longer than browsers accept",
            where=where,
            measured=f"issued {leaf.not_before:%Y-%m-%d}, when {span(cap)} were allowed",
            fix="have it issued anew with a lifetime within the cap",
            source=SC081,
        )
    if longest is not None:
        yield Measure("lifetime_days", days(longest))
    if not wrong:
        _all_seen(certificates)


@check(TLS_ITEM, severity="medium", source=RFC_9773)
def renewal(renewal: Renewal, target: Target, now: datetime) -> Iterator[Judgement]:
    """Every certificate renews itself: its issuer's renewal window has not passed, or its lifetime shows it.

    The strongest evidence is the issuer's own (ARI, RFC 9773): where the window that it suggests for renewal has
    passed, renewal has not happened. Where the issuer gives none, a lifetime of 100 days or less with more than a
    third left is the pattern of automatic renewal; a lifetime over 200 days is that of renewal by hand. What shows
    neither is not verified.
    """
    if not renewal.certificates:
        raise Unverified("no certificate could be read, so nothing shows that it renews itself")
    unknown: list[CertificateRenewal] = []
    overdue = False
    for known in renewal.certificates:
        leaf = known.certificate
        if known.window is not None:
            yield Measure("renewal_evidence", "the issuer's renewal window")
            if now > known.window.end:
                overdue = True
                yield Finding(
                    f"renewal is overdue since {known.window.end:%Y-%m-%d %H:%M} UTC, says its issuer",
                    where=certificate_rules.title(leaf),
                    measured=f"{known.asked}: window {known.window.start:%Y-%m-%d} to {known.window.end:%Y-%m-%d}",
                    fix=f"renew it now: {known.window.explanation}" if known.window.explanation else "renew it now",
                    severity=Severity.HIGH,
                    source=RFC_9773,
                )
        elif leaf.lifetime > certificate_lifetimes.BY_HAND:
            yield Measure("renewal_evidence", "the lifetime")
            yield Finding(
                "it looks renewed by hand",
                where=certificate_rules.title(leaf),
                measured=f"a lifetime of {span(leaf.lifetime)}",
                fix="have it issued and renewed by ACME; for an ACME issuer name its directory: acme_directory",
                severity=Severity.LOW,
            )
        elif leaf.lifetime <= certificate_lifetimes.AUTOMATED and leaf.not_after - now > leaf.lifetime / 3:
            yield Measure("renewal_evidence", "the pattern: a short lifetime with more than a third left")
        else:
            unknown.append(known)
    if unknown and not overdue:
        leaf = unknown[0].certificate
        raise Unverified(
            f"nothing shows that the certificate renews itself: {unknown[0].silence}, and {span(leaf.not_after - now)} "
            f"of {span(leaf.lifetime)} are left",
            fix=f'[targets.{target.name}] acme_directory = "https://…/directory"',
        )


@check(TLS_ITEM, severity="high", source=RFC_7633)
def must_staple(certificates: Certificates, now: datetime) -> Iterator[Judgement]:
    """A certificate that demands a stapled OCSP response gets a good and current one.

    Clients that honour the demand refuse the certificate without it. A staple that nobody demanded must be good and
    current as well. Staples are read from handshakes with TLS 1.2; TLS 1.3 encrypts them. Most authorities have
    given up OCSP, so that a certificate without the demand, and without a staple, is none of this check's business.
    """
    concerned = wrong = False
    for chain, where in _chains(certificates):
        if not chain.certificates or not (chain.leaf.must_staple or chain.staple is not None):
            continue
        concerned = True
        if chain.staple is None and not chain.staple_visible:
            raise Unverified(
                "the certificate demands a stapled OCSP response, which TLS 1.3 hides from us",
                fix="offer TLS 1.2 too while it is checked, or have the certificate issued without must-staple",
            )
        for summary, measured in _staple_problems(chain, now):
            wrong = True
            yield Finding(
                summary,
                where=where,
                measured=measured,
                fix="switch stapling on and see that the server reaches the responder, "
                "or have the certificate issued without must-staple",
                source=RFC_7633,
            )
    if not wrong:
        _all_seen(certificates)
    if not concerned:
        raise NotApplicable("no certificate demands a stapled OCSP response, and none is stapled")


def _staple_problems(chain: SentChain, now: datetime) -> Iterator[tuple[str, str]]:
    if chain.staple is None:
        yield "the certificate demands a stapled OCSP response, and none is sent", "no staple"
        return
    try:
        response = ocsp.parse(chain.staple)
    except ocsp.Unreadable as problem:
        yield "the stapled OCSP response says nothing of the certificate", str(problem)
        return
    if response.serial != chain.leaf.serial:
        yield "the stapled OCSP response is about another certificate", f"serial {response.serial:x}"
    elif response.status is not ocsp.Status.GOOD:
        yield f"the stapled OCSP response says that the certificate is {response.status}", response.status
    elif response.next_update is not None and response.next_update < now:
        yield "the stapled OCSP response is outdated", f"it held until {response.next_update:%Y-%m-%d %H:%M} UTC"


def _public(chain: SentChain) -> bool:
    """Whether the chain leads to an authority that the system trusts, whatever else is wrong with it.

    OpenSSL builds the chain before it looks at dates and names, so that these errors come from a chain with a root.
    """
    dates_and_names = {9, 10, 62, 63, 64}
    return chain.trust.trusted is True or chain.trust.code in dates_and_names


def _chains(certificates: Certificates) -> Iterator[tuple[SentChain, str]]:
    """Yield each chain once, with the addresses that send it."""
    senders: dict[tuple[object, ...], tuple[SentChain, list[str]]] = {}
    for address in certificates.addresses:
        for chain in address.chains:
            prints = tuple(sent.fingerprint for sent in chain.certificates)
            senders.setdefault((prints, chain.trust, chain.unreadable, chain.staple), (chain, []))[1].append(
                address.address
            )
    for chain, addresses in senders.values():
        yield chain, f"{certificates.host} at {', '.join(addresses)}"


def _leaves(certificates: Certificates) -> Iterator[tuple[Certificate, str]]:
    addresses: dict[str, tuple[Certificate, list[str]]] = {}
    for address in certificates.addresses:
        for chain in address.chains:
            if chain.certificates:
                leaf = chain.leaf
                addresses.setdefault(leaf.fingerprint, (leaf, []))[1].append(address.address)
    for leaf, senders in addresses.values():
        yield leaf, f"{certificates.host} at {', '.join(senders)}"


def _all_seen(certificates: Certificates) -> None:
    """Let nothing pass that was not seen.

    Raises:
        Unverified: An address sent no certificate that can be read.
    """
    unseen = [address for address in certificates.addresses if not _has_certificate(address.chains)]
    if not certificates.addresses:
        raise Unverified(f"{certificates.host} leads to no address")
    if unseen:
        raise _not_seen(certificates, unseen)


def _not_seen(certificates: Certificates, unseen: list[AddressCertificates]) -> Unverified:
    address = unseen[0]
    ours = address.mute is not None and address.mute.ours
    return Unverified(
        f"no certificate could be read at {address.address}: {address.mute or 'none of those sent is one'}",
        fix=f"run it where {address.address} can be reached, or name the address to look at: resolve = {{ "
        f'"{certificates.host}:{certificates.port}" = "…:{certificates.port}" }}'
        if ours
        else f"let {address.address} serve the site, or take it out of the DNS",
    )


def _has_certificate(chains: Iterable[SentChain]) -> bool:
    return any(chain.certificates for chain in chains)
