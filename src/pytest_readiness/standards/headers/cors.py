"""Whether a browser lets another site read an answer (Fetch, sections 4.9 and 4.10)."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_readiness.model.http import Exchange, Headers

SAFELISTED_METHODS = frozenset({"GET", "HEAD", "POST"})


def shares_with(headers: Headers, origin: str, *, credentials: bool) -> bool:
    """Whether a script on ``origin`` may read the answer to a request sent with or without the visitor's cookies.

    Compared byte for byte; two values, in one line or in two, match nothing.
    """
    allowed = _value(headers.all("Access-Control-Allow-Origin"))
    if allowed is None:
        return False
    if not credentials and allowed == "*":
        return True
    if allowed != origin:
        return False
    return not credentials or _value(headers.all("Access-Control-Allow-Credentials")) == "true"


def preflight_allows(answer: Exchange, origin: str, method: str, *, credentials: bool) -> bool:
    """Whether the answer to a preflight lets a script on ``origin`` send ``method``."""
    if not 200 <= answer.status <= 299 or not shares_with(answer.headers, origin, credentials=credentials):
        return False
    methods = [word.strip("\t ") for word in ",".join(answer.headers.all("Access-Control-Allow-Methods")).split(",")]
    return method in SAFELISTED_METHODS or method in methods or ("*" in methods and not credentials)


def _value(lines: Sequence[str]) -> str | None:
    return ", ".join(line.strip("\t ") for line in lines) if lines else None
