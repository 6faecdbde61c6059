"""What a visitor meets at the URL."""

from __future__ import annotations

from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import DeadlinePassed, Unreachable
from pytest_readiness.model.http import Cause, Exchange, Headers, Landing, Silence
from pytest_readiness.model.targets import Target

PAGE = 1_048_576
"""Bytes of a page that are read."""


@evidence(sends="GET on the URL, and on redirects within its host, 5 at most")
async def landing(target: Target, http: HttpClient) -> Landing:
    """The answer to GET on the target's URL, with the redirects on the way to it.

    Raises:
        Unreachable: The target did not answer.
        DeadlinePassed: It did not answer in time.
    """
    answers = await http.follow(target.url, cap=PAGE)
    last = answers[-1]
    if isinstance(last, Silence):
        kind = DeadlinePassed if last.cause is Cause.TIMED_OUT else Unreachable
        raise kind(f"{last.url} does not answer: {last}")
    return Landing(last, tuple(answer for answer in answers[:-1] if isinstance(answer, Exchange)))


@evidence(sends="nothing besides landing")
async def headers(landing: Landing) -> Headers:
    """The field lines of the landing page."""
    return landing.headers
