"""infrastructure/dns: what is said of the outcome of DNSSEC validation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pytest_readiness.checks.infrastructure.dnssec import dnssec
from pytest_readiness.model.dns import Breach, Dnssec, Fault, Signature, Trust
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.model.scales import Severity

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def signature(left: timedelta) -> Signature:
    return Signature("shop.example A", NOW + left - timedelta(days=14), NOW + left, 300)


SECURE = Dnssec("shop.example", Trust.SECURE, signatures=(signature(timedelta(days=9)),), algorithms=("ED25519",))


def findings(outcome: Dnssec) -> list[tuple[str, str, Severity | None]]:
    return [(f.summary, f.where, f.severity) for f in dnssec(outcome, NOW) if isinstance(f, Finding)]


def test_a_secure_zone_passes_and_tells_how_long_it_holds():
    assert findings(SECURE) == []
    assert {said.name: said.value for said in dnssec(SECURE, NOW) if isinstance(said, Measure)} == {
        "dnssec": "secure",
        "dnssec_algorithms": "ED25519",
        "signature_days_left": 9.0,
    }


@pytest.mark.parametrize("breach", list(Breach))
def test_every_breach_is_critical_and_has_its_own_remedy(breach):
    bogus = Dnssec("shop.example", Trust.BOGUS, faults=(Fault(breach, "shop.example A", "shop.example", "key 1"),))
    (finding,) = [said for said in dnssec(bogus, NOW) if isinstance(said, Finding)]
    assert finding.summary == f"validating resolvers refuse the name: {breach}"
    assert (finding.where, finding.measured, finding.severity) == ("shop.example A", "key 1", Severity.CRITICAL)
    assert "shop.example" in finding.fix


def test_an_unsigned_zone_is_a_low_finding():
    unsigned = Dnssec("shop.example", Trust.UNSIGNED, unsigned_at="example")
    assert findings(unsigned) == [("zone is not signed: answers can be forged on the way", "example", Severity.LOW)]


def test_a_signed_zone_that_nobody_vouches_for_is_a_low_finding():
    assert findings(Dnssec("shop.example", Trust.ISLAND)) == [
        ("zone is signed, but its parent has no DS record: nobody validates it", "shop.example", Severity.LOW)
    ]


def test_a_signature_in_the_last_tenth_of_its_life_is_overdue():
    late = replace(SECURE, signatures=(signature(timedelta(days=1)), signature(timedelta(days=9))))
    assert findings(late) == [("signature is not renewed in time", "shop.example A", None)]
