"""URLs of sites, as users write them; a password in one is never repeated."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

SHAPE = "https://host[:port][/path]"
PATTERN = r"^(https?://[^\s@/?#]+([/?].*)?$|(env|file):.+)"
"""What an editor can tell of a site's URL; :func:`site` tells the rest."""


def site(text: str) -> SplitResult:
    """Return the parts of the URL of a site.

    Raises:
        ValueError: It is none; the message says what to write, and repeats nothing that may be a password.
    """
    said = "what stands there" if "@" in text else repr(text)
    fault = _fault(text)
    if fault:
        raise ValueError(f"{said} {fault}")
    return urlsplit(text)


def without_password(text: str) -> str:
    """Return ``text``, a URL or something else, unless it is a URL with a user or a password in it.

    Raises:
        ValueError: It is one; the message does not repeat it.
    """
    if has_user(text):
        raise ValueError("there is a password in the URL: leave out what stands before the @")
    return text


def has_user(text: str) -> bool:
    """Whether ``text`` is a URL with a user, and perhaps a password, before its host."""
    return "://" in text and "@" in re.split(r"[/?#]", text.partition("://")[2], maxsplit=1)[0]


def _fault(text: str) -> str:
    try:
        split = urlsplit(text)
        port = split.port
        (split.hostname or "").rstrip(".").encode("idna")  # refuses labels that are empty or too long for the DNS
    except ValueError as error:
        # urlsplit's words may repeat a part of a password that holds a slash or a bracket.
        return f"is no URL: write {SHAPE}" if "@" in text else f"is no URL ({error}): write {SHAPE}"
    unprintable = re.search(r"[\s\x00-\x1f\x7f]", text)
    if split.scheme not in {"http", "https"} or not split.hostname or port == 0 or unprintable:
        return f"is no URL of a site: write {SHAPE}"
    if not split.hostname.isascii():
        # IDNA 2003 and 2008 lead "straße.de" to two different hosts (UTS 46, 7): the DNS's own form leads to one.
        return "has letters beyond ASCII in the host: write it as the DNS has it, xn--…"
    if split.fragment:
        return "has a fragment, which is never sent: leave out what stands from the # on"
    return ""
