"""DMARC policy records (RFC 7489; RFC 9989 finds them by walking up the tree and drops ``pct``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

POLICIES = ("none", "quarantine", "reject")
"""What receivers shall do with mail that fails, from least to most."""

MOST_QUERIES = 8
"""Names that a receiver asks on its way up."""


@dataclass(frozen=True, slots=True)
class Record:
    """One DMARC record.

    Attributes:
        policy: For mail from the domain itself.
        subdomain_policy: For mail from names below it.
        tags: All tags as they stand.
    """

    policy: str
    subdomain_policy: str
    tags: Mapping[str, str]

    @property
    def testing(self) -> bool:
        """Whether receivers are asked not to apply the policy fully yet."""
        return self.tags.get("t", "n").lower() == "y" or self.tags.get("pct", "100") != "100"

    @property
    def reports_to(self) -> str:
        """Where aggregate reports go; empty where nobody wants them."""
        return self.tags.get("rua", "")


@dataclass(frozen=True, slots=True)
class Malformed:
    """A text that receivers ignore.

    Attributes:
        reason: What is wrong with it.
    """

    reason: str


def is_record(text: str) -> bool:
    """Return whether a TXT record says that it is a DMARC record: the version comes first, and exactly so."""
    return _tag(text.partition(";")[0]) == ("v", "DMARC1")


def _tag(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip()


def parse(text: str) -> Record | Malformed:
    """Return the record that ``text`` is, or why receivers ignore it."""
    if not is_record(text):
        return Malformed("it does not begin with v=DMARC1")
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        name, value = _tag(part)
        if not name.isalpha() or "=" not in part:
            return Malformed(f"{part.strip()!r} is no tag=value")
        if name in tags:
            return Malformed(f"the tag {name} stands twice")
        tags[name] = value
    policy = tags.get("p", "").lower()
    if policy not in POLICIES:
        # RFC 7489, 6.6.3: a record that at least wants reports counts as one that only watches.
        if not tags.get("rua"):
            return Malformed(f"its policy p={tags.get('p', '')} is none of {', '.join(POLICIES)}")
        policy = "none"
    below = tags.get("sp", "").lower()
    return Record(policy, below if below in POLICIES else policy, tags)


def names(domain: str) -> tuple[str, ...]:
    """Return the names at which receivers look for the record of ``domain``, nearest first."""
    labels = domain.split(".")
    above = [".".join(labels[start:]) for start in range(len(labels))]
    # A domain of many labels is not walked whole: after itself the search goes on at seven labels.
    wanted = above[:1] + [name for name in above[1:] if name.count(".") < MOST_QUERIES - 1]
    return tuple(f"_dmarc.{name}" for name in wanted)


def effective(texts: Sequence[tuple[str, ...]]) -> tuple[int, tuple[str, ...]] | None:
    """Return which of :func:`names` holds the record that counts, and what DMARC records stand there; None if none.

    Args:
        texts: The TXT records at each of the names, in their order.
    """
    for place, found in enumerate(texts):
        records = tuple(text for text in found if is_record(text))
        if records:
            return place, records
    return None
