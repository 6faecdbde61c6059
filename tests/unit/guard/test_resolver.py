"""The resolver of the guard: whom it asks, what it believes, and that nobody can hold it up."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.demo.nameserver import Fault, Nameserver
from pytest_readiness.demo.zone import ServedZone
from pytest_readiness.guard import dns as guard
from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.dns import Resolver, endpoint, no_route
from pytest_readiness.model.exceptions import BudgetSpent, DeadlinePassed, Unreachable
from pytest_readiness.model.targets import Budget, Target

LONG = " ".join(f'"{letter * 250}"' for letter in "abcdefgh")
SHOP = f"""
@ SOA ns1 hostmaster 7 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
@ A 192.0.2.1
@ A 192.0.2.2
@ AAAA 2001:db8::1
www CNAME shop.test.
far CNAME edge.cdn.test.
old CNAME gone
one CNAME two
two CNAME one
bare TXT "nothing but text"
long TXT {LONG}
"""
CDN = """
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
edge A 198.51.100.7
"""
ZONES = (ServedZone("shop.test", SHOP), ServedZone("cdn.test", CDN, signed=False))


def allowance(requests: int = 100) -> Allowance:
    return Allowance("shop", Budget(requests_per_second=10_000, requests=requests))


def target(*nameservers: str, resolve: dict[str, str] | None = None) -> Target:
    return Target("shop", "https://shop.test", nameservers=nameservers, resolve=resolve or {})


def resolver(*nameservers: str, spend: Allowance | None = None, timeout: float = 2.0) -> Resolver:
    return Resolver(target(*nameservers), spend or allowance(), timeout=timeout)


@pytest.fixture(scope="module")
def server():
    with Nameserver(*ZONES) as running:
        yield running


@pytest.fixture(autouse=True)
def no_old_queries(server):
    server.queries.clear()


def texts(message: dns.message.Message) -> list[str]:
    return [record.to_text() for rrset in message.answer for record in rrset]


Reaction = Callable[[bytes, tuple, socket.socket], None]


@asynccontextmanager
async def by_hand(react: Reaction) -> AsyncIterator[str]:
    """A UDP server that does with each datagram what a test wants, on a thread that ends with it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        host, port = listener.getsockname()

        def serve() -> None:
            while True:
                data, peer = listener.recvfrom(4096)
                if data == b"end":
                    return
                react(data, peer, listener)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"{host}:{port}"
        finally:
            listener.sendto(b"end", (host, port))
            thread.join()


def right_answer(wire: bytes) -> bytes:
    return ZONES[0].answer(dns.message.from_wire(wire)).to_wire()


