"""HTML documents, read for what a browser loads from them and what they tell it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from html import unescape

from pytest_readiness.standards.pages import urls
from pytest_readiness.standards.pages.html_tokens import EndTag, StartTag, Text, Token, tokens


class Kind(StrEnum):
    """What a browser does with what it loads."""

    SCRIPT = "script"
    STYLESHEET = "stylesheet"
    IMAGE = "image"
    FRAME = "frame"
    MEDIA = "media"
    OBJECT = "object"
    FORM = "form"
    FONT = "font"
    PRELOAD = "preload"
    MANIFEST = "manifest"


@dataclass(frozen=True, slots=True)
class Load:
    """Something that a document makes the browser fetch, or, for a form, send to.

    Attributes:
        tag: The element that asks for it, in lower case.
        kind: What the browser does with it.
        url: Where from, as written.
        integrity: The ``integrity`` attribute; None where there is none.
        crossorigin: The ``crossorigin`` attribute, None where there is none; a module without one is fetched as with
            ``anonymous``.
    """

    tag: str
    kind: Kind
    url: str
    integrity: str | None = None
    crossorigin: str | None = None


@dataclass(frozen=True, slots=True)
class Meta:
    """A ``meta`` element.

    Attributes:
        name: Its ``name``, in lower case.
        http_equiv: Its ``http-equiv``, in lower case.
        content: Its ``content``.
        in_head: Whether browsers put it in the head: a policy elsewhere is void.
    """

    name: str = ""
    http_equiv: str = ""
    content: str = ""
    in_head: bool = True


@dataclass(frozen=True, slots=True)
class Document:
    """What a browser takes from a document before any script runs.

    Attributes:
        loads: What it fetches, in document order; what stands in comments, ``noscript`` or templates is not fetched.
        metas: The ``meta`` elements.
        title: The title with its white space collapsed; empty where there is none.
        base_href: The ``href`` that relative URLs count from, as written; None where there is none.
    """

    loads: tuple[Load, ...] = ()
    metas: tuple[Meta, ...] = ()
    title: str = ""
    base_href: str | None = None

    def base(self, page: str) -> str:
        """Return the URL that relative URLs count from, for a document served at ``page``."""
        resolved = urls.resolve(self.base_href, page) if self.base_href is not None else None
        # A base of any other scheme is ignored: HTML, section 4.2.3, "set the frozen base URL".
        return resolved if resolved and resolved.lower().startswith(("http:", "https:")) else page

    def absolute(self, load: Load, page: str) -> str | None:
        """Return where ``load`` leads from a document served at ``page``; None where it is no URL."""
        return urls.resolve(load.url, self.base(page))

    def policies(self) -> tuple[str, ...]:
        """Return the content security policies that its head carries."""
        return tuple(m.content for m in self.metas if m.http_equiv == "content-security-policy" and m.in_head)


@lru_cache(maxsize=16)  # several checks read the same few pages
def parse(text: str) -> Document:
    """Read a document; anything can be read."""
    return _read(text, depth=0)


Attributes = Mapping[str, str]

_SRCDOC_DEPTH = 3
_HEAD = frozenset(
    "html head base basefont bgsound link meta noframes noscript script style template title".split()  # noqa: SIM905
)
_JAVASCRIPT = frozenset(
    f"{kind}/{name}"
    for kind, names in {
        "application": ("ecmascript", "javascript", "x-ecmascript", "x-javascript"),
        "text": (
            *("ecmascript", "javascript", "jscript", "livescript", "x-ecmascript", "x-javascript"),
            *(f"javascript1.{n}" for n in range(6)),
        ),
    }.items()
    for name in names
)
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CSS_LOAD = re.compile(
    r"""(?P<at>@import\s*+)?url\(\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^"'()\s]*+))\s*+\)"""
    r"""|@import\s*+(?:"(?P<import_double>[^"]*+)"|'(?P<import_single>[^']*+)')"""
    r"""|(?P<face>@font-face)|(?P<end>\})""",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"[\s,]*(\S+)")


def _read(text: str, depth: int) -> Document:
    reader = _Reader(depth)
    for token in tokens(text):
        reader.take(token)
    return Document(tuple(reader.loads), tuple(reader.metas), reader.title or "", reader.base_href)


