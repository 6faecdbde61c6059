"""HTTPS: the certificate is checked against the real name, wherever the connection goes."""

from __future__ import annotations

import asyncio
import gc
import ssl
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from pytest_readiness.demo import http_server
from pytest_readiness.guard import trust
from pytest_readiness.model.exceptions import BudgetSpent, ConfigurationError
from pytest_readiness.model.http import Cause, Exchange, Silence
from pytest_readiness.model.targets import Budget

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class TestRoutes:
    """``resolve`` leads somewhere else; the name stays what it is."""

    async def test_lead_to_the_address_and_keep_the_name(self, loopback, looking, shop_context, ca_file) -> None:
        port = await loopback.answer(OK, context=shop_context)
        resolve = {"shop.test:443": f"127.0.0.1:{port}"}
        async with looking("https://shop.test", resolve=resolve, ca_file=ca_file) as (clients, allowance):
            answer = await clients.http.fetch("/")
        assert isinstance(answer, Exchange)
        assert (answer.status, answer.address, answer.url) == (200, "127.0.0.1", "https://shop.test/")
        assert "host: shop.test\r\n" in loopback.heads[0].lower()
        assert allowance.sent == {"http_requests": 1, "tls_handshakes": 1, "dns_queries": 0, "other": 0}

    async def test_do_not_excuse_a_certificate_for_another_name(
        self, loopback, looking, wrong_context, ca_file
    ) -> None:
        port = await loopback.answer(OK, context=wrong_context)
        resolve = {"shop.test:443": f"127.0.0.1:{port}"}
        async with looking("https://shop.test", resolve=resolve, ca_file=ca_file) as (clients, _):
            answer = await clients.http.fetch("/")
        assert isinstance(answer, Silence)
        assert (answer.cause, answer.address) == (Cause.CERTIFICATE, "127.0.0.1")
        assert "Hostname mismatch" in answer.detail
        assert loopback.heads == []

    async def test_hold_for_other_hosts_too(self, loopback, looking) -> None:
        port = await loopback.answer(OK)
        async with looking("https://shop.test", resolve={"rdap.test:80": f"127.0.0.1:{port}"}) as (clients, _):
            answer = await clients.http.elsewhere("http://rdap.test/")
        assert isinstance(answer, Exchange)

    async def test_a_pinned_address_keeps_its_own_port(self, loopback, looking, shop_context, ca_file) -> None:
        """With two addresses behind one name, each is asked where it listens."""
        first = await loopback.answer(OK, context=shop_context)
        resolve = {"shop.test:443": f"127.0.0.1:{first}, 127.0.0.2:1"}
        async with looking("https://shop.test", resolve=resolve, ca_file=ca_file) as (clients, _):
            here = await clients.http.fetch("/", address="127.0.0.1")
            there = await clients.http.fetch("/", address="127.0.0.2")
        assert (here.status, there.cause) == (200, Cause.REFUSED)


