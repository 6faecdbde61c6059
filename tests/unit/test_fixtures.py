"""Every piece of evidence is a fixture of the same name."""

from __future__ import annotations

import typing

import pytest

from pytest_readiness import fixtures, probes


@pytest.mark.parametrize("source", list(probes.builtin()), ids=lambda source: source.name)
def test_built_in_evidence_is_a_documented_fixture(source):
    """A user's test can ask for whatever the built-in checks ask for."""
    fixture = vars(fixtures)[source.name]
    assert type(fixture).__name__ == "FixtureFunctionDefinition"
    assert fixture.__doc__


@pytest.mark.parametrize("source", list(probes.builtin()), ids=lambda source: source.name)
def test_a_fixture_is_annotated_with_what_the_probe_returns(source):
    """Editors and type checkers know what a test gets."""
    returned = typing.get_type_hints(source.function)["return"].__name__
    assert fixtures.__dict__[source.name]._get_wrapped_function().__annotations__["return"] == returned
