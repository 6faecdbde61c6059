"""Projects with a configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.settings.load import Settings, load

ENVIRONMENT = {
    "SHOP_URL": "https://alice:s3cr3t%2Fword@shop.test/start?x=1",
    "SHOP_PLAIN_URL": "https://shop.test",
    "SHOP_NONSENSE": "alice:s3cr3t@shop.test",
    "SHOP_EMPTY": "",
}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Settings]:
    """Return the settings of a project whose readiness.toml holds the text."""

    def write_and_load(text: str, **options) -> Settings:
        (tmp_path / "readiness.toml").write_text(text, encoding="utf-8")
        return load(tmp_path, environment=ENVIRONMENT, **options)

    return write_and_load


@pytest.fixture
def told(read) -> Callable[..., list[str]]:
    """Return the lines that are told of what is wrong with the text."""

    def refused(text: str, **options) -> list[str]:
        with pytest.raises(ConfigurationError) as caught:
            read(text, **options)
        return str(caught.value).splitlines()

    return refused
