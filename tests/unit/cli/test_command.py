"""``pytest-readiness schema`` and what every command shares."""

from __future__ import annotations

import json

import jsonschema
import pytest

from pytest_readiness import __version__
from pytest_readiness.cli import main
from pytest_readiness.reporting.json_report import SCHEMA
from pytest_readiness.settings.schema import json_schema


@pytest.mark.parametrize(
    ("words", "schema"),
    [(["schema"], json_schema()), (["schema", "readiness.toml"], json_schema()), (["schema", "report"], SCHEMA)],
)
def test_schemas_are_printed_as_json(capsys, words: list[str], schema: dict) -> None:
    assert main(words) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == schema
    jsonschema.Draft202012Validator.check_schema(printed)


@pytest.mark.parametrize("words", [[], ["nonsense"], ["schema", "nonsense"], ["init"]])
def test_words_that_are_none_are_told_with_those_there_are(capsys, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: pytest-readiness" in capsys.readouterr().err


def test_the_version_is_the_package_s(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"pytest-readiness {__version__}\n"
