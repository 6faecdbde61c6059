"""What a public answer must not say of what stands behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.pages.disclosures import Disclosure, disclosures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://shop:hunter2@db.example.com/shop", ("a connection string with a password", "postgresql://…")),
        ("redis://:hunter2@cache.example.com", ("a connection string with a password", "redis://…")),
        ('{"password": "hunter2"}', ("a password", "password=…")),
        ("Server=db;Pwd=hunter2;", ("a password", "Pwd=…")),
        ("could not reach 192.168.0.12", ("a private address", "192.168.0.12")),
        ("127.0.0.1:8080", ("a private address", "127.0.0.1")),
        ("redis.default.svc.cluster.local", ("a name of the inner network", "redis.default.svc.cluster.local")),
        ("ip-10-0-0-7.ec2.internal", ("a name of the inner network", "ip-10-0-0-7.ec2.internal")),
        ("postgres-primary:5432", ("a name of the inner network", "postgres-primary:5432")),
        ('{"redis_version":"7.0.1"}', ("the version of a product", 'redis_version":"7.0.1')),
        ('{"mysql": "8.0.36-0ubuntu0"}', ("the version of a product", 'mysql": "8.0.36-0ubuntu0')),
        ("Python v3.11.7rc1", ("the version of a product", "Python v3.11.7rc1")),
        ("nginx/1.22.1", ("the version of a product", "nginx/1.22.1")),
        ("PostgreSQL 15.3 (Debian)", ("the version of a product", "PostgreSQL 15.3")),
    ],
)
def test_each_kind_is_found_and_no_secret_is_shown(text: str, expected: tuple[str, str]):
    assert Disclosure(*expected) in list(disclosures(text))
    assert "hunter2" not in repr(list(disclosures(text)))


@pytest.mark.parametrize(
    "text",
    [
        '{"status":"pass","version":"1.2.3","releaseId":"2026.11.22","serviceId":"shop"}',
        '{"status":"UP","components":{"db":{"status":"UP"},"passwordPolicy":{"status":"UP"}}}',
        '{"time":"2026-11-22T12:00:00Z","uptime":1234.5}',
        '{"latency":{"redis":0.4,"database":12.5}}',
        '{"redis":"0.4ms","database":"redis 0.4 ms"}',
        "https://shop.test/health 203.0.113.99 2001:db8::1",
        "the build is 10.2.30044",
        "express delivery in 2.5 days",
    ],
)
def test_what_a_health_answer_may_say_is_no_disclosure(text: str):
    assert list(disclosures(text)) == []


@given(st.text(max_size=2000))
def test_any_text_can_be_looked_at(text: str):
    list(disclosures(text))
