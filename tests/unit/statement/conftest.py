"""Statements of runs, as the reports of a run have them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from ready_run import COMMIT, REPORT

from pytest_readiness.model.releases import Release, parse
from pytest_readiness.statement import dsse, intoto, keys


@pytest.fixture(scope="session", params=["ed25519", "ecdsa-p256"])
def key(request):
    return keys.generate(request.param)


@pytest.fixture
def statement() -> Callable[..., bytes]:
    """Return what makes the payload of a report that differs from a good one in what is given."""

    def make(*, verdict: str = "READY", state: str = "PASS", **differing: Any) -> bytes:
        report = copy.deepcopy(REPORT) | differing
        report["targets"]["prod"]["verdict"] = verdict
        report["items"][0]["state"] = state
        return intoto.payload(Release("shop", (parse(COMMIT),)), report, {"readiness.toml": "00" * 32})

    return make


@pytest.fixture
def envelope(statement, key) -> Callable[..., bytes]:
    """Return what makes the signed envelope of such a report."""

    def make(**differing: Any) -> bytes:
        return dsse.render(dsse.sign(statement(**differing), intoto.PAYLOAD_TYPE, [key])).encode()

    return make
