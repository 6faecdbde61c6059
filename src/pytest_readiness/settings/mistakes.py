"""Turns what pydantic says of a wrong file into lines that name the key and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from pytest_readiness.model.checks import AREAS

LATER = {
    **dict.fromkeys(
        ("identities", "database", "backups", "metrics", "alerts", "errors", "logs", "uptime", "oncall", "secrets"),
        'providers are not supported yet: prove the item with a test marked @readiness.<area>("<item>") instead',
    ),
    "repository": "checks of the repository are not supported yet",
}
"""Keys of the documented interface that this version does not read: it says so rather than pass over them."""


def lines(error: ValidationError, model: type[BaseModel]) -> Iterable[tuple[str, str]]:
    """Yield, for each mistake, the dotted key and what is wrong with it together with the remedy."""
    for mistake in error.errors(include_url=False, include_context=True):
        place = tuple(str(part) for part in mistake["loc"] if part != "[key]")
        key = ".".join(_quoted(part) for part in place)
        yield key, _words(mistake, place, model)


def _quoted(part: str) -> str:
    return f'"{part}"' if "." in part or ":" in part else part


def _words(mistake: Mapping[str, Any], place: tuple[str, ...], model: type[BaseModel]) -> str:
    kind, name = mistake["type"], place[-1] if place else ""
    if kind == "extra_forbidden":
        if name in LATER:
            return LATER[name]
        known = _keys_at(place[:-1], model)
        near = difflib.get_close_matches(name, known, n=1)
        return f"unknown key; did you mean {near[0]!r}?" if near else f"unknown key; known here: {', '.join(known)}"
    if kind == "missing":
        return f'is missing; write {name} = "…"'
    if kind == "string_pattern_mismatch":
        if "/" in str(mistake["ctx"]["pattern"]) or "::" in str(mistake["ctx"]["pattern"]):
            form = "area::name" if "::" in str(mistake["ctx"]["pattern"]) else "area/name"
            return f"{mistake['input']!r} is no {form}; areas are {', '.join(AREAS)}"
        return "is no name; write lower-case letters, digits and dashes"
    if kind == "literal_error":
        return f"{mistake['input']!r} is none of {mistake['ctx']['expected'].replace(' or ', ', ')}"
    if kind == "value_error":
        return str(mistake["ctx"]["error"])
    limits = {"greater_than_equal": ("ge", "least"), "less_than_equal": ("le", "most")}
    if kind in limits:
        bound, word = limits[kind]
        return f"must be at {word} {mistake['ctx'][bound]:g}"
    wanted = {
        "string_type": 'must be text in quotes, such as "…"',
        "date_type": "must be a date, without quotes, such as 2026-12-31",
        "date_from_datetime_inexact": "must be a date without a time, such as 2026-12-31",
        "string_too_short": "must not be empty",
        "bool_type": "must be true or false, without quotes",
        "int_type": "must be a whole number, without quotes",
        "float_type": "must be a number, without quotes",
        "finite_number": "must be a finite number",
        "list_type": 'must be a list, such as ["…"]',
        "dict_type": "must be a table",
        "model_type": "must be a table",
        "model_attributes_type": "must be a table",
    }
    return wanted.get(kind, str(mistake["msg"]))


def _keys_at(place: tuple[str, ...], model: type[BaseModel]) -> list[str]:
    """Return the keys that the table at ``place`` may have."""
    shape: Any = model.model_json_schema()
    definitions = shape.get("$defs", {})
    for part in place:
        shape = _resolved(shape, definitions)
        properties = shape.get("properties", {})
        if part in properties:
            shape = properties[part]
        else:
            patterns = shape.get("patternProperties", {})
            shape = shape.get("additionalProperties") or next(iter(patterns.values()), {})
    return list(_resolved(shape, definitions).get("properties", {}))


def _resolved(shape: Any, definitions: Mapping[str, Any]) -> Any:
    reference = shape.get("$ref", "") if isinstance(shape, Mapping) else ""
    return definitions[reference.rpartition("/")[2]] if reference else shape
