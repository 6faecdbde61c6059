"""What users mistype: both type checkers say so, line by line."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pytest_readiness import (
    Finding,
    Measure,
    NotApplicable,
    Target,
    Unverified,
    assert_ready,
    check,
    readiness,
)

misspelt_area = readiness.securty  # type: ignore[attr-defined]
bad_severity = readiness.backup("restore-verified", severity="urgent")  # type: ignore[call-overload]
unknown_keyword = readiness.backup("restore-verified", severty="high")  # type: ignore[call-overload]
severity_by_position = readiness.backup("restore-verified", "high")  # type: ignore[call-overload]
item_that_is_no_text = readiness.backup(3)  # type: ignore[call-overload]
item_by_keyword = readiness.backup(item="restore-verified")  # type: ignore[call-overload]
two_functions = readiness.backup(print, print)  # type: ignore[call-overload]


@readiness.security
class TestMarked:
    def test_method(self, target: Target) -> str:
        return target.name


TestMarked().test_method("prod")  # type: ignore[arg-type]


@readiness.evidence  # type: ignore[type-var]
def not_async(target: Target) -> str:
    return target.name


unknown_effect = readiness.evidence(effect="destroy")  # type: ignore[call-overload]
bare_seconds = readiness.evidence(deadline=5)  # type: ignore[call-overload]
unknown_option = readiness.evidence(timeout=timedelta(seconds=5))  # type: ignore[call-overload]


@check  # type: ignore[arg-type]
def without_an_item() -> Iterator[Finding]:
    yield Finding("a")


@check("security/a")  # type: ignore[arg-type]
def yields_text() -> Iterator[str]:
    yield "no HSTS"


@check("security/a", weight=3)  # type: ignore[call-arg]
def unknown_argument() -> Iterator[Finding]:
    yield Finding("a")


@check("security/a")
def one(release: str) -> Iterator[Finding | Measure]:
    yield Measure("days", 3)


one(3)  # type: ignore[arg-type]
one()  # type: ignore[call-arg]

Finding()  # type: ignore[call-arg]
Finding("a", severity="high")  # type: ignore[arg-type]
Finding("a").summary = "b"  # type: ignore[misc]
Measure("a", timedelta())  # type: ignore[arg-type]
Unverified("a", "b")  # type: ignore[call-arg]
NotApplicable("a", fix="b")  # type: ignore[call-arg]
assert_ready([3])  # type: ignore[list-item]
assert_ready(Finding("a"))  # type: ignore[arg-type]
