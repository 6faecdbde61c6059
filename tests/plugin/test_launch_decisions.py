"""Waivers, attestations and a checklist of one's own, in pytest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(days=30)
HSTS = "readiness.toml::security::hsts[staging]"


@pytest.fixture
def decide(project):
    """Add lines to readiness.toml."""

    def add(lines: str) -> None:
        with (project.path / "readiness.toml").open("a", encoding="utf-8") as file:
            file.write(lines)

    return add


def waiver(**changes) -> str:
    fields = {
        "check": "security::hsts",
        "target": "staging",
        "reason": "until the redesign",
        "owner": "dana@example.com",
        "approved_by": "sam@example.com",
        "expires": SOON,
    } | changes
    written = [
        f"{key} = {value}" if key == "expires" else f'{key} = "{value}"' for key, value in fields.items() if value
    ]
    return "\n[[waivers]]\n" + "\n".join(written) + "\n"


class TestWaivers:
    def test_a_waived_failure_is_xfailed_and_still_shown(self, project, decide):
        decide(waiver())
        ended = project.judge("--readiness=staging")

        assert ended.states[HSTS] == "WAIVED"
        assert ended.result(HSTS)["raw_state"] == "FAIL"
        assert "no Strict-Transport-Security" in ended.text
        assert "until the redesign (dana@example.com, approved by sam@example.com" in ended.text
        assert ended.items["launch/decisions"] == "PASS"
        assert ended.ret == 1  # the rest is unverified all the same

    def test_a_waiver_that_nothing_needs_is_told_with_its_line(self, project, decide):
        decide(waiver(target="*"))
        ended = project.judge("--readiness=prod")

        assert ended.items["launch/decisions"] == "WARN"
        assert "nothing needs the waiver for security::hsts any more" in ended.text
        assert "readiness.toml:" in ended.text.partition("nothing needs the waiver")[2]

    def test_one_past_its_date_fails_and_is_told(self, project, decide):
        decide(waiver(expires=TODAY - timedelta(days=1)))
        ended = project.judge("--readiness=staging")

        assert (ended.states[HSTS], ended.items["launch/decisions"]) == ("FAIL", "FAIL")
        assert "the waiver for security::hsts ended on" in ended.text

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"expires": TODAY + timedelta(days=181)}, "is more than 180 days ahead"),
            ({"approved_by": "Dana@example.com"}, "is the owner"),
            ({"expires": '"2026-12-31"'}, "must be a date, without quotes"),
            ({"expires": None}, "is missing"),
            ({"reason": None}, "is missing"),
            ({"check": None}, "needs either item"),
            ({"item": "security/security-headers"}, "needs either item"),
            ({"check": "security/hsts"}, "is no area::name"),
        ],
    )
    def test_a_malformed_one_fails_the_run_at_its_start(self, project, decide, changes, words):
        decide(waiver(**changes))
        ended = project.run("--readiness=staging")

        assert ended.ret == 4
        assert "readiness.toml: waivers.0" in ended.text
        assert words in ended.text
        assert project.gathered == []

    def test_what_is_declared_unwaivable_is_not_waived(self, project, decide):
        decide(waiver() + '\n[[items]]\nid = "security/security-headers"\nwaivable = false\n')
        ended = project.run("--readiness=staging")

        assert ended.ret == 4
        assert "security/security-headers cannot be waived" in ended.text

    def test_a_users_failing_test_is_waived_like_a_check(self, project, decide):
        project.tests("""
            @readiness.security
            def test_orders_are_closed(target):
                assert target.name == "prod"
        """)
        decide(waiver(check=None, item="security/orders-are-closed"))
        ended = project.judge("--readiness=staging", "-k", "orders or decisions")

        assert ended.items["security/orders-are-closed"] == "WAIVED"
        assert ended.ret == 0


class TestAttestations:
    def test_an_item_without_a_check_passes_on_somebodys_word(self, project, decide):
        (project.path / "minutes.txt").write_text("rolled back in 4 minutes")
        decide(
            f'\n[[attestations]]\nitem = "operations/rollback-tested"\nby = "dana"\non = {TODAY}\n'
            'valid_for = "90d"\nevidence = "minutes.txt"\n'
        )
        ended = project.judge("--readiness=prod")

        assert ended.items["operations/rollback-tested"] == "ATTESTED"
        assert "sha256:" in ended.result("readiness.toml::operations::rollback-tested[prod]")["exception"]

    def test_evidence_that_is_not_there_fails_the_run_at_its_start(self, project, decide):
        decide(
            f'\n[[attestations]]\nitem = "operations/rollback-tested"\nby = "dana"\non = {TODAY}\n'
            'valid_for = "90d"\nevidence = "missing.txt"\n'
        )
        ended = project.run("--readiness=prod")

        assert ended.ret == 4
        assert "attestations.0.evidence: 'missing.txt' cannot be read" in ended.text


class TestTheUsersOwnChecklist:
    def test_a_line_of_ones_own_is_unverified_until_something_proves_it(self, project, decide):
        decide(
            '\n[[items]]\nid = "security/pen-test"\ntitle = "Penetration test in the last year"\nseverity = "high"\n'
        )
        ended = project.judge("--readiness=prod")

        assert ended.items["security/pen-test"] == "UNVERIFIED"
        assert "Penetration test in the last year" in ended.text

    def test_severity_and_level_of_a_built_in_line_can_differ(self, project, decide):
        decide('\n[[items]]\nid = "monitoring/uptime"\nseverity = "low"\nlevel = "gold"\n')
        ended = project.judge("--readiness=prod")
        (uptime,) = [entry for entry in ended.report["items"] if entry["id"] == "monitoring/uptime"]

        assert uptime["severity"] == "low"

    def test_the_gate_can_stand_in_the_file(self, project, decide):
        decide('\n[gate]\nseverity = "critical"\nlevel = "bronze"\n')
        ended = project.judge("--readiness=staging")

        assert ended.states[HSTS] == "WARN"

    def test_what_does_not_apply_says_why(self, project, decide):
        decide('\n[[not_applicable]]\nitem = "infrastructure/cdn"\nreason = "internal service"\n')
        ended = project.judge("--readiness=prod")

        assert ended.items["infrastructure/cdn"] == "NOT-APPLICABLE"
        assert "internal service" in ended.text

    def test_a_statement_with_a_condition_is_void_where_it_is_met(self, project, decide):
        decide(
            '\n[[not_applicable]]\nitem = "infrastructure/cdn"\nreason = "internal service"\n'
            'unless = "targets.prod.production"\n'
        )
        ended = project.judge("--readiness=prod")

        assert (ended.items["infrastructure/cdn"], ended.items["launch/decisions"]) == ("UNVERIFIED", "FAIL")
