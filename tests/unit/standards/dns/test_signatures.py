"""When a signature should have been renewed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pytest_readiness.model.dns import Signature
from pytest_readiness.standards.dns.signatures import due

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def signature(life: timedelta, left: timedelta, ttl: int = 300) -> Signature:
    return Signature("shop.test A", NOW + left - life, NOW + left, ttl)


@pytest.mark.parametrize(
    ("life", "left", "ttl", "expected"),
    [
        pytest.param(timedelta(days=14), timedelta(days=7), 300, False, id="half its life left"),
        pytest.param(timedelta(days=14), timedelta(hours=34), 300, False, id="just before Knot renews it"),
        pytest.param(timedelta(days=14), timedelta(hours=33), 300, True, id="after Knot renews it"),
        pytest.param(timedelta(days=2), timedelta(days=1), 300, False, id="signed as it is asked for, for two days"),
        pytest.param(timedelta(days=14), timedelta(days=2), 259_200, True, id="kept by resolvers for longer"),
        pytest.param(timedelta(days=14), timedelta(seconds=-1), 300, True, id="expired"),
    ],
)
def test_a_signature_is_overdue_once_a_working_signer_would_have_renewed_it(life, left, ttl, expected):
    assert due(signature(life, left, ttl), NOW) is expected
