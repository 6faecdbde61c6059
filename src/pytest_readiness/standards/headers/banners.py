"""What an answer tells about the software behind it, version included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pytest_readiness.model.http import Exchange, Headers
from pytest_readiness.standards.pages import html


@dataclass(frozen=True, slots=True)
class Banner:
    """A piece of software that was named with its version.

    Attributes:
        place: The field, or ``meta generator``, or ``page``.
        text: What was said, as it was said.
    """

    place: str
    text: str


_PRODUCTS = ("Server", "X-Powered-By", "X-Generator", "X-Runtime-Version", "X-Server", "X-Backend-Server", "Via")
_VERSIONS = ("X-AspNet-Version", "X-AspNetMvc-Version", "X-Drupal-Version", "X-PHP-Version", "X-Powered-By-Version")
_PRODUCT = re.compile(r"(?<![\w.+-])[A-Za-z][\w.+-]*(?:/| )v?\d+(?:\.\d+|\b(?!/))[\w.+~-]*")
_VERSION = re.compile(r"\d+(?:\.\d+)*")
_LONGEST = 200

_SIGNATURES = re.compile(
    r"""(?:nginx|openresty|Apache(?:[ ]Tomcat)?|Jetty(?:://)?|lighttpd|Werkzeug|gunicorn|Microsoft-IIS|IIS|PHP|Phusion
        [ ]Passenger|OpenSSL|Express|GlassFish|WildFly|Undertow|Caddy|Varnish|squid|HAProxy|Kestrel|Puma|Unicorn|uWSGI)
        (?:[ ]Server)?[/ ](?:Version[ ])?v?\d+\.\d+[\w.+~-]*""",
    re.VERBOSE | re.IGNORECASE,
)


def in_headers(headers: Headers) -> Iterator[Banner]:
    """Yield the fields that name software with its version; a name alone is no banner."""
    for name in _PRODUCTS:
        for value in headers.all(name):
            if _PRODUCT.search(_without_protocol(value) if name == "Via" else value):
                yield Banner(name, value[:_LONGEST])
    for name in _VERSIONS:
        for value in headers.all(name):
            if _VERSION.search(value):
                yield Banner(name, value[:_LONGEST])


def in_body(answer: Exchange) -> Iterator[Banner]:
    """Yield what a page says of its generator and, where it is an error page, of the server behind it."""
    if answer.is_html:
        for meta in html.parse(answer.text).metas:
            if meta.name == "generator" and _VERSION.search(meta.content):
                yield Banner("meta generator", meta.content[:_LONGEST])
    if answer.status >= 400 and (found := _SIGNATURES.search(answer.text)):
        yield Banner("page", found[0][:_LONGEST])


def in_answer(answer: Exchange) -> Iterator[Banner]:
    """Yield every banner of an answer."""
    yield from in_headers(answer.headers)
    yield from in_body(answer)


def _without_protocol(via: str) -> str:
    # Each hop begins with the version of the protocol that it spoke: "1.1 varnish (Varnish/7.1)".
    return re.sub(r"(?:^|,)\s*(?:[A-Za-z]+/)?\d+(?:\.\d+)?\s", ", ", via)
