"""Whatever a server does, the answer is data, in time, in bounded memory, and the next one is asked all the same."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
import zlib

import pytest

from pytest_readiness.model.http import Cause, Exchange, Silence
from pytest_readiness.model.targets import Budget

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def fetched(looking, port: int, **options):
    async with looking(f"http://127.0.0.1:{port}") as (clients, _):
        return await clients.http.fetch("/", **options)


class TestBodies:
    async def test_an_endless_one_is_cut_at_the_cap(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await loopback.read_head(reader)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()

        port = await loopback.serve(handler)
        tracemalloc.start()
        answer = await fetched(looking, port, cap=10_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (answer.status, len(answer.body), answer.truncated) == (200, 10_000, True)
        assert peak < 5_000_000

    async def test_a_trickling_one_ends_with_the_deadline(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await loopback.read_head(reader)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)

        port = await loopback.serve(handler)
        start = time.monotonic()
        answer = await fetched(looking, port, timeout=0.4)
        assert (answer.cause, answer.detail, answer.address) == (
            Cause.TIMED_OUT,
            "no whole answer within 0.4 s",
            "127.0.0.1",
        )
        assert time.monotonic() - start < 2

    async def test_a_bomb_is_cut_at_the_cap(self, loopback, looking) -> None:
        compressor = zlib.compressobj(9, wbits=31)
        zeros = bytes(1_000_000)
        bomb = b"".join([*(compressor.compress(zeros) for _ in range(50)), compressor.flush()])
        port = await loopback.answer(
            f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode() + bomb
        )
        tracemalloc.start()
        answer = await fetched(looking, port)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (answer.body, answer.truncated) == (bytes(262_144), True)
        assert peak < 5_000_000

    async def test_an_endless_tail_behind_the_compressed_data_is_not_read(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await loopback.read_head(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello"))
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()

        port = await loopback.serve(handler)
        answer = await fetched(looking, port, timeout=5)
        assert (answer.body, answer.truncated) == (b"hello", False)

    async def test_two_lines_of_coding_are_one_list(self, loopback, looking) -> None:
        port = await loopback.answer(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n\x1f\x8b"
        )
        answer = await fetched(looking, port)
        assert (answer.body, answer.undecoded) == (b"\x1f\x8b", "gzip, br")

    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param(b"Content-Length: 100\r\n\r\nhello", id="shorter than it says"),
            pytest.param(b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", id="a chunk missing"),
            pytest.param(b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", id="a chunk without a length"),
        ],
    )
    async def test_a_broken_one_is_kept_as_far_as_it_came(self, loopback, looking, raw: bytes) -> None:
        port = await loopback.answer(b"HTTP/1.1 200 OK\r\n" + raw)
        answer = await fetched(looking, port)
        assert (answer.status, answer.body, answer.truncated) == (200, b"hello", True)

    async def test_one_longer_than_it_says_ends_where_it_says(self, loopback, looking) -> None:
        port = await loopback.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello")
        answer = await fetched(looking, port)
        assert (answer.body, answer.truncated) == (b"he", False)


class TestNoAnswer:
    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="another protocol"),
            pytest.param(b"HTTP/1.1 abc OK\r\n\r\n", id="no status"),
            pytest.param(b"HTTP/1.1 200 OK\r\nno field\r\n\r\n", id="no field"),
            pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", id="negative length"),
            pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", id="two lengths"),
            pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", id="endless field"),
            pytest.param(b"\x00\xff" * 1000, id="noise"),
            pytest.param(b"", id="nothing"),
        ],
    )
    async def test_of_valid_http_is_told_as_such(self, loopback, looking, raw: bytes) -> None:
        port = await loopback.answer(raw)
        answer = await fetched(looking, port)
        assert isinstance(answer, Silence)
        assert (answer.cause, answer.address) == (Cause.PROTOCOL, "127.0.0.1")
        assert answer.detail

    async def test_because_it_hangs_up_at_once(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            writer.transport.abort()

        port = await loopback.serve(handler)
        answer = await fetched(looking, port)
        assert isinstance(answer, Silence)
        assert answer.cause in {Cause.BROKEN, Cause.PROTOCOL}

    async def test_because_it_never_ends_its_head(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await loopback.read_head(reader)
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                writer.write(b"X: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)

        port = await loopback.serve(handler)
        assert (await fetched(looking, port, timeout=0.4)).cause is Cause.TIMED_OUT

    async def test_because_it_says_wait_without_end(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await loopback.read_head(reader)
            while True:
                writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
                await writer.drain()
                await asyncio.sleep(0)

        port = await loopback.serve(handler)
        assert (await fetched(looking, port, timeout=0.4)).cause is Cause.TIMED_OUT

    async def test_because_nobody_listens(self, looking) -> None:
        async with looking("http://127.0.0.1:1") as (clients, allowance):
            answer = await clients.http.fetch("/")
        assert (answer.cause, answer.detail, answer.address) == (Cause.REFUSED, "", "127.0.0.1")
        assert allowance.sent["http_requests"] == 1

    async def test_because_the_name_leads_nowhere(self, looking) -> None:
        async with looking("http://no-such-host.invalid", nameservers=("127.0.0.1:1",)) as (clients, _):
            answer = await clients.http.fetch("/")
        assert (answer.cause, answer.address) == (Cause.UNRESOLVED, None)
        assert answer.detail

    async def test_at_a_dead_first_address_leaves_time_for_the_second(self, loopback, looking) -> None:
        """A server whose queue is full answers no connection: here one whose queue is never emptied."""
        port = await loopback.answer(OK)
        with _full() as dead:
            resolve = {"shop.test:80": f"127.0.0.1:{dead}, 127.0.0.1:{port}"}
            async with looking("http://shop.test", resolve=resolve) as (clients, _):
                answer = await clients.http.fetch("/", timeout=1.0)
        assert isinstance(answer, Exchange)

    async def test_is_told_of_the_address_that_was_meant(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            here = await clients.http.fetch("/", address="127.0.0.1")
            there = await clients.http.fetch("/", address="127.0.0.2")
        assert (here.address, here.status) == ("127.0.0.1", 200)
        assert (there.address, there.cause) == ("127.0.0.2", Cause.REFUSED)


class _full:  # noqa: N801  # used as a function
    """A port whose queue of connections is full, so that one more is never answered."""

    def __enter__(self) -> int:
        import socket

        self.server = socket.create_server(("127.0.0.1", 0), backlog=0)
        port = self.server.getsockname()[1]
        self.waiting = []
        for _ in range(3):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
            self.waiting.append(waiting)
        return port

    def __exit__(self, *_: object) -> None:
        for waiting in self.waiting:
            waiting.close()
        self.server.close()


class TestSlots:
    """A connection's slot is given back however it ends: fifty failures, and the next answer comes."""

    @staticmethod
    async def failing(kind: str, loopback, shop_context, wrong_context) -> int:
        async def hang_up(reader, writer) -> None:
            writer.transport.abort()

        async def stall(reader, writer) -> None:
            await reader.read()

        async def babble(reader, writer) -> None:
            writer.write(b"garbage\r\n\r\n")

        match kind:
            case "refused":
                return 1
            case "hangs up":
                return await loopback.serve(hang_up)
            case "stalls":
                return await loopback.serve(stall)
            case "garbage":
                return await loopback.serve(babble)
            case "endless body":
                return await loopback.answer(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000)
            case "short body":
                return await loopback.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
            case _:
                return await loopback.serve(stall, context=wrong_context)

    @pytest.mark.parametrize("connections", [1, 2])
    @pytest.mark.parametrize(
        ("kind", "scheme"),
        [
            ("refused", "http"),
            ("hangs up", "http"),
            ("hangs up", "https"),
            ("stalls", "http"),
            ("stalls", "https"),
            ("garbage", "http"),
            ("garbage", "https"),
            ("endless body", "http"),
            ("short body", "http"),
            ("wrong certificate", "https"),
        ],
    )
    async def test_come_back_after_fifty_failures(
        self, loopback, looking, shop_context, wrong_context, ca_file, connections: int, kind: str, scheme: str
    ) -> None:
        bad = await self.failing(kind, loopback, shop_context, wrong_context)
        good = await loopback.answer(OK)
        resolve = {f"shop.test:{443 if scheme == 'https' else 80}": f"127.0.0.1:{bad}"}
        timeout = 0.01 if kind == "stalls" else 5.0
        async with (
            asyncio.timeout(10),
            looking(
                "http://shop.test",
                resolve={**resolve, "shop.test:8080": f"127.0.0.1:{good}"},
                ca_file=ca_file,
                budget=Budget(requests_per_second=10_000, connections=connections),
            ) as (clients, _),
        ):
            for number in range(5):
                batch = await asyncio.gather(
                    *(
                        clients.http.fetch(
                            f"{scheme}://shop.test/{number}",
                            cap=100,
                            timeout=timeout,
                            address="127.0.0.1" if one % 2 else None,
                        )
                        for one in range(10)
                    )
                )
                assert all(isinstance(answer, Silence) or answer.truncated for answer in batch)
            answer = await clients.http.fetch("http://shop.test:8080/")
            assert isinstance(answer, Exchange)
            assert answer.body == b"ok"

    @pytest.mark.parametrize("connections", [1, 2, 3, 8])
    async def test_are_never_more_than_the_budget_s(self, loopback, looking, connections: int) -> None:
        async def handler(reader, writer) -> None:
            await loopback.read_head(reader)
            await asyncio.sleep(0.01)
            writer.write(OK)

        port = await loopback.serve(handler)
        budget = Budget(requests_per_second=10_000, connections=connections)
        async with looking(f"http://127.0.0.1:{port}", budget=budget) as (clients, _):

            async def knock() -> None:
                async with clients.sockets.connect("127.0.0.1", port) as (reader, writer):
                    writer.write(b"GET / HTTP/1.1\r\n\r\n")
                    await reader.read()

            await asyncio.gather(
                *(clients.http.fetch(f"/{number}") for number in range(10)),
                *(clients.http.fetch(f"/{number}", address="127.0.0.1") for number in range(10)),
                *(knock() for _ in range(10)),
            )
        assert loopback.most <= connections

    async def test_come_back_when_the_asker_is_cancelled(self, loopback, looking) -> None:
        async def stall(reader, writer) -> None:
            await reader.read()

        bad, good = await loopback.serve(stall), await loopback.answer(OK)
        budget = Budget(requests_per_second=10_000, connections=1)
        async with asyncio.timeout(10), looking(f"http://127.0.0.1:{bad}", budget=budget) as (clients, _):
            for _ in range(5):
                asking = [asyncio.create_task(clients.http.fetch("/")) for _ in range(3)]
                await asyncio.wait(asking, timeout=0.01)
                for task in asking:
                    task.cancel()
                await asyncio.wait(asking)
            assert isinstance(await clients.http.fetch(f"http://127.0.0.1:{good}/"), Exchange)
