"""Connections below HTTP: routed, counted, in time, and always closed."""

from __future__ import annotations

import asyncio
import gc
import ssl
import time

import pytest

from pytest_readiness.model.exceptions import BudgetSpent, DeadlinePassed, Unreachable
from pytest_readiness.model.targets import Budget


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write((await reader.readline()).upper())
    await writer.drain()


async def asked(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> bytes:
    reader, writer = streams
    writer.write(b"hello\n")
    await writer.drain()
    return await reader.readline()


@pytest.fixture
def trusting(authority) -> ssl.SSLContext:
    return authority.client_context()


class TestPlain:
    async def test_connects_and_counts_one_handshake(self, loopback, looking) -> None:
        port = await loopback.serve(echo)
        async with looking(f"http://127.0.0.1:{port}") as (clients, allowance):
            async with clients.sockets.connect("127.0.0.1", port) as streams:
                assert await asked(streams) == b"HELLO\n"
            assert allowance.sent["tls_handshakes"] == 1

    async def test_goes_where_resolve_leads(self, loopback, looking) -> None:
        port = await loopback.serve(echo)
        async with looking("https://shop.test", resolve={"shop.test:443": f"127.0.0.1:{port}"}) as (clients, _):
            async with clients.sockets.connect("shop.test", 443) as streams:
                assert await asked(streams) == b"HELLO\n"
            assert await clients.sockets.addresses("shop.test", 443) == ("127.0.0.1",)

    async def test_goes_to_the_one_address_that_is_meant(self, loopback, looking) -> None:
        port = await loopback.serve(echo)
        resolve = {"shop.test:443": f"127.0.0.2:1,127.0.0.1:{port}"}
        async with looking("https://shop.test", resolve=resolve) as (clients, _):
            async with clients.sockets.connect("shop.test", 443, address="127.0.0.1") as streams:
                assert await asked(streams) == b"HELLO\n"
            with pytest.raises(Unreachable, match=r"^127\.0\.0\.2 port 1: connection refused$"):
                async with clients.sockets.connect("shop.test", 443, address="127.0.0.2"):
                    pass

    async def test_tries_the_next_address_where_one_refuses(self, loopback, looking) -> None:
        port = await loopback.serve(echo)
        resolve = {"shop.test:443": f"127.0.0.2:1,127.0.0.1:{port}"}
        async with looking("https://shop.test", resolve=resolve) as (clients, allowance):
            async with clients.sockets.connect("shop.test", 443) as streams:
                assert await asked(streams) == b"HELLO\n"
            assert allowance.sent["tls_handshakes"] == 2

    async def test_says_who_refused(self, looking) -> None:
        async with looking("http://127.0.0.1:1") as (clients, _):
            with pytest.raises(Unreachable, match=r"^127\.0\.0\.1 port 1: connection refused$"):
                async with clients.sockets.connect("127.0.0.1", 1):
                    pass

    async def test_says_what_name_leads_nowhere(self, looking) -> None:
        async with looking("http://shop.test", nameservers=("127.0.0.1:1",)) as (clients, _):
            with pytest.raises(Unreachable):
                async with clients.sockets.connect("shop.test", 80):
                    pass

    async def test_sends_nothing_beyond_the_budget(self, loopback, looking) -> None:
        port = await loopback.serve(echo)
        budget = Budget(requests=1, connections=1)
        async with looking(f"http://127.0.0.1:{port}", budget=budget) as (clients, _):
            async with clients.sockets.connect("127.0.0.1", port) as streams:
                await asked(streams)
            for _ in range(3):
                with pytest.raises(BudgetSpent):
                    async with clients.sockets.connect("127.0.0.1", port):
                        pass
        assert loopback.connections == 1


class TestClosing:
    async def test_hangs_up_on_a_peer_that_does_not_say_goodbye(
        self, loopback, looking, shop_context, trusting
    ) -> None:
        stay = asyncio.Event()

        async def deaf(reader, writer) -> None:
            writer.transport.pause_reading()
            await stay.wait()

        port = await loopback.serve(deaf, context=shop_context)
        resolve = {"shop.test:443": f"127.0.0.1:{port}"}
        start = time.monotonic()
        async with looking("https://shop.test", resolve=resolve) as (clients, _):
            async with clients.sockets.connect_tls("shop.test", 443, context=trusting) as (_, writer):
                writer.write(b"x" * 20_000_000)
            assert clients.sockets.slots._value == 8
        assert time.monotonic() - start < 3
        stay.set()
        gc.collect()

    async def test_happens_when_the_asker_fails(self, loopback, looking) -> None:
        port = await loopback.serve(echo)
        async with looking(f"http://127.0.0.1:{port}", budget=Budget(connections=1)) as (clients, _):
            for _ in range(3):
                with pytest.raises(ZeroDivisionError):
                    async with clients.sockets.connect("127.0.0.1", port) as (_, writer):
                        raise ZeroDivisionError
                assert writer.is_closing()

    async def test_happens_when_the_asker_is_cancelled(self, loopback, looking) -> None:
        async def stall(reader, writer) -> None:
            await reader.read()

        port = await loopback.serve(stall)
        async with (
            asyncio.timeout(10),
            looking(f"http://127.0.0.1:{port}", budget=Budget(connections=1)) as (clients, _),
        ):

            async def wait(there: asyncio.Event) -> None:
                async with clients.sockets.connect("127.0.0.1", port) as (reader, _):
                    there.set()
                    await reader.read()

            for _ in range(3):
                there = asyncio.Event()
                task = asyncio.create_task(wait(there))
                await there.wait()
                task.cancel()
                await asyncio.wait([task])
            assert clients.sockets.slots._value == 1


class TestTls:
    async def test_is_checked_against_the_host(self, loopback, looking, shop_context, trusting) -> None:
        port = await loopback.serve(echo, context=shop_context)
        async with looking("https://shop.test", resolve={"shop.test:443": f"127.0.0.1:{port}"}) as (clients, allowance):
            async with clients.sockets.connect_tls("shop.test", 443, context=trusting) as streams:
                assert await asked(streams) == b"HELLO\n"
                assert streams[1].get_extra_info("ssl_object").server_hostname == "shop.test"
            assert allowance.sent["tls_handshakes"] == 1

    async def test_of_another_name_is_refused(self, loopback, looking, wrong_context, trusting) -> None:
        port = await loopback.serve(echo, context=wrong_context)
        async with looking("https://shop.test", resolve={"shop.test:443": f"127.0.0.1:{port}"}) as (clients, _):
            with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
                async with clients.sockets.connect_tls("shop.test", 443, context=trusting):
                    pass

    async def test_that_is_none_is_told_as_such(self, loopback, looking, trusting) -> None:
        async def babble(reader, writer) -> None:
            writer.write(b"220 mail.shop.test ESMTP\r\n")

        port = await loopback.serve(babble)
        async with looking(f"https://127.0.0.1:{port}") as (clients, _):
            with pytest.raises(ssl.SSLError):
                async with clients.sockets.connect_tls("127.0.0.1", port, context=trusting):
                    pass

    async def test_that_is_broken_off_is_unreachable(self, loopback, looking, trusting) -> None:
        async def hang_up(reader, writer) -> None:
            await reader.read(1)
            writer.transport.abort()

        port = await loopback.serve(hang_up)
        async with looking(f"https://127.0.0.1:{port}") as (clients, _):
            with pytest.raises(Unreachable, match=r"^127\.0\.0\.1 port \d+: connection reset$"):
                async with clients.sockets.connect_tls("127.0.0.1", port, context=trusting):
                    pass

    @pytest.mark.parametrize("connections", [1, 2])
    async def test_that_never_comes_about_ends_in_time_and_gives_its_slot_back(
        self, loopback, looking, trusting, connections: int
    ) -> None:
        async def stall(reader, writer) -> None:
            await reader.read()

        bad, good = await loopback.serve(stall), await loopback.serve(echo)
        budget = Budget(requests_per_second=10_000, connections=connections)
        async with asyncio.timeout(10), looking("https://127.0.0.1", budget=budget) as (clients, _):

            async def knock() -> str:
                with pytest.raises(DeadlinePassed) as caught:
                    async with clients.sockets.connect_tls("127.0.0.1", bad, context=trusting, timeout=0.02):
                        pass
                return caught.value.reason

            reasons = await asyncio.gather(*(knock() for _ in range(50)))
            assert set(reasons) == {f"127.0.0.1 port {bad} did not answer within 0.02 s"}
            async with clients.sockets.connect("127.0.0.1", good) as streams:
                assert await asked(streams) == b"HELLO\n"
        gc.collect()
