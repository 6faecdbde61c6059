"""`infrastructure/tls`: the certificates, and what the server agrees to."""

from __future__ import annotations

from pytest_readiness.checks.infrastructure.tls_certificates import certificate, expiry, lifetime, must_staple, renewal
from pytest_readiness.checks.infrastructure.tls_posture import cipher_suites, key_exchange, protocols

__all__ = [
    "certificate",
    "cipher_suites",
    "expiry",
    "key_exchange",
    "lifetime",
    "must_staple",
    "protocols",
    "renewal",
]
