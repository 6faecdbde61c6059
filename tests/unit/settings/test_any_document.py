"""Whatever stands in the file, the answer is settings or one kind of error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.settings.load import load
from pytest_readiness.settings.tables import BudgetTable, TargetTable, ThresholdsTable

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes() | st.times()
WORDS = st.sampled_from(
    [
        "observe",
        "disrupt",
        "/",
        "https://shop.test",
        "https://a:b@c",
        "env:X",
        "env:\0",
        "file:~x/y",
        "file:/proc/self/mem",
        "127.0.0.1:1",
        "[::1]",
        "99999999999999d",
        "~nobody/x",
        "vault:",
        ".",
    ]
)
values = st.recursive(
    scalars | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
budgets = st.dictionaries(st.sampled_from([*BudgetTable.model_fields]) | st.text(), values, max_size=3)
targets = st.fixed_dictionaries(
    {},
    optional={
        name: values | st.dictionaries(WORDS | st.text(), values, max_size=2) for name in TargetTable.model_fields
    }
    | {"url": WORDS, "budget": budgets, "other": values},
)
documents = st.fixed_dictionaries(
    {},
    optional={
        "targets": st.dictionaries(st.sampled_from(["prod", "Prod", "a b"]) | st.text(), targets | values, max_size=3),
        "thresholds": st.dictionaries(st.sampled_from([*ThresholdsTable.model_fields]) | st.text(), values, max_size=3),
        "waivers": values,
    },
) | st.dictionaries(st.text(), values, max_size=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


def complaint(folder: Path, **options) -> str:
    """Return what is told of what is wrong, or nothing."""
    try:
        load(folder, environment={"X": "https://shop.test"}, **options)
    except ConfigurationError as error:
        return str(error)
    return ""


@settings(deadline=None, max_examples=300)
@given(document=documents)
def test_any_document_is_settings_or_a_configuration_error(folder: Path, document: dict) -> None:
    """Read as a hook returns it: the same tables, without the detour over TOML."""
    told = complaint(folder, added=[document.get("targets", document)])
    assert told == "" or told.startswith("pytest_readiness_targets: ")


@settings(deadline=None, max_examples=200)
@given(document=documents)
def test_any_document_of_the_file_is_too(folder: Path, document: dict) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pytest_readiness.settings.load.tomllib.loads", lambda _: document)
        (folder / "readiness.toml").write_text("")
        told = complaint(folder)
        (folder / "readiness.toml").unlink()
    assert told == "" or told.startswith("readiness.toml: ")


@settings(deadline=None, max_examples=200)
@given(octets=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_too(folder: Path, octets: bytes) -> None:
    (folder / "readiness.toml").write_bytes(octets)
    told = complaint(folder)
    (folder / "readiness.toml").unlink()
    assert told == "" or told.startswith("readiness.toml: ")
