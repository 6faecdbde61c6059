"""Exceptions carry reason and remedy, and come back from another process as they went."""

from __future__ import annotations

import pickle

import pytest

from pytest_readiness.assertions import assert_ready
from pytest_readiness.model.exceptions import (
    BudgetSpent,
    ConfigurationError,
    DeadlinePassed,
    NotAllowed,
    NotApplicable,
    NotReady,
    Unreachable,
    Unverified,
)
from pytest_readiness.model.findings import Finding


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"file": "readiness.toml", "key": "a.b", "remedy": "write it"}, "readiness.toml: a.b: is wrong; write it"),
        ({"file": "readiness.toml"}, "readiness.toml: is wrong"),
        ({"key": "--readiness=x"}, "--readiness=x: is wrong"),
        ({}, "is wrong"),
    ],
)
def test_a_configuration_error_reads_as_place_problem_remedy(parts: dict[str, str], message: str) -> None:
    assert str(ConfigurationError("is wrong", **parts)) == message


@pytest.mark.parametrize("kind", [Unverified, NotAllowed, BudgetSpent, DeadlinePassed, Unreachable])
def test_unverified_keeps_reason_and_fix_over_a_pickle(kind: type[Unverified]) -> None:
    back = pickle.loads(pickle.dumps(kind("no token", fix='token = "env:TOKEN"')))
    assert (type(back), back.reason, back.fix, str(back)) == (kind, "no token", 'token = "env:TOKEN"', "no token")


@pytest.mark.parametrize(
    "error",
    [
        NotApplicable("no assets"),
        NotReady([Finding("no HSTS"), Finding("no CSP")]),
        ConfigurationError("is wrong", file="readiness.toml"),
    ],
)
def test_the_others_come_back_too(error: Exception) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


class TestAssertReady:
    def test_passes_where_there_is_nothing(self) -> None:
        assert_ready([])
        assert_ready(finding for finding in ())

    def test_fails_with_every_finding(self) -> None:
        with pytest.raises(NotReady) as caught:
            assert_ready(["no HSTS", Finding("no CSP", where="https://shop.test")])
        assert caught.value.findings == (Finding("no HSTS"), Finding("no CSP", where="https://shop.test"))
        assert str(caught.value) == "no HSTS; no CSP"

    def test_is_a_failed_assertion_to_everybody_else(self) -> None:
        with pytest.raises(AssertionError):
            assert_ready(["no HSTS"])
