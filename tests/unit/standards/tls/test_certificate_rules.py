"""What is wrong with a chain, each cause by its name; real servers show it in the integration tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pytest_readiness.demo.authority import Authority, self_signed
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.tls import Certificate, KeyKind, SentChain, Trust
from pytest_readiness.standards.tls.certificate_rules import Cause, defects
from pytest_readiness.standards.tls.certificates import parse

AUTHORITY = Authority()
LEAF, ISSUER, ROOT = (parse(der) for der in AUTHORITY.issue(["shop.test"], chain="with-root").chain_der)
NOW = LEAF.not_before + timedelta(days=30)
TRUSTED = Trust(trusted=True, protocol="TLSv1.3")
NO_ISSUER = Trust(trusted=False, code=20, reason="unable to get local issuer certificate")


def causes(*certificates: Certificate, trust: Trust = TRUSTED, host: str = "shop.test", now=NOW, unreadable: int = 0):
    chain = SentChain(certificates, trust, unreadable)
    return [(defect.cause, defect.severity) for defect in defects(chain, host, now)]


def test_a_good_chain_has_no_defect() -> None:
    assert causes(LEAF, ISSUER) == []


class TestDates:
    def test_the_last_second_still_counts(self) -> None:
        assert causes(LEAF, ISSUER, now=LEAF.not_after) == []
        assert causes(LEAF, ISSUER, now=LEAF.not_after + timedelta(seconds=1)) == [(Cause.EXPIRED, None)]

    def test_before_its_first_second_it_is_not_valid(self) -> None:
        assert causes(LEAF, ISSUER, now=LEAF.not_before - timedelta(hours=3)) == [(Cause.NOT_YET_VALID, None)]

    def test_an_expired_issuer_that_clients_find_a_way_around_is_less(self) -> None:
        """An old cross-signed root at the end of a chain expires, and clients go by the new root that they know."""
        late = replace(ISSUER, not_after=NOW - timedelta(days=1))
        assert causes(LEAF, late) == [(Cause.EXPIRED, Severity.MEDIUM)]
        expired = Trust(trusted=False, code=10, reason="certificate has expired")
        assert causes(LEAF, late, trust=expired) == [(Cause.EXPIRED, None)]


class TestTrust:
    def test_a_leaf_alone_is_an_incomplete_chain(self) -> None:
        assert causes(LEAF, trust=NO_ISSUER) == [(Cause.INCOMPLETE, None)]

    def test_a_whole_chain_leads_to_an_untrusted_root(self) -> None:
        assert causes(LEAF, ISSUER, trust=NO_ISSUER) == [(Cause.UNTRUSTED, None)]
        unknown = Trust(trusted=False, code=19, reason="self-signed certificate in certificate chain")
        assert causes(LEAF, ISSUER, ROOT, trust=unknown) == [(Cause.ROOT_SENT, Severity.LOW), (Cause.UNTRUSTED, None)]

    def test_one_that_vouches_for_itself_is_self_signed_unless_it_is_trusted(self) -> None:
        own = parse(self_signed(["shop.test"]).chain_der[0])
        assert causes(own, trust=Trust(trusted=False, code=18, reason="self-signed certificate")) == [
            (Cause.SELF_SIGNED, None)
        ]
        assert causes(own) == []

    def test_a_refusal_that_no_rule_explains_is_told_in_openssl_s_words(self) -> None:
        refused = Trust(trusted=False, code=24, reason="invalid CA certificate")
        assert causes(LEAF, ISSUER, trust=refused) == [(Cause.REFUSED, None)]

    def test_a_lesser_defect_explains_no_refusal(self) -> None:
        refused = Trust(trusted=False, code=24, reason="invalid CA certificate")
        assert causes(LEAF, ISSUER, ISSUER, trust=refused) == [(Cause.EXTRA, Severity.MEDIUM), (Cause.REFUSED, None)]


class TestStrength:
    @pytest.mark.parametrize(
        ("key", "bits", "weak"),
        [
            (KeyKind.RSA, 2047, True),
            (KeyKind.RSA, 2048, False),
            (KeyKind.ELLIPTIC, 255, True),
            (KeyKind.ELLIPTIC, 256, False),
            (KeyKind.EDWARDS, 255, False),
            (KeyKind.DSA, 3072, True),
        ],
    )
    def test_of_keys_starts_at_rsa_2048_and_p_256(self, key: KeyKind, bits: int, weak: bool) -> None:
        expected = [(Cause.WEAK_KEY, None)] if weak else []
        assert causes(replace(LEAF, key=key, key_bits=bits), ISSUER) == expected

    @pytest.mark.parametrize("algorithm", ["sha1", "md5"])
    def test_of_signatures_starts_at_sha_256(self, algorithm: str) -> None:
        assert causes(replace(LEAF, signature_hash=algorithm), ISSUER) == [(Cause.WEAK_SIGNATURE, None)]

    def test_of_a_root_s_own_signature_is_of_no_matter(self) -> None:
        assert causes(LEAF, ISSUER, replace(ROOT, signature_hash="sha1")) == [(Cause.ROOT_SENT, Severity.LOW)]


def test_certificates_that_cannot_be_read_are_a_defect() -> None:
    assert causes(LEAF, ISSUER, unreadable=1) == [(Cause.UNREADABLE, None)]
    assert causes(unreadable=2) == [(Cause.UNREADABLE, None)]
