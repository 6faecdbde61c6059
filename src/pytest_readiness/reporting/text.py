"""Foreign text made safe for a terminal, and numbers made readable."""

from __future__ import annotations

import textwrap
import unicodedata


def plain(text: str) -> str:
    """Return ``text`` on one line, without a character that could move the cursor or change how the rest is read.

    Servers choose what stands in findings; control characters, escapes and bidirectional overrides are spelt out.
    """
    return "".join(
        character
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        else " "
        if character in "\n\t"
        else f"\\x{ord(character):02x}"
        if ord(character) < 256
        else f"\\u{ord(character):04x}"
        if ord(character) < 0x10000
        else f"\\U{ord(character):08x}"
        for character in text
    )


def wrapped(text: str, width: int, *, first: str, rest: str) -> str:
    """Return ``text`` made safe, in lines of ``width``, the first after ``first`` and the others after ``rest``."""
    return textwrap.fill(
        plain(text),
        max(width, len(rest) + 20),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def clipped(text: str, width: int) -> str:
    """Return ``text``, cut to ``width`` with an ellipsis where it is longer."""
    return text if len(text) <= width else f"{text[: max(width - 1, 0)].rstrip()}…"


def count(number: int, noun: str) -> str:
    """Return ``number`` with ``noun`` in its right form."""
    plural = f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def figure(value: object) -> str:
    """Return a measured value as a reader would write it."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
