"""What conftests and test modules add to a readiness run: checks and evidence of the user's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from pytest_readiness.marks import SOURCE
from pytest_readiness.model.checks import Check
from pytest_readiness.model.evidence import Source


def conftests(config: pytest.Config) -> list[object]:
    """Return the conftest modules that pytest has loaded."""
    return [
        plugin
        for plugin in config.pluginmanager.get_plugins()
        if Path(getattr(plugin, "__file__", None) or "").name == "conftest.py"
    ]


def checks_in(modules: Iterable[object]) -> list[Check[...]]:
    """Return the checks that stand in ``modules``, each once however often it was imported."""
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Check)]
    return list({id(check): check for check in found}.values())


def sources_in(modules: Iterable[object]) -> list[Source]:
    """Return the sources of evidence that stand in ``modules``, plain or as the fixtures that users see."""
    found = []
    for module in modules:
        for value in list(vars(module).values()):
            source = value if isinstance(value, Source) else getattr(value, SOURCE, None)
            if isinstance(source, Source):
                found.append(source)
    return list({id(source): source for source in found}.values())
