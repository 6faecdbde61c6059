"""DNSSEC validation, on a small tree of zones: the root, test, shop.test and a zone below it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from pytest_readiness.demo.nameserver import Nameserver
from pytest_readiness.demo.zone import ServedZone
from pytest_readiness.model.dns import Breach, Dnssec, Trust
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.standards.dns import trust_anchors
from pytest_readiness.standards.dns.dnssec import CHAIN, assess, zones_between

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEAD = """
@ SOA ns1 hostmaster 7 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
"""
SHOP = HEAD + "@ A 192.0.2.1\nwww A 192.0.2.2\nalias CNAME www\naway CNAME edge.cdn.test."


def zone(apex: str, records: str, **how) -> ServedZone:
    return ServedZone(apex, records, **({"signed_at": NOW - timedelta(hours=1)} | how))


class Tree:
    """Zones that vouch for each other, and what a resolver says of them."""

    def __init__(self, shop: ServedZone, *, ds: str | None = None, test_signed: bool = True, more: str = "") -> None:
        delegation = "shop NS ns1.shop\nns1.shop A 127.0.0.1\n" + (shop.trust_anchor if ds is None else ds) + more
        self.shop = shop
        self.test = zone("test", HEAD + delegation, signed=test_signed)
        self.root = zone(".", HEAD + "test. NS ns1.test.\n" + (self.test.trust_anchor if test_signed else ""))
        self.tampering = {}
        self.missing: set[tuple[str, str]] = set()

    def ask(self, name: str, rdtype: str, *others: ServedZone) -> dns.message.Message:
        query = dns.message.make_query(name, rdtype, want_dnssec=True)
        answer = Nameserver(self.root, self.test, self.shop, *others)._answer(query)
        change = self.tampering.get((name, rdtype))
        # Over the wire, as a resolver gets it.
        return dns.message.from_wire((change(answer) if change else answer).to_wire())

    def assess(self, name: str = "shop.test", *others: ServedZone, anchors: str | None = None, now=NOW) -> Dnssec:
        known = trust_anchors.parse(self.root.trust_anchor if anchors is None else anchors)
        leaves = [self.ask(each, rdtype, *others) for each, rdtype in ((name, "A"), ("shop.test", "SOA"))]
        owners = {name, *(rrset.name.to_text(omit_final_dot=True) for leaf in leaves for rrset in leaf.answer)}
        answers = {
            (each, rdtype): self.ask(each, rdtype, *others)
            for owner in owners
            for each in zones_between(owner, known)
            for rdtype in CHAIN
            if (each, rdtype) not in self.missing
        }
        return assess(name, leaves, answers, known, now)


@pytest.fixture
def tree():
    return Tree(zone("shop.test", SHOP))


def breaches(outcome: Dnssec) -> list[tuple[Breach, str]]:
    return [(fault.breach, fault.owner) for fault in outcome.faults]


class TestSecure:
    def test_a_chain_from_the_root_to_the_name_is_secure(self, tree):
        outcome = tree.assess()
        assert (outcome.zone, outcome.trust, outcome.anchor, outcome.faults) == ("shop.test", Trust.SECURE, ".", ())
        assert outcome.algorithms == ("ECDSAP256SHA256",)
        assert outcome.unsigned_at is None

    def test_it_tells_until_when_each_signature_holds(self, tree):
        expirations = {signature.owner: signature.expiration for signature in tree.assess().signatures}
        assert expirations["shop.test A"] == NOW - timedelta(hours=1) + timedelta(days=14)
        assert {". DNSKEY", "test DNSKEY", "shop.test DNSKEY", "shop.test SOA"} <= set(expirations)

    def test_a_name_below_the_apex_and_its_alias_are_secure(self, tree):
        assert tree.assess("alias.shop.test").trust is Trust.SECURE
        assert {"alias.shop.test CNAME", "www.shop.test A"} <= {
            s.owner for s in tree.assess("alias.shop.test").signatures
        }

    def test_an_anchor_may_stand_at_the_zone_itself(self, tree):
        outcome = tree.assess(anchors=tree.shop.trust_anchor)
        assert (outcome.trust, outcome.anchor) == (Trust.SECURE, "shop.test")

    def test_an_anchor_may_be_the_key_itself(self, tree):
        key = tree.shop.answer(dns.message.make_query("shop.test", "DNSKEY")).answer[0][0]
        assert tree.assess(anchors=f"shop.test. 300 IN DNSKEY {key.to_text()}").trust is Trust.SECURE

    def test_an_old_signature_beside_a_good_one_does_no_harm(self, tree):
        """While keys and signatures are rolled over, several stand side by side."""

        def add_expired(answer: dns.message.Message) -> dns.message.Message:
            old = zone("shop.test", SHOP, key=tree.shop.key, signed_at=NOW - timedelta(days=60))
            query = dns.message.make_query("shop.test", "A", want_dnssec=True)
            answer.answer[1].update(old.answer(query).answer[1])
            return answer

        tree.tampering["shop.test", "A"] = add_expired
        assert tree.assess().trust is Trust.SECURE


class TestBogus:
    def test_records_that_were_changed_after_signing_are_forged(self, tree):
        def tamper(answer: dns.message.Message) -> dns.message.Message:
            answer.answer[0] = dns.rrset.from_text("shop.test.", 300, "IN", "A", "203.0.113.66")
            return answer

        tree.tampering["shop.test", "A"] = tamper
        assert breaches(tree.assess()) == [(Breach.FORGED, "shop.test A")]
        assert tree.assess().trust is Trust.BOGUS

    def test_expired_signatures_are_told_with_their_date(self):
        tree = Tree(zone("shop.test", SHOP, signed_at=NOW - timedelta(days=20)))
        fault = tree.assess().faults[0]
        assert (fault.breach, fault.owner, fault.zone) == (Breach.EXPIRED, "shop.test DNSKEY", "shop.test")
        assert fault.detail.endswith("expired 2026-11-17 12:00 UTC")

    def test_signatures_from_the_future_are_not_valid_yet(self):
        tree = Tree(zone("shop.test", SHOP, signed_at=NOW + timedelta(hours=2)))
        assert breaches(tree.assess()) == [(Breach.NOT_YET_VALID, "shop.test DNSKEY")]

    def test_a_ds_record_of_another_key_is_a_mismatch(self):
        tree = Tree(zone("shop.test", SHOP), ds=zone("shop.test", SHOP).trust_anchor)
        assert breaches(tree.assess()) == [(Breach.DS_MISMATCH, "shop.test DNSKEY")]
        assert tree.assess().faults[0].detail.startswith("DS names key ")

    def test_a_zone_that_stopped_signing_while_its_parent_has_a_ds_record_has_no_keys(self):
        tree = Tree(zone("shop.test", SHOP, signed=False), ds=zone("shop.test", SHOP).trust_anchor)
        assert breaches(tree.assess()) == [(Breach.NO_KEYS, "shop.test DNSKEY")]

    def test_a_record_without_a_signature_is_told(self, tree):
        def strip(answer: dns.message.Message) -> dns.message.Message:
            del answer.answer[1]
            return answer

        tree.tampering["shop.test", "A"] = strip
        assert breaches(tree.assess()) == [(Breach.NO_SIGNATURE, "shop.test A")]

    def test_a_signature_by_a_key_that_is_not_published_is_told(self, tree):
        other = zone("shop.test", SHOP)
        tree.tampering["shop.test", "A"] = lambda _: other.answer(
            dns.message.make_query("shop.test", "A", want_dnssec=True)
        )
        assert breaches(tree.assess()) == [(Breach.UNKNOWN_KEY, "shop.test A")]

    def test_a_missing_proof_that_there_is_no_ds_record_is_told(self):
        tree = Tree(zone("shop.test", SHOP, signed=False), ds="")

        def strip(answer: dns.message.Message) -> dns.message.Message:
            answer.authority.clear()
            return answer

        tree.tampering["shop.test", "DS"] = strip
        assert breaches(tree.assess()) == [(Breach.UNPROVEN, "shop.test DS")]

    def test_a_proof_whose_signature_does_not_match_is_told(self):
        tree = Tree(zone("shop.test", SHOP, signed=False), ds="")

        def swap(answer: dns.message.Message) -> dns.message.Message:
            for place, rrset in enumerate(answer.authority):
                if rrset.rdtype == dns.rdatatype.NSEC:
                    answer.authority[place] = dns.rrset.from_text(
                        rrset.name, rrset.ttl, "IN", "NSEC", "zzz.test. NS RRSIG NSEC"
                    )
            return answer

        tree.tampering["shop.test", "DS"] = swap
        assert breaches(tree.assess()) == [(Breach.FORGED, "shop.test NSEC")]

    def test_a_broken_parent_breaks_what_is_below(self):
        tree = Tree(zone("shop.test", SHOP))
        tree.root = zone(".", HEAD + "test. NS ns1.test.\n" + zone("test", HEAD).trust_anchor)
        assert breaches(tree.assess()) == [(Breach.DS_MISMATCH, "test DNSKEY")]

    def test_an_anchored_zone_without_keys_is_bogus(self):
        tree = Tree(zone("shop.test", SHOP, signed=False), ds="")
        outcome = tree.assess(anchors=zone("shop.test", SHOP).trust_anchor)
        assert breaches(outcome) == [(Breach.NO_KEYS, "shop.test DNSKEY")]


class TestUnsigned:
    def test_a_delegation_that_is_proven_to_have_no_ds_record_is_unsigned(self):
        outcome = Tree(zone("shop.test", SHOP, signed=False), ds="").assess()
        assert (outcome.trust, outcome.unsigned_at, outcome.faults) == (Trust.UNSIGNED, "shop.test", ())

    def test_everything_below_an_unsigned_parent_is_unsigned(self):
        outcome = Tree(zone("shop.test", SHOP, signed=False), ds="", test_signed=False).assess()
        assert (outcome.trust, outcome.unsigned_at) == (Trust.UNSIGNED, "test")

    def test_a_signed_zone_that_its_parent_does_not_vouch_for_is_an_island(self):
        outcome = Tree(zone("shop.test", SHOP), ds="").assess()
        assert (outcome.trust, outcome.unsigned_at, outcome.faults) == (Trust.ISLAND, "shop.test", ())

    def test_an_algorithm_that_nobody_knows_makes_a_zone_unsigned(self):
        """RFC 4035, 5.2: a resolver that knows none of the algorithms treats the zone as unsigned."""
        tree = Tree(zone("shop.test", SHOP), ds="shop DS 12345 200 2 " + "AB" * 32)
        assert (tree.assess().trust, tree.assess().faults) == (Trust.UNSIGNED, ())

    def test_an_unsigned_zone_at_the_end_of_an_alias_is_no_fault_of_ours(self):
        cdn = zone("cdn.test", HEAD + "edge A 198.51.100.7", signed=False)
        tree = Tree(zone("shop.test", SHOP), more="\ncdn NS ns1.cdn\nns1.cdn A 127.0.0.1")
        assert tree.assess("away.shop.test", cdn).trust is Trust.SECURE


class TestUnverified:
    def test_no_anchor_above_the_name(self, tree):
        with pytest.raises(Unverified, match=r"no trust anchor stands above shop\.test") as caught:
            tree.assess(anchors="other.test. DS 12345 13 2 " + "AB" * 32)
        assert "trust_anchor_file" in caught.value.fix

    def test_an_answer_that_did_not_come(self, tree):
        tree.missing.add(("test", "DNSKEY"))
        with pytest.raises(Unverified, match="no answer for DNSKEY of test"):
            tree.assess()

    def test_a_resolver_that_refuses(self, tree):
        def refuse(answer: dns.message.Message) -> dns.message.Message:
            answer.set_rcode(dns.rcode.REFUSED)
            return answer

        tree.tampering[".", "DNSKEY"] = refuse
        with pytest.raises(Unverified, match=r"REFUSED for DNSKEY of \.") as caught:
            tree.assess()
        assert "nameservers" in caught.value.fix

    def test_a_resolver_that_strips_signatures_is_not_the_targets_fault(self, tree):
        def strip(answer: dns.message.Message) -> dns.message.Message:
            del answer.answer[1:]
            return answer

        tree.tampering[".", "DNSKEY"] = strip
        with pytest.raises(Unverified, match="keys of the root: signature missing") as caught:
            tree.assess()
        assert "nameservers" in caught.value.fix


class TestZonesBetween:
    def test_every_name_from_the_anchor_down_may_be_a_zone(self):
        iana = trust_anchors.parse(trust_anchors.IANA)
        assert zones_between("www.shop.test", iana) == (".", "test", "shop.test", "www.shop.test")

    def test_without_an_anchor_above_there_is_none(self):
        assert zones_between("shop.test", {}) == ()
