"""Fixtures for a user's own tests: the target, a guarded client, and every piece of evidence by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from pytest_readiness.model.dns import Dns, Dnssec, Mail, Nameservers, Registration, Tenancy, Zone
    from pytest_readiness.model.http import (
        AddressAnswers,
        Cookies,
        CrossOrigin,
        Exposed,
        Headers,
        Health,
        Landing,
        OpenApi,
        Pages,
        PlainHttp,
    )
    from pytest_readiness.model.targets import Target
    from pytest_readiness.model.tls import Certificates, Renewal, TlsPosture


@pytest.fixture(scope="session")
def http(target: Target, pytestconfig: pytest.Config) -> Iterator[httpx.Client]:
    """A client of the target with its guards, an ``httpx.Client`` whose base is the target's URL.

    Requests count against the target's budget; under ``observe`` only GET, HEAD and OPTIONS leave, and none to another
    host: anything else is held back and the test is UNVERIFIED. Redirects are not followed.

    Example: ``assert http.get("/orders").status_code == 401``
    """
    from pytest_readiness.collect import RUN
    from pytest_readiness.guard.user_client import client

    run = pytestconfig.stash[RUN]
    with client(target, run.allowed(target), run.allowance(target)) as opened:
        yield opened


@pytest.fixture
def landing(readiness_facts: Callable[[str], Any]) -> Landing:
    """The answer to GET on the target's URL, redirects within the host followed.

    Example: ``assert landing.answer.status == 200``
    """
    fact: Landing = readiness_facts("landing")
    return fact


@pytest.fixture
def headers(readiness_facts: Callable[[str], Any]) -> Headers:
    """The field lines of the landing page's answer.

    Example: ``assert headers.first("X-Robots-Tag") is None``
    """
    fact: Headers = readiness_facts("headers")
    return fact


@pytest.fixture
def pages(readiness_facts: Callable[[str], Any]) -> Pages:
    """The landing page, each of the target's ``pages``, and an error page.

    Example: ``assert all(page.elapsed < 1 for page in pages.seen)``
    """
    fact: Pages = readiness_facts("pages")
    return fact


@pytest.fixture
def cookies(readiness_facts: Callable[[str], Any]) -> Cookies:
    """Every Set-Cookie line of the pages looked at."""
    fact: Cookies = readiness_facts("cookies")
    return fact


@pytest.fixture
def plain_http(readiness_facts: Callable[[str], Any]) -> PlainHttp:
    """The answers of the same host to plain HTTP, redirect by redirect."""
    fact: PlainHttp = readiness_facts("plain_http")
    return fact


@pytest.fixture
def cross_origin(readiness_facts: Callable[[str], Any]) -> CrossOrigin:
    """The answers to requests that say they come from another site."""
    fact: CrossOrigin = readiness_facts("cross_origin")
    return fact


@pytest.fixture
def addresses(readiness_facts: Callable[[str], Any]) -> AddressAnswers:
    """The answer of each address that the host's name leads to.

    Example: ``assert len(addresses.answers) >= 2``
    """
    fact: AddressAnswers = readiness_facts("addresses")
    return fact


@pytest.fixture
def tls(readiness_facts: Callable[[str], Any]) -> TlsPosture:
    """What each address offers in TLS: protocols, cipher suites, groups."""
    fact: TlsPosture = readiness_facts("tls")
    return fact


@pytest.fixture
def certificates(readiness_facts: Callable[[str], Any]) -> Certificates:
    """The certificate chain of each address, as it was sent, and whether it is trusted."""
    fact: Certificates = readiness_facts("certificates")
    return fact


@pytest.fixture
def renewal(readiness_facts: Callable[[str], Any]) -> Renewal:
    """When the certificate's issuer would have it renewed (RFC 9773)."""
    fact: Renewal = readiness_facts("renewal")
    return fact


@pytest.fixture
def zone(readiness_facts: Callable[[str], Any]) -> Zone:
    """The zone that holds the target's name."""
    fact: Zone = readiness_facts("zone")
    return fact


@pytest.fixture
def dns(readiness_facts: Callable[[str], Any]) -> Dns:
    """What a visitor's resolver finds for the target's name: addresses, CNAME and CAA records."""
    fact: Dns = readiness_facts("dns")
    return fact


@pytest.fixture
def nameservers(readiness_facts: Callable[[str], Any]) -> Nameservers:
    """What each authoritative nameserver of the zone answers."""
    fact: Nameservers = readiness_facts("nameservers")
    return fact


@pytest.fixture
def tenancy(readiness_facts: Callable[[str], Any]) -> Tenancy:
    """Whether the hosting service that a CNAME record leads to knows the name."""
    fact: Tenancy = readiness_facts("tenancy")
    return fact


@pytest.fixture
def dnssec(readiness_facts: Callable[[str], Any]) -> Dnssec:
    """Whether the zone's signatures verify from the trust anchor down."""
    fact: Dnssec = readiness_facts("dnssec")
    return fact


@pytest.fixture
def mail(readiness_facts: Callable[[str], Any]) -> Mail:
    """What the zone says about mail: MX, SPF, DMARC."""
    fact: Mail = readiness_facts("mail")
    return fact


@pytest.fixture
def registration(readiness_facts: Callable[[str], Any]) -> Registration:
    """What the registry says of the domain (RDAP)."""
    fact: Registration = readiness_facts("registration")
    return fact


@pytest.fixture
def health(readiness_facts: Callable[[str], Any]) -> Health:
    """The answers of the health endpoints; needs ``[targets.NAME.health]``."""
    fact: Health = readiness_facts("health")
    return fact


@pytest.fixture
def exposed(readiness_facts: Callable[[str], Any]) -> Exposed:
    """The answers for paths that no public site should serve."""
    fact: Exposed = readiness_facts("exposed")
    return fact


@pytest.fixture
def openapi(readiness_facts: Callable[[str], Any]) -> OpenApi:
    """The target's OpenAPI document; needs ``openapi``."""
    fact: OpenApi = readiness_facts("openapi")
    return fact
