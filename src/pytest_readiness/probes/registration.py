"""The domain's registration, from the registry's RDAP server."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.dns import Registration
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.http import Silence
from pytest_readiness.model.targets import Target
from pytest_readiness.standards.dns import rdap
from pytest_readiness.standards.dns.zones import ancestors, is_address, special_use

PUBLIC_BOOTSTRAP = Target(name="", url="").rdap_bootstrap

BOOTSTRAP_CAP = 4_194_304
"""Bytes of a bootstrap file that are read; IANA's has about a hundred thousand."""

MOST_TRIES = 4
"""Names that the registry is asked for: nobody but the registry knows how many labels a registered domain has."""


@evidence(sends="a GET of the RDAP bootstrap file, and one of the registry for each name tried")
async def registration(target: Target, http: HttpClient) -> Registration:
    """What the registry says of the registered domain: until when, and in which state."""
    host = target.host
    if is_address(host):
        raise NotApplicable(f"the URL names the address {host}: nothing is registered")
    special = special_use(host)
    if special is not None and (special.local or target.rdap_bootstrap == PUBLIC_BOOTSTRAP):
        raise NotApplicable(f"{host} is registered with nobody: {special}")
    domains = tuple(name for name in reversed(ancestors(host)) if "." in name)[:MOST_TRIES]
    servers = rdap.servers(await _bootstrap(target, http), host)
    if isinstance(servers, rdap.Malformed):
        raise Unverified(f"{target.rdap_bootstrap}: {servers.reason}", fix="rdap_bootstrap = a URL or file as RFC 9224")
    if not servers:
        suffix = host.rpartition(".")[2]
        raise Unverified(
            f"the registry of .{suffix} has no RDAP server that {target.rdap_bootstrap} knows", fix=rdap.BY_HAND
        )
    return await _from_registry(http, servers[0], domains)


async def _bootstrap(target: Target, http: HttpClient) -> str:
    place = target.rdap_bootstrap
    if not place.lower().startswith(("http://", "https://")):
        return _read(place)
    answer = await http.elsewhere(place, cap=BOOTSTRAP_CAP)
    if isinstance(answer, Silence):
        _unreadable(place, str(answer))
    if answer.status != 200:
        _unreadable(place, f"status {answer.status}")
    return answer.text


def _read(place: str) -> str:
    try:
        return Path(place).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        _unreadable(place, str(error))


def _unreadable(place: str, reason: str) -> NoReturn:
    raise Unverified(
        f"the list of RDAP servers could not be read: {place}: {reason}",
        fix="rdap_bootstrap = a URL or file that this machine can read",
    )


async def _from_registry(http: HttpClient, server: str, domains: tuple[str, ...]) -> Registration:
    dateless: Registration | None = None
    for domain in domains:
        url = f"{server.rstrip('/')}/domain/{domain}"
        answer = await http.elsewhere(url, headers=(("Accept", "application/rdap+json"),))
        if isinstance(answer, Silence):
            raise Unverified(f"the registry did not answer: {url}: {answer}", fix=rdap.BY_HAND)
        if answer.status in {400, 404}:
            continue  # not registered under this name: the next one has a label more
        if answer.status != 200:
            raise Unverified(f"the registry answered with status {answer.status}: {url}", fix=rdap.BY_HAND)
        found = rdap.parse(answer.text)
        if isinstance(found, rdap.Malformed):
            raise Unverified(f"the registry's answer cannot be read: {url}: {found.reason}", fix=rdap.BY_HAND)
        outcome = Registration(domain, url, found.expires, found.statuses, found.delegation_signed)
        if outcome.expires is not None:
            return outcome
        dateless = outcome
    if dateless is None:
        raise Unverified(f"the registry knows none of {', '.join(domains)}", fix=rdap.BY_HAND)
    return dateless
