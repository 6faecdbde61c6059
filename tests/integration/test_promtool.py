"""Prometheus's own reader accepts the metrics, whatever a server chose to be measured."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from pytest_readiness.model.checks import Item
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Result
from pytest_readiness.model.scales import Level, Severity
from pytest_readiness.model.states import State
from pytest_readiness.model.targets import Target
from pytest_readiness.reporting.prometheus import render
from pytest_readiness.run import Options, Run
from pytest_readiness.settings.load import Settings


def run_with(measured: dict[str, float | int | str | bool | None]) -> Run:
    prod = Target("prod", "https://shop.test")
    items = {f"security/{state.lower()}": state for state in State}
    run = Run(
        settings=Settings(None, {"prod": prod}),
        options=Options(("prod",)),
        targets=(prod,),
        items={name: Item(name, name, Severity.HIGH, Level.BRONZE) for name in items},
        checks=(),
    )
    for name, state in items.items():
        findings = (Finding("x"),) if state is State.FAIL else ()
        run.record(Result(name, name, "x", "prod", state, Severity.HIGH, findings=findings, measured=measured))
    run.allowance(prod).record("http_requests")
    return run


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize(
    "measured",
    [
        {"days_left": 41, "ratio": 0.25},
        {"inf": float("inf"), "nan": float("nan"), "huge": 10**400, "fast": True, "word": "TLS 1.3"},
        {'quote " back \\ line \n brace } \x1b \ud800 é': 1},
    ],
)
def test_promtool_accepts_it(measured: dict[str, float | int | str | bool | None], finished: bool) -> None:
    promtool = shutil.which("promtool")
    assert promtool is not None, "install it: make services"
    ended = subprocess.run(
        [promtool, "check", "metrics"],
        input=render(run_with(measured), finished=finished),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
