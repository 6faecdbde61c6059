"""``infrastructure/dns``, what DNSSEC makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pytest_readiness.model.checks import check
from pytest_readiness.model.dns import Breach, Dnssec, Fault, Trust
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.dns.signatures import due

_REMEDIES = {
    Breach.EXPIRED: "sign {zone} again, and see why its signer stopped",
    Breach.NOT_YET_VALID: "set the clock of the signer of {zone}, and sign again",
    Breach.FORGED: "sign {zone} again: its records were changed after they were signed",
    Breach.UNKNOWN_KEY: "publish the key that signed {zone}, or sign it with a key that is published",
    Breach.NO_SIGNATURE: "sign {zone}, or take its DS records out of the parent until it is",
    Breach.NO_KEYS: "publish the keys of {zone}, or take its DS records out of the parent",
    Breach.DS_MISMATCH: "give the registrar the DS record of the key that signs {zone} now",
    Breach.UNPROVEN: "sign {zone} whole, NSEC or NSEC3 records included",
}


@check("infrastructure/dns", source="RFC 4035, 5")
def dnssec(dnssec: Dnssec, now: datetime) -> Iterator[Judgement]:
    """The zone is signed, its signatures verify from the trust anchor down, and they are renewed in time.

    Keys, DS records and signatures are fetched with checking disabled and validated here, from IANA's root keys or the
    target's ``trust_anchor_file`` down to the addresses of the name, so that the cause can be named where a validating
    resolver says SERVFAIL and nothing else. An unsigned zone is a low finding. A signature is overdue in the last tenth
    of its life (signers renew before: Knot with a tenth left, BIND with a quarter), or once resolvers may keep the
    records longer than it holds (RFC 6781, 4.4.2).
    """
    yield Measure("dnssec", str(dnssec.trust))
    if dnssec.algorithms:
        yield Measure("dnssec_algorithms", ", ".join(dnssec.algorithms))
    for fault in dnssec.faults:
        yield Finding(
            f"validating resolvers refuse the name: {fault.breach}",
            where=fault.owner,
            measured=fault.detail or None,
            severity=Severity.CRITICAL,
            fix=_remedy(fault),
            source="RFC 4035, 5.3" if fault.breach is not Breach.DS_MISMATCH else "RFC 4035, 5.2",
        )
    if dnssec.trust is Trust.UNSIGNED:
        yield Finding(
            "zone is not signed: answers can be forged on the way",
            where=dnssec.unsigned_at or dnssec.zone,
            severity=Severity.LOW,
            fix=f"switch DNSSEC signing on for {dnssec.zone}, then give the registrar its DS record",
            source="RFC 4033, 3",
        )
    elif dnssec.trust is Trust.ISLAND:
        yield Finding(
            "zone is signed, but its parent has no DS record: nobody validates it",
            where=dnssec.zone,
            severity=Severity.LOW,
            fix=f"give the registrar the DS record of {dnssec.zone}",
            source="RFC 4033, 2",
        )
    yield from _lasting(dnssec, now)


def _lasting(dnssec: Dnssec, now: datetime) -> Iterator[Judgement]:
    if not dnssec.signatures:
        return
    first = min(signature.expiration for signature in dnssec.signatures)
    yield Measure("signature_days_left", round((first - now) / timedelta(days=1), 1))
    for signature in dnssec.signatures:
        if due(signature, now):
            yield Finding(
                "signature is not renewed in time",
                where=signature.owner,
                measured=f"expires {signature.expiration:%Y-%m-%d %H:%M} UTC",
                fix=f"see why the signer of {dnssec.zone} does not run, and sign again",
                source="RFC 6781, 4.4.2",
            )


def _remedy(fault: Fault) -> str:
    return _REMEDIES[fault.breach].format(zone=fault.zone)
