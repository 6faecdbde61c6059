"""Waivers, attestations and statements of what does not apply, from the tables of readiness.toml."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pytest_readiness.model.decisions import Attestation, Decisions, Exclusion, Line, Waiver
from pytest_readiness.model.scales import Level, Severity
from pytest_readiness.settings import durations
from pytest_readiness.settings.tables import Document, ExclusionTable, ItemTable, WaiverTable


class Mistake(ValueError):
    """One thing wrong with a decision, with its key."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key


def decisions(
    document: Document, raw: Mapping[str, Any], file: Path | None, today: date, mistakes: list[Mistake]
) -> Decisions:
    """Return what the team has decided; what is wrong is added to ``mistakes``.

    Args:
        document: The configuration, validated.
        raw: The same as TOML has it, for the keys that statements depend on.
        file: The file, for line numbers and for files of evidence; None where there is none.
        today: The day, UTC.
        mistakes: Where mistakes go.
    """
    latest = today + timedelta(days=document.gate.max_waiver_days)
    waivers = []
    for number, (waiver, where) in enumerate(zip(document.waivers, _lines(file, "waivers"), strict=False)):
        key = f"waivers.{number}"
        subject = _subject(waiver, key, mistakes)
        if waiver.owner.strip().casefold() == waiver.approved_by.strip().casefold():
            mistakes.append(Mistake(f"{key}.approved_by", "is the owner: a waiver is approved by somebody else"))
        if waiver.expires > latest:
            words = f"is more than {document.gate.max_waiver_days} days ahead; write {latest} or earlier"
            mistakes.append(Mistake(f"{key}.expires", words))
        waivers.append(
            Waiver(subject, waiver.target, waiver.reason, waiver.owner, waiver.approved_by, waiver.expires, where)
        )
    attestations = []
    for number, (attested, where) in enumerate(zip(document.attestations, _lines(file, "attestations"), strict=False)):
        evidence = _evidence(attested.evidence, f"attestations.{number}.evidence", file, mistakes)
        until = attested.on + durations.parse(attested.valid_for)
        attestations.append(
            Attestation(attested.item, attested.target, attested.by, attested.on, until, evidence, where)
        )
    exclusions = [
        Exclusion(table.item, table.target, table.reason, table.unless or "", _is_there(table, raw), where)
        for table, where in zip(document.not_applicable, _lines(file, "not_applicable"), strict=False)
    ]
    gate = document.gate
    return Decisions(
        tuple(waivers),
        tuple(attestations),
        tuple(exclusions),
        most_waivers=gate.max_active_waivers,
        lines=tuple(_line(table) for table in document.items),
        gate=Severity.of(gate.severity) if gate.severity else None,
        level=Level.of(gate.level) if gate.level else None,
    )


def _line(table: ItemTable) -> Line:
    return Line(
        id=table.id,
        title=table.title,
        severity=Severity.of(table.severity) if table.severity else None,
        level=Level.of(table.level) if table.level else None,
        why=table.why,
        fix=table.fix,
        waivable=table.waivable,
    )


def _subject(waiver: WaiverTable, key: str, mistakes: list[Mistake]) -> str:
    if (waiver.item is None) == (waiver.check is None):
        mistakes.append(Mistake(key, 'needs either item = "area/name" or check = "area::name"'))
    return waiver.item or waiver.check or ""


def _evidence(text: str, key: str, file: Path | None, mistakes: list[Mistake]) -> str:
    """Return a URL as it is, and a file with its SHA-256: what was looked at then is known by it."""
    if re.match(r"https?://", text):
        return text
    path = (file.parent if file is not None else Path()) / text
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        mistakes.append(Mistake(key, f"{text!r} cannot be read: name a URL, or a file next to the configuration"))
        return text
    return f"{text} (sha256:{digest})"


def _is_there(table: ExclusionTable, raw: Mapping[str, Any]) -> bool:
    place: Any = raw
    for part in (table.unless or "").split("."):
        if not isinstance(place, Mapping) or part not in place:
            return False
        place = place[part]
    return bool(place)


def _lines(file: Path | None, name: str) -> Iterator[str]:
    """Yield where each table of the array ``name`` stands, without end: what has no line bears its number."""
    if file is not None:
        header = re.compile(rf"\s*\[\[\s*(?:tool\s*\.\s*readiness\s*\.\s*)?{name}\s*\]\]")
        for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), 1):
            if header.match(line):
                yield f"{file.name}:{number}"
    while True:
        yield f"{file.name if file is not None else 'readiness.toml'}: {name}"
