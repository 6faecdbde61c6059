"""Real servers for the integration tests, each started on loopback in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from nginx import Nginx

from pytest_readiness.demo.authority import Authority


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    """An nginx that runs what a test has it serve, and ends with the test."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    server = Nginx(folder)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def authority() -> Authority:
    """The authority that the servers' certificates come from."""
    return Authority()
