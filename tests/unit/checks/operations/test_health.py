"""operations/health-check, judged on plain data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from pytest_readiness.checks.operations.health import liveness, readiness, unknown_paths_are_not_found
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Answer, Cause, Exchange, Headers, Health, Silence
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds

URL = "https://shop.test/health/ready"
TARGET = Target("prod", "https://shop.test/")
THRESHOLDS = Thresholds(health_response=timedelta(seconds=1))
NOT_FOUND = Exchange("GET", "https://shop.test/health/x", 404)
GOOD = '{"status":"UP","components":{"db":{"status":"UP"},"diskSpace":{"status":"UP"}}}'
SILENT = Silence("GET", URL, Cause.TIMED_OUT)


def answer(body: str = GOOD, status: int = 200, elapsed: float = 0.01, **fields: str) -> Exchange:
    lines = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    lines |= {name.replace("_", "-"): value for name, value in fields.items()}
    kept = tuple((name, value) for name, value in lines.items() if value)
    return Exchange("GET", URL, status, Headers(kept), body.encode(), elapsed=elapsed)


def findings(judgements: Iterable[Judgement]) -> list[str]:
    return [said.summary for said in judgements if isinstance(said, Finding)]


def measures(judgements: Iterable[Judgement]) -> dict[str, object]:
    return {said.name: said.value for said in judgements if isinstance(said, Measure)}


def live(said: Answer | None, unknown: Answer = NOT_FOUND) -> list[Judgement]:
    return list(liveness(Health(said, None, unknown), TARGET, THRESHOLDS))


def ready(said: Answer | None, unknown: Answer = NOT_FOUND) -> list[Judgement]:
    return list(readiness(Health(None, said, unknown), TARGET, THRESHOLDS))


class TestLiveness:
    @pytest.mark.parametrize("body", ["", "OK", '{"status":"pass"}', '{"status":"UP"}', "alive and well"])
    def test_2xx_in_time_passes_whatever_the_body(self, body: str):
        judged = live(answer(body))
        assert (findings(judged), measures(judged)) == ([], {"liveness_seconds": 0.01})

    @pytest.mark.parametrize("status", [301, 302, 401, 404, 500, 503])
    def test_anything_but_2xx_is_red(self, status: int):
        assert findings(live(answer("x", status))) == [f"liveness answers {status}"]

    def test_silence_is_red(self):
        assert findings(live(SILENT)) == ["liveness does not answer: timed out"]

    def test_a_slow_answer_is_red(self):
        assert findings(live(answer("OK", elapsed=1.26))) == ["liveness took 1.3 s"]

    def test_the_threshold_itself_passes(self):
        assert findings(live(answer("OK", elapsed=1.0))) == []

    def test_a_body_that_says_down_under_200_is_red(self):
        assert findings(live(answer('{"status":"DOWN"}'))) == [
            "liveness answers 200 while its body says that the service is down"
        ]

    def test_what_an_unknown_path_gets_too_is_no_health_check(self):
        unknown = Exchange("GET", "https://shop.test/x", 200, body=b"<title>Shop</title>")
        assert findings(live(answer("<title>Shop</title>"), unknown)) == [
            "liveness is answered by a catch-all: a path that nobody knows gets the same"
        ]

    def test_it_gives_nothing_away(self):
        assert findings(live(answer("OK from db1.internal"))) == ["a health answer shows a name of the inner network"]

    def test_without_a_path_it_is_unverified_with_the_lines_to_add(self):
        with pytest.raises(Unverified) as raised:
            live(None)
        assert raised.value.fix == '[targets.prod.health]\nliveness = "/health"'


class TestReadiness:
    def test_named_dependencies_fast_uncached_and_discreet_pass(self):
        judged = ready(answer())
        assert (findings(judged), measures(judged)) == (
            [],
            {"readiness_seconds": 0.01, "dependencies": "database, disk"},
        )

    @pytest.mark.parametrize(
        "body", ["", "OK", '{"status":"UP"}', '{"status":"UP","components":{"readinessState":{"status":"UP"}}}', "[]"]
    )
    def test_a_shallow_answer_is_red(self, body: str):
        assert findings(ready(answer(body))) == ["readiness names nothing that the service depends on"]

    def test_503_is_red_and_nothing_else(self):
        body = '{"status":"DOWN","components":{"db":{"status":"DOWN"}}}'
        assert findings(ready(answer(body, 503))) == ["readiness answers 503"]

    def test_a_dependency_that_is_down_under_200_is_red(self):
        assert findings(ready(answer('{"status":"ok","database":"ok","redis":"error"}'))) == [
            "readiness answers 200 while its body says that redis is down"
        ]

    @pytest.mark.parametrize("control", ["no-store", "private, No-Cache", "max-age=0, must-revalidate"])
    def test_any_way_to_keep_caches_out_passes(self, control: str):
        assert findings(ready(answer(Cache_Control=control))) == []

    @pytest.mark.parametrize(
        ("fields", "summary", "severity"),
        [
            ({"Cache_Control": ""}, "caches may keep the answer of readiness", Severity.LOW),
            ({"Cache_Control": "max-age=60"}, "caches may keep the answer of readiness", None),
            ({"Cache_Control": "x-max-age=0"}, "caches may keep the answer of readiness", None),
            ({"Age": "12"}, "readiness was answered by a cache", None),
            ({"X_Cache": "Hit from cloudfront"}, "readiness was answered by a cache", None),
            ({"Cache_Status": "ExampleCDN; hit"}, "readiness was answered by a cache", None),
        ],
    )
    def test_a_cached_answer_is_red(self, fields: dict[str, str], summary: str, severity: Severity | None):
        (finding,) = [said for said in ready(answer(**fields)) if isinstance(said, Finding)]
        assert (finding.summary, finding.severity) == (summary, severity)

    @pytest.mark.parametrize(
        ("body", "summary", "severity"),
        [
            ("redis://:hunter2@cache.internal:6379", "a connection string with a password", Severity.CRITICAL),
            ("10.1.2.3", "a private address", Severity.MEDIUM),
            ("db:5432", "a name of the inner network", Severity.MEDIUM),
            ("PostgreSQL 15.3 on x86_64", "the version of a product", Severity.MEDIUM),
            ("Traceback (most recent call last):", "a Python traceback", Severity.HIGH),
        ],
    )
    def test_each_leak_is_red_and_no_password_is_repeated(self, body: str, summary: str, severity: Severity):
        leaky = answer(f'{{"status":"ok","database":"ok","detail":"{body}"}}')
        first, *_ = [said for said in ready(leaky) if isinstance(said, Finding)]
        assert (first.summary, first.severity) == (f"a health answer shows {summary}", severity)
        assert "hunter2" not in repr(first)

    def test_silence_is_red(self):
        assert findings(ready(SILENT)) == ["readiness does not answer: timed out"]

    def test_without_a_path_it_is_unverified_with_the_lines_to_add(self):
        with pytest.raises(Unverified) as raised:
            ready(None)
        assert raised.value.fix == '[targets.prod.health]\nreadiness = "/health/ready"'


class TestCatchAll:
    def judged(self, unknown: Answer) -> list[Judgement]:
        return list(unknown_paths_are_not_found(Health(None, None, unknown)))

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
    def test_a_refusal_passes(self, status: int):
        assert self.judged(Exchange("GET", URL, status)) == [Measure("unknown_path_status", status)]

    @pytest.mark.parametrize(
        ("status", "severity"), [(200, None), (204, None), (500, Severity.MEDIUM), (503, Severity.MEDIUM)]
    )
    def test_success_and_errors_are_red(self, status: int, severity: Severity | None):
        (_, finding) = self.judged(Exchange("GET", URL, status))
        assert isinstance(finding, Finding)
        assert (finding.summary, finding.severity) == (f"an unknown path answers {status}", severity)

    def test_a_redirect_is_a_low_finding(self):
        away = Exchange("GET", URL, 302, Headers((("Location", "/login"),)))
        (_, finding) = self.judged(away)
        assert isinstance(finding, Finding)
        assert finding.severity is Severity.LOW

    def test_silence_is_unverified(self):
        with pytest.raises(Unverified):
            self.judged(SILENT)
