"""Subresource Integrity (W3C SRI, section 3): whether a browser checks what it loads, and whether it then can."""

from __future__ import annotations

import re
from enum import StrEnum

from pytest_readiness.standards.pages.html import Load

_METADATA = re.compile(r"sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2}(?:\?.*)?", re.IGNORECASE)


class Integrity(StrEnum):
    """What a browser does with something that another origin serves."""

    CHECKED = "checked"
    ABSENT = "no integrity attribute"
    VOID = "the integrity attribute names no hash that browsers know"
    BLOCKED = "integrity without crossorigin: browsers refuse to load it"


def integrity(load: Load) -> Integrity:
    """Return what becomes of ``load``, which another origin serves.

    Without CORS the answer is opaque and fails every check (section 3.3.3), so ``crossorigin`` must stand beside it.
    """
    if load.integrity is None or not load.integrity.strip():
        return Integrity.ABSENT
    if not any(_METADATA.fullmatch(token) for token in load.integrity.split()):
        return Integrity.VOID
    return Integrity.CHECKED if load.crossorigin is not None else Integrity.BLOCKED
