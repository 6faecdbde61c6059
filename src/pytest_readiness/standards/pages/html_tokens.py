"""HTML cut into tags and text where browsers cut it (HTML Living Standard, section 13.2.5).

The standard library's ``html.parser`` ends comments and raw text elsewhere than browsers, raises on some declarations
and, before its fixes of 2025, took quadratic time. Here every position is passed once and nothing raises.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5

_NAME = re.compile(r"[^\t\n\f\r />]*")
_BETWEEN_ATTRIBUTES = re.compile(r"[\t\n\f\r /]*")
_ATTRIBUTE_NAME = re.compile(r"=?[^\t\n\f\r />=]*")
_SPACE = re.compile(r"[\t\n\f\r ]*")
_BARE_VALUE = re.compile(r"[^\t\n\f\r >]*")
_COMMENT_END = re.compile(r"--!?>")
_REFERENCE = re.compile(r"&(?:#([0-9]+|[xX][0-9a-fA-F]+);?|([A-Za-z][A-Za-z0-9]*)(;|(?![=A-Za-z0-9])))")
_SCRIPT_MARK = re.compile(r"<!--|-->|</?script(?=[\t\n\f\r />])", re.IGNORECASE)

RAW = frozenset({"iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title", "xmp"})
"""Elements whose content is text to a browser that runs scripts, whatever tags stand in it."""

_RAW_END = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in RAW}


@dataclass(frozen=True, slots=True)
class StartTag:
    """A start tag.

    Attributes:
        name: In lower case.
        attributes: By lower-case name, the first of each; character references are decoded.
        content: The text of an element that holds nothing but text; empty for others.
        self_closing: Whether it ends in ``/>``.
    """

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    self_closing: bool = False


@dataclass(frozen=True, slots=True)
class EndTag:
    """An end tag."""

    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """Text between tags, as written."""

    data: str


Token = StartTag | EndTag | Text


def tokens(text: str) -> Iterator[Token]:
    """Yield the tags and the text of a document; comments and declarations are left out."""
    position = 0
    foreign = 0
    while (start := text.find("<", position)) >= 0:
        if start > position:
            yield Text(text[position:start])
        token, position = _markup(text, start)
        if token is None:
            continue
        if token.name == "plaintext" and isinstance(token, StartTag):
            yield Text(text[position:])
            return
        if token.name in {"svg", "math"}:
            foreign = max(0, foreign + _depth(token))
        if isinstance(token, StartTag) and token.name in RAW and not (foreign and token.self_closing):
            end = _raw_end(text, position, token.name)
            token = StartTag(token.name, token.attributes, text[position:end])
            position = end
        yield token
    if position < len(text):
        yield Text(text[position:])


def _depth(token: StartTag | EndTag) -> int:
    if isinstance(token, EndTag):
        return -1
    return 0 if token.self_closing else 1


def _markup(text: str, start: int) -> tuple[StartTag | EndTag | None, int]:
    """Read what begins with the ``<`` at ``start``; None for a comment, a lone ``<``, or a tag that never ends."""
    if text.startswith("<!--", start):
        return None, _comment_end(text, start + 4)
    following = text[start + 1 : start + 2]
    if following in {"!", "?"} and following:
        return None, _bogus_comment_end(text, start)
    if following == "/":
        letter = text[start + 2 : start + 3]
        if not (letter.isascii() and letter.isalpha()):
            return None, _bogus_comment_end(text, start)
        return _tag(text, start + 2, closing=True)
    if following.isascii() and following.isalpha():
        return _tag(text, start + 1, closing=False)
    return None, start + 1


def _comment_end(text: str, position: int) -> int:
    for abrupt in (">", "->"):
        if text.startswith(abrupt, position):
            return position + len(abrupt)
    end = _COMMENT_END.search(text, position)
    return end.end() if end else len(text)


def _bogus_comment_end(text: str, position: int) -> int:
    end = text.find(">", position)
    return len(text) if end < 0 else end + 1


def _tag(text: str, position: int, *, closing: bool) -> tuple[StartTag | EndTag | None, int]:
    end = _end(_NAME, text, position)
    name = text[position:end].lower()
    attributes: dict[str, str] = {}
    while True:
        begin, end = end, _end(_BETWEEN_ATTRIBUTES, text, end)
        if end >= len(text):
            return None, len(text)
        if text[end] == ">":
            self_closing = end > begin and text[end - 1] == "/"
            tag = EndTag(name) if closing else StartTag(name, attributes, self_closing=self_closing)
            return tag, end + 1
        begin, end = end, _end(_ATTRIBUTE_NAME, text, end)
        attribute = text[begin:end].lower()
        value, end = _attribute_value(text, _end(_SPACE, text, end))
        if value is None:
            return None, len(text)
        attributes.setdefault(attribute, value)


def _attribute_value(text: str, position: int) -> tuple[str | None, int]:
    """Read ``= value`` where there is one; None where its quote is never closed."""
    if not text.startswith("=", position):
        return "", position
    position = _end(_SPACE, text, position + 1)
    quote = text[position : position + 1]
    if quote and quote in "\"'":
        end = text.find(quote, position + 1)
        return (None, len(text)) if end < 0 else (decode(text[position + 1 : end]), end + 1)
    end = _end(_BARE_VALUE, text, position)
    return decode(text[position:end]), end


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _raw_end(text: str, position: int, name: str) -> int:
    """Return where the end tag of a raw element begins, or the end of the text."""
    if name == "script":
        return _script_end(text, position)
    end = _RAW_END[name].search(text, position)
    return end.start() if end else len(text)


def _script_end(text: str, position: int) -> int:
    # Inside <!-- a <script> opens a level that the next </script> closes (section 13.2.5.20, "double escaped").
    escaped = nested = False
    for mark in _SCRIPT_MARK.finditer(text, position):
        word = mark[0].lower()
        if word == "<!--":
            escaped = escaped or not text.startswith((">", "->"), mark.end())
        elif word == "-->":
            escaped = nested = False
        elif word == "<script":
            nested = nested or escaped
        elif nested:
            nested = False
        else:
            return mark.start()
    return len(text)


def decode(value: str) -> str:
    """Decode the character references of an attribute's value (section 13.2.5.72)."""
    return _REFERENCE.sub(_character, value) if "&" in value else value


def _character(reference: re.Match[str]) -> str:
    number, name, semicolon = reference.groups()
    if number is None:
        # Without its semicolon only the names of old are references, and only where the whole name is one.
        return html5.get(f"{name};" if semicolon else name, reference[0])
    digits = number.lstrip("xX").lstrip("0")
    if len(digits) > 7:  # no code point has more, and int() refuses thousands
        return "\N{REPLACEMENT CHARACTER}"
    return html.unescape(f"&#{'x' if number[0] in 'xX' else ''}{digits or '0'};")
