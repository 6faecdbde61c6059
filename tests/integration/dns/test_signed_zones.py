"""knot serves signed zones: each way to break the chain of trust is red by its own name, and green when mended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from knot import Hosted
from shop import APEX, Shop, hosted, records, said, zone_file

from pytest_readiness.checks.infrastructure.dnssec import dnssec
from pytest_readiness.demo.zone import ServedZone
from pytest_readiness.model.states import State

REFUSED = "validating resolvers refuse the name: "


def signed(**how) -> ServedZone:
    return ServedZone(APEX, records(), **how)


def serve(shop: Shop, zone: ServedZone, text: str | None = None, *, anchor: ServedZone | None = None) -> None:
    """Serve a zone that was signed elsewhere, or what became of it, and trust ``anchor``."""
    shop.serve(Hosted(APEX, zone.text if text is None else text))
    shop.anchors = (anchor or zone).trust_anchor


def assert_green(shop: Shop) -> None:
    outcome = shop.judged(dnssec)
    assert (outcome.state, outcome.reason, said(outcome)) == (State.PASS, "", [])
    assert outcome.measured["dnssec"] == "secure"


class TestSignedByKnot:
    def test_a_zone_that_knot_signs_is_green(self, shop):
        shop.serve(hosted(records(), signing=True))
        shop.anchors = shop.first.ds(APEX)
        assert_green(shop)
        assert shop.judged(dnssec).measured["dnssec_algorithms"] == "ECDSAP256SHA256"
        assert 13 < shop.judged(dnssec).measured["signature_days_left"] <= 14

    def test_another_keys_ds_record_is_a_mismatch(self, shop):
        shop.serve(hosted(records(), signing=True))
        shop.anchors = shop.second.ds(APEX)
        outcome = shop.judged(dnssec)
        assert (outcome.state, said(outcome)) == (
            State.FAIL,
            [(f"{REFUSED}no key matches the DS records of the parent", "shop.test DNSKEY")],
        )
        shop.anchors = shop.first.ds(APEX)
        assert_green(shop)

    @pytest.mark.parametrize("opt_out", [False, True])
    def test_an_unsigned_zone_below_a_signed_one_is_proven_unsigned(self, shop, opt_out):
        parent = zone_file("@ SOA ns1.shop hostmaster 1 3600 600 86400 300\n@ NS ns1.shop\nshop NS ns1.shop\n", "test")
        parent += "ns1.shop A 127.0.0.1\n"
        shop.serve(Hosted("test", parent, signing=True, opt_out=opt_out), hosted(records()))
        shop.anchors = shop.first.ds("test")
        outcome = shop.judged(dnssec)
        assert (outcome.state, said(outcome)) == (
            State.WARN,
            [("zone is not signed: answers can be forged on the way", "shop.test")],
        )

    def test_a_signed_zone_that_its_parent_does_not_vouch_for_is_an_island(self, shop):
        parent = zone_file("@ SOA ns1.shop hostmaster 1 3600 600 86400 300\n@ NS ns1.shop\nshop NS ns1.shop\n", "test")
        parent += "ns1.shop A 127.0.0.1\n"
        shop.serve(Hosted("test", parent, signing=True), hosted(records(), signing=True))
        shop.anchors = shop.first.ds("test")
        assert said(shop.judged(dnssec)) == [
            ("zone is signed, but its parent has no DS record: nobody validates it", "shop.test")
        ]
        vouching = parent + shop.first.ds(APEX)
        shop.first.serve(Hosted("test", vouching, signing=True), hosted(records(), signing=True))
        assert_green(shop)


class TestBroken:
    def test_a_record_that_was_changed_after_signing_is_forged(self, shop):
        zone = signed()
        tampered = zone.text.replace(" A 192.0.2.1\n", " A 203.0.113.66\n")
        assert tampered != zone.text
        serve(shop, zone, tampered)
        outcome = shop.judged(dnssec)
        assert (outcome.state, said(outcome)) == (
            State.FAIL,
            [(f"{REFUSED}signature does not match the records", "shop.test A")],
        )
        serve(shop, zone)
        assert_green(shop)

    def test_signatures_that_expired_are_told_with_their_date(self, shop):
        ended = datetime.now(UTC) - timedelta(days=3)
        zone = signed(signed_at=ended - timedelta(days=14))
        serve(shop, zone)
        outcome = shop.judged(dnssec)
        assert (outcome.state, said(outcome)) == (State.FAIL, [(f"{REFUSED}signature expired", "shop.test DNSKEY")])
        assert f"expired {ended:%Y-%m-%d}" in outcome.findings[0].measured
        serve(shop, signed(key=zone.key))
        assert_green(shop)

    def test_signatures_about_to_expire_are_overdue(self, shop):
        zone = signed(signed_at=datetime.now(UTC) - timedelta(days=13))
        serve(shop, zone)
        outcome = shop.judged(dnssec)
        assert (outcome.state, {summary for summary, _ in said(outcome)}) == (
            State.FAIL,
            {"signature is not renewed in time"},
        )
        serve(shop, signed(key=zone.key))
        assert_green(shop)

    def test_a_zone_that_is_served_unsigned_under_an_old_anchor_has_no_keys(self, shop):
        zone = signed()
        serve(shop, zone, zone_file(records()))
        assert said(shop.judged(dnssec)) == [
            (f"{REFUSED}zone has no keys, though its parent says it is signed", "shop.test DNSKEY")
        ]
        serve(shop, zone)
        assert_green(shop)


def test_without_an_anchor_for_a_private_zone_nothing_is_proven(shop):
    serve(shop, signed())
    shop.anchors = ""
    outcome = shop.judged(dnssec)
    assert (outcome.state, outcome.reason) == (
        State.UNVERIFIED,
        "the chain of trust could not be read: REFUSED for DNSKEY of .",
    )
    assert "trust_anchor_file" in outcome.fix


def test_a_trust_anchor_file_that_is_none_names_its_line(shop):
    serve(shop, signed())
    shop.anchors = "; our zones\nshop.test. A 192.0.2.1\n"
    outcome = shop.judged(dnssec)
    assert (outcome.state, "anchors.txt, line 2: " in outcome.reason) == (State.UNVERIFIED, True)
