"""The probes of the target's name, against the demo's nameserver: what becomes evidence, and what fails."""

from __future__ import annotations

import pickle

import dns.message
import dns.rcode
import pytest

from pytest_readiness.demo.nameserver import Nameserver
from pytest_readiness.demo.zone import ServedZone
from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.dns import Resolver
from pytest_readiness.model.dns import Caa, CaaRecord, MailHost, Trust, Zone
from pytest_readiness.model.exceptions import BudgetSpent, DeadlinePassed, NotApplicable, Unverified
from pytest_readiness.model.http import Exchange
from pytest_readiness.model.targets import Budget, Target
from pytest_readiness.probes.dns import MOST_SERVERS, lookups, nameservers, tenancy, zone
from pytest_readiness.probes.dnssec import validation
from pytest_readiness.probes.mail import mail

HEAD = """
@ SOA ns1 hostmaster 7 3600 600 86400 300
@ NS ns1
@ NS ns2
ns1 A 127.0.0.1
ns2 A 127.0.0.1
"""
SHOP = ServedZone(
    "shop.test",
    HEAD
    + """
@ A 192.0.2.1
@ AAAA 2001:db8::1
@ CAA 0 issue "ca.example"
@ CAA 128 Future "x"
@ MX 20 backup
@ MX 10 mail
mail A 192.0.2.25
@ TXT "v=spf1 include:_spf.shop.test " "-all"
@ TXT "something else"
_spf TXT "v=spf1 ip4:192.0.2.0/24 -all"
_dmarc TXT "v=DMARC1; p=reject"
www CNAME pages.github.io.
eu.sub A 192.0.2.3
round CNAME trip
trip CNAME round
""",
)
GITHUB = ServedZone("github.io", HEAD + "pages A 198.51.100.9", signed=False)


@pytest.fixture(scope="module")
def server():
    with Nameserver(SHOP, GITHUB) as running:
        yield running


class Asked:
    """A target and a resolver for it."""

    def __init__(self, server: Nameserver, host: str = "shop.test", *, requests: int = 500, **changes) -> None:
        budget = Budget(requests_per_second=10_000, requests=requests)
        given = {"nameservers": (server.address,), "resolve": server.resolve} | changes
        self.target = Target("shop", f"https://{host}", budget=budget, **given)
        self.resolver = Resolver(self.target, Allowance("shop", budget), timeout=0.3)

    async def zone(self) -> Zone:
        return await zone(self.target, self.resolver)

    async def dns(self):
        return await lookups(self.target, self.resolver, await self.zone())

    async def nameservers(self):
        return await nameservers(self.target, self.resolver, await self.zone())

    async def dnssec(self):
        return await validation(self.target, self.resolver, await self.zone(), await self.dns())


class TestZone:
    @pytest.mark.parametrize("host", ["shop.test", "www.shop.test", "eu.sub.shop.test", "nowhere.shop.test"])
    async def test_it_is_the_nearest_name_with_an_soa_record(self, server, host):
        assert await Asked(server, host).zone() == Zone(host, "shop.test")

    async def test_a_private_top_level_zone_may_hold_the_name(self):
        with Nameserver(ServedZone("internal", HEAD)) as private:
            assert await Asked(private, "shop.internal").zone() == Zone("shop.internal", "internal")

    async def test_a_public_domain_that_only_its_top_level_holds_is_not_delegated(self):
        with Nameserver(ServedZone("com", HEAD)) as registry:
            assert await Asked(registry, "unregistered.com").zone() == Zone("unregistered.com", None)

    @pytest.mark.parametrize("host", ["192.0.2.1", "[2001:db8::1]", "localhost", "shop.localhost"])
    async def test_what_is_no_name_of_the_dns_is_not_applicable(self, server, host):
        with pytest.raises(NotApplicable):
            await Asked(server, host).zone()

    @pytest.mark.parametrize("host", ["shop.internal", "db"])
    async def test_a_name_that_public_dns_does_not_hold_needs_its_resolver(self, server, host):
        with pytest.raises(Unverified, match=f"know no zone that holds {host}") as caught:
            await Asked(server, host).zone()
        assert "nameservers" in caught.value.fix

    async def test_silence_is_no_zone(self):
        with Nameserver(SHOP, fault=lambda *_: None) as silent, pytest.raises(DeadlinePassed):
            await Asked(silent).zone()


class TestDns:
    async def test_addresses_and_issuers_are_plain_data(self, server):
        found = await Asked(server).dns()
        assert (found.v4.records, found.v6.records, found.v4.ttl) == (("192.0.2.1",), ("2001:db8::1",), 300)
        assert found.caa.found_at == "shop.test"
        assert set(found.caa.records) == {CaaRecord(False, "issue", "ca.example"), CaaRecord(True, "future", "x")}
        assert pickle.loads(pickle.dumps(found)) == found

    async def test_issuers_are_looked_for_upwards(self, server):
        assert (await Asked(server, "eu.sub.shop.test").dns()).caa.found_at == "shop.test"

    async def test_the_chain_is_told_to_its_end(self, server):
        found = await Asked(server, "www.shop.test").dns()
        assert (found.chain, found.v4.name, found.v4.records) == (
            ("pages.github.io",),
            "pages.github.io",
            ("198.51.100.9",),
        )

    async def test_a_circle_is_told(self, server):
        assert (await Asked(server, "round.shop.test").dns()).endless

    async def test_a_caa_lookup_that_fails_is_evidence(self):
        def fail(query: dns.message.Message, answer: dns.message.Message) -> dns.message.Message:
            if query.question[0].rdtype == dns.rdatatype.CAA:
                answer.answer.clear()
                answer.set_rcode(dns.rcode.SERVFAIL)
            return answer

        with Nameserver(SHOP, fault=fail) as failing:
            found = await Asked(failing).dns()
        assert [(failure.name, failure.rcode) for failure in found.caa.failures] == [("shop.test", "SERVFAIL")]
        assert found.caa == Caa(failures=found.caa.failures)

    async def test_a_spent_budget_is_nobodys_fault(self, server):
        with pytest.raises(BudgetSpent):
            await Asked(server, requests=3).dns()


