"""Plain HTTP leads to HTTPS, and pages load nothing over it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Cause, Exchange, Landing, Pages, PlainHttp, Silence
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Target
from pytest_readiness.standards.pages import html, redirects

ITEM = "security/https-enforced"
PRELOAD = "hstspreload.org, submission requirements"
MIXED = "W3C Mixed Content"

_NOT_FETCHED_MIXED = frozenset({html.Kind.IMAGE, html.Kind.MEDIA})
"""What browsers fetch over HTTPS instead, or not at all: nothing of the page is lost to an eavesdropper but itself."""


@check(ITEM, severity="critical", source=PRELOAD)
def plain_http_redirects(plain_http: PlainHttp, landing: Landing, target: Target) -> Iterator[Judgement]:
    """Plain HTTP answers with a redirect to HTTPS on the same host, or port 80 is closed.

    The URL's path is asked for on port 80 and redirects within the host are followed one by one. The first hop must
    already be HTTPS on the same host: where it leads to another host first, browsers never learn the HSTS policy of the
    name that was typed. A refused connection is a closed port, and so is one that nobody answers, as packet filters
    drop it, since the same host answered over HTTPS at the same time; a port that accepts connections and then says
    nothing sensible is a finding.
    """
    if not redirects.is_https(target.url):
        yield Finding(
            "the service's own URL is plain HTTP",
            where=target.url,
            fix=f'serve it over HTTPS and set url = "https://{target.host}/"',
        )
        return
    yield Measure("https_status", landing.answer.status)  # the control: the host can be reached from here
    first = plain_http.first
    if isinstance(first, Silence):
        yield from _silent(first, plain_http)
        return
    yield Measure("plain_http_status", first.status)
    away = redirects.destination(first)
    if away is None:
        yield _no_redirect(first, target)
    elif not redirects.is_https(away):
        yield Finding(
            "plain HTTP redirects to plain HTTP",
            where=first.url,
            measured=f"{first.status}, Location: {away}",
            fix=f"redirect to https://{target.host}{urlsplit(first.url).path} at once",
            source=PRELOAD,
        )
    elif redirects.leaves(first):
        yield Finding(
            f"plain HTTP redirects to another host, {redirects.host(away)}, before HTTPS on its own",
            where=first.url,
            measured=f"{first.status}, Location: {away}",
            fix=f"redirect to https://{target.host}/ first, and from there to {redirects.host(away)}",
            source=PRELOAD,
            severity=Severity.HIGH,
        )
    else:
        yield from _rest_of_the_way(plain_http)


@check(ITEM, severity="high", source=MIXED)
def no_mixed_content(pages: Pages) -> Iterator[Judgement]:
    """Pages load nothing over plain HTTP, and send no form over it.

    The landing page, each of the target's pages and an error page are parsed as a browser parses them, before any
    script runs. Scripts, styles, frames and forms over http: hand the page to whoever sits in between; browsers block
    most of them, so that the page is broken too. Images and media are upgraded or shown as insecure: a lesser finding.
    A page whose policy says upgrade-insecure-requests has browsers load all of it over HTTPS.
    """
    findings: list[Judgement] = []
    unread = [f"{silence.url}: {silence}" for silence in pages.silent]
    documents = 0
    *wanted, error_page = pages.seen or (None,)
    for page in filter(None, (*wanted, error_page)):
        if page is not error_page and not 200 <= page.status < 300:
            away = redirects.destination(page)
            unread.append(f"{page.url} " + (f"only redirects, to {away}" if away else f"answers {page.status}"))
        if not page.is_html or redirects.destination(page):
            continue
        documents += 1
        findings += _mixed(page)
        if page.truncated or page.undecoded:
            unread.append(f"{page.url} could only be read in part")
    if unread and not findings:
        raise Unverified(
            f"not every page could be looked at: {'; '.join(unread)}", fix='pages = ["/…"] with paths that answer'
        )
    if not documents:
        raise NotApplicable("no page is HTML: browsers load nothing else from what is served")
    yield Measure("pages", documents)
    yield from findings


def _silent(first: Silence, plain_http: PlainHttp) -> Iterator[Judgement]:
    if first.cause is Cause.UNRESOLVED:
        raise Unverified(f"port 80 could not be looked at: {first}")
    if first.cause is Cause.REFUSED or plain_http.accepts is False:
        yield Measure("plain_http_status", "closed")
        return
    yield Finding(
        "port 80 accepts connections but gives no answer that a browser can follow",
        where=first.url,
        measured=str(first),
        fix="redirect to HTTPS on the same host, or close the port",
        severity=Severity.MEDIUM,
    )


def _no_redirect(first: Exchange, target: Target) -> Finding:
    return Finding(
        f"plain HTTP answers {first.status} in place of a redirect to HTTPS",
        where=first.url,
        measured=f"{first.status}, {len(first.body)} bytes",
        fix=f"nginx: server {{ listen 80; server_name {target.host}; return 301 https://$host$request_uri; }}",
        # An error serves nothing to an eavesdropper, but visitors who come by a plain link are lost.
        severity=Severity.MEDIUM if first.status >= 400 else None,
        source=PRELOAD,
    )


def _rest_of_the_way(plain_http: PlainHttp) -> Iterator[Judgement]:
    """Judge the hops behind a first one that is as it should be."""
    for hop in plain_http.hops[1:]:
        if isinstance(hop, Silence):
            yield Finding(
                f"plain HTTP redirects to a URL that does not answer: {hop.cause}",
                where=hop.url,
                measured=str(hop),
                fix="mend the HTTPS side, or redirect to where the service is",
            )
            return
        away = redirects.destination(hop)
        if away and not redirects.is_https(away):
            yield Finding(
                "the way from plain HTTP leads back to plain HTTP",
                where=hop.url,
                measured=f"{hop.status}, Location: {away}",
                fix="redirect to https: URLs only",
                source=PRELOAD,
            )
            return
    last = plain_http.hops[-1]
    if isinstance(last, Exchange) and redirects.destination(last) and not redirects.leaves(last):
        yield Finding(
            f"the way from plain HTTP does not end: {len(plain_http.hops)} redirects",
            where=last.url,
            measured=f"{last.status}, Location: {redirects.destination(last)}",
            fix="end the redirect loop",
            severity=Severity.HIGH,
        )


def _mixed(page: Exchange) -> Iterator[Finding]:
    document = html.parse(page.text)
    if _upgrades(page, document):
        return
    for load in dict.fromkeys(document.loads):
        url = document.absolute(load, page.url)
        if url is None or not url.lower().startswith(("http:", "ws:")):
            continue
        yield Finding(
            f"{load.kind} over plain HTTP: {url.partition('?')[0]}",
            where=page.url,
            measured=f"<{load.tag}>",
            fix=f"write https:{url.partition(':')[2]}",
            severity=Severity.LOW if load.kind in _NOT_FETCHED_MIXED else None,
            source=MIXED,
        )


def _upgrades(page: Exchange, document: html.Document) -> bool:
    """Whether browsers turn every http: URL of the page into https: (W3C Upgrade Insecure Requests)."""
    policies = (*page.headers.all("Content-Security-Policy"), *document.policies())
    directives = (directive.split() for policy in policies for directive in re.split("[;,]", policy))
    return any(words[:1] and words[0].lower() == "upgrade-insecure-requests" for words in directives)
