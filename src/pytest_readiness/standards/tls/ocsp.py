"""Stapled OCSP responses read into plain words (RFC 6960)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import DuplicateExtension, ocsp


class Unreadable(ValueError):
    """The bytes are no OCSP response, or one that says nothing of a certificate."""


class Status(StrEnum):
    """What a response says of a certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Response:
    """What a response says.

    Attributes:
        serial: The certificate's serial number.
        status: What it says of it.
        this_update: Since when that is known, UTC.
        next_update: Until when it holds, UTC; None where it does not say.
    """

    serial: int
    status: Status
    this_update: datetime
    next_update: datetime | None


def parse(der: bytes) -> Response:
    """Return what the response says of the first certificate that it speaks of.

    Raises:
        Unreadable: It cannot be read, or the responder had no answer.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(ocsp.load_der_ocsp_response(der))
        except Unreadable:
            raise
        except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, DuplicateExtension, StopIteration) as error:
            raise Unreadable(str(error) or type(error).__name__) from error


def _read(response: ocsp.OCSPResponse) -> Response:
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise Unreadable(f"the responder says {response.response_status.name.lower().replace('_', ' ')}")
    single = next(iter(response.responses))
    return Response(
        serial=single.serial_number,
        status=Status(single.certificate_status.name.lower()),
        this_update=single.this_update_utc,
        next_update=single.next_update_utc,
    )
