"""Health answers, in the forms that frameworks give them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.pages.health_json import COMPONENTS, Verdict, kind_of, parse

WELL, ILL = Verdict.WELL, Verdict.ILL


@pytest.mark.parametrize(
    ("body", "verdict", "dependencies"),
    [
        (  # draft-inadarei-api-health-check-06
            '{"status":"pass","version":"1","checks":{"postgres:connections":[{"status":"warn","observedValue":9}]}}',
            WELL,
            [("postgres:connections", WELL, "database")],
        ),
        (  # Spring Boot
            '{"status":"DOWN","components":{"db":{"status":"UP"},"diskSpace":{"status":"OUT_OF_SERVICE"},"ping":{}}}',
            ILL,
            [("db", WELL, "database"), ("diskSpace", ILL, "disk")],
        ),
        (  # NestJS terminus
            '{"status":"error","info":{},"error":{"redis":{"status":"down"}},"details":{"redis":{"status":"down"}}}',
            ILL,
            [("redis", ILL, "cache")],
        ),
        (  # ASP.NET
            '{"status":"Healthy","results":{"sqlserver":{"status":"Healthy"},"rabbitmq":{"status":"Degraded"}}}',
            WELL,
            [("rabbitmq", WELL, "queue")],
        ),
        (  # django-health-check
            '{"DatabaseBackend":"working","Cache backend: default":"unavailable"}',
            None,
            [("DatabaseBackend", WELL, "database"), ("Cache backend: default", ILL, "cache")],
        ),
        ('{"ok":true,"database":true,"cache":false}', WELL, [("database", WELL, "database"), ("cache", ILL, "cache")]),
        ('{"checks":[{"name":"smtp","ok":false}]}', None, [("smtp", ILL, "mail")]),
        ('[{"name":"kafka","status":"up"}]', None, [("kafka", WELL, "queue")]),
        ("[+]ping ok\n[+]etcd ok\nreadyz check passed", WELL, [("etcd", WELL, "database")]),
        ("[-]etcd failed: reason withheld\nreadyz check failed", ILL, [("etcd", ILL, "database")]),
        ("OK", WELL, []),
        ('"Unhealthy"', ILL, []),
        ("<title>Shop</title>", None, []),
        ("", None, []),
        ('{"service":"payments-api","status":"ok"}', WELL, []),  # the service itself is no dependency of its own
    ],
)
def test_each_form_is_read(body: str, verdict: Verdict | None, dependencies: list[tuple[str, Verdict, str]]):
    report = parse(body)
    assert report.verdict is verdict
    assert [(part.name, part.verdict, part.kind) for part in report.dependencies] == dependencies


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("db", "database"),
        ("PostgreSQL", "database"),
        ("primaryDatabase", "database"),
        ("redis-sessions", "cache"),
        ("diskSpace", "disk"),
        ("S3", "disk"),
        ("celery_workers", "queue"),
        ("livenessState", ""),
        ("ping", ""),
        ("uptime", ""),
        ("dbt", ""),
    ],
)
def test_a_dependency_is_known_by_the_words_of_its_name(name: str, kind: str):
    assert kind_of(name) == kind


def test_a_bomb_of_components_is_read_up_to_a_limit():
    body = json.dumps({f"db{i}": "ok" for i in range(5 * COMPONENTS)})
    assert len(parse(body).components) == COMPONENTS


def test_a_deep_answer_is_no_error():
    assert parse("[" * 100_000).components == ()
    assert parse('{"a":' * 500 + '"ok"' + "}" * 500).components == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(st.text() | json_values.map(json.dumps))
def test_anything_can_be_read(body: str):
    assert len(parse(body).components) <= COMPONENTS
