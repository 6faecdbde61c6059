"""A run in which every state occurs, and one in which a server chose every word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pytest_readiness.model.checks import Item
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Result
from pytest_readiness.model.scales import Level, Severity
from pytest_readiness.model.secrets import Redactor
from pytest_readiness.model.states import State
from pytest_readiness.model.targets import Target
from pytest_readiness.run import Options, Run
from pytest_readiness.settings.load import Settings

PROD, STAGING = Target("prod", "https://shop.test"), Target("staging", "https://staging.test")
FINDING = Finding("no HSTS", "https://shop.test/", "max-age=0", "send it", Severity.HIGH, "RFC 6797")
HOSTILE = (
    "|x` ``` <img src=x onerror=alert(1)> [a](http://evil.test) ![b](c) \n# h"
    '\r\n::error::x\x1b[31m\u202e\ud800 \\| {0} www.evil.test $x$ % "'
)


def item(name: str, **more: str) -> Item:
    return Item(name, f"Title of {name}", Severity.HIGH, Level.BRONZE, **more)


def result(state: State, *, target: str = "prod", name: str | None = None, **more) -> Result:
    name = name or state.lower()
    nodeid = f"readiness.toml::security::{name}[{target}]"
    return Result(nodeid, f"security/{name}", name, target, state, Severity.HIGH, **more)


def run_of(*results: Result, items: tuple[Item, ...] = (), left_out: bool = False) -> Run:
    """Return a run that came to ``results``, as they are: as if every decision had been counted."""
    listed = [*(item(each.item) for each in results), *items]
    run = Run(
        settings=Settings(None, {"prod": PROD, "staging": STAGING}, redactor=Redactor()),
        options=Options(("all",)),
        targets=(PROD, STAGING),
        items={each.id: each for each in listed},
        checks=(),
        started=datetime(2026, 11, 2, 12, tzinfo=UTC),
        left_out=left_out,
    )
    for each in results:
        run.results[each.nodeid, each.target] = each
    run.allowance(PROD).record("http_requests")
    return run


def every_state() -> Run:
    """Return a run with an item in each state, and one that nothing proves."""
    return run_of(
        result(State.PASS, measured={"days_left": 41, "ratio": 0.5, "fast": True, "version": "TLS 1.3"}),
        result(State.WARN, findings=(FINDING,)),
        result(State.FAIL, findings=(FINDING, Finding("no CSP")), evidence_age=timedelta(seconds=3)),
        result(State.ERROR, reason="ZeroDivisionError: division by zero"),
        result(State.UNVERIFIED, reason="no credential", fix='[targets.prod]\ntoken = "env:TOKEN"'),
        result(State.NOT_APPLICABLE, reason="it has no uploads"),
        result(State.WAIVED, findings=(FINDING,), raw=State.FAIL, exception="old proxy, by ann, until 2026-12-01"),
        result(State.ATTESTED, raw=State.UNVERIFIED, exception="drill held, by bob, until 2027-01-01"),
        items=(item("backup/drill", needs="a test of your own"),),
    )


def hostile() -> Run:
    """Return a run in which a server chose every word that one can choose."""
    finding = Finding(HOSTILE, HOSTILE, HOSTILE, HOSTILE, Severity.HIGH, HOSTILE)
    return run_of(
        *(
            result(
                state,
                findings=(finding,),
                reason=HOSTILE,
                fix=f"{HOSTILE}\n{HOSTILE}",
                raw=State.FAIL,
                exception=HOSTILE,
                measured={HOSTILE: 1, "words": HOSTILE},
            )
            for state in State
        )
    )