class TestAddresses:
    async def test_an_address_is_its_own_answer_and_sends_nothing(self):
        spent = allowance()
        asked = resolver("127.0.0.1:9", spend=spent)
        assert (await asked.addresses("192.0.2.7"), await asked.addresses("[::1]")) == (("192.0.2.7",), ("::1",))
        assert spent.total == 0

    async def test_the_nameservers_of_the_target_give_both_families(self, server):
        assert await resolver(server.address).addresses("shop.test") == ("192.0.2.1", "192.0.2.2", "2001:db8::1")

    async def test_cname_records_are_followed(self, server):
        assert await resolver(server.address).addresses("WWW.shop.test.") == ("192.0.2.1", "192.0.2.2", "2001:db8::1")

    async def test_a_chain_is_followed_past_a_server_that_knows_only_a_part(self, server):
        assert await resolver(server.address).addresses("far.shop.test") == ("198.51.100.7",)

    @pytest.mark.parametrize(
        ("host", "reason"),
        [
            ("nowhere.shop.test", "NXDOMAIN"),
            ("old.shop.test", "NXDOMAIN"),
            ("bare.shop.test", "it has no address"),
            ("elsewhere.example", "REFUSED"),
        ],
    )
    async def test_a_name_that_leads_nowhere_is_unreachable_and_says_why(self, server, host, reason):
        with pytest.raises(Unreachable, match=f"the name {host} was not resolved: {reason}"):
            await resolver(server.address).addresses(host)

    async def test_localhost_is_never_asked_of_a_nameserver(self, server):
        assert set(await resolver(server.address).addresses("localhost")) <= {"127.0.0.1", "::1"}
        assert server.queries == []

    async def test_without_nameservers_the_operating_system_resolves(self, monkeypatch):
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("192.0.2.9", 0)), (2, 1, 6, "", ("192.0.2.9", 0))]
        )
        spent = allowance()
        assert await resolver(spend=spent).addresses("shop.test") == ("192.0.2.9",)
        assert spent.sent["dns_queries"] == 1

    async def test_the_systems_refusal_is_told(self, monkeypatch):
        def refuse(*_, **__):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        with pytest.raises(Unreachable, match=r"shop\.test was not resolved: name or service not known"):
            await resolver().addresses("shop.test")

    async def test_a_system_lookup_that_hangs_is_left_behind(self, monkeypatch):
        """Its thread is a daemon: it keeps neither the run nor the process."""
        release, threads = threading.Event(), []

        def hang(*_, **__):
            threads.append(threading.current_thread())
            release.wait(10)
            return []

        monkeypatch.setattr(socket, "getaddrinfo", hang)
        monkeypatch.setattr(guard, "SYSTEM_LOOKUP", 0.05)
        try:
            with pytest.raises(DeadlinePassed, match=r"did not resolve shop\.test within"):
                await resolver().addresses("shop.test")
            assert [thread.daemon for thread in threads] == [True]
        finally:
            release.set()
            for thread in threads:
                thread.join()


class TestFollow:
    async def test_it_tells_each_name_on_the_way(self, server):
        found = await resolver(server.address).follow("far.shop.test", "A")
        assert (found.names, texts(found.answer), found.endless) == (("edge.cdn.test",), ["198.51.100.7"], False)

    async def test_a_circle_is_given_up(self, server):
        found = await resolver(server.address).follow("one.shop.test", "A")
        assert (found.names, found.endless) == (("two.shop.test", "one.shop.test"), True)

    async def test_a_dead_end_keeps_its_rcode(self, server):
        found = await resolver(server.address).follow("old.shop.test", "A")
        assert (found.names, found.answer.rcode()) == (("gone.shop.test",), dns.rcode.NXDOMAIN)


