"""Whether two answers for the same URL come from the same site.

Pages differ from one request to the next (a nonce, a name, a count), so bytes are not compared. Answers are alike when
they have the same status class and, where they redirect, lead to the same host; then the same title, digits aside,
where one of them is HTML with a title; else the same media type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pytest_readiness.model.http import Exchange
from pytest_readiness.standards.pages import html, redirects


@dataclass(frozen=True, slots=True)
class Likeness:
    """What answers of the same site have in common.

    Attributes:
        status_class: The first digit of the status.
        leads_to: The host that it redirects to; empty where it does not.
        content: The title, digits replaced, or the media type.
    """

    status_class: int
    leads_to: str
    content: str

    def __str__(self) -> str:
        if self.leads_to:
            return f"a redirect to {self.leads_to}"
        return f"{self.status_class}xx, {self.content}"


def likeness(answer: Exchange) -> Likeness:
    """Return what ``answer`` has in common with others of its site."""
    if away := redirects.destination(answer):
        return Likeness(answer.status // 100, redirects.host(away), "")
    title = html.parse(answer.text).title if answer.is_html else ""
    media_type = (answer.headers.first("Content-Type") or "").partition(";")[0].strip().lower()
    content = f"titled {re.sub(r'[0-9]+', '#', title)!r}" if title else media_type or "no media type"
    return Likeness(answer.status // 100, "", content)
