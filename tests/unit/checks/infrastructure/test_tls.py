"""The checks of infrastructure/tls on plain data: green, each way to be red, and unverified."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pytest_readiness.checks.infrastructure import tls as checks
from pytest_readiness.demo.authority import Authority
from pytest_readiness.model.checks import Check
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.model.tls import (
    AddressCertificates,
    AddressPosture,
    Certificate,
    CertificateRenewal,
    Certificates,
    Ground,
    Mute,
    Protocol,
    Renewal,
    RenewalWindow,
    SentChain,
    TlsPosture,
    Trust,
)
from pytest_readiness.standards.tls.certificates import parse

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TARGET = Target(name="prod", url="https://shop.test/")
THRESHOLDS = Thresholds()
AUTHORITY = Authority()
LEAF, ISSUER = (
    parse(der) for der in AUTHORITY.issue(["shop.test"], valid_from=NOW - 10 * DAY, lifetime=90 * DAY).chain_der
)
TRUSTED = Trust(trusted=True, protocol="TLSv1.3")
REFUSED = Mute("connection refused")
NO_ROUTE = Mute("network is unreachable", ours=True)


def living(lifetime: timedelta, left: timedelta) -> Certificate:
    return replace(LEAF, not_before=NOW + left - lifetime, not_after=NOW + left, fingerprint=f"{lifetime} {left}")


def chain(leaf: Certificate = LEAF, **changes) -> SentChain:
    return SentChain(**({"certificates": (leaf, ISSUER), "trust": TRUSTED} | changes))


def at(*chains: SentChain, private: bool = False, also: AddressCertificates | None = None) -> Certificates:
    addresses = [AddressCertificates("192.0.2.1", chains)]
    return Certificates("shop.test", 443, private, (*addresses, also) if also else tuple(addresses))


def findings(judgements) -> list[Finding]:
    return [said for said in judgements if isinstance(said, Finding)]


def summaries(judgements) -> list[tuple[str, Severity | None]]:
    return [(finding.summary, finding.severity) for finding in findings(judgements)]


def measures(judgements) -> dict[str, object]:
    return {said.name: said.value for said in judgements if isinstance(said, Measure)}


def test_every_check_of_the_checklist_is_there() -> None:
    there = {value.name for value in vars(checks).values() if isinstance(value, Check)}
    assert there == {
        "certificate",
        "expiry",
        "lifetime",
        "renewal",
        "protocols",
        "cipher-suites",
        "key-exchange",
        "must-staple",
    }


class TestCertificate:
    def test_a_good_one_passes(self) -> None:
        assert summaries(checks.certificate(at(chain()), NOW)) == []

    def test_a_defect_says_where_it_is(self) -> None:
        [finding] = findings(checks.certificate(at(chain(replace(LEAF, dns_names=("other.test",)))), NOW))
        assert (finding.summary, finding.where, finding.measured) == (
            "the certificate is not for shop.test",
            "shop.test at 192.0.2.1",
            "it is for other.test",
        )

    def test_a_handshake_that_fails_for_another_reason_is_a_finding(self) -> None:
        trust = Trust(trusted=None, reason="tlsv1 alert protocol version")
        assert summaries(checks.certificate(at(chain(trust=trust)), NOW)) == [
            ("clients cannot complete a handshake: tlsv1 alert protocol version", None)
        ]

    def test_a_dead_address_is_a_finding(self) -> None:
        evidence = at(chain(), also=AddressCertificates("192.0.2.2", mute=REFUSED))
        assert summaries(checks.certificate(evidence, NOW)) == [("no certificate can be had: connection refused", None)]

    def test_an_address_that_we_cannot_reach_is_unverified(self) -> None:
        evidence = at(chain(), also=AddressCertificates("2001:db8::1", mute=NO_ROUTE))
        with pytest.raises(Unverified, match="no certificate could be read at 2001:db8::1: network is unreachable"):
            list(checks.certificate(evidence, NOW))

    def test_a_host_without_addresses_is_unverified(self) -> None:
        with pytest.raises(Unverified, match=r"shop\.test leads to no address"):
            list(checks.certificate(Certificates("shop.test", 443, False, ()), NOW))

    def test_lesser_findings_do_not_hide_an_address_that_we_cannot_reach(self) -> None:
        evidence = at(
            chain(certificates=(LEAF, ISSUER, ISSUER)), also=AddressCertificates("2001:db8::1", mute=NO_ROUTE)
        )
        with pytest.raises(Unverified):
            list(checks.certificate(evidence, NOW))


class TestExpiry:
    @pytest.mark.parametrize(
        ("lifetime", "left", "severities"),
        [
            (90 * DAY, 80 * DAY, []),
            (90 * DAY, 29 * DAY, [Severity.LOW]),
            (90 * DAY, 10 * DAY, [None]),
            (90 * DAY, -2 * DAY, [None]),
            (398 * DAY, 140 * DAY, []),
            (398 * DAY, 100 * DAY, [Severity.LOW]),
            (398 * DAY, 60 * DAY, [None]),
            (6 * DAY, 4 * DAY, []),
            (6 * DAY, 2.5 * DAY, [Severity.LOW]),
            (6 * DAY, 1 * DAY, [None]),
        ],
    )
    def test_goes_by_the_lifetime(self, lifetime, left, severities) -> None:
        judgements = list(checks.expiry(at(chain(living(lifetime, left))), THRESHOLDS, NOW))
        assert [severity for _, severity in summaries(judgements)] == severities
        assert measures(judgements) == {"days_left": left / DAY}

    def test_says_how_much_is_left_of_how_much(self) -> None:
        [finding] = findings(checks.expiry(at(chain(living(90 * DAY, 10 * DAY))), THRESHOLDS, NOW))
        assert finding.summary == "the certificate ends in 10 days"
        assert finding.measured == "10 days of 90 days are left, until 2026-12-03 12:00 UTC; wanted 15 days or more"

    def test_a_mute_address_is_unverified(self) -> None:
        with pytest.raises(Unverified):
            list(checks.expiry(at(chain(), also=AddressCertificates("192.0.2.2", mute=REFUSED)), THRESHOLDS, NOW))


class TestLifetime:
    def test_too_long_for_its_day_of_issue_is_red(self) -> None:
        judgements = list(checks.lifetime(at(chain(living(398 * DAY, 390 * DAY)))))
        assert summaries(judgements) == [("the certificate lives for 398 days, longer than browsers accept", None)]
        assert measures(judgements) == {"lifetime_days": 398}

    def test_within_the_cap_passes(self) -> None:
        assert summaries(checks.lifetime(at(chain(living(200 * DAY, 190 * DAY))))) == []
        assert summaries(checks.lifetime(at(chain(living(398 * DAY, 100 * DAY))))) == []

    @pytest.mark.parametrize(
        "evidence",
        [
            at(chain(living(820 * DAY, 800 * DAY)), private=True),
            at(chain(living(820 * DAY, 800 * DAY), trust=Trust(trusted=False, code=20, reason="no issuer"))),
        ],
        ids=["named by ca_file", "untrusted"],
    )
    def test_binds_public_authorities_only(self, evidence: Certificates) -> None:
        assert summaries(checks.lifetime(evidence)) == []

    def test_an_expired_public_certificate_is_still_public(self) -> None:
        expired = Trust(trusted=False, code=10, reason="certificate has expired")
        assert len(findings(checks.lifetime(at(chain(living(820 * DAY, -1 * DAY), trust=expired))))) == 1

    def test_a_mute_address_is_unverified(self) -> None:
        with pytest.raises(Unverified):
            list(checks.lifetime(at(also=AddressCertificates("192.0.2.2", mute=REFUSED))))


class TestRenewal:
    @staticmethod
    def judge(leaf: Certificate, window: RenewalWindow | None = None, silence: str = "no directory is known"):
        known = CertificateRenewal(leaf, window, asked="https://acme.test/", silence="" if window else silence)
        return list(checks.renewal(Renewal((known,)), TARGET, NOW))

    def test_a_window_ahead_or_open_passes(self) -> None:
        for start in (-DAY, DAY):
            assert summaries(self.judge(LEAF, RenewalWindow(NOW + start, NOW + 2 * DAY))) == []

    def test_a_window_that_has_passed_is_red(self) -> None:
        [finding] = findings(self.judge(LEAF, RenewalWindow(NOW - 2 * DAY, NOW - DAY, "https://acme.test/why")))
        assert finding.summary == "renewal is overdue since 2026-11-22 12:00 UTC, says its issuer"
        assert finding.fix == "renew it now: https://acme.test/why"

    def test_a_short_lifetime_with_much_left_passes_and_says_why(self) -> None:
        judgements = self.judge(living(90 * DAY, 40 * DAY))
        assert measures(judgements) == {"renewal_evidence": "the pattern: a short lifetime with more than a third left"}

    def test_a_long_lifetime_looks_renewed_by_hand(self) -> None:
        assert summaries(self.judge(living(398 * DAY, 300 * DAY))) == [("it looks renewed by hand", Severity.LOW)]

    @pytest.mark.parametrize("leaf", [living(90 * DAY, 20 * DAY), living(180 * DAY, 170 * DAY)])
    def test_what_shows_nothing_is_unverified(self, leaf: Certificate) -> None:
        with pytest.raises(Unverified, match="nothing shows that the certificate renews itself") as raised:
            self.judge(leaf)
        assert raised.value.fix == '[targets.prod] acme_directory = "https://…/directory"'

    def test_no_certificate_is_unverified(self) -> None:
        with pytest.raises(Unverified, match="no certificate could be read"):
            list(checks.renewal(Renewal(()), TARGET, NOW))

    def test_one_overdue_is_red_though_another_is_unknown(self) -> None:
        overdue = CertificateRenewal(LEAF, RenewalWindow(NOW - 2 * DAY, NOW - DAY))
        unknown = CertificateRenewal(living(180 * DAY, 170 * DAY), silence="no directory is known")
        assert len(findings(checks.renewal(Renewal((overdue, unknown)), TARGET, NOW))) == 1


class TestMustStaple:
    def test_without_the_demand_and_without_a_staple_it_is_not_applicable(self) -> None:
        with pytest.raises(NotApplicable):
            list(checks.must_staple(at(chain()), NOW))

    def test_the_demand_without_a_staple_is_red(self) -> None:
        demanding = replace(LEAF, must_staple=True)
        assert summaries(checks.must_staple(at(chain(demanding)), NOW)) == [
            ("the certificate demands a stapled OCSP response, and none is sent", None)
        ]

    def test_a_good_staple_passes(self) -> None:
        issued = AUTHORITY.issue(["shop.test"], must_staple=True)
        evidence = at(chain(parse(issued.chain_der[0]), staple=issued.staple()))
        assert summaries(checks.must_staple(evidence, datetime.now(UTC))) == []

    def test_a_staple_about_another_certificate_is_red(self) -> None:
        staple = AUTHORITY.issue(["shop.test"]).staple()
        assert summaries(checks.must_staple(at(chain(staple=staple)), datetime.now(UTC))) == [
            ("the stapled OCSP response is about another certificate", None)
        ]

    def test_a_staple_that_is_none_is_red(self) -> None:
        assert summaries(checks.must_staple(at(chain(staple=b"garbage")), NOW)) == [
            ("the stapled OCSP response says nothing of the certificate", None)
        ]

    def test_a_demand_whose_staple_cannot_be_seen_is_unverified(self) -> None:
        hidden = chain(replace(LEAF, must_staple=True), staple_visible=False)
        with pytest.raises(Unverified, match=r"which TLS 1\.3 hides from us"):
            list(checks.must_staple(at(hidden), NOW))


GOOD = AddressPosture(
    address="192.0.2.1",
    protocols=(Protocol.TLS_1_2, Protocol.TLS_1_3),
    suites=((Protocol.TLS_1_2, (0xC02F, 0xC030)), (Protocol.TLS_1_3, (0x1301,))),
    groups=((Protocol.TLS_1_2, (0x001D,)), (Protocol.TLS_1_3, (0x11EC, 0x001D))),
    secure_renegotiation=True,
    extended_master_secret=True,
    handshakes=32,
)
POSTURE_CHECKS = (checks.protocols, checks.cipher_suites, checks.key_exchange)


def posture(*addresses: AddressPosture) -> TlsPosture:
    return TlsPosture("shop.test", 443, addresses)


class TestPosture:
    @pytest.mark.parametrize("check", POSTURE_CHECKS, ids=lambda check: check.name)
    def test_a_good_one_passes(self, check) -> None:
        assert summaries(check(posture(GOOD))) == []

    @pytest.mark.parametrize("check", POSTURE_CHECKS, ids=lambda check: check.name)
    @pytest.mark.parametrize("mute", [REFUSED, NO_ROUTE], ids=["refused", "no route"])
    def test_a_mute_address_is_unverified(self, check, mute: Mute) -> None:
        with pytest.raises(Unverified, match=r"nothing could be learned at 192\.0\.2\.2"):
            list(check(posture(GOOD, AddressPosture("192.0.2.2", mute=mute))))

    @pytest.mark.parametrize("check", POSTURE_CHECKS, ids=lambda check: check.name)
    def test_a_host_without_addresses_is_unverified(self, check) -> None:
        with pytest.raises(Unverified):
            list(check(posture()))

    @pytest.mark.parametrize(
        ("check", "what"),
        [
            (checks.protocols, "TLS 1.0"),
            (checks.cipher_suites, "cipher suites of TLS 1.2"),
            (checks.key_exchange, "groups of TLS 1.3"),
            (checks.protocols, "what it agrees to"),
            (checks.cipher_suites, "what it agrees to"),
            (checks.key_exchange, "what it agrees to"),
        ],
    )
    def test_what_was_not_settled_is_unverified(self, check, what: str) -> None:
        unsettled = replace(GOOD, unsettled=(Ground(what, "no answer within 5 s"),))
        with pytest.raises(Unverified, match="no answer within 5 s"):
            list(check(posture(unsettled)))

    def test_a_fault_of_one_address_is_red_though_another_is_mute(self) -> None:
        old = replace(GOOD, protocols=(Protocol.TLS_1_1, *GOOD.protocols))
        assert summaries(checks.protocols(posture(old, AddressPosture("192.0.2.2", mute=REFUSED)))) == [
            ("TLS 1.1 is offered", None)
        ]


class TestProtocols:
    def test_ssl_3_is_critical(self) -> None:
        old = replace(GOOD, protocols=(Protocol.SSL_3, *GOOD.protocols))
        assert summaries(checks.protocols(posture(old))) == [("SSL 3 is offered", Severity.CRITICAL)]

    def test_a_tls_1_3_that_was_not_settled_is_not_called_missing(self) -> None:
        doubtful = replace(GOOD, protocols=(Protocol.TLS_1_2,), unsettled=(Ground("TLS 1.3", "no answer within 5 s"),))
        with pytest.raises(Unverified, match=r"TLS 1\.3 could not be settled"):
            list(checks.protocols(posture(doubtful)))


class TestCipherSuites:
    def test_old_and_broken_ones_are_told_apart(self) -> None:
        off = replace(GOOD, suites=((Protocol.TLS_1_2, (0xC02F, 0x002F, 0x0005)),))
        assert summaries(checks.cipher_suites(posture(off))) == [
            ("TLS_RSA_WITH_RC4_128_SHA is agreed to: RC4 (RFC 7465)", Severity.CRITICAL),
            ("1 cipher suite is agreed to that Mozilla intermediate 6.0 has not", None),
        ]


class TestKeyExchange:
    def test_the_hybrid_group_is_measured(self) -> None:
        assert measures(checks.key_exchange(posture(GOOD)))["x25519mlkem768"] is True
        without = replace(GOOD, groups=((Protocol.TLS_1_3, (0x001D,)),))
        assert measures(checks.key_exchange(posture(GOOD, without)))["x25519mlkem768"] is False

    @pytest.mark.parametrize(
        ("changes", "summary", "severity"),
        [
            (
                {"groups": ((Protocol.TLS_1_2, (0x0013, 0x001D)),)},
                "keys are agreed on by weak curves: P-192",
                None,
            ),
            (
                {"groups": ((Protocol.TLS_1_3, (0x0100, 0x001D)),)},
                "keys are agreed on by groups that Mozilla intermediate 6.0 has not",
                Severity.LOW,
            ),
            ({"dh_bits": 1024}, "keys are agreed on in a finite field of 1024 bits", None),
            ({"secure_renegotiation": False}, "sessions can be renegotiated by a third party", None),
        ],
    )
    def test_weak_ones_are_red_and_uncommon_ones_low(self, changes, summary, severity) -> None:
        assert summaries(checks.key_exchange(posture(replace(GOOD, **changes)))) == [(summary, severity)]
