"""infrastructure/dns: the domain's registration and its mail, on plain data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pytest_readiness.checks.infrastructure.domain import domain_expiry, mail_policy
from pytest_readiness.model.dns import Lookup, Mail, MailHost, Registration
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.thresholds import Thresholds

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class TestDomainExpiry:
    def registration(self, days: float | None, *statuses: str) -> Registration:
        return Registration(
            domain="shop.example",
            url="https://rdap.example/domain/shop.example",
            expires=None if days is None else NOW + timedelta(days=days),
            statuses=statuses or ("client transfer prohibited",),
        )

    def judged(self, registration: Registration) -> list[tuple[str, Severity | None]]:
        said = domain_expiry(registration, Thresholds(), NOW)
        return [(finding.summary, finding.severity) for finding in said if isinstance(finding, Finding)]

    @pytest.mark.parametrize("days", [30, 400])
    def test_a_month_or_more_passes(self, days):
        assert self.judged(self.registration(days)) == []

    def test_it_tells_the_days_left(self):
        said = domain_expiry(self.registration(90.5), Thresholds(), NOW)
        assert [(m.name, m.value) for m in said if isinstance(m, Measure)] == [("domain_days_left", 90.5)]

    def test_less_than_a_month_is_told(self):
        assert self.judged(self.registration(20)) == [("the domain expires 20 days from now", None)]

    def test_the_threshold_is_the_users(self):
        said = domain_expiry(self.registration(20), Thresholds(domain_expiry=timedelta(days=7)), NOW)
        assert [f for f in said if isinstance(f, Finding)] == []

    def test_an_expired_domain_is_critical(self):
        assert self.judged(self.registration(-1)) == [("the domain expired 1 day ago", Severity.CRITICAL)]

    def test_no_transfer_lock_is_a_low_finding(self):
        assert self.judged(self.registration(400, "active")) == [("no transfer lock", Severity.LOW)]

    @pytest.mark.parametrize("status", ["redemption period", "pending delete", "client hold", "server hold"])
    def test_a_domain_that_is_being_taken_away_is_critical(self, status):
        outcome = self.judged(self.registration(400, "client transfer prohibited", status))
        assert [severity for _, severity in outcome] == [Severity.CRITICAL]
        assert outcome[0][0].startswith(f"the domain is in {status}: ")

    def test_a_registry_that_keeps_the_date_back_proves_nothing(self):
        with pytest.raises(Unverified, match=r"does not say when shop\.example expires") as caught:
            self.judged(self.registration(None))
        assert '[[attestations]] item = "infrastructure/dns"' in caught.value.fix

    def test_what_the_registry_does_say_is_told_without_the_date(self):
        outcome = self.judged(self.registration(None, "client transfer prohibited", "pending delete"))
        assert [severity for _, severity in outcome] == [Severity.CRITICAL]


def txt(name: str, *records: str, rcode: str = "NOERROR") -> Lookup:
    return Lookup(name, "TXT", rcode, records)


REJECT = "v=DMARC1; p=reject; rua=mailto:dmarc@shop.example"
MAIL = Mail(
    domain="shop.example",
    hosts=(MailHost(10, "mx.example", ("192.0.2.25",)),),
    spf=(txt("shop.example", "v=spf1 mx -all"),),
    dmarc=(txt("_dmarc.shop.example", REJECT), txt("_dmarc.example")),
)
NO_MAIL = Mail(
    domain="shop.example",
    hosts=(MailHost(0, "."),),
    spf=(txt("shop.example", "v=spf1 -all"),),
    dmarc=(txt("_dmarc.shop.example", "v=DMARC1; p=reject"), txt("_dmarc.example")),
)


def judged(mail: Mail) -> list[tuple[str, Severity | None]]:
    return [(f.summary, f.severity) for f in mail_policy(mail) if isinstance(f, Finding)]


def with_dmarc(mail: Mail, *records: str) -> Mail:
    return replace(mail, dmarc=(txt("_dmarc.shop.example", *records), txt("_dmarc.example")))


class TestMailPolicy:
    def test_a_domain_with_mail_and_both_policies_passes(self):
        assert judged(MAIL) == []
        assert {said.name: said.value for said in mail_policy(MAIL) if isinstance(said, Measure)} == {
            "mail": "yes",
            "spf_lookups": 1,
            "dmarc_policy": "reject",
        }

    def test_a_domain_that_says_it_has_no_mail_passes(self):
        assert judged(NO_MAIL) == []

    def test_a_domain_that_says_nothing_is_told_both(self):
        silent = Mail("shop.example", (), (txt("shop.example"),), (txt("_dmarc.shop.example"), txt("_dmarc.example")))
        assert judged(silent) == [
            ("no SPF record: anybody may send mail in its name", None),
            ("no DMARC record: receivers let forged mail through", None),
        ]

    def test_it_is_a_medium_check(self):
        assert mail_policy.severity is Severity.MEDIUM


IN_ERROR = "SPF is in error, and receivers ignore it"


class TestSpf:
    @pytest.mark.parametrize(
        ("records", "expected"),
        [
            (("v=spf1 mx ~all",), []),
            (("v=spf1 mx +all",), [("SPF lets anybody send mail in its name", Severity.HIGH)]),
            (("v=spf1 mx ?all",), [("SPF says nothing of other senders", None)]),
            (("v=spf1 mx",), [("SPF says nothing of other senders", None)]),
            (("v=spf1 ptr -all",), [("SPF uses ptr, which is slow and unreliable", Severity.LOW)]),
            (
                ("v=spf1 mx -all", "v=spf1 -all"),
                [(f"{IN_ERROR}: the record of shop.example: one of 2, and only one is allowed", None)],
            ),
            (
                ("v=spf1 mxx -all",),
                [(f"{IN_ERROR}: the record of shop.example: 'mxx' is no valid term", None)],
            ),
            (
                ("v=spf1 " + " ".join(f"a:h{number}.example" for number in range(11)) + " -all",),
                [("SPF needs more than 10 lookups: receivers stop with an error", None)],
            ),
        ],
    )
    def test_each_weakness_is_named(self, records, expected):
        assert judged(replace(MAIL, spf=(txt("shop.example", *records),))) == expected

    def test_ten_lookups_in_all_that_is_included_pass(self):
        included = txt("a.example", "v=spf1 " + " ".join(f"a:h{n}.example" for n in range(9)) + " -all")
        assert judged(replace(MAIL, spf=(txt("shop.example", "v=spf1 include:a.example -all"), included))) == []

    def test_an_included_record_that_cannot_be_looked_up_is_told(self):
        broken = (txt("shop.example", "v=spf1 include:a.example -all"), txt("a.example", rcode="SERVFAIL"))
        assert judged(replace(MAIL, spf=broken)) == [
            ("SPF is in error, and receivers ignore it: the record of a.example could not be looked up", None)
        ]


class TestDmarc:
    @pytest.mark.parametrize(
        ("records", "expected"),
        [
            (("v=DMARC1; p=quarantine; rua=mailto:d@shop.example",), []),
            (("v=DMARC1; p=none; rua=mailto:d@shop.example",), [("DMARC watches, and stops nothing", None)]),
            (
                ("v=DMARC1; p=reject; sp=none; rua=mailto:d@shop.example",),
                [("DMARC stops nothing that is sent in the name of a subdomain", None)],
            ),
            (
                ("v=DMARC1; p=reject; pct=20; rua=mailto:d@shop.example",),
                [
                    (
                        "DMARC is in test mode: receivers apply its policy to a part of the mail, or not at all",
                        Severity.LOW,
                    )
                ],
            ),
            (("v=DMARC1; p=reject",), [("nobody reads DMARC reports", Severity.LOW)]),
            (
                ("v=DMARC1; p=rejct",),
                [("DMARC record that receivers ignore: its policy p=rejct is none of none, quarantine, reject", None)],
            ),
            ((REJECT, REJECT), [("2 DMARC records: receivers ignore them all", None)]),
        ],
    )
    def test_each_weakness_is_named(self, records, expected):
        assert judged(with_dmarc(MAIL, *records)) == expected

    def test_the_record_of_the_organisation_counts_with_its_policy_for_subdomains(self):
        below = replace(
            MAIL,
            domain="eu.shop.example",
            dmarc=(
                txt("_dmarc.eu.shop.example"),
                txt("_dmarc.shop.example", f"{REJECT}; sp=none"),
                txt("_dmarc.example"),
            ),
            spf=(txt("eu.shop.example", "v=spf1 mx -all"),),
        )
        assert judged(below) == [("DMARC watches, and stops nothing", None)]

    def test_a_domain_without_mail_rejects(self):
        assert judged(with_dmarc(NO_MAIL, "v=DMARC1; p=quarantine")) == [
            ("sends no mail, but DMARC does not reject forged mail", None)
        ]

    def test_a_policy_that_could_not_be_read_proves_nothing(self):
        unreadable = replace(MAIL, dmarc=(txt("_dmarc.shop.example", rcode="SERVFAIL"), txt("_dmarc.example", REJECT)))
        with pytest.raises(Unverified, match=r"_dmarc\.shop\.example could not be read: SERVFAIL"):
            judged(unreadable)

    def test_what_stands_above_the_record_that_counts_does_not_matter(self):
        assert judged(replace(MAIL, dmarc=(MAIL.dmarc[0], txt("_dmarc.example", rcode="REFUSED")))) == []


class TestMailHosts:
    def test_null_mx_beside_another_is_told(self):
        both = replace(MAIL, hosts=(MailHost(0, "."), MailHost(10, "mx.example", ("192.0.2.25",))))
        assert judged(both) == [("null MX beside other MX records", None)]

    def test_a_domain_that_sends_nothing_should_say_that_it_takes_nothing(self):
        assert judged(replace(NO_MAIL, hosts=())) == [
            ("sends no mail, but does not say that it takes none", Severity.LOW)
        ]

    def test_a_mail_host_without_an_address_is_told(self):
        gone = replace(MAIL, hosts=(MailHost(10, "mx.example", trouble="the name does not exist"),))
        assert judged(gone) == [("mail host without an address", None)]


def test_unreadable_spf_proves_nothing():
    with pytest.raises(Unverified, match=r"TXT records of shop\.example could not be read: SERVFAIL"):
        judged(replace(MAIL, spf=(txt("shop.example", rcode="SERVFAIL"),)))
