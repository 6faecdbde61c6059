"""What the HTTP probes ask, and what they make of the answers; the client is a stand-in."""

from __future__ import annotations

import pickle
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest

from pytest_readiness.model.exceptions import BudgetSpent, DeadlinePassed, Unreachable, Unverified
from pytest_readiness.model.http import Answer, Cause, Exchange, Headers, Landing, Silence
from pytest_readiness.model.targets import HealthPaths, Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.probes import builtin
from pytest_readiness.probes.addresses import addresses
from pytest_readiness.probes.exposure import SCRIPTS, exposed
from pytest_readiness.probes.health import ATTEMPTS, health
from pytest_readiness.probes.landing import headers, landing
from pytest_readiness.probes.pages import FOREIGN, cookies, cross_origin, pages
from pytest_readiness.probes.plain_http import plain_http
from pytest_readiness.standards.pages.exposure import LIMIT, SIGNATURES

URL = "https://shop.test/"
TARGET = Target("prod", URL)
HTML = Headers((("Content-Type", "text/html"),))

Reply = Callable[[str], Answer]


def ok(url: str) -> Answer:
    return Exchange("GET", url, 200)


class StandIn:
    """Answers as ``reply`` says, and remembers what was asked."""

    def __init__(self, reply: Reply = ok) -> None:
        self.reply = reply
        self.asked: list[tuple[str, str, dict[str, str], int | None, str | None]] = []

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Iterable[tuple[str, str]] = (),
        cap: int | None = None,
        address: str | None = None,
    ) -> Answer:
        url = urljoin(URL, url)
        self.asked.append((method, url, dict(headers), cap, address))
        return self.reply(url)

    async def follow(self, url: str, *, hops: int = 5, cap: int | None = None) -> tuple[Answer, ...]:
        answers = [await self.fetch(url, cap=cap)]
        for _ in range(hops):
            last = answers[-1]
            if isinstance(last, Silence) or "Location" not in last.headers:
                break
            answers.append(await self.fetch(urljoin(last.url, last.headers.first("Location") or ""), cap=cap))
        return tuple(answers)

    @property
    def paths(self) -> list[str]:
        return [urlsplit(url).path for _, url, *_ in self.asked]


class Doors:
    """Addresses, and whether they let connections in."""

    def __init__(self, *addresses: str, opens: bool = True) -> None:
        self._addresses, self._opens = addresses, opens

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        return self._addresses

    @asynccontextmanager
    async def connect(self, host: str, port: int) -> AsyncIterator[None]:
        if not self._opens:
            raise DeadlinePassed(f"{host} port {port} did not answer")
        yield


def silent(cause: Cause) -> Reply:
    return lambda url: Silence("GET", url, cause)


def moved(**ways: str) -> Reply:
    """Redirect the paths named (``start`` for /start) and answer the rest."""

    def reply(url: str) -> Answer:
        to = ways.get(urlsplit(url).path.strip("/") or "root")
        return Exchange("GET", url, 302, Headers((("Location", to), ("Set-Cookie", "a=1")))) if to else ok(url)

    return reply


class TestLanding:
    async def test_it_is_the_last_answer_with_the_redirects_before_it(self):
        found = await landing(TARGET, StandIn(moved(root="/start")))
        assert isinstance(found, Landing)
        assert ([one.url for one in found.redirects], found.url) == ([URL], f"{URL}start")

    @pytest.mark.parametrize(
        ("cause", "kind"),
        [(Cause.REFUSED, Unreachable), (Cause.CERTIFICATE, Unreachable), (Cause.TIMED_OUT, DeadlinePassed)],
    )
    async def test_silence_raises_with_its_cause(self, cause: Cause, kind: type[Unverified]):
        with pytest.raises(kind, match=rf"does not answer: {cause}"):
            await landing(TARGET, StandIn(silent(cause)))

    async def test_headers_are_those_of_the_landing_page(self):
        assert await headers(Landing(Exchange("GET", URL, 200, HTML))) is HTML


