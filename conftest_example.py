"""A conftest.py to start from: targets in code, evidence of your own, and a check that judges it.

Copy it next to your pytest configuration as conftest.py and run ``pytest --readiness=review``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from pytest_readiness import Finding, Measure, Target, Unverified, check, readiness
from pytest_readiness.guard.http import HttpClient
from pytest_readiness.model.http import Silence


def pytest_readiness_targets() -> Mapping[str, Mapping[str, object]]:
    """Judge review apps, whose address only the pipeline knows; the keys are those of readiness.toml."""
    url = os.environ.get("REVIEW_APP_URL")
    return {"review": {"url": url, "budget": {"requests": 500}}} if url else {}


@readiness.evidence(sends="one GET of /version")
async def version(target: Target, http: HttpClient) -> str:
    """The version that runs, as the service itself says.

    It is gathered once per target, side by side with everything else, and is plain data; a test asks for it as the
    fixture ``version``.
    """
    answer = await http.fetch("/version")
    if isinstance(answer, Silence):
        raise Unverified(f"/version did not answer: {answer}")
    if answer.status != 200:
        raise Unverified(f"/version answers {answer.status}", fix=f"let {target.origin}/version name what runs")
    return answer.text.strip()


@check("launch/deployment", severity="high")
def a_release_runs(version: str, target: Target) -> Iterator[Finding | Measure]:
    """What runs is a release, not somebody's working copy."""
    yield Measure("version", version)
    if version.endswith("-dirty") or version in {"", "dev"}:
        yield Finding(
            "what runs was not built from a commit",
            where=f"{target.origin}/version",
            measured=version or "nothing",
            fix="deploy what the pipeline built",
        )
