"""The hosting stands: every address serves the service, and its clock is right."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pytest_readiness.model.checks import check
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import AddressAnswers, Answer, Cause, Exchange, Landing, Silence
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.standards.headers import http_date
from pytest_readiness.standards.pages import default_pages, redirects
from pytest_readiness.standards.pages.likeness import likeness

ITEM = "infrastructure/hosting"


@check(ITEM)
def addresses_answer(addresses: AddressAnswers) -> Iterator[Judgement]:
    """Every A and AAAA address of the host serves the same site over HTTPS.

    Each address is connected to by itself, with the certificate checked against the host, and asked for the URL.
    Pages differ from one request to the next, so their bytes are not compared: two answers come from the same site when
    they have the same status class and, where they redirect, lead to the same host; then the same title, digits aside,
    where one of them is HTML with a title; else the same media type. What most addresses serve is the site.

    IPv6 addresses that cannot be reached at all, every one of them, are unverified rather than dead: the machine that
    looks may have no IPv6.
    """
    unseen = _unseen_ipv6(addresses)
    judged = [(address, answer) for address, answer in addresses.answers if address not in unseen]
    likenesses = {
        address: likeness(answer) for address, answer in judged if isinstance(answer, Exchange) and answer.status < 500
    }
    usual = Counter(likenesses.values()).most_common(1)
    findings: list[Judgement] = []
    for address, answer in judged:
        if isinstance(answer, Silence):
            findings.append(
                Finding(
                    f"{address} does not answer: {answer}",
                    where=address,
                    measured=f"GET {answer.url}",
                    fix=f"bring the server at {address} back, or take the address out of DNS",
                )
            )
        elif answer.status >= 500:
            findings.append(
                Finding(
                    f"{address} answers {answer.status}",
                    where=address,
                    measured=f"GET {answer.url}",
                    fix=f"mend the server at {address}, or take the address out of DNS",
                )
            )
        elif likenesses[address] != usual[0][0]:
            findings.append(
                Finding(
                    f"{address} serves another site",
                    where=address,
                    measured=f"{likenesses[address]}; elsewhere {usual[0][0]}",
                    fix=f"deploy the same release and virtual host to {address}, or take the address out of DNS",
                )
            )
    if unseen and not findings:
        raise Unverified(
            f"no IPv6 from here: {', '.join(unseen)} could not be looked at",
            fix="run where IPv6 works" + "".join(f", or judge {line} alone" for line in _routes(judged)),
        )
    yield Measure("addresses", len(addresses.answers))
    yield from findings


@check(ITEM)
def not_a_default_page(landing: Landing) -> Iterator[Judgement]:
    """The URL serves the service and not a page that a web server, a host or a framework put there.

    The page is compared with the default pages of web servers, parking services, hosting platforms and frameworks. Each
    is known by several of its own sentences together; a page that mentions nginx is not nginx's page.
    """
    if page := default_pages.recognise(landing.answer.text):
        yield Finding(
            f"the URL shows {page.what}",
            where=landing.url,
            measured=f"{landing.answer.status}",
            fix="put the service in its place: the virtual host of this name does not lead to it yet",
        )
        return
    _require_a_page(landing)


@check(ITEM, thresholds=["clock_skew"], source="RFC 9110, 6.6.1")
def clock(addresses: AddressAnswers, target: Target, thresholds: Thresholds) -> Iterator[Judgement]:
    """The server's clock agrees with ours.

    The Date field of each address's answer is compared with the time at which the answer came, less what a cache adds
    by Age and what the request took. Tokens, certificates, logs and backups all go by that clock. Where both differ
    from the truth, this cannot tell; ours must be kept by NTP too.
    """
    ours = dict(addresses.ours)
    skews: dict[str, float] = {}
    for address, answer in addresses.answers:
        if isinstance(answer, Exchange) and (skew := _skew(answer, ours[address])) is not None:
            skews[address] = skew
    if not skews:
        raise Unverified(f"no answer of {target.host} has a Date that can be read", fix="let the server send Date")
    widest = max(skews.values(), key=abs)
    yield Measure("skew_seconds", round(widest, 1))
    limit = thresholds.clock_skew.total_seconds()
    for address, skew in skews.items():
        if abs(skew) > limit:
            yield Finding(
                f"the clock of {address} is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} ours",
                where=address,
                measured=f"more than {limit:g} s",
                fix="keep its clock by NTP: timedatectl set-ntp true",
                source="RFC 9110, 6.6.1",
            )


@check(ITEM, severity="low", source="RFC 9113")
def http2(landing: Landing) -> Iterator[Judgement]:
    """The service speaks HTTP/2 to those who can.

    The connection offers h2 and http/1.1 by ALPN; what the server chose is what counts.
    """
    version = landing.answer.http_version
    yield Measure("http_version", version)
    if version != "HTTP/2":
        yield Finding(
            f"the server answers in {version} where HTTP/2 was offered",
            where=landing.url,
            measured=version,
            fix="nginx: listen 443 ssl http2;   Apache: Protocols h2 http/1.1",
            source="RFC 9113",
        )


def _routes(judged: Sequence[tuple[str, Answer]]) -> Iterator[str]:
    """Yield the line of ``resolve`` that leaves the host with the addresses that were judged, if there are any."""
    for answer in [answer for _, answer in judged][:1]:
        split = urlsplit(answer.url)
        port = split.port or (443 if split.scheme == "https" else 80)
        addresses = ", ".join(f"{address}:{port}" for address, _ in judged)
        yield f'resolve = {{ "{split.hostname}:{port}" = "{addresses}" }}'


def _unseen_ipv6(addresses: AddressAnswers) -> tuple[str, ...]:
    """Return the IPv6 addresses, if none of them could be reached and there are others."""
    sixes = [(address, answer) for address, answer in addresses.answers if _is_ipv6(address)]
    none = all(isinstance(answer, Silence) and answer.cause is Cause.UNREACHABLE for _, answer in sixes)
    return tuple(address for address, _ in sixes) if none else ()


def _is_ipv6(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).version == 6


def _require_a_page(landing: Landing) -> None:
    answer = landing.answer
    away = redirects.destination(answer)
    if away:
        raise Unverified(f"{landing.url} only redirects, to {away}", fix=f'url = "{away}"')
    if answer.status >= 400:
        raise Unverified(
            f"{landing.url} answers {answer.status}: there is no page to look at",
            fix="url = a URL of the service that visitors can see",
        )
    if answer.undecoded:
        raise Unverified(f"{landing.url} is coded as {answer.undecoded}, which was not asked for")


def _skew(answer: Exchange, came: float) -> float | None:
    """Return how many seconds the server's clock is ahead of ours, or None where it does not tell."""
    said = http_date.parse(answer.headers.first("Date") or "")
    if said is None:
        return None
    age = answer.headers.first("Age") or ""
    said_now = said.timestamp() + (int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0)
    # Date has whole seconds and was written at some time between our question and its answer.
    earliest, latest = came - answer.elapsed - 1, came
    if said_now > latest:
        return said_now - latest
    return min(0.0, said_now - earliest)
