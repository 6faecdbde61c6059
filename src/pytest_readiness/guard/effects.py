"""What an effect permits over HTTP."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from pytest_readiness.model.exceptions import NotAllowed
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1), less TRACE, which servers rightly refuse."""

PORTS = {"http": 80, "https": 443}


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
    try:
        split = urlsplit(url)
    except ValueError as error:
        raise NotAllowed(f"a request was held back: {url!r} is no URL ({error})") from None
    if split.scheme not in {"http", "https"}:
        raise NotAllowed(f"a request was held back: {split.scheme or 'nothing'}: is no HTTP")
    if not is_host(target, split):
        raise NotAllowed(f"a request to {_ascii(split.hostname)} was held back: the target is {target.host}")
    if method.upper() not in SAFE_METHODS and allowed < Effect.EXERCISE:
        raise NotAllowed(
            f"{method.upper()} {split.path or '/'} was held back: this run only observes {target.name}",
            fix=f'[targets.{target.name}] allow = "exercise"',
        )


def is_host(target: Target, url: SplitResult) -> bool:
    """Whether ``url`` is on the target's host, whatever its port."""
    return _ascii(url.hostname) == _ascii(target.host)


def is_origin(target: Target, url: SplitResult) -> bool:
    """Whether ``url`` is on the target's host, over the target's scheme and port: where its credentials may go.

    Another port is another service, and plain HTTP shows them to everybody on the way.
    """
    try:
        port = url.port or PORTS.get(url.scheme)
    except ValueError:
        return False
    return is_host(target, url) and url.scheme == urlsplit(target.url).scheme and port == target.port


def _ascii(host: str | None) -> str:
    """Return ``host`` as the DNS has it, so that two spellings of one name are equal."""
    name = (host or "").rstrip(".").lower()
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
