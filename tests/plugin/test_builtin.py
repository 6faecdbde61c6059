"""The built-in checks on a service that is down: nothing passes, nothing hangs, and every cause is said once."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from pytest_readiness import checks, probes

CHECKS = tuple(checks.builtin())
SOURCES = tuple(probes.builtin())  # imported here, once: inner runs find both of them there


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of loopback that nothing listens on, held so that nobody else comes to."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def down(repository, closed_port):
    """A project whose one target is down, and whatever else is asked about it."""
    repository.write("rdap.json", '{"services": []}')
    repository.write(
        "readiness.toml",
        f"""
        [targets.prod]
        url = "https://shop.test:{closed_port}"
        nameservers = ["127.0.0.1:{closed_port}"]
        rdap_bootstrap = "rdap.json"
        [targets.prod.resolve]
        "shop.test:{closed_port}" = "127.0.0.1:{closed_port}"
        "shop.test:80" = "127.0.0.1:{closed_port}"
        """,
    )
    return repository


def test_no_check_passes_and_none_breaks(down):
    ended = down.judge("--readiness=prod")
    judged = {result["check"]: result for result in ended.report["results"]}

    assert (ended.ret, ended.verdicts) == (1, {"prod": "NOT READY"})
    assert {judged[check.name]["state"] for check in CHECKS} == {"FAIL", "UNVERIFIED"}
    assert [name for name, result in judged.items() if not result["reason"] and not result["findings"]] == []


def test_each_cause_is_said_once(down, closed_port):
    lines = [line.strip() for line in down.run("--readiness=prod").text.splitlines()]

    assert lines.count(f"why       https://shop.test:{closed_port} does not answer: refused") == 1
    assert [line for line in lines if line.startswith("why ") and lines.count(line) > 1] == []


def test_only_what_a_selection_needs_is_sent(down):
    sent = down.judge("--readiness=prod", "-k", "hsts").report["targets"]["prod"]["sent"]

    assert sent["http_requests"] == 1
    assert sent["dns_queries"] == sent["other"] == 0


def test_every_check_can_be_collected_by_its_id(down):
    text = down.run("--readiness=prod", "--collect-only", "-q").text

    assert [check.id for check in CHECKS if f"readiness.toml::{check.id}[prod]" not in text] == []


def test_every_check_is_listed_with_its_effect(down):
    text = " ".join(down.run("--readiness-list").text.split())

    assert [check.id for check in CHECKS if f"{check.name} (observe)" not in text] == []


@pytest.mark.parametrize("check", CHECKS[::9], ids=lambda check: check.name)
def test_a_check_is_explained_with_what_holds_and_what_is_sent(repository, check):
    text = " ".join(repository.run(f"--readiness-explain={check.id}").text.split())

    assert check.statement in text
    assert " sends " in text
