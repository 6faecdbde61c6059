"""What the issuer says about renewal is asked for and believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from nginx import Nginx
from tls_site import Site, gather

from pytest_readiness.checks.infrastructure import tls as checks
from pytest_readiness.demo.authority import Issued
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.probes.certificates import certificates
from pytest_readiness.probes.renewal import renewal
from pytest_readiness.standards.tls import acme
from pytest_readiness.standards.tls import certificates as reading

DAY = timedelta(days=1)


class Issuer:
    """The ACME server of the site's authority, as far as renewal information goes."""

    def __init__(self, site: Site) -> None:
        self.site, self.nginx = site, site.nginx
        self.port = self.nginx.port()
        self.directory = f"http://127.0.0.1:{self.port}/directory"

    def serve(self, issued: Issued, start: timedelta, end: timedelta) -> None:
        """Serve the site's certificate, and the window for it, both as seen from now."""
        now = datetime.now(UTC)
        window = {"suggestedWindow": {"start": (now + start).isoformat(), "end": (now + end).isoformat()}}
        known_by = acme.certificate_id(reading.parse(issued.chain_der[0]))
        directory = {"newOrder": "http://127.0.0.1/", "renewalInfo": f"http://127.0.0.1:{self.port}/renewal-info"}
        self.nginx.serve(
            self.site.server(issued)
            + f"""
            server {{
                listen 127.0.0.1:{self.port};
                location = /directory {{ return 200 '{json.dumps(directory)}'; }}
                location = /renewal-info/{known_by} {{ return 200 '{json.dumps(window)}'; }}
            }}"""
        )


@pytest.fixture
def issuer(nginx: Nginx, site: Site) -> Issuer:
    assert site.nginx is nginx
    return Issuer(site)


async def judged(site: Site, **changes: object) -> list[object]:
    target = site.target(**changes)
    seen = await gather(target, certificates)
    evidence = await gather(target, renewal, certificates=seen)
    said = checks.renewal(evidence, target, datetime.now(UTC))
    return [one.summary.partition(" since ")[0] if isinstance(one, Finding) else one for one in said]


FROM_ISSUER = Measure("renewal_evidence", "the issuer's renewal window")


async def test_a_window_that_has_passed_is_red_and_green_when_renewed(site: Site, issuer: Issuer):
    issuer.serve(site.bad(remaining=20 * DAY), start=-10 * DAY, end=-8 * DAY)
    assert await judged(site, acme_directory=issuer.directory) == [FROM_ISSUER, "renewal is overdue"]
    issuer.serve(site.bad(), start=50 * DAY, end=52 * DAY)
    assert await judged(site, acme_directory=issuer.directory) == [FROM_ISSUER]


async def test_a_window_that_is_open_is_green(site: Site, issuer: Issuer):
    issuer.serve(site.bad(remaining=29 * DAY), start=-1 * DAY, end=1 * DAY)
    assert await judged(site, acme_directory=issuer.directory) == [FROM_ISSUER]


async def test_an_issuer_that_does_not_answer_lets_nothing_pass(site: Site):
    site.serve(site.bad(lifetime=180 * DAY))
    directory = f"http://127.0.0.1:{site.nginx.port()}/directory"
    with pytest.raises(Unverified, match="the ACME directory: refused"):
        await judged(site, acme_directory=directory)


async def test_without_an_issuer_to_ask_a_short_lifetime_is_the_evidence(site: Site):
    site.serve(site.bad(lifetime=90 * DAY, remaining=80 * DAY))
    assert await judged(site) == [
        Measure("renewal_evidence", "the pattern: a short lifetime with more than a third left")
    ]
