"""The checklist as data: every item that ships, in the order of the board."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, cast

from pytest_readiness.model.checks import AREAS, Item
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.scales import Effect, Level, Severity

FILE = "checklist.toml"

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
"""What follows the area in an item's id; reports put ids into pages and file names unescaped."""

SCALES: Mapping[str, type[Severity | Level | Effect]] = {"severity": Severity, "level": Level, "effect": Effect}
REQUIRED = tuple(field.name for field in fields(Item) if field.default is MISSING)
KNOWN = tuple(field.name for field in fields(Item))


@cache
def items() -> tuple[Item, ...]:
    """Return every item of the checklist, in its order."""
    return parse((files("pytest_readiness.checks") / FILE).read_text(encoding="utf-8"), file=FILE)


@cache
def _by_id() -> Mapping[str, Item]:
    return {item.id: item for item in items()}


def item(id: str) -> Item:  # noqa: A002  # the word that users write
    """Return the item called ``id``, written ``area/name``.

    Raises:
        ConfigurationError: There is none; the message suggests the nearest one.
    """
    try:
        return _by_id()[id]
    except KeyError:
        suggestion = nearest(id, _by_id())
        remedy = f"did you mean {suggestion!r}?" if suggestion else "--readiness-list shows every item"
        raise ConfigurationError(f"there is no item {id!r}", remedy=remedy) from None


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """Return the id among ``known`` that ``wanted`` is most like, with or without its area, or None."""
    names = {id_.rpartition("/")[2]: id_ for id_ in known}
    name = wanted.rpartition("/")[2]
    if name in names:  # the area alone is wrong
        return names[name]
    spellings = names | {id_: id_ for id_ in names.values()}
    return next((spellings[match] for match in get_close_matches(wanted, spellings, n=1)), None)


def parse(text: str, *, file: str) -> tuple[Item, ...]:
    """Return the items that ``text``, TOML with ``[[items]]`` tables, describes.

    Raises:
        ConfigurationError: It is no TOML, or an item is not as it must be; the message names file, item and key.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"this is no valid TOML: {error}", file=file) from None
    tables = document.get("items", [])
    if document.keys() - {"items"} or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise ConfigurationError("a checklist holds [[items]] tables and nothing else", file=file)
    found: dict[str, Item] = {}
    for number, table in enumerate(tables, start=1):
        read = _item(table, file=file, key=f"items[{number}]")
        if read.id in found:
            raise ConfigurationError(f"the id {read.id!r} is given twice", file=file, key=f"items[{number}].id")
        found[read.id] = read
    return tuple(found.values())


def _item(table: Mapping[str, object], *, file: str, key: str) -> Item:
    if missing := [name for name in REQUIRED if name not in table]:
        raise ConfigurationError(f"{', '.join(missing)} must be given", file=file, key=key)
    values: dict[str, Any] = {}
    for name, value in table.items():
        place = f"{key}.{name}"
        if name not in KNOWN:
            near = get_close_matches(name, KNOWN, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(KNOWN)}"
            raise ConfigurationError("unknown key", file=file, key=place, remedy=remedy)
        wanted = bool if name == "launch" else str
        if not isinstance(value, wanted):
            word = "true or false" if wanted is bool else "text in quotes"
            raise ConfigurationError(f"{value!r} will not do", file=file, key=place, remedy=f"write {word}")
        values[name] = _scaled(name, cast("str", value), file=file, key=place) if name in SCALES else value
    _require_id(values["id"], file=file, key=f"{key}.id")
    values["configure"] = values.get("configure", "").strip("\n")
    return Item(**values)


def _scaled(name: str, word: str, *, file: str, key: str) -> Severity | Level | Effect:
    scale = SCALES[name]
    try:
        return scale[scale.of(word).name]
    except ValueError as error:
        raise ConfigurationError(str(error), file=file, key=key) from None


def _require_id(written: str, *, file: str, key: str) -> None:
    area, slash, name = written.partition("/")
    if area not in AREAS or not slash:
        near = get_close_matches(area, AREAS, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"write area/name with one of {', '.join(AREAS)}"
        raise ConfigurationError(f"{written!r} names no known area", file=file, key=key, remedy=remedy)
    if not NAME.fullmatch(name):
        remedy = "write small letters, digits and dashes after the area"
        raise ConfigurationError(f"{written!r} is no item id", file=file, key=key, remedy=remedy)
