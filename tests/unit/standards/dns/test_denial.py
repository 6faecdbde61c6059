"""Proof that a delegation has no DS record, by NSEC and NSEC3."""

from __future__ import annotations

import dns.dnssec
import dns.name
import dns.rrset
import pytest

from pytest_readiness.standards.dns.denial import denies_ds

TEST = dns.name.from_text("test")
SHOP = dns.name.from_text("shop.test")


def hashed(name: str, iterations: int = 0) -> str:
    return dns.dnssec.nsec3_hash(name, "AABB", iterations, "SHA1")


def nsec3(owner: str, following: str, types: str, *, flags: int = 0, iterations: int = 0) -> dns.rrset.RRset:
    return dns.rrset.from_text(f"{owner}.test.", 300, "IN", "NSEC3", f"1 {flags} {iterations} AABB {following} {types}")


def nsec(owner: str, types: str) -> dns.rrset.RRset:
    return dns.rrset.from_text(owner, 300, "IN", "NSEC", f"zzz.test. {types}")


LOW, HIGH = "0" * 32, "V" * 32
NEXT = hashed("shop.test")[:-1] + "V"


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        pytest.param(nsec("shop.test.", "NS RRSIG NSEC"), True, id="a bare delegation"),
        pytest.param(nsec("shop.test.", "NS DS RRSIG NSEC"), False, id="a DS record is there after all"),
        pytest.param(nsec("shop.test.", "NS SOA RRSIG NSEC"), False, id="the child speaks for itself"),
        pytest.param(nsec("shop.test.", "A RRSIG NSEC"), False, id="no delegation"),
        pytest.param(nsec("other.test.", "NS RRSIG NSEC"), False, id="another name"),
        pytest.param(nsec3(hashed("shop.test"), NEXT, "NS"), True, id="NSEC3: a bare delegation"),
        pytest.param(nsec3(hashed("shop.test"), NEXT, "NS DS RRSIG"), False, id="NSEC3: a DS record after all"),
        pytest.param(nsec3(LOW, HIGH, "NS", flags=1), True, id="NSEC3: opted out"),
        pytest.param(nsec3(HIGH, LOW, "NS", flags=1), False, id="NSEC3: opted out, elsewhere"),
        pytest.param(nsec3(HIGH, hashed("shop.test")[:1] + "V" * 31, "NS", flags=1), True, id="NSEC3: the last one"),
        pytest.param(nsec3(LOW, HIGH, "NS"), False, id="NSEC3: covered, but not opted out"),
        pytest.param(nsec3(LOW, HIGH, "NS", iterations=151), True, id="NSEC3: more iterations than resolvers count"),
        pytest.param(nsec3("not-base32", HIGH, "NS", flags=1), False, id="NSEC3: an owner that is no hash"),
    ],
)
def test_what_proves_that_there_is_no_ds_record(proof, expected):
    assert denies_ds(SHOP, TEST, [proof]) is expected


def test_nsec3_of_another_zone_proves_nothing():
    proof = dns.rrset.from_text(f"{LOW}.other.", 300, "IN", "NSEC3", f"1 1 0 AABB {HIGH} NS")
    assert denies_ds(SHOP, TEST, [proof]) is False
