"""Registration data: finding the server (RFC 9224) and reading its answer (RFC 9083)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

BY_HAND = (
    "watch the date at the registrar, and attest it: [[attestations]] "
    'item = "infrastructure/dns", with by, on, valid_for and evidence'
)
"""What to do where the registry does not tell: some country-code domains have no RDAP, or keep the date back."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What a registry says of a domain.

    Attributes:
        name: The domain as the registry writes it, lower case.
        expires: When the registration ends, UTC; None where it does not say, or not as a date.
        statuses: The status values, lower case.
        delegation_signed: Whether it holds DS records; None where it does not say.
    """

    name: str
    expires: datetime | None
    statuses: tuple[str, ...]
    delegation_signed: bool | None


@dataclass(frozen=True, slots=True)
class Malformed:
    """An answer that is not what it should be.

    Attributes:
        reason: What is wrong with it.
    """

    reason: str


def parse(text: str) -> Domain | Malformed:
    """Return the domain that ``text`` describes, or why it describes none."""
    data = _load(text)
    if not isinstance(data, dict):
        return Malformed("it is no JSON object")
    if data.get("objectClassName") != "domain":
        return Malformed("it describes no domain")
    name = data.get("ldhName")
    secure = data.get("secureDNS")
    signed = secure.get("delegationSigned") if isinstance(secure, dict) else None
    return Domain(
        name=name.lower().rstrip(".") if isinstance(name, str) else "",
        expires=_expiration(data.get("events")),
        statuses=tuple(status.lower() for status in _list(data.get("status")) if isinstance(status, str)),
        delegation_signed=signed if isinstance(signed, bool) else None,
    )


def servers(bootstrap: str, domain: str) -> tuple[str, ...] | Malformed:
    """Return the base URLs of the registry for ``domain``, HTTPS first; empty where the registry has no server.

    Args:
        bootstrap: The text of IANA's bootstrap file for domains, or of one like it.
        domain: The domain.
    """
    data = _load(bootstrap)
    if not isinstance(data, dict) or not isinstance(data.get("services"), list):
        return Malformed("it is no bootstrap file: no list of services")
    best: tuple[int, tuple[str, ...]] = (0, ())
    for service in data["services"]:
        if not isinstance(service, list) or len(service) < 2:
            continue
        urls = tuple(url for url in _list(service[1]) if isinstance(url, str))
        for entry in _list(service[0]):
            suffix = entry.lower().strip(".") if isinstance(entry, str) else ""
            labels = suffix.count(".") + 1
            if suffix and f".{domain.lower()}".endswith(f".{suffix}") and labels > best[0]:
                best = labels, urls
    return tuple(sorted(best[1], key=lambda url: not url.startswith("https://")))


def _expiration(events: object) -> datetime | None:
    for event in _list(events):
        if isinstance(event, dict) and event.get("eventAction") == "expiration":
            try:
                moment = datetime.fromisoformat(event.get("eventDate", ""))
                return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
            except (TypeError, ValueError, OverflowError):
                return None
    return None


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
