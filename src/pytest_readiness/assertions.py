"""``assert_ready``: how a user's own test reports findings."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_readiness.model.exceptions import NotReady
from pytest_readiness.model.findings import Finding


def assert_ready(findings: Iterable[Finding | str]) -> None:
    """Fail the test if there is any finding, and show each one with its place and its fix.

    Args:
        findings: What is wrong; a plain string is a finding with nothing but a summary.

    Raises:
        NotReady: There is at least one.
    """
    __tracebackhide__ = True
    found = [finding if isinstance(finding, Finding) else Finding(finding) for finding in findings]
    if found:
        raise NotReady(found)