class TestPlainHttp:
    async def test_it_asks_for_the_path_on_port_80(self):
        http = StandIn()
        await plain_http(Target("prod", "https://shop.test:8443/app?x=1"), http, Doors())
        assert http.asked[0][:2] == ("GET", "http://shop.test/app")

    async def test_an_ipv6_host_keeps_its_brackets(self):
        http = StandIn()
        await plain_http(Target("prod", "https://[2001:db8::1]/"), http, Doors())
        assert http.asked[0][1] == "http://[2001:db8::1]/"

    @pytest.mark.parametrize("opens", [True, False])
    @pytest.mark.parametrize("cause", [Cause.TIMED_OUT, Cause.BROKEN, Cause.PROTOCOL, Cause.UNREACHABLE])
    async def test_silence_is_told_apart_by_whether_the_port_accepts(self, cause: Cause, opens: bool):
        found = await plain_http(TARGET, StandIn(silent(cause)), Doors(opens=opens))
        assert found.accepts is opens

    @pytest.mark.parametrize("reply", [ok, silent(Cause.REFUSED)])
    async def test_an_answer_or_a_refusal_needs_no_further_connection(self, reply: Reply):
        assert (await plain_http(TARGET, StandIn(reply), Doors())).accepts is None

    async def test_a_resolved_host_without_its_port_80_is_unverified_and_not_asked(self):
        http = StandIn()
        target = Target("prod", URL, resolve={"shop.test:443": "127.0.0.1:8443"})
        with pytest.raises(Unverified, match=r"where port 80 of shop.test is"):
            await plain_http(target, http, Doors())
        assert http.asked == []


class TestPages:
    async def test_landing_page_configured_pages_and_an_error_page_in_that_order(self):
        http = StandIn(moved(login="/signin"))
        first = Exchange("GET", URL, 200)
        found = await pages(Target("prod", URL, pages=("/login", "/about")), http, Landing(first))
        assert found.seen[0] is first
        assert [page.url for page in found.seen[1:3]] == [f"{URL}signin", f"{URL}about"]
        assert len(urlsplit(found.seen[3].url).path) == 17  # a slash and a random token

    async def test_silent_pages_are_kept_apart(self):
        found = await pages(TARGET, StandIn(silent(Cause.TIMED_OUT)), Landing(Exchange("GET", URL, 200)))
        assert (len(found.seen), len(found.silent)) == (1, 1)

    async def test_cookies_of_redirects_count_too(self):
        http = StandIn(moved(root="/start"))
        seen = await landing(TARGET, http)
        assert (await cookies(seen, await pages(TARGET, http, seen))).lines == ((URL, "a=1"),)

    async def test_a_sign_in_page_that_sets_its_cookie_and_moves_on_is_heard(self):
        http = StandIn(moved(login="/signin"))
        target = Target("prod", URL, pages=("/login",))
        first = Landing(Exchange("GET", URL, 200))
        assert (await cookies(first, await pages(target, http, first))).lines == ((f"{URL}login", "a=1"),)


async def test_other_sites_ask_three_ways():
    http = StandIn()
    found = await cross_origin(Landing(Exchange("GET", f"{URL}start", 200)), http)
    assert found.origin == FOREIGN
    assert [(method, url, fields["Origin"]) for method, url, fields, *_ in http.asked] == [
        ("GET", f"{URL}start", FOREIGN),
        ("GET", f"{URL}start", "null"),
        ("OPTIONS", f"{URL}start", FOREIGN),
    ]


async def test_each_address_is_asked_by_itself_and_once():
    http = StandIn()
    found = await addresses(TARGET, http, Doors("192.0.2.1", "2001:db8::1", "192.0.2.1"))
    assert [address for *_, address in http.asked] == ["192.0.2.1", "2001:db8::1"]
    assert [address for address, _ in found.answers] == [address for address, _ in found.ours]


