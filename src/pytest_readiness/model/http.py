"""HTTP as it was seen: exchanges, silences, and what probes gather from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Headers:
    """Field lines in the order they came, names as they were sent.

    Values are decoded as latin-1, as RFC 9110 section 5.5 has it, so that every byte survives.
    """

    lines: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        """Return the value of every line called ``name``, whatever its case."""
        wanted = name.lower()
        return tuple(value for key, value in self.lines if key.lower() == wanted)

    def first(self, name: str) -> str | None:
        """Return the value of the first line called ``name``, or None."""
        return next(iter(self.all(name)), None)

    def joined(self, name: str) -> str | None:
        """Return all lines called ``name`` joined by commas, as RFC 9110 section 5.3 lets recipients, or None."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.all(name))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.lines)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that was answered.

    Attributes:
        method: The request's method.
        url: The request's URL.
        status: The status code.
        headers: The answer's field lines.
        body: The body, decoded, up to the cap.
        truncated: Whether there was more than the cap, or the server broke off.
        http_version: ``HTTP/1.0``, ``HTTP/1.1`` or ``HTTP/2``.
        address: The address that answered; None where it is not known.
        elapsed: Seconds from sending the request to the last byte read.
        undecoded: The content coding that could not be undone; empty where the body is plain.
    """

    method: str
    url: str
    status: int
    headers: Headers = Headers()
    body: bytes = b""
    truncated: bool = False
    http_version: str = "HTTP/1.1"
    address: str | None = None
    elapsed: float = 0.0
    undecoded: str = ""

    @property
    def text(self) -> str:
        """The body as text, never failing."""
        return self.body.decode("utf-8", "replace")

    @property
    def is_html(self) -> bool:
        """Whether a browser would read the body as HTML."""
        kind = (self.headers.first("Content-Type") or "").partition(";")[0].strip().lower()
        return kind in {"text/html", "application/xhtml+xml"}


class Cause(StrEnum):
    """Why there was no answer."""

    REFUSED = "refused"
    TIMED_OUT = "timed out"
    UNRESOLVED = "name not resolved"
    CERTIFICATE = "certificate refused"
    TLS = "TLS handshake failed"
    BROKEN = "connection broken"
    PROTOCOL = "no valid HTTP"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Silence:
    """One request that was not answered.

    Attributes:
        method: The request's method.
        url: The request's URL.
        cause: Why, as a word.
        detail: Why, in the words of whoever noticed.
        address: The address that was tried; None where it did not come so far.
    """

    method: str
    url: str
    cause: Cause
    detail: str = ""
    address: str | None = None

    def __str__(self) -> str:
        return f"{self.cause}" + (f" ({self.detail})" if self.detail else "")


Answer = Exchange | Silence


@dataclass(frozen=True, slots=True)
class Landing:
    """The answer to GET on the target's URL.

    Attributes:
        answer: The last answer on the target's own host.
        redirects: The redirects on the way to it, each an exchange; only those within the host are followed.
    """

    answer: Exchange
    redirects: tuple[Exchange, ...] = ()

    @property
    def url(self) -> str:
        return self.answer.url

    @property
    def headers(self) -> Headers:
        return self.answer.headers


@dataclass(frozen=True, slots=True)
class PlainHttp:
    """The answer of the same host to plain HTTP.

    Attributes:
        hops: The first answer and, while it redirects within the host, the next ones; the last may be a silence.
        accepts: Whether port 80 accepts connections; None where an answer, or a refusal, has told already.
    """

    hops: tuple[Answer, ...]
    accepts: bool | None = None

    @property
    def first(self) -> Answer:
        return self.hops[0]


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that page-wide rules are held against.

    Attributes:
        seen: The landing page, each of the target's ``pages``, and an error page, in that order.
        silent: Those that did not answer.
        redirects: The redirects on the way to the pages that were seen, the landing page's apart.
    """

    seen: tuple[Exchange, ...]
    silent: tuple[Silence, ...] = ()
    redirects: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Cookies:
    """What the pages set, as they said it.

    Attributes:
        lines: The URL and the value of each Set-Cookie line, redirects on the way included; the same cookie set by
            several pages comes several times.
    """

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenApi:
    """The service's own description of its API.

    Attributes:
        location: The URL or file that it was read from.
        document: The document, as JSON has it.
    """

    location: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CrossOrigin:
    """Answers to requests that say they come from another site.

    Attributes:
        origin: The foreign origin that was sent.
        simple: GET with that origin.
        null: GET with the origin ``null``.
        preflight: OPTIONS asking whether that origin may PUT with credentials.
    """

    origin: str
    simple: Answer
    null: Answer
    preflight: Answer


@dataclass(frozen=True, slots=True)
class AddressAnswers:
    """The answer of each address that the host's name leads to.

    Attributes:
        answers: Address to its answer to GET on the URL.
        ours: Address to the time, Unix seconds, at which its answer came.
    """

    answers: tuple[tuple[str, Answer], ...]
    ours: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The answers of the health endpoints.

    Attributes:
        liveness: Of the liveness path; None where none is configured.
        readiness: Of the readiness path; None where none is configured.
        unknown: Of a random path beside them, which should not be there.
    """

    liveness: Answer | None
    readiness: Answer | None
    unknown: Answer


@dataclass(frozen=True, slots=True)
class Exposed:
    """Answers for paths that no public site should serve.

    Attributes:
        controls: Answers for random paths of the same shapes, to know a catch-all by.
        answers: Answers for the paths asked, the first 4 KiB of each.
        errors: Answers to malformed requests, to see what error pages tell.
        source_maps: Answers for the source maps of the scripts that the landing page loads.
        security_txt: The answer for ``/.well-known/security.txt``.
    """

    controls: tuple[Answer, ...]
    answers: tuple[Answer, ...]
    errors: tuple[Answer, ...]
    source_maps: tuple[Answer, ...]
    security_txt: Answer
