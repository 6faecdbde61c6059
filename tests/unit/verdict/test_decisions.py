"""What a team's decisions do to results, and what is wrong with the decisions themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pytest_readiness.model.checks import Item
from pytest_readiness.model.decisions import Attestation, Decisions, Exclusion, Waiver
from pytest_readiness.model.findings import Finding
from pytest_readiness.model.results import Result
from pytest_readiness.model.scales import Level, Severity
from pytest_readiness.model.states import State
from pytest_readiness.verdict.decisions import decided, disorder

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
ITEMS = [
    Item("security/security-headers", "Headers", Severity.HIGH, Level.BRONZE),
    Item("operations/rollback-tested", "Rollback", Severity.HIGH, Level.GOLD),
]
CHECKS = {"security::hsts", "security::content-security-policy"}


def result(state: State, check: str = "hsts", item: str = "security/security-headers", **changes) -> Result:
    fields = {"findings": (Finding("no HSTS", severity=Severity.HIGH),)} if state is State.FAIL else {}
    nodeid = f"readiness.toml::{item.partition('/')[0]}::{check}[prod]"
    return Result(nodeid, item, check, "prod", state, Severity.HIGH, **(fields | changes))


def waiver(**changes) -> Waiver:
    fields = {
        "subject": "security::hsts",
        "target": "prod",
        "reason": "until the redesign",
        "owner": "dana",
        "approved_by": "sam",
        "expires": TODAY,
        "where": "readiness.toml:9",
    }
    return Waiver(**(fields | changes))


def attestation(**changes) -> Attestation:
    fields = {
        "item": "operations/rollback-tested",
        "target": "*",
        "by": "dana",
        "on": TODAY - 90 * DAY,
        "until": TODAY,
        "evidence": "https://wiki.example.com/rollback",
        "where": "readiness.toml:20",
    }
    return Attestation(**(fields | changes))


def exclusion(**changes) -> Exclusion:
    fields = {
        "item": "operations/rollback-tested",
        "target": "*",
        "reason": "static site",
        "unless": "",
        "void": False,
        "where": "readiness.toml:30",
    }
    return Exclusion(**(fields | changes))


UNBOUND = result(State.UNVERIFIED, "rollback-tested", "operations/rollback-tested", bound=False, reason="no check")


def told(decisions: Decisions, *results: Result) -> list[str]:
    """What is wrong with the decisions once the results are decided."""
    settled = [decided(each, decisions, TODAY) for each in results]
    return [finding.summary for finding in disorder(decisions, ITEMS, CHECKS, settled, TODAY)]


class TestWaivers:
    def test_a_failure_is_waived_on_its_last_day_and_keeps_its_findings(self):
        """The last day counts, and what was found is still told."""
        waived = decided(result(State.FAIL), Decisions((waiver(),)), TODAY)
        assert (waived.state, waived.raw) == (State.WAIVED, State.FAIL)
        assert [finding.summary for finding in waived.findings] == ["no HSTS"]
        assert waived.exception == "until the redesign (dana, approved by sam, until 2026-11-23)"
        assert told(Decisions((waiver(),)), result(State.FAIL)) == []

    def test_a_day_later_it_is_not_and_says_so(self):
        late = Decisions((waiver(expires=TODAY - DAY),))
        assert decided(result(State.FAIL), late, TODAY).state is State.FAIL
        assert told(late, result(State.FAIL)) == ["the waiver for security::hsts ended on 2026-11-22"]

    @pytest.mark.parametrize("state", [State.UNVERIFIED, State.ERROR, State.PASS, State.WARN])
    def test_nothing_but_a_failure_is_waived(self, state):
        """What could not be looked at is not accepted by a waiver: nobody knows what is accepted."""
        assert decided(result(state), Decisions((waiver(),)), TODAY).state is state

    def test_one_that_nothing_needs_is_a_finding(self):
        assert told(Decisions((waiver(),)), result(State.PASS)) == [
            "nothing needs the waiver for security::hsts any more"
        ]

    def test_one_for_what_is_not_on_the_checklist_is_a_finding(self):
        lost = Decisions((waiver(subject="security::hst"),))
        assert told(lost, result(State.FAIL)) == ["a waiver for security::hst, which is not on the checklist"]

    def test_one_of_another_target_does_not_count(self):
        assert decided(result(State.FAIL), Decisions((waiver(target="staging*"),)), TODAY).state is State.FAIL

    def test_one_for_an_item_counts_for_each_of_its_checks(self):
        whole = Decisions((waiver(subject="security/security-headers"),))
        for check in ("hsts", "content-security-policy"):
            assert decided(result(State.FAIL, check), whole, TODAY).state is State.WAIVED

    def test_more_than_may_count_are_a_finding(self):
        many = Decisions((waiver(), waiver(subject="security::content-security-policy")), most_waivers=1)
        assert told(many, result(State.FAIL), result(State.FAIL, "content-security-policy")) == [
            "2 waivers count, 1 may"
        ]


class TestAttestations:
    def test_an_item_that_no_system_is_asked_about_is_attested_until_the_last_day(self):
        attested = decided(UNBOUND, Decisions(attestations=(attestation(),)), TODAY)
        assert (attested.state, attested.raw) == (State.ATTESTED, State.UNVERIFIED)
        assert "attested by dana" in attested.exception

    def test_it_decays(self):
        old = Decisions(attestations=(attestation(until=TODAY - DAY),))
        assert decided(UNBOUND, old, TODAY).state is State.UNVERIFIED
        assert told(old, UNBOUND) == ["the attestation for operations/rollback-tested ended on 2026-11-22"]

    def test_one_of_a_day_to_come_counts_for_nothing(self):
        early = Decisions(attestations=(attestation(on=TODAY + DAY, until=TODAY + 90 * DAY),))
        assert decided(UNBOUND, early, TODAY).state is State.UNVERIFIED
        assert told(early, UNBOUND) == ["the attestation for operations/rollback-tested is of a day to come"]

    def test_a_check_that_is_configured_and_could_not_look_is_not_attested(self):
        """Its silence is no permission: only a check that lacks its configuration leaves room for somebody's word."""
        word = Decisions(attestations=(attestation(item="security/security-headers"),))
        silent = result(State.UNVERIFIED, reason="the site did not answer")
        assert decided(silent, word, TODAY).state is State.UNVERIFIED
        assert decided(replace(silent, fix="write …"), word, TODAY).state is State.ATTESTED

    def test_a_failing_check_voids_it_and_says_so(self):
        word = Decisions(attestations=(attestation(item="security/security-headers"),))
        assert decided(result(State.FAIL), word, TODAY).state is State.FAIL
        assert told(word, result(State.FAIL)) == [
            "the attestation for security/security-headers is void: what was measured says otherwise"
        ]

    def test_one_for_an_unknown_item_is_a_finding(self):
        lost = Decisions(attestations=(attestation(item="operations/rolback"),))
        assert told(lost, UNBOUND) == ["an attestation for operations/rolback, which is not on the checklist"]


class TestWhatDoesNotApply:
    def test_an_item_without_a_check_does_not_apply_with_its_reason(self):
        outcome = decided(UNBOUND, Decisions(exclusions=(exclusion(),)), TODAY)
        assert (outcome.state, outcome.reason) == (State.NOT_APPLICABLE, "static site")

    def test_it_is_void_where_its_condition_is_configured(self):
        void = Decisions(exclusions=(exclusion(unless="targets.prod.openapi", void=True),))
        assert decided(UNBOUND, void, TODAY).state is State.UNVERIFIED
        assert told(void, UNBOUND) == [
            "operations/rollback-tested applies after all: targets.prod.openapi is configured"
        ]

    def test_a_failure_is_not_talked_away(self):
        said = Decisions(exclusions=(exclusion(item="security/security-headers"),))
        assert decided(result(State.FAIL), said, TODAY).state is State.FAIL
        assert told(said, result(State.FAIL)) == ["security/security-headers is said not to apply, and fails"]
