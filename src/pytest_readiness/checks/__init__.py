"""The built-in checks: pure functions from evidence to findings, one module an item."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from pytest_readiness.model.checks import Check

MODULES = (
    "infrastructure.hosting",
    "infrastructure.dns",
    "infrastructure.dnssec",
    "infrastructure.domain",
    "infrastructure.tls",
    "security.https_enforced",
    "security.headers",
    "security.exposure",
    "operations.health",
)


def builtin() -> Iterator[Check[...]]:
    """Yield every built-in check, in the order in which they stand on the board."""
    for module in MODULES:
        for value in vars(import_module(f"{__name__}.{module}")).values():
            if isinstance(value, Check):
                yield value
