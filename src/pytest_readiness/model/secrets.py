"""A secret that does not print, and the redactor that every output passes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import NoReturn, Self
from urllib.parse import quote, quote_plus

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

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self!r} is not pickled: follow its reference where it is needed")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))


class Redactor:
    """Masks known secrets in text, as they are and as they are written on the way (URL, base64, JSON, repr).

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
        octets = value.encode("utf-8", "surrogateescape")  # as the environment hands it over
        written = {value, repr(value)[1:-1], json.dumps(value)[1:-1]}
        written |= {quote(octets, safe=""), quote(octets), quote_plus(octets)}
        for encoded in (base64.b64encode(octets), base64.urlsafe_b64encode(octets)):
            written |= {encoded.decode(), encoded.decode().rstrip("=")}
        self._needles |= written

    def __call__(self, text: str) -> str:
        """Return ``text`` with every known secret masked."""
        for needle in sorted(self._needles, key=len, reverse=True):
            text = text.replace(needle, MASK)
        return text
