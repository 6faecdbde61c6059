"""Structured field values, parsed exactly (RFC 9651, section 4.2): a value that breaks one rule is no value at all."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Token:
    """A bare word, such as ``same-origin``."""

    value: str


@dataclass(frozen=True, slots=True)
class Date:
    """A moment, in seconds since 1970-01-01T00:00:00Z; it may lie beyond what ``datetime`` can say."""

    seconds: int


@dataclass(frozen=True, slots=True)
class DisplayString:
    """Text in any script, for people to read."""

    value: str


BareItem = int | Decimal | str | bytes | bool | Token | Date | DisplayString
Parameters = Mapping[str, BareItem]


@dataclass(frozen=True, slots=True)
class Item:
    """A value with its parameters.

    Attributes:
        value: ``bool`` is a Boolean, ``int`` an Integer, ``Decimal`` a Decimal, ``str`` a String, ``bytes`` a Byte
            Sequence; the other types have classes of their own.
        parameters: By key; a parameter without a value is True.
    """

    value: BareItem
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InnerList:
    """A list in parentheses, with its parameters."""

    items: tuple[Item, ...]
    parameters: Parameters = field(default_factory=dict)


Member = Item | InnerList


def parse_item(lines: Sequence[str]) -> Item | None:
    """Return the item that the field lines make; None where they make none."""
    return _parsed(lines, _item)


def parse_list(lines: Sequence[str]) -> tuple[Member, ...] | None:
    """Return the members that the field lines make together; None where one of them is malformed."""
    return _parsed(lines, _list)


def parse_dictionary(lines: Sequence[str]) -> dict[str, Member] | None:
    """Return the members that the field lines make together, the last of each key; None where one is malformed."""
    return _parsed(lines, _dictionary)


class _MalformedError(Exception):
    pass


class _Cursor:
    """A place in the field's text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def skip(self, mark: str) -> bool:
        """Step over ``mark`` where it stands here, and say whether it did."""
        if not self.text.startswith(mark, self.position):
            return False
        self.position += len(mark)
        return True

    def take(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Step over what ``pattern`` matches here, which must be something."""
        found = pattern.match(self.text, self.position)
        if not found:
            raise _MalformedError
        self.position = found.end()
        return found


def _parsed(lines: Sequence[str], parse: Callable[[_Cursor], T]) -> T | None:
    cursor = _Cursor(", ".join(lines).strip(" "))
    try:
        value = parse(cursor)
    except _MalformedError:
        return None
    return value if cursor.position == len(cursor.text) else None


_KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]*))?")
_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*+)"')
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*")
_BYTES = re.compile(r":([A-Za-z0-9+/]*)(=*):")
_BOOLEAN = re.compile(r"\?([01])")
_DISPLAY = re.compile(r'%"((?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*+)"')
_SPACE = re.compile(r" *")
_OWS = re.compile(r"[ \t]*")


def _list(cursor: _Cursor) -> tuple[Member, ...]:
    members: list[Member] = []
    while cursor.peek():
        members.append(_member(cursor))
        _comma(cursor)
    return tuple(members)


def _dictionary(cursor: _Cursor) -> dict[str, Member]:
    members: dict[str, Member] = {}
    while cursor.peek():
        key = cursor.take(_KEY)[0]
        members[key] = _member(cursor) if cursor.skip("=") else Item(True, _parameters(cursor))
        _comma(cursor)
    return members


def _comma(cursor: _Cursor) -> None:
    """Step over the comma to the next member; a comma with nothing behind it is malformed."""
    cursor.take(_OWS)
    if not cursor.peek():
        return
    if not cursor.skip(","):
        raise _MalformedError
    cursor.take(_OWS)
    if not cursor.peek():
        raise _MalformedError


def _member(cursor: _Cursor) -> Member:
    return _inner_list(cursor) if cursor.peek() == "(" else _item(cursor)


def _inner_list(cursor: _Cursor) -> InnerList:
    cursor.skip("(")
    items: list[Item] = []
    while True:
        cursor.take(_SPACE)
        if cursor.skip(")"):
            return InnerList(tuple(items), _parameters(cursor))
        items.append(_item(cursor))
        if cursor.peek() not in {" ", ")"}:
            raise _MalformedError


def _item(cursor: _Cursor) -> Item:
    value = _bare_item(cursor)
    return Item(value, _parameters(cursor))


def _parameters(cursor: _Cursor) -> dict[str, BareItem]:
    parameters: dict[str, BareItem] = {}
    while cursor.skip(";"):
        cursor.take(_SPACE)
        key = cursor.take(_KEY)[0]
        parameters[key] = _bare_item(cursor) if cursor.skip("=") else True
    return parameters


def _bare_item(cursor: _Cursor) -> BareItem:
    first = cursor.peek()
    if first.isascii() and (first.isdigit() or first == "-"):
        return _number(cursor)
    return _BY_FIRST.get(first, _token)(cursor)


def _number(cursor: _Cursor) -> int | Decimal:
    sign, whole, fraction = cursor.take(_NUMBER).groups()
    if fraction is None:
        if len(whole) > 15:
            raise _MalformedError
        return int(sign + whole)
    if len(whole) > 12 or not 1 <= len(fraction) <= 3:
        raise _MalformedError
    return Decimal(f"{sign}{whole}.{fraction}")


def _date(cursor: _Cursor) -> Date:
    cursor.skip("@")
    seconds = _number(cursor)
    if isinstance(seconds, Decimal):
        raise _MalformedError
    return Date(seconds)


def _string(cursor: _Cursor) -> str:
    return re.sub(r"\\(.)", r"\1", cursor.take(_STRING)[1])


def _token(cursor: _Cursor) -> Token:
    return Token(cursor.take(_TOKEN)[0])


def _byte_sequence(cursor: _Cursor) -> bytes:
    digits, padding = cursor.take(_BYTES).groups()
    # Missing padding is synthesised (section 4.2.7); a single digit left over is no base64 whatever its padding.
    if len(digits) % 4 == 1 or len(padding) > -len(digits) % 4:
        raise _MalformedError
    return b64decode(digits + "=" * (-len(digits) % 4))


def _boolean(cursor: _Cursor) -> bool:
    return cursor.take(_BOOLEAN)[1] == "1"


def _display_string(cursor: _Cursor) -> DisplayString:
    def octet(escape: re.Match[bytes]) -> bytes:
        return bytes.fromhex(escape[1].decode("ascii"))

    encoded = cursor.take(_DISPLAY)[1].encode("ascii")
    try:
        return DisplayString(re.sub(rb"%(..)", octet, encoded).decode("utf-8"))
    except UnicodeDecodeError:
        raise _MalformedError from None


_BY_FIRST: dict[str, Callable[[_Cursor], BareItem]] = {
    '"': _string,
    ":": _byte_sequence,
    "?": _boolean,
    "%": _display_string,
    "@": _date,
}
