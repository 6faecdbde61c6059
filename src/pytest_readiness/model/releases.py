"""What is launched, by digests that cannot mean anything else: the subject of a signed statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

PATTERN = r"^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|(gitCommit:)?([0-9a-f]{40}|[0-9a-f]{64}))$"
FORM = "write sha256:… with 64 hex digits, or the full id of a git commit, 40 or 64 lower-case hex digits"
OWN_VARIABLE = "READINESS_RELEASE"
CI_VARIABLES = ("GITHUB_SHA", "CI_COMMIT_SHA")


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest.

    Attributes:
        algorithm: As in-toto names it: ``sha256``, ``sha512``, ``gitCommit``.
        value: Lower-case hex digits.
    """

    algorithm: str
    value: str

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.value}"


@dataclass(frozen=True, slots=True)
class Release:
    """What is launched.

    Attributes:
        name: What people call it.
        digests: What it is told by, at least one; each is a subject of its own, an image and a commit being two things.
    """

    name: str
    digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signed statement needs besides the run.

    Attributes:
        release: What it speaks of.
        sign: Returns the envelope of a payload, as text; asked only for a run that ended.
        configuration: SHA-256 of each file that configured the run, by name.
    """

    release: Release
    sign: Callable[[bytes], str]
    configuration: Mapping[str, str]


def parse(text: str) -> Digest:
    """Return the digest that ``text`` writes; bare hex digits are a git commit.

    Raises:
        ValueError: It is none, or one cut short; the message says how to write one.
    """
    if re.fullmatch(PATTERN.strip("^$"), text) is None:
        raise ValueError(f"{text!r} is no digest: {FORM}")
    algorithm, _, value = text.rpartition(":")
    return Digest(algorithm or "gitCommit", value)


def release(*, name: str | None, digest: str | None, commit: str | None) -> Release | None:
    """Return the release of a ``[release]`` table; None where neither digest nor commit is given."""
    digests = tuple(parse(text) for text in (digest, commit) if text is not None)
    return Release(name or str(digests[0]), digests) if digests else None


def current(configured: Release | None, environment: Mapping[str, str]) -> Release | None:
    """Return what is being launched, or None where nothing says.

    READINESS_RELEASE comes first, being set on purpose; then the configuration; then what a CI system sets by itself.

    Raises:
        ValueError: A variable holds no digest. One of ours that is empty is wrong too: in a pipeline it is a value that
            was meant and got lost.
    """
    variables = [OWN_VARIABLE] if OWN_VARIABLE in environment else []
    if not variables and configured is not None:
        return configured
    for variable in variables or [name for name in CI_VARIABLES if environment.get(name)]:
        try:
            digest = parse(environment[variable])
        except ValueError as error:
            raise ValueError(f"the environment variable {variable}: {error}") from None
        name = configured.name if configured is not None else str(digest)
        return Release(name, (digest,))
    return None
