"""The registration of the domain, read from a registry's stand-in on loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pytest_readiness.checks.infrastructure.domain import domain_expiry
from pytest_readiness.demo.http_server import Application, Request, Response, serve
from pytest_readiness.demo.registry import BOOTSTRAP, registry
from pytest_readiness.gather.engine import Order, gather
from pytest_readiness.gather.plan import catalogue
from pytest_readiness.guard.budget import Allowance
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.probes import builtin
from pytest_readiness.verdict.judge import Judged, judge

NOW = datetime.now(UTC)


@asynccontextmanager
async def served(application: Application) -> AsyncIterator[str]:
    """Serve a registry, and give its address."""
    server = await serve(application)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def judged(bootstrap: str, host: str = "www.shop.test") -> Judged:
    """Gather the registration through the guard, and judge it."""
    target = Target("shop", f"https://{host}", rdap_bootstrap=bootstrap)
    order = Order(target, target.allow, domain_expiry.needs, Allowance(target.name, target.budget))
    facts = await gather([order], catalogue(builtin()), Thresholds())
    return judge(
        domain_expiry,
        facts.of(target.name),
        target=target,
        severity=Severity.HIGH,
        gate=Severity.MEDIUM,
        thresholds=Thresholds(),
        now=NOW,
    )


async def judged_with(application: Application, host: str = "www.shop.test") -> Judged:
    async with served(application) as base:
        return await judged(f"{base}{BOOTSTRAP}", host)


def expiring(days: float) -> dict[str, datetime | None]:
    return {"shop.test": NOW + timedelta(days=days)}


async def test_a_domain_with_a_year_to_go_is_green():
    outcome = await judged_with(registry(expiring(365)))
    assert (outcome.state, outcome.findings, outcome.measured) == (State.PASS, (), {"domain_days_left": 365.0})


async def test_twenty_days_left_are_red_and_green_when_renewed():
    outcome = await judged_with(registry(expiring(20.5)))
    assert (outcome.state, [finding.summary for finding in outcome.findings]) == (
        State.FAIL,
        ["the domain expires 20 days from now"],
    )
    assert (await judged_with(registry(expiring(385.5)))).state is State.PASS


async def test_the_registered_domain_is_found_below_a_suffix_of_two_labels():
    outcome = await judged_with(registry({"shop.co.test": NOW + timedelta(days=90)}), "www.shop.co.test")
    assert outcome.measured == {"domain_days_left": 90.0}


async def test_a_registry_that_keeps_the_date_back_proves_nothing():
    outcome = await judged_with(registry({"shop.test": None}))
    assert (outcome.state, "does not say when shop.test expires" in outcome.reason) == (State.UNVERIFIED, True)
    assert '[[attestations]] item = "infrastructure/dns"' in outcome.fix


async def test_a_domain_on_its_way_out_is_red():
    outcome = await judged_with(registry(expiring(365), statuses=("redemption period",)))
    assert outcome.state is State.FAIL
    assert outcome.findings[0].severity is Severity.CRITICAL


async def test_a_bootstrap_file_serves_as_well_as_a_url(tmp_path: Path):
    async with served(registry(expiring(365))) as base:
        file = tmp_path / "dns.json"
        file.write_text(json.dumps({"services": [[["test"], [base]]]}))
        assert (await judged(str(file))).state is State.PASS


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda _: Response(503), "status 503", id="the list is away"),
        pytest.param(lambda _: Response(200, body=b"<html>"), "it is no bootstrap file", id="the list is none"),
        pytest.param(
            lambda _: Response(200, body=b'{"services": [[["com"], ["http://127.0.0.1:9/"]]]}'),
            "the registry of .test has no RDAP server",
            id="the registry has no server",
        ),
        pytest.param(
            lambda _: Response(200, body=b'{"services": [[["test"], ["http://127.0.0.1:9/"]]]}'),
            "the registry did not answer",
            id="the registry is down",
        ),
    ],
)
async def test_a_list_that_does_not_lead_to_the_registry_proves_nothing(change, reason):
    outcome = await judged_with(change)
    assert (outcome.state, reason in outcome.reason) == (State.UNVERIFIED, True), outcome.reason


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (Response(429), "the registry answered with status 429"),
        (Response(404), "the registry knows none of shop.test, www.shop.test"),
        (Response(200, body=b"busy"), "the registry's answer cannot be read"),
    ],
)
async def test_a_registry_that_does_not_tell_proves_nothing(response, reason):
    outcome = await judged_with(only_bootstrap_from(registry(expiring(365)), response))
    assert (outcome.state, reason in outcome.reason) == (State.UNVERIFIED, True), outcome.reason


def only_bootstrap_from(application: Application, otherwise: Response) -> Callable[[Request], Response]:
    return lambda request: application(request) if request.path == BOOTSTRAP else otherwise


async def test_a_missing_bootstrap_file_proves_nothing(tmp_path: Path):
    outcome = await judged(str(tmp_path / "absent.json"))
    assert (outcome.state, "absent.json" in outcome.reason) == (State.UNVERIFIED, True)


@pytest.mark.parametrize("host", ["192.0.2.1", "localhost"])
async def test_what_nobody_registers_is_not_applicable(host):
    assert (await judged_with(registry(expiring(365)), host)).state is State.NOT_APPLICABLE


async def test_a_private_name_is_not_asked_of_the_public_registries():
    """Nothing is sent: the default bootstrap file is IANA's."""
    assert (await judged(Target("shop", "").rdap_bootstrap, "shop.internal")).state is State.NOT_APPLICABLE
