"""The JSON Schema of readiness.toml, for editors."""

from __future__ import annotations

from typing import Any

from pytest_readiness.settings.tables import Document


def json_schema() -> dict[str, Any]:
    """Return the schema, made from the tables that the file is validated by."""
    schema = Document.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "readiness.toml"
    # pydantic says what the names of targets look like, and not that there are no others.
    schema["properties"]["targets"]["additionalProperties"] = False
    return schema
