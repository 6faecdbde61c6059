"""security.txt: whom to tell about a vulnerability (RFC 9116)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

PATH = "/.well-known/security.txt"

LONGEST = timedelta(days=366)
"""How far ahead Expires should be at most: "less than a year" (RFC 9116, section 2.5.5)."""

_FIELD = re.compile(r"([!-9;-~]+):[ \t]*(.*?)[ \t]*")
# RFC 3339's Internet date/time; a space for the T is left to sloppier formats.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class SecurityTxt:
    """The fields of a security.txt file, in the order they came, names in lower case."""

    fields: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """Return the value of every field called ``name``."""
        return tuple(value for key, value in self.fields if key == name)


def parse(text: str) -> SecurityTxt:
    """Read the fields; comments, blank lines, an OpenPGP signature and what is no field are left out."""
    return SecurityTxt(tuple(_fields(text)))


def moment(value: str) -> datetime | None:
    """Return the time that an Expires field names, or None where it is not RFC 3339."""
    if not _MOMENT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        return None


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in text.removeprefix("\N{BYTE ORDER MARK}").splitlines():
        if line.startswith("-----BEGIN PGP SIGNATURE-----"):
            return
        # "Hash: SHA256" heads a signed message (RFC 9580, section 7.1) and is no field of the file.
        if (found := _FIELD.fullmatch(line)) and found[1].lower() != "hash" and not line.startswith("#"):
            yield found[1].lower(), found[2]
