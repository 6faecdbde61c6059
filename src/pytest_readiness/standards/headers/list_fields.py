"""Comma-separated field values, taken apart as browsers do it (Fetch, section 2.2.2, "get, decode, and split")."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PIECE = re.compile(r'(?:[^",]+|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))*+', re.DOTALL)


def get_decode_and_split(lines: Sequence[str]) -> tuple[str, ...] | None:
    """Return the values of all lines in order, empty ones included; None where there is no line.

    A comma inside double quotes does not separate; the quotes stay.
    """
    if not lines:
        return None
    text = ", ".join(lines)
    values: list[str] = []
    position = 0
    while True:
        end = _end(text, position)
        values.append(text[position:end].strip("\t "))
        if end >= len(text):
            return tuple(values)
        position = end + 1


def _end(text: str, position: int) -> int:
    found = _PIECE.match(text, position)
    return found.end() if found else len(text)
