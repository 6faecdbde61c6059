"""Hooks by which other packages, and a project's conftest.py, extend a readiness run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_readiness.model.checks import Check
    from pytest_readiness.model.evidence import Source
    from pytest_readiness.model.findings import Finding
    from pytest_readiness.model.results import Board


@pytest.hookspec
def pytest_readiness_targets(config: pytest.Config) -> Mapping[str, Mapping[str, object]]:  # type: ignore[empty-body]
    """Return targets besides those of readiness.toml, by name, with the same keys."""


@pytest.hookspec
def pytest_readiness_checks(config: pytest.Config) -> Iterable[Check[...]]:  # type: ignore[empty-body]
    """Return checks besides the built-in ones; each proves the item that it names."""


@pytest.hookspec
def pytest_readiness_evidence(config: pytest.Config) -> Iterable[Source]:  # type: ignore[empty-body]
    """Return sources of evidence besides the built-in ones."""


@pytest.hookspec(firstresult=True)
def pytest_readiness_finding(config: pytest.Config, check: str, target: str, finding: Finding) -> Finding | None:
    """Return ``finding`` amended, to name a team's own page for the fix, say; None leaves it as it is.

    A finding can be made worse or told better, never less severe.
    """


@pytest.hookspec
def pytest_readiness_verdict(config: pytest.Config, board: Board) -> None:
    """See the end: all that the run says of one target."""
