"""The client of users' own tests: httpx as they know it, with the target's guards."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.user_client import client
from pytest_readiness.model.exceptions import BudgetSpent, NotAllowed, Unreachable
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.secrets import Secret
from pytest_readiness.model.targets import Budget, Target

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CREDENTIALS = Secret("alice:pässword", "env:SHOP_URL")
FIELD = f"authorization: basic {base64.b64encode('alice:pässword'.encode()).decode()}".lower()


@contextmanager
def asking(url: str, *, allowed: Effect = Effect.OBSERVE, **options) -> Iterator[tuple[httpx.Client, Allowance]]:
    target = Target("prod", url, **options)
    allowance = Allowance(target.name, target.budget)
    with client(target, allowed, allowance) as http:
        yield http, allowance


async def apart(test: Callable[[], object]) -> None:
    """Run a user's test, which blocks, beside the server's loop."""
    await asyncio.to_thread(test)


class TestIsHttpx:
    async def test_reads_answers_as_httpx_does(self, loopback) -> None:
        port = await loopback.answer(
            b"HTTP/1.1 201 Created\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
            b'Content-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'
        )

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}/shop/") as (http, allowance):
                answer = http.get("/x", params={"q": "ü"})
            assert (answer.status_code, answer.json(), answer.http_version) == (201, {"a": 1}, "HTTP/1.1")
            assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
            assert str(answer.url) == f"http://127.0.0.1:{port}/shop/x?q=%C3%BC"
            assert allowance.sent["http_requests"] == 1

        await apart(test)
        assert "user-agent: pytest-readiness/" in loopback.heads[0].lower()

    async def test_does_not_follow_redirects_unasked(self, loopback) -> None:
        found = b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"
        port = await loopback.answer(found, found, OK, keep=True)

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}") as (http, allowance):
                assert http.get("/").status_code == 302
                assert allowance.sent["http_requests"] == 1
                assert http.get("/", follow_redirects=True).status_code == 200

        await apart(test)

    async def test_does_not_follow_them_to_another_host_even_when_asked(self, loopback) -> None:
        port = await loopback.answer(b"HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nContent-Length: 0\r\n\r\n")

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}") as (http, _), pytest.raises(NotAllowed, match=r"to evil\.test was"):
                http.get("/", follow_redirects=True)

        await apart(test)

    async def test_streams(self, loopback) -> None:
        port = await loopback.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", keep=True)

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}") as (http, _):
                with http.stream("GET", "/") as answer:
                    assert b"".join(answer.iter_bytes()) == b"body"
                with http.stream("GET", "/"):
                    pass  # closed unread
                assert http.get("/").text == "body"

        await apart(test)

    async def test_undoes_compression(self, loopback) -> None:
        import gzip

        packed = gzip.compress(b"hello")
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
        port = await loopback.answer(head + packed)

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}") as (http, _):
                assert http.get("/").text == "hello"

        await apart(test)

    async def test_raises_what_httpx_raises(self, loopback) -> None:
        async def stall(reader, writer) -> None:
            await reader.read()

        silent = await loopback.serve(stall)
        garbage = await loopback.answer(b"garbage\r\n\r\n")
        short = await loopback.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")

        def test() -> None:
            for port, error in ((1, httpx.ConnectError), (garbage, httpx.RemoteProtocolError)):
                with asking(f"http://127.0.0.1:{port}") as (http, _):
                    with pytest.raises(error) as caught:
                        http.get("/")
                    assert caught.value.request.url.port == port
            with asking(f"http://127.0.0.1:{silent}") as (http, _), pytest.raises(httpx.ReadTimeout):
                http.get("/", timeout=0.1)
            with asking(f"http://127.0.0.1:{short}") as (http, _), pytest.raises(httpx.RemoteProtocolError) as caught:
                http.get("/")
            assert caught.value.request.url.port == short

        await apart(test)

    async def test_works_in_a_test_that_runs_on_a_loop(self, loopback) -> None:
        """Names are looked up on a loop of their own, so a running one is no hindrance."""
        port = await loopback.answer(OK)

        def test() -> None:
            async def users_own() -> None:
                with asking(f"http://localhost:{port}") as (http, allowance):
                    assert http.get("/").text == "ok"
                    assert allowance.sent["dns_queries"] == 1

            asyncio.run(users_own())

        await apart(test)

    async def test_serves_threads(self, loopback) -> None:
        port = await loopback.answer(OK, keep=True)

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}", budget=Budget(connections=2)) as (http, allowance):
                threads = [threading.Thread(target=http.get, args=("/",)) for _ in range(8)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(10)
                assert allowance.sent["http_requests"] == 8

        await apart(test)
        assert loopback.most <= 2


class TestIsGuarded:
    def test_holds_methods_back_while_observing(self) -> None:
        with asking("http://127.0.0.1:1") as (http, allowance):
            with pytest.raises(NotAllowed) as caught:
                http.post("/orders", json={})
            assert caught.value.fix == '[targets.prod] allow = "exercise"'
            assert allowance.total == 0

    async def test_sends_them_where_that_is_allowed(self, loopback) -> None:
        port = await loopback.answer(OK)

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}", allowed=Effect.EXERCISE) as (http, _):
                assert http.post("/orders", json={"id": 1}).status_code == 200

        await apart(test)
        assert loopback.requests == ["POST /orders HTTP/1.1"]

    @pytest.mark.parametrize("url", ["http://evil.test/", "https://evil.test/", "http://127.0.0.1@evil.test/"])
    def test_holds_other_hosts_back(self, url: str) -> None:
        with asking("http://127.0.0.1:1") as (http, allowance):
            with pytest.raises(NotAllowed):
                http.get(url)
            assert allowance.total == 0

    async def test_holds_back_what_is_beyond_the_budget(self, loopback) -> None:
        port = await loopback.answer(OK)

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}", budget=Budget(requests=1)) as (http, _):
                http.get("/")
                with pytest.raises(BudgetSpent):
                    http.get("/")

        await apart(test)
        assert len(loopback.heads) == 1

    def test_says_what_name_leads_nowhere(self) -> None:
        with asking("http://shop.test", nameservers=("127.0.0.1:1",)) as (http, _), pytest.raises(Unreachable):
            http.get("/")

    async def test_goes_where_resolve_leads_and_checks_the_name(
        self, loopback, shop_context, wrong_context, ca_file
    ) -> None:
        good = await loopback.answer(OK, context=shop_context)
        bad = await loopback.answer(OK, context=wrong_context)

        def test() -> None:
            resolve = {"shop.test:443": f"127.0.0.1:{good}"}
            with asking("https://shop.test", resolve=resolve, ca_file=ca_file) as (http, allowance):
                assert http.get("/").text == "ok"
                assert allowance.sent == {"http_requests": 1, "tls_handshakes": 1, "dns_queries": 0, "other": 0}
            resolve = {"shop.test:443": f"127.0.0.1:{bad}"}
            asked = asking("https://shop.test", resolve=resolve, ca_file=ca_file)
            with asked as (http, _), pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
                http.get("/")
            asked = asking("https://shop.test", resolve=resolve, budget=Budget(requests=1))
            with asked as (http, _), pytest.raises(BudgetSpent):
                http.get("/")

        await apart(test)


class TestCredentials:
    async def test_are_sent_and_shown_nowhere(self, loopback) -> None:
        port = await loopback.answer(OK)

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}", credentials=CREDENTIALS) as (http, _):
                answer = http.get("/")
                shown = [repr(part) for part in (http, answer, answer.request, answer.request.headers, http.headers)]
                assert "uthorization" not in "".join(shown)

        await apart(test)
        assert FIELD in loopback.heads[0].lower()

    async def test_give_way_to_the_test_s_own(self, loopback) -> None:
        port = await loopback.answer(OK)

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}", credentials=CREDENTIALS) as (http, _):
                http.get("/", headers={"Authorization": "Bearer wrong"})

        await apart(test)
        assert "authorization: bearer wrong" in loopback.heads[0].lower()
        assert "basic" not in loopback.heads[0].lower()

    async def test_do_not_go_to_another_port(self, loopback) -> None:
        """A redirect may lead there within the host: another port is another service."""
        other = await loopback.answer(OK)
        port = await loopback.answer(
            f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{other}/\r\nContent-Length: 0\r\n\r\n".encode()
        )

        def test() -> None:
            with asking(f"http://127.0.0.1:{port}", credentials=CREDENTIALS) as (http, _):
                http.get("/", follow_redirects=True)

        await apart(test)
        assert [FIELD in head.lower() for head in loopback.heads] == [True, False]
