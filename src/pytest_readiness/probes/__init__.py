"""Measures a live service over its protocols; returns evidence, judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from pytest_readiness.model.evidence import Source

MODULES = (
    "landing",
    "plain_http",
    "pages",
    "addresses",
    "tls",
    "certificates",
    "renewal",
    "dns",
    "dnssec",
    "mail",
    "registration",
    "exposure",
    "health",
    "openapi",
)


def builtin() -> Iterator[Source]:
    """Yield every built-in source of evidence."""
    for module in MODULES:
        for value in vars(import_module(f"{__name__}.{module}")).values():
            if isinstance(value, Source):
                yield value
