"""Production readiness, proven by pytest. The public names; each is imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_readiness.assertions import assert_ready
    from pytest_readiness.marks import readiness
    from pytest_readiness.model.checks import Check, check
    from pytest_readiness.model.exceptions import NotApplicable, NotReady, Unverified
    from pytest_readiness.model.findings import Finding, Measure
    from pytest_readiness.model.scales import Effect, Severity
    from pytest_readiness.model.targets import Target

__version__ = "0.1.0"

_HOME = {
    "Check": "model.checks",
    "Effect": "model.scales",
    "Finding": "model.findings",
    "Measure": "model.findings",
    "NotApplicable": "model.exceptions",
    "NotReady": "model.exceptions",
    "Severity": "model.scales",
    "Target": "model.targets",
    "Unverified": "model.exceptions",
    "assert_ready": "assertions",
    "check": "model.checks",
    "readiness": "marks",
}

__all__ = [
    "Check",
    "Effect",
    "Finding",
    "Measure",
    "NotApplicable",
    "NotReady",
    "Severity",
    "Target",
    "Unverified",
    "assert_ready",
    "check",
    "readiness",
]


def __getattr__(name: str) -> object:
    # Every pytest run loads the plugin and so this package: a run that does not ask for readiness must not pay for it.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
