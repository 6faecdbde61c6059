"""Counts a team's decisions: they never make a result better than it is without saying so, and they do not rot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date

from pytest_readiness.model.checks import Item
from pytest_readiness.model.decisions import Decisions
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Result
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State


def decided(result: Result, decisions: Decisions, today: date) -> Result:
    """Return ``result`` as the decisions have it; what came out before stays in ``raw``.

    A failure that a waiver covers is WAIVED, its findings kept. What is UNVERIFIED for want of a check, or of its
    configuration, is NOT_APPLICABLE or ATTESTED where somebody says so; what could have been looked at and was not is
    neither, and a failure never is.

    Args:
        result: What came out.
        decisions: What the team has decided.
        today: The day, UTC.
    """
    if result.state is State.FAIL:
        for waiver in decisions.waivers:
            if today <= waiver.expires and waiver.covers(result.item, result.check, result.target):
                return replace(result, state=State.WAIVED, raw=State.FAIL, exception=str(waiver))
    if result.state is State.UNVERIFIED and (not result.bound or result.fix):
        for exclusion in decisions.exclusions:
            if not exclusion.void and exclusion.covers(result.item, result.target):
                return replace(
                    result,
                    state=State.NOT_APPLICABLE,
                    raw=State.UNVERIFIED,
                    reason=exclusion.reason,
                    fix="",
                    exception=f"{exclusion.reason} ({exclusion.where})",
                )
        for attestation in decisions.attestations:
            if attestation.on <= today <= attestation.until and attestation.covers(result.item, result.target):
                return replace(result, state=State.ATTESTED, raw=State.UNVERIFIED, exception=str(attestation))
    return result


def disorder(
    decisions: Decisions, items: Collection[Item], checks: Collection[str], results: Iterable[Result], today: date
) -> Iterator[Finding]:
    """Yield what is wrong with the decisions of one target themselves.

    Args:
        decisions: What the team has decided.
        items: The whole checklist, users' own items included.
        checks: The ids of all checks, ``area::name``.
        results: The results of the target, decided.
        today: The day, UTC.
    """
    results = list(results)
    yield from _waivers(decisions, items, checks, results, today)
    yield from _attestations(decisions, items, results, today)
    yield from _exclusions(decisions, items, results)


def _waivers(
    decisions: Decisions, items: Collection[Item], checks: Collection[str], results: list[Result], today: date
) -> Iterator[Finding]:
    known = {item.id for item in items} | set(checks)
    known |= {f"{result.item.partition('/')[0]}::{result.check}" for result in results}
    counting = 0
    for waiver in decisions.waivers:
        behind = [result for result in results if waiver.covers(result.item, result.check, result.target)]
        if waiver.subject not in known:
            yield Finding(
                f"a waiver for {waiver.subject}, which is not on the checklist",
                where=waiver.where,
                fix="name an item, area/name, or a check, area::name; pytest --readiness-list names them all",
            )
        elif today > waiver.expires:
            if behind:
                yield Finding(
                    f"the waiver for {waiver.subject} ended on {waiver.expires}",
                    where=waiver.where,
                    measured=f"today is {today}, UTC",
                    fix="mend what it waived, or have it approved anew",
                )
        elif behind and not any(result.state in {State.WAIVED, State.UNVERIFIED, State.ERROR} for result in behind):
            yield Finding(
                f"nothing needs the waiver for {waiver.subject} any more",
                where=waiver.where,
                severity=Severity.LOW,
                fix="delete it",
            )
        counting += any(result.state is State.WAIVED for result in behind)
    if decisions.most_waivers is not None and counting > decisions.most_waivers:
        yield Finding(
            f"{counting} waivers count, {decisions.most_waivers} may",
            where="[gate] max_active_waivers",
            fix="mend what some of them waive",
            severity=Severity.HIGH,
        )


def _attestations(
    decisions: Decisions, items: Collection[Item], results: list[Result], today: date
) -> Iterator[Finding]:
    known = {item.id for item in items}
    for attestation in decisions.attestations:
        behind = [result for result in results if attestation.covers(result.item, result.target)]
        failing = [result for result in behind if result.state in {State.FAIL, State.ERROR, State.WAIVED}]
        if attestation.item not in known:
            yield Finding(
                f"an attestation for {attestation.item}, which is not on the checklist",
                where=attestation.where,
                fix="name an item, area/name",
            )
        elif attestation.on > today:
            yield Finding(
                f"the attestation for {attestation.item} is of a day to come",
                where=attestation.where,
                measured=f"on {attestation.on}; today is {today}, UTC",
                fix="write the day on which it was given",
            )
        elif failing:
            yield Finding(
                f"the attestation for {attestation.item} is void: what was measured says otherwise",
                where=attestation.where,
                measured=", ".join(result.nodeid for result in failing),
                fix="mend what fails, and delete the attestation",
            )
        elif today > attestation.until and behind:
            yield Finding(
                f"the attestation for {attestation.item} ended on {attestation.until}",
                where=attestation.where,
                measured=f"given on {attestation.on}; today is {today}, UTC",
                fix="have it given anew, with new evidence",
            )


def _exclusions(decisions: Decisions, items: Collection[Item], results: list[Result]) -> Iterator[Finding]:
    known = {item.id for item in items}
    for exclusion in decisions.exclusions:
        behind = [result for result in results if exclusion.covers(result.item, result.target)]
        failing = [result for result in behind if result.state in {State.FAIL, State.ERROR, State.WAIVED}]
        if exclusion.item not in known:
            yield Finding(
                f"{exclusion.item} is said not to apply, and is not on the checklist",
                where=exclusion.where,
                fix="name an item, area/name",
            )
        elif exclusion.void and behind:
            yield Finding(
                f"{exclusion.item} applies after all: {exclusion.unless} is configured",
                where=exclusion.where,
                fix="delete the statement, or the configuration",
            )
        elif failing:
            yield Finding(
                f"{exclusion.item} is said not to apply, and fails",
                where=exclusion.where,
                measured=", ".join(result.nodeid for result in failing),
                fix="delete the statement, or what fails",
            )
