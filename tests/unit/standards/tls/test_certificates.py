"""Certificates read into plain words, and how they belong together."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_readiness.demo.authority import Authority, Chain, self_signed
from pytest_readiness.model.tls import Certificate, KeyKind
from pytest_readiness.standards.tls.certificates import Unreadable, attribute, covers, curve, issued_by, parse, path

AUTHORITY = Authority()
SITE = AUTHORITY.issue(["shop.test", "*.shop.test", "192.0.2.1", "2001:db8::1"], must_staple=True, ocsp_url="http://o/")


def sent(chain: Chain) -> list[Certificate]:
    return [parse(der) for der in AUTHORITY.issue(["shop.test"], chain=chain).chain_der]


class TestParse:
    def test_says_what_is_in_it(self) -> None:
        leaf = parse(SITE.chain_der[0])
        assert (leaf.subject, leaf.issuer) == ("CN=shop.test", "CN=Example Intermediate")
        assert leaf.serial == SITE.leaf.serial_number
        assert leaf.lifetime == timedelta(days=90)
        assert leaf.dns_names == ("shop.test", "*.shop.test")
        assert leaf.ip_addresses == ("192.0.2.1", "2001:db8::1")
        assert (leaf.key, leaf.key_bits, leaf.key_name) == (KeyKind.ELLIPTIC, 256, "P-256")
        assert (leaf.signature_hash, leaf.authority, leaf.self_issued) == ("sha256", False, False)
        assert (leaf.must_staple, leaf.ocsp_urls) == (True, ("http://o/",))
        assert leaf.authority_key == parse(SITE.chain_der[1]).subject_key

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            ("rsa1024", (KeyKind.RSA, 1024, "RSA 1024")),
            ("p224", (KeyKind.ELLIPTIC, 224, "P-224")),
            ("ed25519", (KeyKind.EDWARDS, 255, "Ed25519")),
        ],
    )
    def test_says_what_its_key_is(self, key, words) -> None:
        leaf = parse(AUTHORITY.issue(["shop.test"], key=key).chain_der[0])
        assert (leaf.key, leaf.key_bits, leaf.key_name) == words

    def test_says_of_sha_1_that_it_is(self) -> None:
        assert parse(AUTHORITY.issue(["shop.test"], digest="sha1").chain_der[0]).signature_hash == "sha1"

    def test_tells_an_authority(self) -> None:
        assert parse(SITE.chain_der[1]).authority

    @pytest.mark.parametrize("der", [b"", b"\x30", b"HTTP/1.1 400", b"\x30\x03\x02\x01\x01"])
    def test_refuses_what_is_no_certificate(self, der: bytes) -> None:
        with pytest.raises(Unreadable):
            parse(der)

    @given(st.binary(max_size=400))
    @settings(deadline=None)
    def test_no_bytes_raise_anything_else(self, der: bytes) -> None:
        with contextlib.suppress(Unreadable):
            parse(der)

    @given(st.data())
    @settings(max_examples=400, deadline=None)
    def test_no_change_to_a_true_one_raises_anything_else(self, data: st.DataObject) -> None:
        der = bytearray(SITE.chain_der[0])
        for _ in range(data.draw(st.integers(1, 3))):
            der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
        try:
            certificate = parse(bytes(der))
        except Unreadable:
            return
        covers(certificate, "shop.test")
        covers(certificate, "192.0.2.1")
        issued_by(certificate, parse(SITE.chain_der[1]))


class TestCovers:
    @pytest.mark.parametrize(
        ("host", "covered"),
        [
            ("shop.test", True),
            ("SHOP.test.", True),
            ("www.shop.test", True),
            ("a.www.shop.test", False),
            ("test", False),
            ("other.test", False),
            ("192.0.2.1", True),
            ("192.0.2.2", False),
            ("2001:0db8:0::1", True),
        ],
    )
    def test_as_browsers_see_it(self, host: str, covered: bool) -> None:
        assert covers(parse(SITE.chain_der[0]), host) is covered

    def test_a_common_name_alone_covers_nothing(self) -> None:
        assert not covers(replace(parse(SITE.chain_der[0]), dns_names=()), "shop.test")

    def test_a_wildcard_for_a_whole_top_level_covers_nothing(self) -> None:
        assert not covers(replace(parse(SITE.chain_der[0]), dns_names=("*.test",)), "shop.test")

    def test_an_international_name_is_compared_in_its_ascii_form(self) -> None:
        assert covers(replace(parse(SITE.chain_der[0]), dns_names=("xn--bcher-kva.test",)), "bücher.test")

    def test_an_address_as_a_dns_name_covers_no_address(self) -> None:
        assert not covers(replace(parse(SITE.chain_der[0]), dns_names=("192.0.2.9",), ip_addresses=()), "192.0.2.9")


class TestIssuedBy:
    def test_goes_by_the_signature(self) -> None:
        leaf, intermediate = (parse(der) for der in SITE.chain_der)
        assert issued_by(leaf, intermediate)
        assert not issued_by(intermediate, leaf)

    def test_a_namesake_did_not_sign_it(self) -> None:
        leaf = parse(SITE.chain_der[0])
        namesake = parse(Authority().issue(["shop.test"]).chain_der[1])
        assert namesake.subject == leaf.issuer
        assert not issued_by(leaf, namesake)

    def test_goes_by_the_key_where_a_signature_is_too_old_to_verify(self) -> None:
        leaf, intermediate = (parse(der) for der in AUTHORITY.issue(["shop.test"], digest="sha1").chain_der)
        namesake = parse(Authority().issue(["shop.test"]).chain_der[1])
        assert (issued_by(leaf, intermediate), issued_by(leaf, namesake)) == (True, False)


class TestPath:
    @pytest.mark.parametrize(
        ("chain", "links", "extras", "ordered"),
        [
            ("ordered", ["shop.test", "Example Intermediate"], [], True),
            ("incomplete", ["shop.test"], [], True),
            ("misordered", ["shop.test", "Example Issuing", "Example Intermediate"], [], False),
            ("extra", ["shop.test", "Example Intermediate"], ["Example Unrelated Intermediate"], True),
            ("with-root", ["shop.test", "Example Intermediate", "Example Root"], [], True),
        ],
    )
    def test_finds_how_they_belong_together(self, chain, links, extras, ordered) -> None:
        found = path(sent(chain))
        assert [attribute(link.subject, "CN") for link in found.links] == links
        assert [attribute(extra.subject, "CN") for extra in found.extras] == extras
        assert found.ordered is ordered

    def test_one_sent_twice_is_an_extra(self) -> None:
        leaf, intermediate = sent("ordered")
        found = path([leaf, intermediate, intermediate])
        assert (found.links, found.extras) == ((leaf, intermediate), (intermediate,))

    def test_one_that_vouches_for_itself_is_all_of_it(self) -> None:
        leaf = parse(self_signed(["shop.test"]).chain_der[0])
        assert path([leaf]).links == (leaf,)


class TestCurve:
    def test_is_the_group_of_the_key(self) -> None:
        assert curve(SITE.chain_der[0]) == 0x0017

    def test_is_none_for_other_keys_and_for_garbage(self) -> None:
        assert curve(AUTHORITY.issue(["shop.test"], key="ed25519").chain_der[0]) is None
        assert curve(b"garbage") is None


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("CN=R11,O=Let's Encrypt,C=US", "O", "Let's Encrypt"),
        ("CN=a\\, b,O=x", "CN", "a, b"),
        ("CN=a+O=b", "O", "b"),
        ("CN=a", "O", None),
        ("", "CN", None),
    ],
)
def test_an_attribute_is_read_off_a_distinguished_name(name: str, key: str, value: str | None) -> None:
    assert attribute(name, key) == value