class TestHealth:
    async def test_paths_that_are_not_configured_are_not_asked_for(self):
        http = StandIn()
        found = await health(TARGET, http, Thresholds())
        assert (found.liveness, found.readiness, len(http.asked)) == (None, None, 1)

    async def test_the_unknown_path_lies_beside_the_readiness_path(self):
        http = StandIn()
        paths = HealthPaths(liveness="/live", readiness="/health/ready?verbose")
        found = await health(Target("prod", URL, health=paths), http, Thresholds())
        assert http.paths[:2] == ["/live", "/health/ready"]
        assert urlsplit(found.unknown.url).path.startswith("/health/")

    async def test_a_slow_endpoint_is_asked_again_and_the_fastest_answer_counts(self):
        durations = iter([3.0, 2.0, 2.5])
        http = StandIn(lambda url: Exchange("GET", url, 200, elapsed=next(durations, 0.0)))
        target = Target("prod", URL, health=HealthPaths(liveness="/live"))
        found = await health(target, http, Thresholds(health_response=timedelta(seconds=1)))
        assert isinstance(found.liveness, Exchange)
        assert (found.liveness.elapsed, http.paths.count("/live")) == (2.0, ATTEMPTS)

    async def test_a_fast_or_silent_one_is_asked_once(self):
        for reply in (ok, silent(Cause.REFUSED)):
            http = StandIn(reply)
            await health(Target("prod", URL, health=HealthPaths(liveness="/live")), http, Thresholds())
            assert http.paths.count("/live") == 1


class TestExposed:
    async def test_controls_come_first_and_every_piece_is_small(self):
        http = StandIn()
        found = await exposed(TARGET, http, Landing(Exchange("GET", URL, 200)))
        pieces = http.asked[: 2 + len(SIGNATURES)]
        assert {(fields.get("Range"), cap) for _, _, fields, cap, _ in pieces} == {(f"bytes=0-{LIMIT - 1}", LIMIT)}
        assert http.paths[2 : 2 + len(SIGNATURES)] == [signature.path for signature in SIGNATURES]
        assert len(found.answers) == len(SIGNATURES)
        assert {method for method, *_ in http.asked} == {"GET"}

    async def test_paths_are_those_of_the_origin_whatever_the_path_of_the_url(self):
        http = StandIn()
        await exposed(Target("prod", f"{URL}app/start"), http, Landing(Exchange("GET", URL, 200)))
        assert "/.git/HEAD" in http.paths

    async def test_source_maps_of_the_page_s_own_scripts_only(self):
        body = "".join(f'<script src="/{name}.js?v=1"></script>' for name in "abcdefgh")
        body = '<script src="https://cdn.example/x.js"></script><script>inline()</script>' + body
        found = await exposed(TARGET, StandIn(), Landing(Exchange("GET", URL, 200, HTML, body.encode())))
        assert [answer.url for answer in found.source_maps] == [f"{URL}{name}.js.map" for name in "abcdef"]
        assert len(found.source_maps) == SCRIPTS

    async def test_a_spent_budget_arrives_as_itself(self):
        def spent(url: str) -> Answer:
            raise BudgetSpent("the budget is used up")

        with pytest.raises(BudgetSpent):
            await exposed(TARGET, StandIn(spent), Landing(Exchange("GET", URL, 200)))

    async def test_what_was_gathered_can_be_shipped(self):
        found = await exposed(TARGET, StandIn(), Landing(Exchange("GET", URL, 200)))
        assert pickle.loads(pickle.dumps(found)) == found


def test_every_http_source_says_what_it_sends_and_only_observes():
    wanted = {
        "landing",
        "headers",
        "plain_http",
        "pages",
        "cookies",
        "cross_origin",
        "addresses",
        "health",
        "exposed",
        "openapi",
    }
    sources = {source.name: source for source in builtin() if source.name in wanted}
    assert sources.keys() == wanted
    assert all(source.sends and source.statement and str(source.effect) == "observe" for source in sources.values())