class TestNameservers:
    async def test_each_server_is_asked_for_itself(self, server):
        found = await Asked(server).nameservers()
        assert [one.name for one in found.servers] == ["ns1.shop.test", "ns2.shop.test"]
        answers = [answer for one in found.servers for answer in one.answers]
        assert [(a.authoritative, a.serial, a.v4.records, a.v6.records) for a in answers] == [
            (True, 7, ("192.0.2.1",), ("2001:db8::1",))
        ] * 2

    async def test_an_alias_counts_as_what_the_server_says(self, server):
        found = await Asked(server, "www.shop.test").nameservers()
        assert found.servers[0].answers[0].v4.records == ("CNAME pages.github.io",)

    async def test_servers_beyond_those_that_resolvers_try_are_counted(self):
        many = HEAD + "".join(f"@ NS x{number}\n" for number in range(20))
        with Nameserver(ServedZone("shop.test", many)) as crowded:
            found = await Asked(crowded).nameservers()
        assert (len(found.servers), found.unasked) == (MOST_SERVERS, 22 - MOST_SERVERS)

    async def test_a_server_without_an_address_says_why(self):
        with Nameserver(ServedZone("shop.test", HEAD + "@ NS nowhere\n")) as lacking:
            resolve = {"ns1.shop.test:53": lacking.address, "ns2.shop.test:53": lacking.address}
            found = await Asked(lacking, resolve=resolve).nameservers()
        assert [(one.name, one.unresolved) for one in found.servers if one.unresolved] == [
            ("nowhere.shop.test", "the name does not exist")
        ]

    async def test_a_domain_that_is_not_delegated_has_none(self, server):
        asked = Asked(server)
        with pytest.raises(Unverified, match="not delegated"):
            await nameservers(asked.target, asked.resolver, Zone("shop.com", None))


class TestDnssec:
    async def test_the_chain_is_validated_down_to_the_addresses(self, server, tmp_path):
        (tmp_path / "anchors.txt").write_text(server.trust_anchors)
        found = await Asked(server, trust_anchor_file=str(tmp_path / "anchors.txt")).dnssec()
        assert (found.trust, found.anchor, found.zone) == (Trust.SECURE, "shop.test", "shop.test")
        assert {"shop.test A", "shop.test AAAA", "shop.test SOA", "shop.test NS"} <= {s.owner for s in found.signatures}

    async def test_an_alias_out_of_the_signed_zone_is_secure_as_far_as_it_goes(self, server, tmp_path):
        (tmp_path / "anchors.txt").write_text(server.trust_anchors)
        found = await Asked(server, "www.shop.test", trust_anchor_file=str(tmp_path / "anchors.txt")).dnssec()
        assert (found.trust, found.faults) == (Trust.SECURE, ())

    async def test_an_anchor_file_that_is_not_there_is_told(self, server, tmp_path):
        with pytest.raises(Unverified, match=r"absent\.txt cannot be read"):
            await Asked(server, trust_anchor_file=str(tmp_path / "absent.txt")).dnssec()


class TestMail:
    async def test_hosts_senders_and_policies_are_plain_data(self, server):
        asked = Asked(server)
        found = await mail(asked.resolver, await asked.zone())
        assert found.hosts == (
            MailHost(10, "mail.shop.test", ("192.0.2.25",)),
            MailHost(20, "backup.shop.test", trouble="the name does not exist"),
        )
        assert [(lookup.name, lookup.records) for lookup in found.spf] == [
            ("shop.test", ("v=spf1 include:_spf.shop.test -all",)),
            ("_spf.shop.test", ("v=spf1 ip4:192.0.2.0/24 -all",)),
        ]
        assert [(lookup.name, lookup.records, lookup.rcode) for lookup in found.dmarc] == [
            ("_dmarc.shop.test", ("v=DMARC1; p=reject",), "NOERROR"),
            ("_dmarc.test", (), "REFUSED"),
        ]
        assert pickle.loads(pickle.dumps(found)) == found


class TestTenancy:
    class Http:
        def __init__(self) -> None:
            self.fetched: list[str] = []

        async def fetch(self, url: str) -> Exchange:
            self.fetched.append(url)
            return Exchange("GET", url, 404)

    async def test_the_service_that_an_alias_leads_to_is_asked_once(self, server):
        asked, http = Asked(server, "www.shop.test"), self.Http()
        found = await tenancy(asked.target, http, await asked.dns())
        assert (found.service, found.alias, http.fetched) == (
            "GitHub Pages",
            "pages.github.io",
            ["https://www.shop.test"],
        )

    async def test_without_such_a_service_nothing_is_sent(self, server):
        asked, http = Asked(server), self.Http()
        assert (await tenancy(asked.target, http, await asked.dns())).service == ""
        assert http.fetched == []
