"""Metrics: every series once, in the text format, whatever a server chose to be measured."""

from __future__ import annotations

import re

import pytest
from launch import every_state, hostile, result, run_of

from pytest_readiness.model.states import State
from pytest_readiness.reporting.prometheus import render

LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)')

Series = dict[tuple[str, tuple[str, ...]], float]


def parsed(text: str) -> Series:
    """Return the samples by name and label values; fail on what the text format does not allow."""
    assert text.endswith("\n")
    samples: Series = {}
    typed: list[str] = []
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            typed.append(line.split()[2])
        if line.startswith("#"):
            continue
        match = SAMPLE.fullmatch(line)
        assert match is not None, line
        assert match[1] == typed[-1]
        key = match[1], tuple(value for _, value in LABEL.findall(match[2] or ""))
        assert key not in samples
        samples[key] = float(match[3])
    assert len(typed) == len(set(typed))
    return samples


def of(samples: Series, name: str) -> dict[tuple[str, ...], float]:
    return {labels: value for (metric, labels), value in samples.items() if metric == name}


def test_the_verdict_is_one_of_all() -> None:
    samples = of(parsed(render(every_state(), finished=True)), "readiness_verdict")
    assert {labels for labels, value in samples.items() if value == 1} == {
        ("prod", "NOT READY"),
        ("staging", "NOT READY"),
    }
    assert samples["prod", "READY"] == 0


def test_every_item_has_its_state() -> None:
    states = of(parsed(render(every_state(), finished=True)), "readiness_item_state")
    assert {labels for labels in states if labels[0] == "prod"} == {
        *(("prod", f"security/{state.lower()}", str(state)) for state in State),
        ("prod", "backup/drill", "UNVERIFIED"),
    }
    assert set(states.values()) == {1}


def test_findings_are_counted_by_severity() -> None:
    findings = of(parsed(render(every_state(), finished=True)), "readiness_findings")
    assert findings == {
        ("prod", "security/warn", "high"): 1,
        ("prod", "security/fail", "high"): 2,
        ("prod", "security/waived", "high"): 1,
    }


def test_every_number_that_was_measured_is_there_and_no_word() -> None:
    measured = of(parsed(render(every_state(), finished=True)), "readiness_measured")
    assert measured == {
        ("prod", "security/pass/pass", "days_left"): 41,
        ("prod", "security/pass/pass", "ratio"): 0.5,
        ("prod", "security/pass/pass", "fast"): 1,
    }


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("inf"), "+Inf"),
        (float("-inf"), "-Inf"),
        (float("nan"), "NaN"),
        (10**400, "+Inf"),
        (-(10**400), "-Inf"),
        (0, "0"),
        (1e300, "1e+300"),
        (0.1, "0.1"),
    ],
)
def test_every_number_is_written_as_prometheus_reads_it(value: float, written: str) -> None:
    text = render(run_of(result(State.PASS, measured={"x": value})), finished=True)
    assert f'name="x"}} {written}\n' in text


def test_two_proofs_of_one_name_are_two_series() -> None:
    first = result(State.PASS, measured={"x": 1})
    second = type(first)("test_a.py::test_b[1]", *(first.item, first.check, "prod", State.PASS, first.severity))
    run = run_of(first)
    run.results["test_a.py::test_b[1]", "prod"] = type(first)(
        second.nodeid, second.item, second.check, "prod", State.PASS, second.severity, measured={"x": 2}
    )
    assert of(parsed(render(run, finished=True)), "readiness_measured") == {
        ("prod", "security/pass/pass", "x"): 1,
        ("prod", "test_a.py::test_b[1]", "x"): 2,
    }


def test_it_says_when_the_run_began_and_what_was_sent() -> None:
    samples = parsed(render(every_state(), finished=True))
    assert samples["readiness_run_timestamp_seconds", ()] == 1793620800
    assert of(samples, "readiness_sent")["prod", "http_requests"] == 1


def test_what_a_server_chose_stays_in_its_label() -> None:
    samples = parsed(render(hostile(), finished=True))
    assert len(of(samples, "readiness_measured")) == len(State)


def test_one_that_has_not_finished_says_so_and_nothing_is_ready() -> None:
    text = render(run_of(result(State.PASS)), finished=False)
    samples = parsed(text)
    assert text.startswith("# This run has not finished: nothing here says READY.\n")
    assert samples["readiness_run_finished", ()] == 0
    assert of(samples, "readiness_verdict")["prod", "NOT READY"] == 1
    assert of(samples, "readiness_item_state") == {}
