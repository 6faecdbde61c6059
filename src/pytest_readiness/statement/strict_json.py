"""JSON that means one thing only: what two readers could read differently is refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def loads(octets: bytes) -> Any:
    """Return what ``octets`` say.

    Raises:
        ValueError: They are no JSON in UTF-8 (RFC 8259), or an object names a member twice.
    """
    try:
        return json.loads(octets.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
