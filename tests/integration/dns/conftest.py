"""Two real nameservers for one domain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from knot import Knot
from shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A domain on two knot servers; each test says what they serve."""
    servers = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        servers.append(Knot(tmp_path / name))
    try:
        yield Shop(*servers, tmp_path)
    finally:
        for server in servers:
            server.stop()
