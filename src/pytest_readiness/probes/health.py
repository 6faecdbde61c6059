"""What the health endpoints say."""

from __future__ import annotations

import secrets
from datetime import timedelta

from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.http import Answer, Exchange, Health
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds

ATTEMPTS = 3
"""How often a slow endpoint is asked: Kubernetes gives up on a pod at the third failure in a row (failureThreshold)."""

BODY = 65_536
"""Bytes of a health answer that are read."""


@evidence(
    sends="1 GET on each health path, 2 more where it is slow, and 1 on a random path", deadline=timedelta(minutes=1)
)
async def health(target: Target, http: HttpClient, thresholds: Thresholds) -> Health:
    """The answers of the liveness path, the readiness path, and a path beside them that should not be there.

    The endpoints are asked one after the other, so that they are not measured against each other.
    """
    limit = thresholds.health_response.total_seconds()
    paths = target.health
    return Health(
        liveness=await _fastest(http, paths.liveness, limit) if paths.liveness else None,
        readiness=await _fastest(http, paths.readiness, limit) if paths.readiness else None,
        unknown=await http.fetch(_beside(paths.readiness or paths.liveness or "/"), cap=BODY),
    )


async def _fastest(http: HttpClient, path: str, limit: float) -> Answer:
    """Return the first answer within ``limit`` seconds, or the fastest of those that took longer."""
    slow: list[Exchange] = []
    for _ in range(ATTEMPTS):
        answer = await http.fetch(path, cap=BODY)
        if not isinstance(answer, Exchange) or answer.elapsed <= limit:
            return answer
        slow.append(answer)
    return min(slow, key=lambda answer: answer.elapsed)


def _beside(path: str) -> str:
    """Return a random path in the folder of ``path``."""
    return f"{path.partition('?')[0].rpartition('/')[0]}/{secrets.token_hex(8)}"
