"""What a team has decided: which failures it accepts for a while, what it vouches for, what does not concern it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from pytest_readiness.model.scales import Level, Severity


@dataclass(frozen=True, slots=True)
class Waiver:
    """A failure that is accepted for a while; what is waived is still looked at.

    Attributes:
        subject: The id of an item, ``area/name``, or of a check, ``area::name``.
        target: The target, or a glob.
        reason: Why the failure is accepted.
        owner: Who answers for it.
        approved_by: Who agreed; never the owner.
        expires: The last day, UTC, on which it counts.
        where: The line that it stands in, ``readiness.toml:12``.
    """

    subject: str
    target: str
    reason: str
    owner: str
    approved_by: str
    expires: date
    where: str

    def covers(self, item: str, check: str, target: str) -> bool:
        """Whether it is about that check of that item of that target."""
        names = {item, f"{item.partition('/')[0]}::{check}"}
        return self.subject in names and fnmatchcase(target, self.target)

    def __str__(self) -> str:
        return f"{self.reason} ({self.owner}, approved by {self.approved_by}, until {self.expires})"


@dataclass(frozen=True, slots=True)
class Attestation:
    """Somebody's word for an item that no system can be asked about.

    Attributes:
        item: The id of the item.
        target: The target, or a glob.
        by: Whose word it is.
        on: The day on which it was given.
        until: The last day, UTC, on which it counts.
        evidence: A URL, or a file with its SHA-256.
        where: The line that it stands in.
    """

    item: str
    target: str
    by: str
    on: date
    until: date
    evidence: str
    where: str

    def covers(self, item: str, target: str) -> bool:
        """Whether it is about that item of that target."""
        return self.item == item and fnmatchcase(target, self.target)

    def __str__(self) -> str:
        return f"attested by {self.by} on {self.on}, until {self.until}: {self.evidence}"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A statement that an item does not concern a target.

    Attributes:
        item: The id of the item.
        target: The target, or a glob.
        reason: Why it does not.
        unless: The key of the configuration that makes the statement void by being there; empty for none.
        void: Whether that key is there.
        where: The line that it stands in.
    """

    item: str
    target: str
    reason: str
    unless: str
    void: bool
    where: str

    def covers(self, item: str, target: str) -> bool:
        """Whether it is about that item of that target."""
        return self.item == item and fnmatchcase(target, self.target)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the user's own checklist, or what differs in a built-in one; None leaves a part as it is.

    Attributes:
        id: The id of the item.
        title: The line itself.
        severity: How much it matters.
        level: What a team has to show for it.
        why: What happens to those who leave it out.
        fix: What to do.
        waivable: Whether a failure of it can be waived.
    """

    id: str
    title: str | None = None
    severity: Severity | None = None
    level: Level | None = None
    why: str | None = None
    fix: str | None = None
    waivable: bool = True


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that a team has decided.

    Attributes:
        waivers: Failures that are accepted for a while.
        attestations: Items that somebody vouches for.
        exclusions: Items that do not concern a target.
        most_waivers: How many waivers may count at the same time; None for any number.
        lines: What the user's own checklist adds and changes.
        gate: The least severity that keeps a target from being ready; None for the default.
        level: The level that must hold; None for the default.
    """

    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    most_waivers: int | None = None
    lines: tuple[Line, ...] = ()
    gate: Severity | None = None
    level: Level | None = None

    def __bool__(self) -> bool:
        return bool(self.waivers or self.attestations or self.exclusions)