class _Reader:
    """What has been seen so far of one document."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.loads: list[Load] = []
        self.metas: list[Meta] = []
        self.title: str | None = None
        self.base_href: str | None = None
        self.in_head = True
        self.templates: list[bool] = []  # for each open template, whether its content is inert
        self.inert = 0
        self.svg = 0

    def take(self, token: Token) -> None:
        if isinstance(token, Text):
            self.in_head = self.in_head and not token.data.strip("\t\n\f\r ")
        elif isinstance(token, EndTag):
            self._leave(token.name)
        else:
            self.in_head = self.in_head and (token.name in _HEAD or self.inert > 0)
            if not self.inert:
                self._note(token)
            self._enter(token)

    def _leave(self, name: str) -> None:
        self.in_head = self.in_head and name not in {"body", "br"}
        if name == "template" and self.templates:
            self.inert -= self.templates.pop()
        elif name == "svg":
            self.svg = max(0, self.svg - 1)

    def _enter(self, token: StartTag) -> None:
        if token.name == "template":
            self.templates.append("shadowrootmode" not in token.attributes)
            self.inert += self.templates[-1]
        elif token.name == "svg" and not token.self_closing:
            self.svg += 1

    def _note(self, token: StartTag) -> None:
        self.loads += _loads(token, self.depth)
        if token.name == "meta":
            self.metas.append(_meta(token.attributes, in_head=self.in_head))
        elif token.name == "title" and self.title is None and not self.svg:
            self.title = " ".join(unescape(_shorter(token.content)).split())
        elif token.name == "base" and self.base_href is None:
            self.base_href = token.attributes.get("href")


def _shorter(content: str) -> str:
    # html.unescape hands the digits of a reference to int(), which refuses thousands of them.
    return re.sub(r"&#[xX]?[0-9a-fA-F]{8,};?", "\N{REPLACEMENT CHARACTER}", content)


def _meta(attributes: Attributes, *, in_head: bool) -> Meta:
    return Meta(
        name=attributes.get("name", "").strip().lower(),
        http_equiv=attributes.get("http-equiv", "").strip().lower(),
        content=attributes.get("content", ""),
        in_head=in_head,
    )


def _loads(token: StartTag, depth: int) -> Iterator[Load]:
    attributes = token.attributes
    loader = _LOADERS.get(token.name)
    if loader:
        yield from loader(token.name, attributes)
    if "formaction" in attributes and token.name in {"button", "input"}:
        yield Load(token.name, Kind.FORM, attributes["formaction"])
    if token.name == "style":
        yield from _css(token.name, token.content)
    if "style" in attributes:
        yield from _css(token.name, attributes["style"])
    if token.name == "iframe" and "srcdoc" in attributes and depth < _SRCDOC_DEPTH:
        yield from _read(attributes["srcdoc"], depth + 1).loads


def _of(tag: str, kind: Kind, attributes: Attributes, *names: str) -> Iterator[Load]:
    """Yield a load for each of the attributes ``names`` that is there and says something."""
    for name in names:
        if attributes.get(name, "").strip():
            yield Load(tag, kind, attributes[name], attributes.get("integrity"), attributes.get("crossorigin"))


def _script(tag: str, attributes: Attributes) -> Iterator[Load]:
    kind = attributes.get("type")
    if kind is not None and kind.strip().lower() not in {"", "module", *_JAVASCRIPT}:
        return  # a data block: never fetched
    if (kind or "").strip().lower() == "module" and "crossorigin" not in attributes:
        attributes = {**attributes, "crossorigin": "anonymous"}
    yield from _of(tag, Kind.SCRIPT, attributes, "src" if "src" in attributes else _href(attributes))


def _href(attributes: Attributes) -> str:
    return "href" if "href" in attributes else "xlink:href"


_RELATIONS = {
    "stylesheet": Kind.STYLESHEET,
    "icon": Kind.IMAGE,
    "apple-touch-icon": Kind.IMAGE,
    "apple-touch-icon-precomposed": Kind.IMAGE,
    "mask-icon": Kind.IMAGE,
    "modulepreload": Kind.PRELOAD,
    "prefetch": Kind.PRELOAD,
    "manifest": Kind.MANIFEST,
}


def _link(tag: str, attributes: Attributes) -> Iterator[Load]:
    relations = attributes.get("rel", "").lower().split()
    kinds = [_RELATIONS[relation] for relation in relations if relation in _RELATIONS]
    if "preload" in relations:
        kinds.append(Kind.FONT if attributes.get("as", "").lower() == "font" else Kind.PRELOAD)
    if attributes.get("type", "text/css").partition(";")[0].strip().lower() not in {"", "text/css"}:
        kinds = [kind for kind in kinds if kind is not Kind.STYLESHEET]
    if "disabled" in attributes:
        kinds = [kind for kind in kinds if kind is not Kind.STYLESHEET]
    for kind in dict.fromkeys(kinds):
        yield from _of(tag, kind, attributes, "href")


def _image(tag: str, attributes: Attributes) -> Iterator[Load]:
    yield from _of(tag, Kind.IMAGE, attributes, "src")
    yield from _srcset(tag, attributes)


def _source(tag: str, attributes: Attributes) -> Iterator[Load]:
    yield from _of(tag, Kind.MEDIA, attributes, "src")
    yield from _srcset(tag, attributes)


def _srcset(tag: str, attributes: Attributes) -> Iterator[Load]:
    for url in candidates(attributes.get("srcset", "")):
        yield Load(tag, Kind.IMAGE, url, None, attributes.get("crossorigin"))


def candidates(srcset: str) -> Iterator[str]:
    """Yield the URLs of a ``srcset`` attribute (HTML, section 4.8.4.3.10)."""
    position = 0
    while found := _CANDIDATE.match(srcset, position):
        url, position = found[1], found.end()
        if not url.strip(","):
            continue
        yield url.rstrip(",")
        if not url.endswith(","):
            position = _after_descriptors(srcset, position)


def _after_descriptors(srcset: str, position: int) -> int:
    inside = False
    for index in range(position, len(srcset)):
        if srcset[index] == "(":
            inside = True
        elif srcset[index] == ")":
            inside = False
        elif srcset[index] == "," and not inside:
            return index + 1
    return len(srcset)


def _input(tag: str, attributes: Attributes) -> Iterator[Load]:
    if attributes.get("type", "").strip().lower() == "image":
        yield from _of(tag, Kind.IMAGE, attributes, "src")


def _media(tag: str, attributes: Attributes) -> Iterator[Load]:
    yield from _of(tag, Kind.MEDIA, attributes, "src")
    yield from _of(tag, Kind.IMAGE, attributes, "poster")


def _frame(tag: str, attributes: Attributes) -> Iterator[Load]:
    if "srcdoc" not in attributes:
        yield from _of(tag, Kind.FRAME, attributes, "src")


def _css(tag: str, style: str) -> Iterator[Load]:
    face = False
    for found in _CSS_LOAD.finditer(_CSS_COMMENT.sub(" ", style)):
        if found["face"] or found["end"]:
            face = bool(found["face"])
        elif imported := found["import_double"] or found["import_single"]:
            yield Load(tag, Kind.STYLESHEET, imported)
        elif url := found["double"] or found["single"] or found["bare"]:
            yield Load(tag, Kind.STYLESHEET if found["at"] else Kind.FONT if face else Kind.IMAGE, url)


_LOADERS: dict[str, Callable[[str, Attributes], Iterator[Load]]] = {
    "script": _script,
    "link": _link,
    "img": _image,
    "source": _source,
    "input": _input,
    "video": _media,
    "audio": _media,
    "track": _media,
    "iframe": _frame,
    "frame": _frame,
    "object": lambda tag, attributes: _of(tag, Kind.OBJECT, attributes, "data"),
    "embed": lambda tag, attributes: _of(tag, Kind.OBJECT, attributes, "src"),
    "form": lambda tag, attributes: _of(tag, Kind.FORM, attributes, "action"),
    "body": lambda tag, attributes: _of(tag, Kind.IMAGE, attributes, "background"),
    "image": lambda tag, attributes: _of(tag, Kind.IMAGE, attributes, _href(attributes), "src"),
    "feimage": lambda tag, attributes: _of(tag, Kind.IMAGE, attributes, _href(attributes)),
    "use": lambda tag, attributes: _of(tag, Kind.IMAGE, attributes, _href(attributes)),
}
