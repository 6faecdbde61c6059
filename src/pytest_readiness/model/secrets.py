"""A secret that does not print, and the redactor that every output passes."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from urllib.parse import quote

MASK = "***"
SHORTEST = 4
"""Values shorter than this are not searched for in text: masking every "a" would hide the report, not the secret."""


class Secret:
    """A value that must reach no output; :meth:`reveal` is the only way to it.

    Args:
        value: The value itself.
        reference: How the user wrote it, ``env:NAME`` or ``file:PATH``: safe to show.
    """

    __slots__ = ("_value", "reference")

    def __init__(self, value: str, reference: str) -> None:
        self._value = value
        self.reference = reference

    def reveal(self) -> str:
        """Return the value, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.reference})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))


class Redactor:
    """Masks known secrets in text, as they are and as they are encoded on the way (URL, base64).

    Args:
        secrets: What to mask.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._needles: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Mask ``secret`` from now on."""
        value = secret.reveal()
        if len(value) < SHORTEST:
            return
        encoded = base64.b64encode(value.encode()).decode()
        self._needles |= {value, quote(value, safe=""), encoded, encoded.rstrip("=")}

    def __call__(self, text: str) -> str:
        """Return ``text`` with every known secret masked."""
        for needle in sorted(self._needles, key=len, reverse=True):
            text = text.replace(needle, MASK)
        return text
