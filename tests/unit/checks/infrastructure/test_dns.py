"""The checks of infrastructure/dns on plain data: the name, its nameservers, its aliases, its issuers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_readiness.checks.infrastructure import dns as checks
from pytest_readiness.model.dns import (
    Caa,
    CaaRecord,
    Dns,
    Lookup,
    Nameserver,
    Nameservers,
    ServerAnswer,
    Tenancy,
)
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.model.http import Cause, Exchange, Silence
from pytest_readiness.model.scales import Severity

V4 = Lookup("shop.example", "A", records=("192.0.2.1",), ttl=300)
V6 = Lookup("shop.example", "AAAA", records=("2001:db8::1",), ttl=300)
ISSUE = CaaRecord(critical=False, tag="issue", value="ca.example")
GOOD = Dns("shop.example", V4, V6, caa=Caa("shop.example", (ISSUE,)))


def findings(check, *evidence) -> list[tuple[str, str, Severity | None]]:
    """Return summary, place and severity of what ``check`` finds."""
    return [
        (finding.summary, finding.where, finding.severity)
        for finding in check(*evidence)
        if isinstance(finding, Finding)
    ]


def measures(check, *evidence) -> dict[str, object]:
    return {said.name: said.value for said in check(*evidence) if isinstance(said, Measure)}


def empty(rdtype: str, rcode: str = "NOERROR", silence: str = "") -> Lookup:
    return Lookup("shop.example", rdtype, rcode, silence=silence)


class TestResolves:
    def test_a_name_with_both_families_passes(self):
        assert findings(checks.resolves, GOOD) == []
        assert measures(checks.resolves, GOOD) == {"ipv4_addresses": 1, "ipv6_addresses": 1}

    def test_no_ipv6_is_a_low_finding(self):
        assert findings(checks.resolves, replace(GOOD, v6=empty("AAAA"))) == [
            ("no IPv6 address", "shop.example", Severity.LOW)
        ]

    def test_no_ipv4_keeps_visitors_out(self):
        assert findings(checks.resolves, replace(GOOD, v4=empty("A"))) == [
            ("no IPv4 address: visitors without IPv6 cannot come", "shop.example", None)
        ]

    def test_a_name_that_does_not_exist_is_told(self):
        gone = replace(GOOD, v4=empty("A", "NXDOMAIN"), v6=empty("AAAA", "NXDOMAIN"))
        assert findings(checks.resolves, gone) == [("the name does not exist", "shop.example", None)]

    def test_a_name_without_any_address_is_told(self):
        bare = replace(GOOD, v4=empty("A"), v6=empty("AAAA"))
        assert findings(checks.resolves, bare) == [("the name leads to no address", "shop.example", None)]

    def test_a_dangling_chain_leads_to_no_address(self):
        gone = replace(GOOD, v4=empty("A", "NXDOMAIN"), v6=empty("AAAA", "NXDOMAIN"), chain=("old.example",))
        assert findings(checks.resolves, gone) == [("the name leads to no address", "shop.example", None)]

    def test_a_circle_leads_to_no_address(self):
        circle = replace(GOOD, v4=empty("A"), v6=empty("AAAA"), chain=("a.example",), endless=True)
        assert findings(checks.resolves, circle) == [("its CNAME records lead to no address", "shop.example", None)]

    def test_servfail_is_what_visitors_get_too(self):
        failing = replace(GOOD, v4=empty("A", "SERVFAIL"), v6=empty("AAAA", "SERVFAIL"))
        assert [summary for summary, _, _ in findings(checks.resolves, failing)] == [
            "resolvers fail to look up its A records",
            "resolvers fail to look up its AAAA records",
        ]

    def test_a_resolver_that_refuses_us_proves_nothing(self):
        with pytest.raises(Unverified, match=r"A of shop\.example: REFUSED") as caught:
            findings(checks.resolves, replace(GOOD, v4=empty("A", "REFUSED")))
        assert "nameservers" in caught.value.fix

    def test_half_an_answer_is_no_pass(self):
        with pytest.raises(Unverified, match="did not answer"):
            findings(checks.resolves, replace(GOOD, v6=empty("AAAA", "", silence="it did not answer")))


SOA = Lookup("shop.example", "SOA", records=("ns1. hostmaster. 7 1 1 1 1",), ttl=300)


def answer(address: str = "192.0.2.53", serial: int | None = 7, v4: Lookup = V4, v6: Lookup = V6) -> ServerAnswer:
    return ServerAnswer(address, SOA, authoritative=True, serial=serial, v4=v4, v6=v6)


def servers(*answers: ServerAnswer, unasked: int = 0) -> Nameservers:
    named = tuple(Nameserver(f"ns{number}.example", (each,)) for number, each in enumerate(answers, start=1))
    return Nameservers("shop.example", named, unasked)


class TestNameserversAgree:
    def test_two_servers_that_say_the_same_pass(self):
        assert findings(checks.nameservers_agree, servers(answer(), answer("192.0.2.54"))) == []
        assert measures(checks.nameservers_agree, servers(answer(), answer("192.0.2.54"))) == {
            "nameservers": 2,
            "nameserver_addresses_answering": 2,
        }

    def test_servers_may_share_several_addresses(self):
        both = replace(V4, records=("192.0.2.1", "192.0.2.2"))
        assert findings(checks.nameservers_agree, servers(answer(v4=both), answer(v4=both))) == []

    def test_a_single_server_is_too_few(self):
        assert findings(checks.nameservers_agree, servers(answer())) == [
            ("a single nameserver: when it is away, so is the service", "shop.example", None)
        ]

    @pytest.mark.parametrize(
        ("faulty", "summary", "measured"),
        [
            pytest.param(
                ServerAnswer("192.0.2.54", Lookup("shop.example", "SOA", "", silence="nothing listens there")),
                "silent nameserver",
                "nothing listens there",
                id="silent",
            ),
            pytest.param(
                ServerAnswer("192.0.2.54", Lookup("shop.example", "SOA", "REFUSED")),
                "nameserver refuses to answer for shop.example",
                "REFUSED",
                id="refused",
            ),
            pytest.param(
                ServerAnswer("192.0.2.54", Lookup("shop.example", "SOA", "SERVFAIL")),
                "lame nameserver: no authority for shop.example",
                "SERVFAIL",
                id="lame: it cannot load the zone",
            ),
            pytest.param(
                ServerAnswer("192.0.2.54", SOA, authoritative=False, serial=7),
                "lame nameserver: no authority for shop.example",
                "no authority",
                id="lame: it asks others",
            ),
            pytest.param(
                ServerAnswer("192.0.2.54", Lookup("shop.example", "SOA"), authoritative=True),
                "lame nameserver: no authority for shop.example",
                "no SOA record",
                id="lame: it refers upwards",
            ),
        ],
    )
    def test_a_server_that_says_nothing_is_named_with_its_cause(self, faulty, summary, measured):
        found = [f for f in checks.nameservers_agree(servers(answer(), faulty)) if isinstance(f, Finding)]
        assert [(f.summary, f.where, f.measured) for f in found] == [(summary, "ns2.example (192.0.2.54)", measured)]

    def test_a_server_with_an_older_serial_is_stale(self):
        found = [f for f in checks.nameservers_agree(servers(answer(), answer(serial=6))) if isinstance(f, Finding)]
        assert [(f.summary, f.where, f.measured) for f in found] == [
            (
                "stale nameserver: it serves an older version of the zone",
                "ns2.example (192.0.2.53)",
                "serial 6, newest 7",
            )
        ]

    def test_serials_are_compared_in_their_circle(self):
        stale = servers(answer(serial=2**32 - 1), answer(serial=1))
        assert [where for _, where, _ in findings(checks.nameservers_agree, stale)] == ["ns1.example (192.0.2.53)"]

    def test_a_server_without_the_addresses_of_the_others_is_told(self):
        outcome = findings(
            checks.nameservers_agree, servers(answer(), answer(), answer(v4=empty("A"), v6=empty("AAAA")))
        )
        assert outcome == [("nameserver gives other addresses, with the same serial", "ns3.example (192.0.2.53)", None)]

    def test_different_addresses_may_be_meant(self):
        other = replace(V4, records=("192.0.2.2",))
        outcome = findings(checks.nameservers_agree, servers(answer(), answer(), answer(v4=other)))
        assert [severity for _, _, severity in outcome] == [Severity.MEDIUM]

    def test_a_server_that_fails_for_the_name_only_is_told(self):
        outcome = findings(checks.nameservers_agree, servers(answer(), answer(v6=empty("AAAA", "SERVFAIL"))))
        assert outcome == [
            ("nameserver does not answer for the AAAA records of shop.example", "ns2.example (192.0.2.53)", None)
        ]

    def test_a_server_without_an_address_is_told(self):
        both = (Nameserver("ns1.example", (answer(),)), Nameserver("ns2.example", unresolved="the name does not exist"))
        assert findings(checks.nameservers_agree, Nameservers("shop.example", both)) == [
            ("nameserver without an address", "ns2.example", None)
        ]

    def test_more_servers_than_resolvers_try_is_a_low_finding(self):
        outcome = findings(checks.nameservers_agree, servers(*[answer()] * 13, unasked=2))
        assert outcome == [("15 nameservers, more than resolvers try", "shop.example", Severity.LOW)]

    def test_an_address_that_this_machine_has_no_route_to_is_not_judged(self):
        away = ServerAnswer("2001:db8::53", Lookup("shop.example", "SOA", "", silence="no route"), no_route=True)
        both = tuple(Nameserver(name, (answer(), away)) for name in ("ns1.example", "ns2.example"))
        assert findings(checks.nameservers_agree, Nameservers("shop.example", both)) == []

    def test_silence_of_all_of_them_is_more_likely_a_network_that_blocks_us(self):
        silent = ServerAnswer("192.0.2.53", Lookup("shop.example", "SOA", "", silence="it did not answer"))
        with pytest.raises(Unverified, match="none of the nameservers answered this machine: it did not") as caught:
            findings(checks.nameservers_agree, servers(silent, silent))
        assert "port 53" in caught.value.fix

    def test_answers_without_authority_from_all_of_them_are_a_proxys(self):
        proxied = ServerAnswer("192.0.2.53", SOA, authoritative=False, serial=7)
        with pytest.raises(Unverified, match="something on the way answers"):
            findings(checks.nameservers_agree, servers(proxied, proxied))

    def test_refusals_from_all_of_them_are_theirs(self):
        refusing = ServerAnswer("192.0.2.53", Lookup("shop.example", "SOA", "REFUSED"))
        assert len(findings(checks.nameservers_agree, servers(refusing, refusing))) == 2

    def test_a_server_with_no_address_that_could_be_asked_is_no_pass(self):
        away = ServerAnswer("2001:db8::53", Lookup("shop.example", "SOA", "", silence="no route"), no_route=True)
        with pytest.raises(Unverified, match=r"no route to ns3\.example"):
            findings(checks.nameservers_agree, servers(answer(), answer(), away))


class TestNoDanglingNames:
    def test_a_name_without_aliases_passes(self):
        assert findings(checks.no_dangling_names, GOOD, Tenancy()) == []

    def test_a_chain_that_ends_in_an_address_passes(self):
        assert findings(checks.no_dangling_names, replace(GOOD, chain=("lb.example",)), Tenancy()) == []

    def test_a_chain_that_ends_nowhere_is_told(self):
        gone = replace(GOOD, v4=empty("A", "NXDOMAIN"), v6=empty("AAAA", "NXDOMAIN"), chain=("lb.gone.example",))
        found = [f for f in checks.no_dangling_names(gone, Tenancy()) if isinstance(f, Finding)]
        assert [(f.summary, f.measured, f.severity) for f in found] == [
            ("dangling CNAME: lb.gone.example does not exist", "shop.example → lb.gone.example", None)
        ]

    def test_at_a_service_where_others_may_claim_the_name_it_is_critical(self):
        gone = replace(GOOD, v4=empty("A", "NXDOMAIN"), v6=empty("AAAA", "NXDOMAIN"), chain=("s.azurewebsites.net",))
        assert findings(checks.no_dangling_names, gone, Tenancy()) == [
            (
                "dangling CNAME: s.azurewebsites.net does not exist; at Microsoft Azure others may claim it",
                "shop.example",
                Severity.CRITICAL,
            )
        ]

    def test_a_chain_that_ends_without_an_address_is_told(self):
        bare = replace(GOOD, v4=empty("A"), v6=empty("AAAA"), chain=("lb.example",))
        assert findings(checks.no_dangling_names, bare, Tenancy()) == [
            ("dangling CNAME: lb.example has no address", "shop.example", None)
        ]

    def test_a_circle_is_told(self):
        circle = replace(GOOD, v4=empty("A"), v6=empty("AAAA"), chain=("a.example", "shop.example"), endless=True)
        assert findings(checks.no_dangling_names, circle, Tenancy()) == [
            ("CNAME records go round in a circle", "shop.example", None)
        ]

    def test_a_service_that_knows_nobody_by_the_name_is_critical(self):
        at = replace(GOOD, chain=("shop.github.io",))
        unclaimed = Exchange("GET", "https://shop.example", 404, body=b"<p>There isn't a GitHub Pages site here.</p>")
        assert findings(checks.no_dangling_names, at, Tenancy("GitHub Pages", "shop.github.io", unclaimed)) == [
            ("GitHub Pages knows nobody who has claimed the name: others may", "shop.example", Severity.CRITICAL)
        ]

    def test_a_service_that_serves_the_name_passes(self):
        at = replace(GOOD, chain=("shop.github.io",))
        served = Exchange("GET", "https://shop.example", 200, body=b"<h1>Shop</h1>")
        assert findings(checks.no_dangling_names, at, Tenancy("GitHub Pages", "shop.github.io", served)) == []

    def test_a_service_that_is_silent_proves_nothing(self):
        silence = Silence("GET", "https://shop.example", Cause.TIMED_OUT)
        with pytest.raises(Unverified, match="whether GitHub Pages knows the name could not be seen: timed out"):
            findings(
                checks.no_dangling_names,
                replace(GOOD, chain=("shop.github.io",)),
                Tenancy("GitHub Pages", "shop.github.io", silence),
            )

    @pytest.mark.parametrize("chain", [(), ("lb.elsewhere.example",)])
    def test_a_resolver_that_refuses_proves_nothing(self, chain):
        refused = replace(GOOD, v4=empty("A", "REFUSED"), v6=empty("AAAA", "REFUSED"), chain=chain)
        with pytest.raises(Unverified, match="REFUSED"):
            findings(checks.no_dangling_names, refused, Tenancy())


class TestCaa:
    def caa(self, *records: CaaRecord, failures: tuple[Lookup, ...] = ()) -> Dns:
        return replace(GOOD, caa=Caa("shop.example" if records else None, records, failures))

    def test_an_issuer_that_is_named_passes(self):
        assert findings(checks.caa, self.caa(ISSUE)) == []
        assert measures(checks.caa, self.caa(ISSUE)) == {"caa_issuers": "ca.example"}

    @pytest.mark.parametrize(
        ("records", "summary", "severity"),
        [
            ((), "no CAA record: every authority may issue certificates for the name", None),
            (
                (CaaRecord(False, "iodef", "mailto:security@shop.example"),),
                "CAA records, but none says who may issue for the name",
                None,
            ),
            (
                (CaaRecord(False, "issue", ";"),),
                "CAA forbids every authority to issue: the next certificate renewal will be refused",
                Severity.HIGH,
            ),
            (
                (ISSUE, CaaRecord(True, "future", "x")),
                "critical CAA property that no authority knows: the next certificate renewal will be refused",
                Severity.HIGH,
            ),
            ((CaaRecord(False, "issue", "%%%"),), "CAA record that no authority can read", Severity.HIGH),
            ((ISSUE, CaaRecord(False, "issue", "%%%")), "CAA record that no authority can read", None),
        ],
    )
    def test_what_is_wrong_is_named(self, records, summary, severity):
        assert findings(checks.caa, self.caa(*records)) == [(summary, "shop.example", severity)]

    def test_a_lookup_that_fails_stops_the_next_renewal(self):
        failing = self.caa(failures=(Lookup("shop.example", "CAA", "SERVFAIL"),))
        assert findings(checks.caa, failing) == [
            ("CAA lookup fails: the next certificate renewal will be refused", "shop.example", Severity.HIGH)
        ]

    def test_it_is_a_low_check(self):
        assert checks.caa.severity is Severity.LOW
