"""The limits that checks judge by: each stands once, with its default, its unit and its source."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any


def _limit(default: Any, doc: str, source: str = "") -> Any:
    return field(default=default, metadata={"doc": doc, "source": source})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every limit of ``[thresholds]``; durations are written ``30s``, ``4h``, ``90d``."""

    clock_skew: timedelta = _limit(
        timedelta(seconds=30), "how far the server's Date may be from ours", "RFC 9110, 6.6.1"
    )
    domain_expiry: timedelta = _limit(timedelta(days=30), "how long the domain must still be registered")
    certificate_expiry: timedelta = _limit(timedelta(days=14), "how long the certificate must still be valid")
    hsts_max_age: timedelta = _limit(
        timedelta(days=180), "how long browsers must remember to come back over HTTPS", "MDN HTTP Observatory"
    )
    health_response: timedelta = _limit(
        timedelta(seconds=1), "how fast a health endpoint must answer", "Kubernetes probes: timeoutSeconds"
    )
    rto: timedelta = _limit(timedelta(hours=4), "how long a restore may take")
    rpo: timedelta = _limit(timedelta(hours=1), "how much data may be lost, in time")

    @classmethod
    def documentation(cls) -> dict[str, tuple[Any, str, str]]:
        """Return, by name, the default, what it limits and where it comes from."""
        return {f.name: (f.default, f.metadata["doc"], f.metadata["source"]) for f in fields(cls)}