class TestAsk:
    async def test_many_askers_share_one_query(self, server):
        spent = allowance()
        asked = resolver(server.address, spend=spent)
        answers = await asyncio.gather(*(asked.ask(name, "A") for name in ("shop.test", "SHOP.test.", "shop.test")))
        assert [len(texts(answer)) for answer in answers] == [2, 2, 2]
        assert (server.queries, spent.sent["dns_queries"]) == ([("shop.test", "A")], 1)

    async def test_an_asker_that_gives_up_takes_nobody_along(self, server):
        asked = resolver(server.address)
        first = asyncio.create_task(asked.ask("shop.test", "A"))
        second = asyncio.create_task(asked.ask("shop.test", "A"))
        await asyncio.sleep(0)
        first.cancel()
        assert len(texts(await second)) == 2

    async def test_an_answer_that_was_cut_is_fetched_over_tcp(self, server):
        assert len(texts(await resolver(server.address).ask("long.shop.test", "TXT"))[0]) > 2000

    async def test_an_answer_that_was_cut_and_cannot_be_had_is_unreachable(self):
        def cut(data, peer, listener):
            answer = dns.message.make_response(dns.message.from_wire(data))
            answer.flags |= dns.flags.TC
            listener.sendto(answer.to_wire(), peer)

        async with by_hand(cut) as address:
            with pytest.raises(Unreachable, match="nothing listens there"):
                await resolver(address).ask("shop.test", "A")

    async def test_a_server_from_before_edns_is_asked_without(self):
        def formerr(query: dns.message.Message, answer: dns.message.Message) -> dns.message.Message:
            if query.edns < 0:
                return answer
            refusal = dns.message.make_response(query)
            refusal.use_edns(False)
            refusal.set_rcode(dns.rcode.FORMERR)
            return refusal

        with Nameserver(*ZONES, fault=formerr) as old:
            assert len(texts(await resolver(old.address).ask("shop.test", "A"))) == 2

    async def test_resolvers_are_asked_to_recurse_and_with_dnssec_not_to_check(self):
        seen: list[tuple[bool, bool, bool]] = []

        def note(query: dns.message.Message, answer: dns.message.Message) -> dns.message.Message:
            flags = query.flags
            do = bool(query.ednsflags & dns.flags.DO)
            seen.append((bool(flags & dns.flags.RD), bool(flags & dns.flags.CD), do))
            return answer

        with Nameserver(*ZONES, fault=note) as noted:
            asked = resolver(noted.address)
            await asked.ask("shop.test", "A")
            await asked.ask("shop.test", "A", dnssec=True)
        assert seen == [(True, False, False), (True, True, True)]

    async def test_an_authoritative_server_is_asked_where_resolve_leads_and_without_recursion(self):
        seen: list[bool] = []

        def note(query: dns.message.Message, answer: dns.message.Message) -> dns.message.Message:
            seen.append(bool(query.flags & dns.flags.RD))
            return answer

        with Nameserver(*ZONES, fault=note) as noted:
            asked = Resolver(target(resolve=noted.resolve), allowance())
            answer = await asked.ask("shop.test", "A", server=("ns1.shop.test", "203.0.113.1"))
        assert (len(texts(answer)), seen) == (2, [False])

    async def test_a_silent_server_is_asked_twice_and_then_given_up(self):
        spent = allowance()
        with (
            Nameserver(*ZONES, fault=lambda *_: None) as silent,
            pytest.raises(DeadlinePassed, match=r"did not answer within 0\.1 s"),
        ):
            await resolver(silent.address, spend=spent, timeout=0.1).ask("shop.test", "A")
        assert spent.sent["dns_queries"] == 2

    async def test_a_datagram_that_was_lost_is_sent_again(self, server):
        lost: list[object] = []

        def lose_first(_: dns.message.Message, answer: dns.message.Message) -> dns.message.Message | None:
            lost.append(answer)
            return None if len(lost) == 1 else answer

        with Nameserver(*ZONES, fault=lose_first) as lossy:
            assert len(texts(await resolver(lossy.address, timeout=0.2).ask("shop.test", "A"))) == 2

    @pytest.mark.parametrize("rcode", ["REFUSED", "SERVFAIL"])
    async def test_the_next_resolver_is_asked_where_the_first_does_not_help(self, server, rcode):
        with Nameserver(*ZONES, fault=saying(rcode)) as unhelpful:
            assert len(texts(await resolver(unhelpful.address, server.address).ask("shop.test", "A"))) == 2

    async def test_the_refusal_is_the_answer_where_nobody_helps(self):
        with Nameserver(*ZONES, fault=saying("REFUSED")) as unhelpful:
            answer = await resolver(unhelpful.address).ask("shop.test", "A")
        assert answer.rcode() == dns.rcode.REFUSED

    async def test_the_next_resolver_is_asked_where_the_first_is_away(self, server):
        assert len(texts(await resolver("127.0.0.1:9", server.address).ask("shop.test", "A"))) == 2

    async def test_garbage_and_answers_to_other_questions_are_passed_over(self):
        def confuse(data, peer, listener):
            query = dns.message.from_wire(data)
            other = dns.message.make_query("other.test", "A", id=query.id)
            guessed = dns.message.make_query("shop.test", "A", id=(query.id + 1) % 65536)
            for noise in (
                b"",
                b"\x00",
                b"\xff" * 600,
                data,
                right_answer(other.to_wire()),
                right_answer(guessed.to_wire()),
            ):
                listener.sendto(noise, peer)
            listener.sendto(right_answer(data), peer)

        async with by_hand(confuse) as address:
            assert len(texts(await resolver(address).ask("shop.test", "A"))) == 2

    async def test_an_answer_from_another_address_is_not_heard(self):
        def forge(data, peer, listener):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                forged = dns.message.make_response(dns.message.from_wire(data))
                forged.set_rcode(dns.rcode.NXDOMAIN)
                stranger.sendto(forged.to_wire(), peer)
            listener.sendto(right_answer(data), peer)

        async with by_hand(forge) as address:
            answer = await resolver(address).ask("shop.test", "A")
        assert answer.rcode() == dns.rcode.NOERROR

    async def test_nothing_is_sent_beyond_the_budget(self, server):
        asked = resolver(server.address, spend=allowance(requests=1))
        await asked.ask("shop.test", "A")
        with pytest.raises(BudgetSpent):
            await asked.ask("shop.test", "AAAA")
        assert server.queries == [("shop.test", "A")]

    async def test_a_machine_without_resolvers_is_told_what_to_configure(self, tmp_path):
        asked = Resolver(target(), allowance(), resolv_conf=str(tmp_path / "absent"))
        with pytest.raises(Unreachable, match="names no resolver") as caught:
            await asked.ask("shop.test", "A")
        assert caught.value.fix == '[targets.shop] nameservers = ["9.9.9.9"]'

    async def test_the_systems_resolvers_are_read_from_resolv_conf(self, tmp_path, server, monkeypatch):
        (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        asked = Resolver(target(), allowance(), resolv_conf=str(tmp_path / "resolv.conf"))
        assert asked._resolvers() == (("127.0.0.1", 53),)

    @pytest.mark.parametrize("name", ["a..test", "x" * 64 + ".test", ".".join(["long"] * 70)])
    async def test_what_is_no_name_is_unreachable(self, server, name):
        with pytest.raises(Unreachable, match="is no domain name"):
            await resolver(server.address).ask(name, "A")


def saying(rcode: str) -> Fault:
    def fault(query: dns.message.Message, _: dns.message.Message) -> dns.message.Message:
        refusal = dns.message.make_response(query)
        refusal.set_rcode(dns.rcode.from_text(rcode))
        return refusal

    return fault


class TestNoRoute:
    async def test_a_missing_route_is_told_from_a_closed_port(self):
        closed = Unreachable("closed")
        closed.__cause__ = ConnectionRefusedError(111, "refused")
        away = Unreachable("away")
        away.__cause__ = OSError(101, "Network is unreachable")
        assert (no_route(closed), no_route(away), no_route(Unreachable("no cause"))) == (False, True, False)


class TestEndpoint:
    @pytest.mark.parametrize(
        ("entry", "expected"),
        [
            ("192.0.2.1", ("192.0.2.1", 53)),
            ("192.0.2.1:5353", ("192.0.2.1", 5353)),
            ("2001:db8::1", ("2001:db8::1", 53)),
            ("[2001:db8::1]", ("2001:db8::1", 53)),
            ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
        ],
    )
    def test_addresses_are_read_with_and_without_a_port(self, entry, expected):
        assert endpoint(entry) == expected

    @pytest.mark.parametrize("entry", ["", "dns.example", "192.0.2.1:", "dns.example:53"])
    def test_what_is_no_address_is_an_error(self, entry):
        with pytest.raises(ValueError):
            endpoint(entry)


@given(st.binary(max_size=600))
def test_no_bytes_break_the_reading_of_a_message(wire):
    assert guard._parsed(wire) is None or isinstance(guard._parsed(wire), dns.message.Message)


@given(st.integers(0, 511), st.integers(0, 255))
def test_no_single_damage_to_a_real_answer_breaks_the_reading(place, value):
    wire = bytearray(REAL)
    wire[place % len(wire)] = value
    assert guard._parsed(bytes(wire)) is None or isinstance(guard._parsed(bytes(wire)), dns.message.Message)


REAL = ZONES[0].answer(dns.message.make_query("far.shop.test", "A", want_dnssec=True)).to_wire()
