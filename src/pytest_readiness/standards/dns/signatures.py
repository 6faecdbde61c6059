"""When a DNSSEC signature should have been renewed (RFC 6781, 4.4.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from pytest_readiness.model.dns import Signature

REFRESH = 0.1
"""The share of its life that is left of a signature when a signer that works has renewed it: Knot renews when a tenth
is left, BIND and PowerDNS earlier."""


def due(signature: Signature, now: datetime) -> bool:
    """Return whether a signer that works would have renewed ``signature`` by ``now``.

    That is so in the last tenth of its life, and once resolvers may keep the records longer than the signature holds.
    """
    left = signature.expiration - now
    life = signature.expiration - signature.inception
    return left < life * REFRESH or left < timedelta(seconds=signature.ttl)
