"""Ordered words: how bad (severity), how far (level), how invasive (effect)."""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class _Scale(IntEnum):
    """A word that can be compared with its siblings and prints as users write it."""

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def words(cls) -> tuple[str, ...]:
        """Return the words from least to most."""
        return tuple(str(member) for member in cls)

    @classmethod
    def of(cls, word: str) -> Self:
        """Return the member that users write as ``word``.

        Raises:
            ValueError: The word is none of the scale's; the message lists them.
        """
        try:
            return cls[word.upper()]
        except (KeyError, AttributeError):
            raise ValueError(f"{word!r} is not one of {', '.join(cls.words())}") from None


class Severity(_Scale):
    """How much it matters that an item does not hold."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Level(_Scale):
    """What a team has to show: a URL and a repository, its systems, its drills."""

    BRONZE = 1
    SILVER = 2
    GOLD = 3


class Effect(_Scale):
    """What gathering a piece of evidence does to the target.

    ``observe`` is what a visitor or a read-only credential can read, ``exercise`` is bounded traffic that a user could
    send or a record that cleans up after itself, ``disrupt`` breaks something on purpose.
    """

    OBSERVE = 1
    EXERCISE = 2
    DISRUPT = 3
