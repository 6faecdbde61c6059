"""The JSON Schema of readiness.toml says what the loader says, as far as a schema can."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema
import pytest

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.settings.load import load
from pytest_readiness.settings.schema import json_schema

DOCUMENTED = """
[targets.prod]
url = "https://shop.example.com"
production = true
allow = "observe"
budget = { requests_per_second = 20, connections = 8, requests = 2000 }
pages = ["/", "/login"]
openapi = "/openapi.json"
resolve = { "shop.example.com:443" = "127.0.0.1:8443" }
nameservers = ["127.0.0.1:5353"]
[targets.prod.health]
liveness = "/health"
readiness = "/health/ready"
[targets.staging]
url = "env:STAGING_URL"
allow_up_to = "exercise"
[thresholds]
rto = "4h"
rpo = "1h"
"""

HEAD = '[targets.prod]\nurl = "https://shop.test"\n'

GOOD = [
    DOCUMENTED,
    "",
    "[targets]",
    "[thresholds]",
    HEAD,
    HEAD + "budget = { requests_per_second = 0.5 }",
    HEAD + "budget = { requests_per_second = 20 }",
    HEAD + "pages = []",
    *(f'[thresholds]\n{name} = "1.5h"' for name in Thresholds.documentation()),
]

BAD = [
    "[target.prod]",
    "targets = []",
    "[targets.prod]",
    '[targets.Prod]\nurl = "https://shop.test"',
    "[targets.prod]\nurl = 5",
    '[targets.prod]\nurl = "shop.test"',
    '[targets.prod]\nurl = "https://alice:pw@shop.test"',
    HEAD + 'production = "yes"',
    HEAD + "production = 1",
    HEAD + 'allow = "destroy"',
    HEAD + 'allow = "Observe"',
    HEAD + 'page = ["/"]',
    HEAD + 'pages = "/"',
    HEAD + 'pages = ["login"]',
    HEAD + "pages = [1]",
    HEAD + "budget = 5",
    HEAD + "budget = { rate = 5 }",
    HEAD + "budget = { connections = 0 }",
    HEAD + "budget = { connections = 257 }",
    HEAD + "budget = { connections = true }",
    HEAD + "budget = { requests_per_second = 0 }",
    HEAD + 'budget = { requests_per_second = "20" }',
    HEAD + "budget = { requests_per_second = true }",
    HEAD + "budget = { requests_per_second = 1e300 }",
    HEAD + "budget = { requests = 0 }",
    HEAD + 'health = { liveness = "health" }',
    HEAD + 'health = { alive = "/health" }',
    HEAD + 'resolve = "127.0.0.1"',
    HEAD + "resolve = { a = 1 }",
    HEAD + 'nameservers = "127.0.0.1"',
    HEAD + "ca_file = 1",
    '[thresholds]\nrto = "4"',
    '[thresholds]\nrto = "٣h"',
    "[thresholds]\nrto = 4",
    '[thresholds]\nrtoo = "4h"',
    "[[waivers]]\nreason = 'x'",
]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema())


def test_it_is_a_valid_schema_of_its_draft() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("text", GOOD)
def test_what_the_loader_reads_the_schema_accepts(validator, tmp_path: Path, text: str) -> None:
    (tmp_path / "readiness.toml").write_text(text)
    load(tmp_path, environment={"STAGING_URL": "https://staging.example.com"})
    assert [error.message for error in validator.iter_errors(tomllib.loads(text))] == []


@pytest.mark.parametrize("text", BAD)
def test_what_the_loader_refuses_the_schema_refuses(validator, tmp_path: Path, text: str) -> None:
    (tmp_path / "readiness.toml").write_text(text)
    with pytest.raises(ConfigurationError):
        load(tmp_path)
    assert not validator.is_valid(tomllib.loads(text))


def test_every_key_of_every_table_is_described() -> None:
    """An editor shows the description where the key is written."""
    schema = json_schema()
    for name, table in {"": schema, **schema["$defs"]}.items():
        for key, entry in table.get("properties", {}).items():
            described = schema["$defs"][entry["$ref"].rpartition("/")[2]] if "$ref" in entry else entry
            assert described.get("description"), f"{name}.{key}"


def test_every_threshold_shows_its_default() -> None:
    properties = json_schema()["$defs"]["ThresholdsTable"]["properties"]
    assert {name: entry["default"] for name, entry in properties.items()}["hsts_max_age"] == "180d"
    assert list(properties) == list(Thresholds.documentation())
