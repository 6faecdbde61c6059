"""ACME renewal information (RFC 9773): when the issuer would like a certificate to be renewed."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pytest_readiness.model.tls import Certificate, RenewalWindow
from pytest_readiness.standards.tls import certificates

DIRECTORIES: dict[str, str] = {
    "(STAGING) Let's Encrypt": "https://acme-staging-v02.api.letsencrypt.org/directory",
    "Let's Encrypt": "https://acme-v02.api.letsencrypt.org/directory",
    "Google Trust Services": "https://dv.acme-v02.api.pki.goog/directory",
}
"""Public issuers known to give renewal information, by the organisation in their certificates."""


class Malformed(ValueError):
    """The answer is not what RFC 9773 or RFC 8555 says it is."""


def certificate_id(certificate: Certificate) -> str | None:
    """Return what the issuer knows the certificate by (section 4.1), or None where it names no issuing key."""
    if certificate.authority_key is None:
        return None
    # The content of a DER INTEGER: a leading zero byte where the first bit is set.
    serial = certificate.serial.to_bytes(certificate.serial.bit_length() // 8 + 1, "big", signed=True)
    return f"{_base64url(certificate.authority_key)}.{_base64url(serial)}"


def directory_of(certificate: Certificate) -> str | None:
    """Return the ACME directory of a public issuer that gives renewal information, or None."""
    organisation = certificates.attribute(certificate.issuer, "O") or ""
    return next((url for name, url in DIRECTORIES.items() if organisation.startswith(name)), None)


def renewal_url(directory: bytes, certificate: Certificate) -> str | None:
    """Return where the issuer tells about the certificate, or None where it gives no renewal information.

    Args:
        directory: The ACME directory, as it was fetched.
        certificate: The certificate.

    Raises:
        Malformed: It is no ACME directory.
    """
    document = _object(directory, "no ACME directory")
    if "newOrder" not in document and "renewalInfo" not in document:
        raise Malformed("no ACME directory")
    base, identifier = document.get("renewalInfo"), certificate_id(certificate)
    if base is None or identifier is None:
        return None
    if not isinstance(base, str) or urlsplit(base).scheme not in {"https", "http"}:
        raise Malformed("the directory's renewalInfo is no URL")
    return f"{base.rstrip('/')}/{identifier}"


def parse_window(body: bytes) -> RenewalWindow:
    """Return the window that the issuer suggests (section 4.2).

    Raises:
        Malformed: It suggests none, or one that ends before it begins.
    """
    document = _object(body, "no renewal information")
    window = document.get("suggestedWindow")
    if not isinstance(window, dict):
        raise Malformed("the renewal information suggests no window")
    start, end = _time(window.get("start")), _time(window.get("end"))
    if end <= start:
        raise Malformed("the suggested window ends before it begins")
    explanation = document.get("explanationURL")
    return RenewalWindow(start, end, explanation if isinstance(explanation, str) else "")


def _object(body: bytes, otherwise: str) -> dict[str, object]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed(otherwise) from None
    if not isinstance(document, dict):
        raise Malformed(otherwise)
    return document


def _time(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Malformed(f"{text!r} is no time as RFC 3339 has it")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Malformed(f"{text!r} is no time as RFC 3339 has it") from None


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
