"""Certification Authority Authorization (RFC 8659)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pytest_readiness.model.dns import CaaRecord

KNOWN = frozenset({"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"})
"""Properties of the IANA registry that issuers know."""

LONGEST = 1024
"""Characters of a value that are read: no authority's domain and account fill more."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ISSUE = re.compile(
    rf"\s*(?P<domain>{_LABEL}(?:\.{_LABEL})*)?\s*"
    r"(?:;(?P<parameters>(?:\s*[a-z0-9-]+\s*=[\x21-\x3a\x3c-\x7e]*\s*;)*(?:\s*[a-z0-9-]+\s*=[\x21-\x3a\x3c-\x7e]*)?\s*))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may issue, as the records for a name say.

    Attributes:
        issuers: Domains of the authorities that may issue for the name.
        wildcard_issuers: Domains of those that may issue wildcards.
        restricted: Whether issuing for the name is restricted at all: an ``issue`` property is there.
        unknown_critical: Critical properties that no issuer knows: every one must refuse.
        malformed: Values that issuers cannot read: they allow nobody.
    """

    issuers: tuple[str, ...]
    wildcard_issuers: tuple[str, ...]
    restricted: bool
    unknown_critical: tuple[str, ...] = ()
    malformed: tuple[str, ...] = ()


def issuer(value: str) -> str | None:
    """Return the domain that an ``issue`` value names, empty where it names nobody; None for a malformed value."""
    match = _ISSUE.fullmatch(value) if len(value) <= LONGEST else None
    return None if match is None else (match["domain"] or "").lower()


def policy(records: Iterable[CaaRecord]) -> Policy:
    """Return what ``records`` say together."""
    records = tuple(records)
    named = {tag: [issuer(record.value) for record in records if record.tag == tag] for tag in ("issue", "issuewild")}
    issuers = tuple(sorted({name for name in named["issue"] if name}))
    return Policy(
        issuers=issuers,
        wildcard_issuers=tuple(sorted({name for name in named["issuewild"] if name}))
        if named["issuewild"]
        else issuers,
        restricted=bool(named["issue"]),
        unknown_critical=tuple(sorted({r.tag for r in records if r.critical and r.tag not in KNOWN})),
        malformed=tuple(r.value for r in records if r.tag in named and issuer(r.value) is None),
    )
