"""The nameserver of the demo: it answers as authoritative servers and resolvers do."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.demo.nameserver import Nameserver
from pytest_readiness.demo.zone import ServedZone

LONG = " ".join(f'"{letter * 250}"' for letter in "abcdefgh")
RECORDS = f"""
@ SOA ns1 hostmaster 7 3600 600 86400 300
@ NS ns1
@ NS ns2
ns1 A 127.0.0.1
ns2 A 127.0.0.1
@ A 192.0.2.1
www CNAME @
out CNAME edge.elsewhere.test.
old CNAME gone
a.deep A 192.0.2.2
long TXT {LONG}
sub NS ns.sub
ns.sub A 192.0.2.53
"""


@pytest.fixture(scope="module")
def zone():
    return ServedZone("shop.test", RECORDS)


@pytest.fixture(scope="module")
def server(zone):
    with Nameserver(zone) as running:
        yield running


def ask(server: Nameserver, name: str, rdtype: str, **how) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, **how)
    answer, _ = dns.query.udp_with_fallback(query, server.host, port=server.port, timeout=2)
    return answer


def types(section: list[dns.rrset.RRset]) -> list[str]:
    return [dns.rdatatype.to_text(rrset.rdtype) for rrset in section]


class TestAnswers:
    def test_a_record_is_answered_with_authority_and_recursion(self, server):
        answer = ask(server, "shop.test", "A")
        assert [str(record) for record in answer.answer[0]] == ["192.0.2.1"]
        assert answer.flags & dns.flags.AA
        assert answer.flags & dns.flags.RA

    def test_signatures_come_to_those_who_want_them(self, server):
        assert types(ask(server, "shop.test", "A").answer) == ["A"]
        assert types(ask(server, "shop.test", "A", want_dnssec=True).answer) == ["A", "RRSIG"]

    def test_an_alias_is_followed_within_the_zone(self, server):
        assert types(ask(server, "www.shop.test", "A").answer) == ["CNAME", "A"]

    def test_an_alias_out_of_the_zone_is_left_to_the_asker(self, server):
        answer = ask(server, "out.shop.test", "A")
        assert (types(answer.answer), answer.rcode()) == (["CNAME"], dns.rcode.NOERROR)

    def test_an_alias_to_nowhere_is_nxdomain(self, server):
        answer = ask(server, "old.shop.test", "A")
        assert (types(answer.answer), answer.rcode()) == (["CNAME"], dns.rcode.NXDOMAIN)

    def test_a_name_without_the_type_is_no_data(self, server):
        answer = ask(server, "shop.test", "CAA")
        assert (answer.answer, types(answer.authority), answer.rcode()) == ([], ["SOA"], dns.rcode.NOERROR)

    def test_a_name_that_only_has_names_below_exists(self, server):
        assert ask(server, "deep.shop.test", "A").rcode() == dns.rcode.NOERROR

    def test_a_name_that_is_not_there_is_denied_with_proof(self, server):
        answer = ask(server, "nowhere.shop.test", "A", want_dnssec=True)
        assert answer.rcode() == dns.rcode.NXDOMAIN
        assert types(answer.authority) == ["SOA", "RRSIG", "NSEC", "RRSIG", "NSEC", "RRSIG"]

    def test_a_delegation_is_referred(self, server):
        answer = ask(server, "www.sub.shop.test", "A")
        assert (answer.answer, types(answer.authority)) == ([], ["NS"])
        assert not answer.flags & dns.flags.AA

    def test_the_parent_says_that_a_child_has_no_ds_record(self, server):
        answer = ask(server, "sub.shop.test", "DS", want_dnssec=True)
        assert (answer.answer, types(answer.authority)) == ([], ["SOA", "RRSIG", "NSEC", "RRSIG"])

    def test_other_zones_are_refused(self, server):
        assert ask(server, "other.test", "A").rcode() == dns.rcode.REFUSED

    def test_what_is_too_long_for_a_datagram_comes_over_tcp(self, server):
        query = dns.message.make_query("long.shop.test", "TXT", use_edns=0, payload=1232)
        cut = dns.query.udp(query, server.host, port=server.port, timeout=2)
        assert cut.flags & dns.flags.TC
        assert len(dns.query.tcp(query, server.host, port=server.port, timeout=2).answer) == 1

    def test_what_is_no_query_gets_no_answer(self, server):
        assert server.respond(b"garbage", largest=512) is None
        assert (
            server.respond(dns.message.make_response(dns.message.make_query("a", "A")).to_wire(), largest=512) is None
        )

    @given(st.binary(max_size=100))
    def test_no_bytes_break_it(self, wire):
        Nameserver().respond(wire, largest=512)

    def test_it_keeps_what_it_was_asked(self, zone):
        with Nameserver(zone) as server:
            ask(server, "shop.test", "CAA")
        assert server.queries == [("shop.test", "CAA")]


class TestSigning:
    def test_the_signatures_verify_against_the_trust_anchor(self, server, zone):
        keys = ask(server, "shop.test", "DNSKEY", want_dnssec=True).answer
        dns.dnssec.validate(keys[0], keys[1], {zone.apex: keys[0]})
        assert zone.trust_anchor == f"shop.test. DS {dns.dnssec.make_ds(zone.apex, keys[0][0], 'SHA256')}"
        assert server.trust_anchors == f"{zone.trust_anchor}\n"

    def test_it_may_have_been_signed_long_ago(self):
        long_ago = datetime.now(UTC) - timedelta(days=60)
        with Nameserver(ServedZone("shop.test", RECORDS, signed_at=long_ago)) as server:
            (expiration,) = {rrsig.expiration for rrsig in ask(server, "shop.test", "A", want_dnssec=True).answer[1]}
        assert expiration == int((long_ago + timedelta(days=14)).timestamp())

    def test_it_may_be_unsigned(self):
        with Nameserver(ServedZone("shop.test", RECORDS, signed=False)) as server:
            assert types(ask(server, "shop.test", "A", want_dnssec=True).answer) == ["A"]
            assert server.trust_anchors == ""


class TestLifetime:
    def test_resolve_leads_every_nameserver_of_its_zones_here(self, server):
        assert server.resolve == {"ns1.shop.test:53": server.address, "ns2.shop.test:53": server.address}

    def test_a_fault_may_change_or_swallow_answers(self, zone):
        def swallow(query: dns.message.Message, answer: dns.message.Message) -> dns.message.Message | None:
            return None if query.question[0].name == dns.name.from_text("shop.test") else answer

        with Nameserver(zone, fault=swallow) as server:
            assert types(ask(server, "ns1.shop.test", "A").answer) == ["A"]
            with pytest.raises(dns.exception.Timeout):
                dns.query.udp(dns.message.make_query("shop.test", "A"), server.host, port=server.port, timeout=0.1)

    def test_nothing_is_left_of_it_when_it_is_over(self, zone):
        with Nameserver(zone) as server:
            thread = server._thread
            assert thread in threading.enumerate()
        assert thread not in threading.enumerate()
        with socket.socket() as probe:
            assert probe.connect_ex((server.host, server.port)) != 0

    def test_a_place_that_cannot_be_had_is_an_error(self, zone):
        with pytest.raises(OSError), Nameserver(zone, host="192.0.2.1"):
            pass
