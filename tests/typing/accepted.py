"""What users write: both type checkers accept it."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import assert_type

import pytest

from pytest_readiness import (
    Check,
    Effect,
    Finding,
    Measure,
    NotApplicable,
    NotReady,
    Severity,
    Target,
    Unverified,
    assert_ready,
    check,
    readiness,
)
from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.http import Landing
from pytest_readiness.model.thresholds import Thresholds

pytestmark = [readiness.operations, readiness.launch("deployment", severity="high")]


@readiness.security
def test_bare(target: Target) -> None:
    """A bare mark leaves the test what it is."""


assert_type(test_bare(Target("prod", "https://shop.test")), None)


@readiness.backup("restore-verified")
def test_called_with_an_item() -> None: ...


@readiness.backup("restore-verified", severity="critical")
def test_called_with_an_item_and_a_severity() -> None: ...


@readiness.data(severity="low")
def test_called_with_a_severity() -> None: ...


@readiness.monitoring()
def test_called_with_nothing() -> None: ...


@readiness.infrastructure
async def test_async() -> int:
    return 3


@readiness.security
class TestBare:
    @readiness.security("webhooks")
    def test_method(self, target: Target) -> str:
        return target.name


@readiness.security("webhooks", severity="medium")
class TestCalled:
    pytestmark = readiness.launch

    def test_method(self) -> None: ...


assert_type(TestBare().test_method(Target("prod", "https://shop.test")), str)

parameters = [pytest.param(1, marks=readiness.security), pytest.param(2, marks=[readiness.data("x")])]
mark: pytest.MarkDecorator = readiness.security


@readiness.evidence
async def release(target: Target, http: HttpClient) -> str:
    """Which release runs."""
    answer = await http.fetch("/version")
    if not hasattr(answer, "text"):
        raise Unverified("no answer", fix="start it")
    return target.name


@readiness.evidence(effect="exercise", deadline=timedelta(seconds=5), sends="one POST")
async def order(release: str) -> int:
    return len(release)


@check("security/security-headers", severity="high", thresholds=("hsts_max_age",), source="RFC 6797")
def hsts(landing: Landing, thresholds: Thresholds, now: datetime) -> Iterator[Finding | Measure]:
    """Browsers are told to come back over HTTPS."""
    yield Measure("max_age", thresholds.hsts_max_age.total_seconds())
    yield Finding("no HSTS", where=landing.url, severity=Severity.HIGH)


@check("launch/deployment")
def only_findings(release: str) -> list[Finding]:
    return [] if release else [Finding("none")]


def check_is_called_like_its_function(landing: Landing, now: datetime) -> list[Finding | Measure]:
    return list(hsts(landing, Thresholds(), now))


def any_check(given: Check[...]) -> str:
    return given.id


any_check(hsts)


def test_assertions() -> None:
    assert_ready(finding for finding in [Finding("a")])
    assert_ready(["a", Finding("b", where="x", fix="y", source="z", measured=None)])
    try:
        assert_ready([])
    except NotReady as error:
        assert_type(error.findings, tuple[Finding, ...])
    if Effect.OBSERVE < Effect.EXERCISE:
        raise NotApplicable("no assets")
