"""Why a request was not answered, in the words of the model."""

from __future__ import annotations

import ssl

import httpcore

from pytest_readiness.model.exceptions import DeadlinePassed, Unreachable, Unverified
from pytest_readiness.model.http import Cause, Silence


def silence(method: str, url: str, error: Exception, address: str | None) -> Silence:
    """Tell why there was no answer, by the exception at the root of it.

    Args:
        method: The request's method.
        url: The request's URL.
        error: What httpcore raised.
        address: The address that was tried; None where it did not come so far.

    Raises:
        Unverified: It was our own guard that held the request back.
    """
    cause, detail = _why(error)
    return Silence(method, url, cause, detail, address)


def _why(error: Exception) -> tuple[Cause, str]:
    chain: list[BaseException] = [error]
    while (below := chain[-1].__cause__ or chain[-1].__context__) is not None and below not in chain:
        chain.append(below)
    # What our own guard says stands above what made it say so; of the rest, the root tells most.
    ours = [cause for cause in chain if isinstance(cause, Unverified)]
    for cause in [*ours, *reversed(chain)]:
        if (told := _told(cause)) is not None:
            return told
    if isinstance(error, httpcore.ProtocolError):
        return Cause.PROTOCOL, str(error)
    if isinstance(error, httpcore.NetworkError | OSError):
        return Cause.UNREACHABLE, str(error)
    return Cause.PROTOCOL, f"{type(error).__name__}: {error}"


def _told(cause: BaseException) -> tuple[Cause, str] | None:
    match cause:
        case ssl.SSLCertVerificationError():
            return Cause.CERTIFICATE, cause.verify_message
        case ssl.SSLError():
            return Cause.TLS, (cause.reason or str(cause)).lower().replace("_", " ")
        case Unreachable():
            return Cause.UNRESOLVED, cause.reason
        case DeadlinePassed():
            return Cause.TIMED_OUT, cause.reason
        case Unverified():
            raise cause
        case ConnectionRefusedError():
            return Cause.REFUSED, ""
        case ConnectionResetError() | BrokenPipeError():
            return Cause.BROKEN, "connection reset"
        case TimeoutError() | httpcore.TimeoutException():
            return Cause.TIMED_OUT, str(cause)
        case _:
            return None
