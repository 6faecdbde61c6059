"""operations/health-check against a real server: each fault seeded, and mended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from served import HOST, Site, look, summaries
from speaking import Speaker

from pytest_readiness.checks.operations import health
from pytest_readiness.model.states import State
from pytest_readiness.model.targets import HealthPaths, Target
from pytest_readiness.probes.health import ATTEMPTS

PATHS = HealthPaths(liveness="/health", readiness="/health/ready")
GOOD = '{"status":"pass","checks":{"postgres:connections":[{"status":"pass"}],"redis":[{"status":"pass"}]}}'
BAD_DATABASE = '{"status":"pass","checks":{"postgres:connections":[{"status":"fail"}]}}'


def endpoint(
    path: str, body: str, *, status: int = 200, more: str = "add_header Cache-Control no-store always;"
) -> str:
    """Return a location that gives this health answer."""
    return f"location = {path} {{ default_type application/health+json; {more} return {status} '{body}'; }}"


def ready(site: Site, body: str, **changes: Any) -> list[str]:
    """Serve this readiness answer and return what is found."""
    site.serve(endpoint("/health/ready", body, **changes) + "location / { return 404; }")
    return summaries(look(health.readiness, site.target(health=PATHS)))


class TestLiveness:
    def test_500_is_red_until_it_is_200(self, site: Site):
        site.serve(endpoint("/health", "broken", status=500))
        target = site.target(health=PATHS)
        assert summaries(look(health.liveness, target)) == ["liveness answers 500"]

        site.serve(endpoint("/health", "OK"))
        assert look(health.liveness, target).state is State.PASS

    def test_an_answer_that_any_path_gets_is_no_health_check(self, site: Site):
        site.serve("location / { return 200 hello; }")
        (summary,) = summaries(look(health.liveness, site.target(health=PATHS)))
        assert summary.startswith("liveness is answered by a catch-all")

    def test_a_service_without_configured_paths_is_unverified_with_the_lines_to_add(self, site: Site):
        site.serve(endpoint("/health", "OK"))
        judged = look(health.liveness, site.target())
        assert (judged.state, judged.fix) == (State.UNVERIFIED, '[targets.prod.health]\nliveness = "/health"')


class TestReadiness:
    def test_one_that_names_its_dependencies_and_is_not_kept_passes(self, site: Site):
        site.serve(endpoint("/health/ready", GOOD) + "location / { return 404; }")
        judged = look(health.readiness, site.target(health=PATHS))
        assert (judged.state, judged.measured["dependencies"]) == (State.PASS, "cache, database")

    @pytest.mark.parametrize(
        ("body", "summary"),
        [
            ('{"status":"pass"}', "readiness names nothing that the service depends on"),
            (
                '{"status":"pass","database":"ok","server":"PostgreSQL 15.3"}',
                "a health answer shows the version of a product",
            ),
            (
                '{"status":"pass","database":"ok","at":"postgresql://shop:hunter2@10.0.0.7/shop"}',
                "a health answer shows a connection string with a password",
            ),
            (BAD_DATABASE, "readiness answers 200 while its body says that postgres:connections is down"),
        ],
    )
    def test_each_fault_is_named(self, site: Site, body: str, summary: str):
        assert ready(site, body)[0] == summary

    def test_an_answer_that_caches_may_keep_is_red(self, site: Site):
        assert ready(site, GOOD, more="add_header Cache-Control max-age=60;") == [
            "caches may keep the answer of readiness"
        ]
        assert ready(site, GOOD) == []

    def test_an_answer_out_of_a_cache_is_red(self, site: Site):
        """nginx keeps the backend's answer: the second request never reaches the service."""
        backend = site.plain_server(f"default_type application/json; return 200 '{GOOD}';")
        cached = f"""location / {{ proxy_pass http://127.0.0.1:{site.plain}; proxy_cache shop; proxy_cache_valid 60s;
            add_header X-Cache-Status $upstream_cache_status; add_header Cache-Control no-store; }}"""
        site.nginx.serve(f"proxy_cache_path cache keys_zone=shop:1m; {site.server(cached)} {backend}")
        target = site.target(health=PATHS)
        look(health.readiness, target)
        assert "readiness was answered by a cache" in summaries(look(health.readiness, target))

    def test_503_is_red(self, site: Site):
        assert ready(site, BAD_DATABASE, status=503) == ["readiness answers 503"]

    def test_a_slow_one_is_red_and_was_asked_three_times(self, site: Site, speaker: Speaker):
        target = spoken_by(speaker, site)
        speaker.bodies["/health/ready"] = GOOD.encode()
        speaker.headers = {"Cache-Control": "no-store"}
        speaker.delay = 0.3
        judged = look(health.readiness, target, health_response=timedelta(seconds=0.2))
        assert summaries(judged) == ["readiness took 0.3 s"]
        assert speaker.asked.count("/health/ready") == ATTEMPTS

        speaker.delay = 0.0
        assert look(health.readiness, target, health_response=timedelta(seconds=0.2)).state is State.PASS


class TestCatchAll:
    def test_200_for_a_path_that_nobody_knows_is_red_until_it_is_404(self, site: Site):
        site.serve("location / { return 200 hello; }")
        assert summaries(look(health.unknown_paths_are_not_found, site.target())) == ["an unknown path answers 200"]

        site.serve("location / { return 404; }")
        judged = look(health.unknown_paths_are_not_found, site.target())
        assert (judged.state, judged.measured["unknown_path_status"]) == (State.PASS, 404)


def spoken_by(speaker: Speaker, site: Site) -> Target:
    return site.target(
        health=HealthPaths(readiness="/health/ready"), resolve={f"{HOST}:443": f"127.0.0.1:{speaker.port}"}
    )
