"""Builders of the plain data that the checks of area security judge."""

from __future__ import annotations

import pytest

from pytest_readiness.model.http import Cause, Exchange, Headers, Landing, Pages, Silence

URL = "https://shop.test/"


def build_page(*fields, body="", url=URL, status=200, kind="text/html; charset=utf-8", method="GET", **more):
    lines = tuple(field for field in fields if field is not None)
    typed = (("Content-Type", kind),) if kind else ()
    return Exchange(method, url, status, Headers((*typed, *lines)), body.encode(), **more)


@pytest.fixture
def page():
    """Build one answer from its fields, as (name, value) pairs, and its body; HTML on the landing page by default."""
    return build_page


@pytest.fixture
def pages():
    """Build the pages that a check judges from answers; a silent one is named by its URL."""

    def build(*seen, silent=()):
        return Pages(seen, tuple(Silence("GET", url, Cause.TIMED_OUT) for url in silent))

    return build


@pytest.fixture
def landing():
    """Build the landing page from the fields of its answer."""
    return lambda *fields, url=URL: Landing(build_page(*fields, url=url))
