"""What error pages must not tell: traces, debug pages, the server's own paths, its database's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

EXCERPT = 120
"""Characters of a page that a finding quotes at most."""

_PATH = "a path of the server"


@dataclass(frozen=True, slots=True)
class Revelation:
    """Something that an error page tells a stranger.

    Attributes:
        what: What it is.
        excerpt: The words that it is known by.
    """

    what: str
    excerpt: str


# Bounded repetitions throughout: a page is a stranger's, and must not cost more than one pass over it.
_SIGNS: dict[str, tuple[str, ...]] = {
    "the Werkzeug debugger": (r"Werkzeug Debugger", r"EVALEX\s*=", r"__debugger__=yes"),
    "a Django debug page": (r"<code>DEBUG\s*=\s*True</code>", r"DJANGO_SETTINGS_MODULE"),
    "a Laravel debug page": (r"window\.ignite\(", r"Illuminate\\[A-Z]\w{2,40}\\", r"facade/ignition", r"Whoops\\Run"),
    "a Symfony debug page": (r"Symfony\\Component\\[A-Z]\w{2,40}", r"sf-dump-", r"Symfony Exception"),
    "a Rails debug page": (r"Rails\.root: /", r"Application Trace</a>", r"ActionController::RoutingError"),
    "a Python traceback": (r"Traceback \(most recent call last\)",),
    "a Java stack trace": (
        r"\bat (?:[a-zA-Z_$][\w$]{0,80}\.){1,20}[\w$<>]{1,80}\([A-Z][\w$]{0,80}\.(?:java|kt|scala):\d+\)",
    ),
    "a .NET stack trace": (
        r"\bat (?:[A-Z]\w{0,80}\.){1,20}\w{1,80}\([^)\n]{0,200}\) in [A-Z]:\\",
        r"Server Error in '[^']{0,80}' Application",
    ),
    "a JavaScript stack trace": (r"\bat (?:[\w$.<> ]{1,120} \()?(?:file://|/)[^\s()]{1,200}\.[cm]?[jt]s:\d+:\d+",),
    "a Ruby backtrace": (r"/[\w./-]{1,200}\.rb:\d+:in ['`]",),
    "a Go panic": (r"goroutine \d+ \[(?:running|select|IO wait)",),
    "a PHP error": (r"(?:Fatal error|Warning|Notice|Parse error)(?:</b>)?: .{1,300} in (?:<b>)?/[\w./-]{1,200}\.php",),
    "a database error": (
        r"SQLSTATE\[\w{5}\]",
        r"ORA-\d{5}: ",
        r"You have an error in your SQL syntax",
        r"psycopg2?\.errors\.",
        r"sqlite3\.OperationalError",
        r"PG::\w{1,40}Error",
        r"System\.Data\.SqlClient",
        r"com\.mysql\.(?:cj\.)?jdbc",
    ),
    _PATH: (
        r"/(?:home|usr|opt|app|srv|var)(?:/[\w.-]{1,80}){1,20}\.(?:py|rb|php|go|java|cs|ts)\b",
        r"[A-Z]:\\[\w .\\-]{1,200}\.(?:py|rb|php|go|java|cs|ts)\b",
    ),
}
_PATTERNS = {what: re.compile("|".join(signs)) for what, signs in _SIGNS.items()}


def revelations(text: str) -> Iterator[Revelation]:
    """Yield what ``text`` gives away; a path is not told apart from the trace that it stands in."""
    found = False
    for what, pattern in _PATTERNS.items():
        if (match := pattern.search(text)) and not (found and what == _PATH):
            found = True
            yield Revelation(what, " ".join(match[0].split())[:EXCERPT])
