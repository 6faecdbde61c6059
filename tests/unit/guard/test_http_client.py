"""What the probes' HTTP client sends, reads and follows."""

from __future__ import annotations

import asyncio
import base64

import pytest

from pytest_readiness import __version__
from pytest_readiness.model.exceptions import BudgetSpent, NotAllowed
from pytest_readiness.model.http import Cause, Exchange, Silence
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.secrets import Secret
from pytest_readiness.model.targets import Budget

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


def redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")


class TestAnswers:
    @pytest.mark.parametrize(
        "framed",
        [
            pytest.param(b"Content-Length: 5\r\n\r\nhello", id="by length"),
            pytest.param(b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", id="chunked"),
            pytest.param(b"Connection: close\r\n\r\nhello", id="by the connection's end"),
        ],
    )
    async def test_are_read_however_they_are_framed(self, loopback, looking, framed: bytes) -> None:
        port = await loopback.answer(b"HTTP/1.1 200 OK\r\n" + framed)
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            answer = await clients.http.fetch("/x")
        assert isinstance(answer, Exchange)
        assert (answer.status, answer.body, answer.truncated) == (200, b"hello", False)
        assert (answer.method, answer.url) == ("GET", f"http://127.0.0.1:{port}/x")
        assert (answer.http_version, answer.address) == ("HTTP/1.1", "127.0.0.1")

    async def test_keep_every_line_in_order_and_as_it_was_sent(self, loopback, looking) -> None:
        port = await loopback.answer(
            b"HTTP/1.0 404 Not Found\r\nSet-Cookie: a=1\r\nX-Odd: caf\xe9\r\n"
            b"set-cookie: b=2\r\nContent-Length: 0\r\n\r\n"
        )
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            answer = await clients.http.fetch("/")
        assert isinstance(answer, Exchange)
        assert (answer.status, answer.http_version) == (404, "HTTP/1.0")
        assert list(answer.headers) == [
            ("Set-Cookie", "a=1"),
            ("X-Odd", "caf\xe9"),
            ("set-cookie", "b=2"),
            ("Content-Length", "0"),
        ]

    async def test_come_over_one_connection_where_the_server_keeps_it(self, loopback, looking) -> None:
        port = await loopback.answer(OK, keep=True)
        async with looking(f"http://127.0.0.1:{port}") as (clients, allowance):
            for path in ("/a", "/b", "/c"):
                assert isinstance(await clients.http.fetch(path), Exchange)
        assert (loopback.connections, allowance.sent["http_requests"]) == (1, 3)

    async def test_are_timed_from_the_request_on(self, loopback, looking) -> None:
        """Not from when it was queued: three wait for one connection here, and the server is quick."""
        free = asyncio.Event()

        async def handler(reader, writer) -> None:
            head = await loopback.read_head(reader)
            if "/first" in head:
                await free.wait()
            writer.write(OK)

        port = await loopback.serve(handler)
        async with looking(f"http://127.0.0.1:{port}", budget=Budget(connections=1)) as (clients, _):
            first = asyncio.create_task(clients.http.fetch("/first"))
            others = [asyncio.create_task(clients.http.fetch(f"/{n}")) for n in range(2)]
            await asyncio.sleep(0.3)  # the time that must not count
            free.set()
            assert (await first).elapsed >= 0.25
            assert max(answer.elapsed for answer in await asyncio.gather(*others)) < 0.2

    async def test_waiting_for_a_turn_is_not_held_against_the_server(self, loopback, looking) -> None:
        """Each has its own time from when it is sent, however many stand before it."""

        async def handler(reader, writer) -> None:
            await loopback.read_head(reader)
            await asyncio.sleep(0.15)
            writer.write(OK)

        port = await loopback.serve(handler)
        async with looking(f"http://127.0.0.1:{port}", budget=Budget(connections=1)) as (clients, _):
            answers = await asyncio.gather(*(clients.http.fetch(f"/{n}", timeout=0.4) for n in range(5)))
        assert [type(answer) for answer in answers] == [Exchange] * 5

    async def test_waiting_for_a_probe_s_connection_is_not_either(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}", budget=Budget(connections=1)) as (clients, _):
            async with clients.sockets.connect("127.0.0.1", port):
                waiting = asyncio.create_task(clients.http.fetch("/", timeout=0.3))
                await asyncio.wait([waiting], timeout=0.5)
                assert not waiting.done()
            assert isinstance(await waiting, Exchange)


class TestRequests:
    async def test_say_who_asks_and_ask_for_no_coding(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            await clients.http.fetch("/a?b=c#d", headers=[("Origin", "https://evil.test")])
        first, *lines = loopback.heads[0].strip().split("\r\n")
        assert first == "GET /a?b=c HTTP/1.1"
        assert {line.lower() for line in lines} == {
            f"host: 127.0.0.1:{port}",
            f"user-agent: pytest-readiness/{__version__}",
            "accept: */*",
            "accept-encoding: identity",
            "origin: https://evil.test",
        }

    @pytest.mark.parametrize(
        ("asked", "sent"),
        [
            ("/über uns", "/%C3%BCber%20uns"),
            ("/a%20b", "/a%20b"),
            ("/%zz%", "/%zz%"),
            ("?q=ü", "/?q=%C3%BC"),
            ("relative", "/relative"),
            ("/<script>\"'", "/<script>\"'"),
        ],
    )
    async def test_are_written_as_browsers_write_them(self, loopback, looking, asked: str, sent: str) -> None:
        port = await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            await clients.http.fetch(asked)
        assert loopback.requests == [f"GET {sent} HTTP/1.1"]

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
    async def test_may_look_by_other_methods(self, loopback, looking, method: str) -> None:
        port = await loopback.answer(EMPTY)
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            answer = await clients.http.fetch("/", method=method)
        assert loopback.requests == [f"{method} / HTTP/1.1"]
        assert answer.method == method

    async def test_that_change_things_are_never_sent_while_observing(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}") as (clients, allowance):
            with pytest.raises(NotAllowed):
                await clients.http.fetch("/", method="POST")
        assert (loopback.heads, allowance.total) == ([], 0)

    async def test_that_change_things_are_sent_where_that_is_allowed(self, loopback, looking) -> None:
        port = await loopback.answer(EMPTY)
        async with looking(f"http://127.0.0.1:{port}", allowed=Effect.EXERCISE) as (clients, _):
            await clients.http.fetch("/", method="DELETE")
        assert loopback.requests == ["DELETE / HTTP/1.1"]

    @pytest.mark.parametrize("url", ["http://localhost:1/", "//evil.test/x", "file:///etc/passwd", "https://evil.test"])
    async def test_to_another_host_are_never_sent(self, looking, url: str) -> None:
        async with looking("http://127.0.0.1:1") as (clients, allowance):
            with pytest.raises(NotAllowed):
                await clients.http.fetch(url)
        assert allowance.total == 0

    @pytest.mark.parametrize("url", ["http://[127.0.0.1/", "http://127.0.0.1:99999/", "http://127.0.0.1:x/"])
    async def test_for_what_is_no_url_are_not_sent(self, looking, url: str) -> None:
        """Such URLs stand in pages and Location fields: they are data, no reason to stop."""
        async with looking("http://127.0.0.1:1") as (clients, allowance):
            answer = await clients.http.fetch(url)
        assert isinstance(answer, Silence)
        assert (answer.cause, answer.url, allowance.total) == (Cause.PROTOCOL, url, 0)

    async def test_beyond_the_budget_are_never_sent(self, loopback, looking) -> None:
        port = await loopback.answer(OK, keep=True)
        async with looking(f"http://127.0.0.1:{port}", budget=Budget(requests=2)) as (clients, allowance):
            await clients.http.fetch("/a")
            await clients.http.fetch("/b")
            with pytest.raises(BudgetSpent):
                await clients.http.fetch("/c")
        assert (len(loopback.heads), allowance.sent["http_requests"]) == (2, 2)

    async def test_are_repeated_where_an_idle_connection_was_closed_meanwhile(self, loopback, looking) -> None:
        """Servers close idle connections; a request that crosses the goodbye on its way is asked anew."""

        async def handler(reader, writer) -> None:
            head = await loopback.read_head(reader)
            writer.write(OK)
            if "/first" in head:
                await loopback.read_head(reader)  # and hangs up without an answer

        port = await loopback.serve(handler)
        async with looking(f"http://127.0.0.1:{port}") as (clients, allowance):
            assert isinstance(await clients.http.fetch("/first"), Exchange)
            assert isinstance(await clients.http.fetch("/second"), Exchange)
        assert loopback.requests == [f"GET /{path} HTTP/1.1" for path in ("first", "second", "second")]
        assert allowance.sent["http_requests"] == 3

    async def test_that_change_things_are_never_repeated(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await loopback.read_head(reader)
            writer.write(OK)
            await loopback.read_head(reader)

        port = await loopback.serve(handler)
        async with looking(f"http://127.0.0.1:{port}", allowed=Effect.EXERCISE) as (clients, _):
            assert isinstance(await clients.http.fetch("/first"), Exchange)
            assert isinstance(await clients.http.fetch("/second", method="POST"), Silence)
        assert len(loopback.requests) == 2


class TestCredentials:
    CREDENTIALS = Secret("alice:pässword", "env:SHOP_URL")
    FIELD = f"authorization: Basic {base64.b64encode('alice:pässword'.encode()).decode()}"

    async def test_go_to_the_target(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}", credentials=self.CREDENTIALS) as (clients, _):
            await clients.http.fetch("/")
        assert self.FIELD in loopback.heads[0]

    async def test_do_not_go_to_another_port_of_its_host(self, loopback, looking) -> None:
        other, port = await loopback.answer(OK), await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}", credentials=self.CREDENTIALS) as (clients, _):
            await clients.http.fetch(f"http://127.0.0.1:{other}/")
        assert "authorization" not in loopback.heads[0].lower()

    async def test_do_not_go_over_plain_http_where_the_target_has_https(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking("https://127.0.0.1:1", credentials=self.CREDENTIALS) as (clients, _):
            await clients.http.fetch(f"http://127.0.0.1:{port}/")
        assert "authorization" not in loopback.heads[0].lower()

    async def test_do_not_go_elsewhere(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}", credentials=self.CREDENTIALS) as (clients, _):
            await clients.http.elsewhere(f"http://127.0.0.1:{port}/")
        assert "authorization" not in loopback.heads[0].lower()

    async def test_give_way_to_those_that_the_asker_names(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}", credentials=self.CREDENTIALS) as (clients, _):
            await clients.http.fetch("/", headers=[("authorization", "Bearer wrong")])
        assert "authorization: Bearer wrong\r\n" in loopback.heads[0]
        assert "Basic" not in loopback.heads[0]

    async def test_do_not_show_in_what_was_seen(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking(f"http://127.0.0.1:{port}", credentials=self.CREDENTIALS) as (clients, _):
            answer = await clients.http.fetch("/")
        assert "pässword" not in repr(answer)


class TestRedirects:
    async def test_are_not_followed_by_fetch(self, loopback, looking) -> None:
        port = await loopback.answer(redirect("/next"))
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            answer = await clients.http.fetch("/")
        assert (answer.status, len(loopback.heads)) == (302, 1)

    async def test_are_followed_within_the_host_and_each_is_recorded(self, loopback, looking) -> None:
        port = await loopback.answer(redirect("/a", 301), redirect("b?x", 308), OK)
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            answers = await clients.http.follow("/")
        base = f"http://127.0.0.1:{port}"
        assert [(answer.url, answer.status) for answer in answers] == [
            (f"{base}/", 301),
            (f"{base}/a", 308),
            (f"{base}/b?x", 200),
        ]

    async def test_to_another_port_stay_within_the_host(self, loopback, looking) -> None:
        other = await loopback.answer(OK)
        port = await loopback.answer(redirect(f"http://127.0.0.1:{other}/"))
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            answers = await clients.http.follow("/")
        assert [answer.status for answer in answers] == [302, 200]

    @pytest.mark.parametrize(
        "location",
        [
            "http://evil.test/",
            "//evil.test/",
            "http://127.0.0.1@evil.test/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "http://[broken",
            "",
        ],
    )
    async def test_to_elsewhere_are_recorded_and_not_followed(self, loopback, looking, location: str) -> None:
        port = await loopback.answer(redirect(location))
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            answers = await clients.http.follow("/")
        assert [(answer.status, answer.headers.first("Location")) for answer in answers] == [(302, location)]

    async def test_without_a_location_end_it(self, loopback, looking) -> None:
        port = await loopback.answer(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            assert len(await clients.http.follow("/")) == 1

    async def test_in_a_loop_end_where_it_closes(self, loopback, looking) -> None:
        port = await loopback.answer(redirect("/b"), redirect("/a"))
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            answers = await clients.http.follow("/a")
        assert [answer.status for answer in answers] == [302, 302]

    async def test_without_end_end_after_the_hops(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await loopback.read_head(reader)
            writer.write(redirect(f"/{len(loopback.heads)}"))

        port = await loopback.serve(handler)
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            assert len(await clients.http.follow("/", hops=3)) == 4

    async def test_are_sent_back_with_the_bytes_they_came_with(self, loopback, looking) -> None:
        port = await loopback.answer("HTTP/1.1 302 x\r\nLocation: /ü\r\nContent-Length: 0\r\n\r\n".encode(), OK)
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            await clients.http.follow("/")
        assert loopback.requests[-1] == "GET /%C3%BC HTTP/1.1"

    async def test_into_silence_are_recorded_too(self, loopback, looking) -> None:
        port = await loopback.answer(redirect("http://127.0.0.1:1/"))
        async with looking(f"http://127.0.0.1:{port}") as (clients, _):
            answers = await clients.http.follow("/")
        assert [type(answer) for answer in answers] == [Exchange, Silence]


class TestElsewhere:
    async def test_is_counted_as_other_and_follows_redirects(self, loopback, looking) -> None:
        registry = await loopback.answer(OK)
        first = await loopback.answer(redirect(f"http://127.0.0.1:{registry}/domain/shop.test"))
        async with looking("https://shop.test") as (clients, allowance):
            answer = await clients.http.elsewhere(
                f"http://127.0.0.1:{first}/", headers=[("Accept", "application/rdap+json")]
            )
        assert isinstance(answer, Exchange)
        assert (answer.status, answer.url) == (200, f"http://127.0.0.1:{registry}/domain/shop.test")
        assert "accept: application/rdap+json" in loopback.heads[1].lower()
        assert (allowance.sent["other"], allowance.sent["http_requests"]) == (2, 0)

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "/domain/x", "http://[x", "data:,x"])
    async def test_is_http_and_nothing_else(self, looking, url: str) -> None:
        async with looking("https://shop.test") as (clients, allowance):
            answer = await clients.http.elsewhere(url)
        assert (type(answer), answer.cause, allowance.total) == (Silence, Cause.PROTOCOL, 0)

    @pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[x"])
    async def test_a_redirect_to_something_else_is_not_followed(self, loopback, looking, location: str) -> None:
        port = await loopback.answer(redirect(location))
        async with looking("https://shop.test") as (clients, _):
            answer = await clients.http.elsewhere(f"http://127.0.0.1:{port}/")
        assert (answer.status, len(loopback.heads)) == (302, 1)

    async def test_a_redirect_to_nowhere_is_asked_once(self, loopback, looking) -> None:
        port = await loopback.answer(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")
        async with looking("https://shop.test") as (clients, _):
            await clients.http.elsewhere(f"http://127.0.0.1:{port}/")
        assert len(loopback.heads) == 1

    async def test_a_loop_ends(self, loopback, looking) -> None:
        port = await loopback.answer(redirect("/"))
        async with looking("https://shop.test") as (clients, _):
            answer = await clients.http.elsewhere(f"http://127.0.0.1:{port}/")
        assert (answer.status, len(loopback.heads)) == (302, 5)