class TestCertificates:
    @pytest.mark.parametrize(
        ("issue", "words"),
        [
            ({"lifetime": timedelta(days=90), "remaining": timedelta(days=-1)}, "certificate has expired"),
            ({"chain": "incomplete"}, "unable to get local issuer certificate"),
        ],
    )
    async def test_that_are_bad_are_told_in_openssl_s_words(
        self, loopback, looking, authority, ca_file, tmp_path: Path, issue: dict, words: str
    ) -> None:
        context = authority.issue(["shop.test"], **issue).write(tmp_path).server_context()
        port = await loopback.answer(OK, context=context)
        resolve = {"shop.test:443": f"127.0.0.1:{port}"}
        async with looking("https://shop.test", resolve=resolve, ca_file=ca_file) as (clients, _):
            answer = await clients.http.fetch("/")
        assert (answer.cause, answer.detail) == (Cause.CERTIFICATE, words)

    async def test_of_an_authority_that_was_not_named_are_refused(self, loopback, looking, shop_context) -> None:
        port = await loopback.answer(OK, context=shop_context)
        async with looking("https://shop.test", resolve={"shop.test:443": f"127.0.0.1:{port}"}) as (clients, _):
            answer = await clients.http.fetch("/")
        assert answer.cause is Cause.CERTIFICATE

    async def test_of_the_target_s_authority_are_good_for_elsewhere_too(
        self, loopback, looking, shop_context, ca_file
    ) -> None:
        port = await loopback.answer(OK, context=shop_context)
        resolve = {"shop.test:443": f"127.0.0.1:{port}"}
        async with looking("https://other.test", resolve=resolve, ca_file=ca_file) as (clients, allowance):
            answer = await clients.http.elsewhere("https://shop.test/")
        assert isinstance(answer, Exchange)
        assert allowance.sent["tls_handshakes"] == 1

    async def test_where_there_is_no_tls_are_not_to_blame(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        port = await loopback.serve(handler)
        async with looking(f"https://127.0.0.1:{port}") as (clients, _):
            answer = await clients.http.fetch("/")
        assert answer.cause is Cause.TLS

    async def test_are_not_asked_for_by_one_who_hangs_up(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await reader.read(1)
            writer.transport.abort()

        port = await loopback.serve(handler)
        async with looking(f"https://127.0.0.1:{port}") as (clients, _):
            answer = await clients.http.fetch("/")
        assert answer.cause in {Cause.TLS, Cause.BROKEN}
        assert answer.detail

    async def test_are_not_asked_for_by_one_who_says_goodbye(self, loopback, looking) -> None:
        async def handler(reader, writer) -> None:
            await reader.read(1000)

        port = await loopback.serve(handler)
        async with looking(f"https://127.0.0.1:{port}") as (clients, _):
            answer = await clients.http.fetch("/")
        assert answer.cause in {Cause.TLS, Cause.BROKEN}
        assert answer.detail

    async def test_are_not_waited_for_without_end(self, loopback, looking) -> None:
        async def stall(reader, writer) -> None:
            await reader.read()

        port = await loopback.serve(stall)
        async with looking(f"https://127.0.0.1:{port}") as (clients, _):
            answer = await clients.http.fetch("/", timeout=0.2)
        assert (answer.cause, answer.address) == (Cause.TIMED_OUT, "127.0.0.1")

    async def test_beyond_the_budget_are_not_asked_for_and_nothing_stays_open(
        self, loopback, looking, shop_context, ca_file
    ) -> None:
        port = await loopback.answer(OK, context=shop_context)
        resolve = {"shop.test:443": f"127.0.0.1:{port}"}
        budget = Budget(requests=1)
        async with looking("https://shop.test", resolve=resolve, ca_file=ca_file, budget=budget) as (clients, _):
            with pytest.raises(BudgetSpent):
                await clients.http.fetch("/")
            assert clients.sockets.slots._value == budget.connections
        gc.collect()


class TestHttp2:
    @staticmethod
    async def site(stack: AsyncExitStack, shop_context: ssl.SSLContext, seen: list[http_server.Request]) -> int:
        context = shop_context
        context.set_alpn_protocols(["h2"])

        def application(request: http_server.Request) -> http_server.Response:
            seen.append(request)
            fields = (("Set-Cookie", "a=1"), ("X-Odd", "b"), ("Set-Cookie", "c=2"))
            return http_server.Response(200, fields, f"{request.method} {request.path}".encode() * 1000)

        server = await http_server.serve(application, context=context)
        stack.push_async_callback(server.wait_closed)
        stack.callback(server.close)
        return server.sockets[0].getsockname()[1]

    async def test_is_spoken_with_those_who_offer_it(self, looking, authority, ca_file, tmp_path: Path) -> None:
        context = authority.issue(["shop.test"]).write(tmp_path).server_context()
        seen: list[http_server.Request] = []
        async with AsyncExitStack() as stack:
            port = await self.site(stack, context, seen)
            resolve = {"shop.test:443": f"127.0.0.1:{port}"}
            clients, allowance = await stack.enter_async_context(
                looking("https://shop.test", resolve=resolve, ca_file=ca_file)
            )
            answers = await asyncio.gather(*(clients.http.fetch(f"/{number}") for number in range(10)))
            cut = await clients.http.fetch("/cut", cap=100)
            last = await clients.http.fetch("/last")
        assert [type(answer) for answer in answers] == [Exchange] * 10
        assert {(answer.http_version, answer.address) for answer in answers} == {("HTTP/2", "127.0.0.1")}
        assert answers[3].body == b"GET /3" * 1000
        assert answers[3].headers.all("set-cookie") == ("a=1", "c=2")
        assert (len(cut.body), cut.truncated) == (100, True)
        assert last.body == b"GET /last" * 1000
        assert seen[0].headers["host"] == "shop.test"
        assert allowance.sent["tls_handshakes"] <= 4


class TestTrust:
    def test_in_the_system_s_authorities_is_the_default(self) -> None:
        context = trust.context(None)
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)

    def test_in_one_s_own_takes_their_place(self, ca_file) -> None:
        assert len(trust.context(ca_file).get_ca_certs()) == 1

    def test_in_one_s_own_stands_beside_the_public_ones_elsewhere(self, ca_file) -> None:
        ours = trust.context(ca_file).get_ca_certs()[0]
        public = trust.context(ca_file, public=True)
        assert ours in public.get_ca_certs()
        assert public.verify_mode is ssl.CERT_REQUIRED

    def test_does_not_hang_on_the_python(self, ca_file) -> None:
        assert not trust.context(ca_file).verify_flags & ssl.VERIFY_X509_STRICT

    @pytest.mark.parametrize("name", ["missing.pem", "empty.pem"])
    def test_in_a_file_that_holds_none_is_a_mistake(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "empty.pem").write_text("")
        with pytest.raises(ConfigurationError, match="cannot be read as PEM certificates"):
            trust.context(str(tmp_path / name))
