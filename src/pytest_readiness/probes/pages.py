"""The pages that page-wide rules are held against, what they set, and what they say to other sites."""

from __future__ import annotations

import secrets

from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.http import Answer, Cookies, CrossOrigin, Exchange, Landing, Pages, Silence
from pytest_readiness.model.targets import Target
from pytest_readiness.probes.landing import PAGE
from pytest_readiness.probes.together import together

FOREIGN = "https://foreign.example"
"""An origin that no site can have a reason to trust: RFC 2606 reserves its name."""


@evidence(sends="GET on each of the target's pages and on one random path, redirects within the host followed")
async def pages(target: Target, http: HttpClient, landing: Landing) -> Pages:
    """The landing page, each of the target's ``pages``, and an error page, in that order."""
    paths = (*target.pages, f"/{secrets.token_hex(8)}")
    ways = await together(http.follow(path, cap=PAGE) for path in paths)
    answers: tuple[Answer, ...] = (landing.answer, *(way[-1] for way in ways))
    return Pages(
        seen=tuple(answer for answer in answers if isinstance(answer, Exchange)),
        silent=tuple(answer for answer in answers if isinstance(answer, Silence)),
        redirects=tuple(answer for way in ways for answer in way[:-1] if isinstance(answer, Exchange)),
    )


@evidence(sends="nothing besides landing and pages")
async def cookies(landing: Landing, pages: Pages) -> Cookies:
    """Every Set-Cookie line of the pages, and of the redirects on the way to them."""
    return Cookies(
        tuple(
            (answer.url, line)
            for answer in (*landing.redirects, *pages.redirects, *pages.seen)
            for line in answer.headers.all("Set-Cookie")
        )
    )


@evidence(name="cross_origin", sends="2 GET and 1 OPTIONS on the landing page with a foreign Origin")
async def cross_origin(landing: Landing, http: HttpClient) -> CrossOrigin:
    """The answers to requests that say they come from another site."""
    simple, null, preflight = await together(
        (
            http.fetch(landing.url, headers=[("Origin", FOREIGN)]),
            http.fetch(landing.url, headers=[("Origin", "null")]),
            http.fetch(
                landing.url,
                method="OPTIONS",
                headers=[
                    ("Origin", FOREIGN),
                    ("Access-Control-Request-Method", "PUT"),
                    ("Access-Control-Request-Headers", "authorization"),
                ],
            ),
        )
    )
    return CrossOrigin(FOREIGN, simple, null, preflight)
