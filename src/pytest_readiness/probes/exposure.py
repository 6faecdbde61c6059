"""What lies open that should not: asked for in small pieces, with controls."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta

from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.http import Answer, Exposed, Landing
from pytest_readiness.model.targets import Target
from pytest_readiness.probes.together import together
from pytest_readiness.standards.pages import html, redirects, security_txt
from pytest_readiness.standards.pages.exposure import LIMIT, SIGNATURES

SCRIPTS = 6
"""How many of the landing page's scripts are asked for their source map."""

ERROR_PAGE = 65_536
"""Bytes of an error page that are read: debug pages put the trace below their styles."""

SECURITY_TXT = 32_768
"""Bytes of security.txt that are read (RFC 9116, section 5.4, has a parser set a limit)."""

MALFORMED = ("/%00", "/%c0%ae", "/%E0%A4%A", "/?x%5B%5D=1&x%5Ba%5D=2")
"""Requests that frameworks stumble over while they read them: a NUL, an overlong dot, a broken UTF-8 escape, a
parameter that is a list and a map at once. None of them asks for anything."""


@evidence(
    sends=f"1 GET with a Range of 4 KiB on each of {len(SIGNATURES)} paths, 2 random ones and {SCRIPTS} source maps;"
    f" {len(MALFORMED) + 1} GET for error pages; 1 on security.txt",
    deadline=timedelta(minutes=1),
)
async def exposed(target: Target, http: HttpClient, landing: Landing) -> Exposed:
    """The answers for paths that no public site should serve, the first 4 KiB of each, and for error pages."""

    async def piece(path: str) -> Answer:
        return await http.fetch(path, headers=[("Range", f"bytes=0-{LIMIT - 1}")], cap=LIMIT)

    def root(path: str) -> str:
        return f"{target.origin}{path}"

    # The controls come first: a server that starts to refuse must not have refused them alone.
    controls = await together(
        map(piece, (root(f"/{secrets.token_hex(8)}"), root(f"/.{secrets.token_hex(4)}/{secrets.token_hex(4)}.txt")))
    )
    answers = await together(piece(root(signature.path)) for signature in SIGNATURES)
    errors = await together(
        http.fetch(root(path), cap=ERROR_PAGE) for path in (f"/{secrets.token_hex(8)}.html", *MALFORMED)
    )
    return Exposed(
        controls=controls,
        answers=answers,
        errors=errors,
        source_maps=await together(map(piece, _source_maps(landing))),
        security_txt=(await http.follow(root(security_txt.PATH), cap=SECURITY_TXT))[-1],
    )


def _source_maps(landing: Landing) -> list[str]:
    """Return where the source maps of the page's own scripts would be."""
    page = landing.answer
    return list(dict.fromkeys(_beside_scripts(page.text, page.url)))[:SCRIPTS] if page.is_html else []


def _beside_scripts(text: str, url: str) -> Iterator[str]:
    document = html.parse(text)
    for load in document.loads:
        script = document.absolute(load, url)
        if load.kind is html.Kind.SCRIPT and script and redirects.host(script) == redirects.host(url):
            yield f"{script.partition('#')[0].partition('?')[0]}.map"
