"""What an effect permits over HTTP."""

from __future__ import annotations

from urllib.parse import urlsplit

from pytest_readiness.model.exceptions import NotAllowed
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1), less TRACE, which servers rightly refuse."""


def permit(target: Target, allowed: Effect, method: str, url: str) -> None:
    """Let a request pass, or say why it may not.

    Args:
        target: Whose host it must go to.
        allowed: The effect that the run allows.
        method: The request's method.
        url: The request's absolute URL.

    Raises:
        NotAllowed: It goes to another host, is no HTTP, or its method changes things and the run only observes.
    """
    split = urlsplit(url)
    if split.scheme not in {"http", "https"}:
        raise NotAllowed(f"{split.scheme}: is no HTTP")
    host = (split.hostname or "").rstrip(".")
    if host != target.host:
        raise NotAllowed(f"a request to {host} was held back: the target is {target.host}")
    if method.upper() not in SAFE_METHODS and allowed < Effect.EXERCISE:
        raise NotAllowed(
            f"{method.upper()} {split.path or '/'} was held back: this run only observes {target.name}",
            fix=f'[targets.{target.name}] allow = "exercise"',
        )
