"""Each bad certificate that a real server can send is red for its own cause, and green when it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from tls_site import HOST, INTERMEDIATE, Site, gather

from pytest_readiness.checks.infrastructure import tls as checks
from pytest_readiness.demo.authority import Authority, Issued, self_signed
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.findings import Finding, Judgement
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.probes.certificates import certificates

DAY = timedelta(days=1)
WEAK = "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;"
TLS13 = "ssl_protocols TLSv1.3;"


def findings(judgements: Iterable[Judgement]) -> list[Finding]:
    return [said for said in judgements if isinstance(said, Finding)]


def summaries(judgements: Iterable[Judgement]) -> list[str]:
    return [finding.summary for finding in findings(judgements)]


def severe(judgements: Iterable[Judgement]) -> list[str]:
    return [finding.summary for finding in findings(judgements) if finding.severity is None]


def now() -> datetime:
    return datetime.now(UTC)


MATRIX: list[tuple[str, Callable[[Site], Issued], list[str]]] = [
    ("expired", lambda site: site.bad(remaining=-10 * DAY), ["the certificate expired 10 days ago"]),
    ("not-yet-valid", lambda site: site.bad(remaining=95 * DAY), ["the certificate is not valid for another 4 days"]),
    ("wrong-host", lambda site: site.authority.issue(["other.test"]), [f"the certificate is not for {HOST}"]),
    (
        "missing-intermediate",
        lambda site: site.bad(chain="incomplete"),
        ["the chain is incomplete: the certificate of Example Intermediate, which issued it, is not sent"],
    ),
    ("misordered", lambda site: site.bad(chain="misordered"), ["the chain is sent in the wrong order"]),
    ("extra", lambda site: site.bad(chain="extra"), ["certificates are sent that have no part in the chain"]),
    (
        "root-sent",
        lambda site: site.bad(chain="with-root"),
        ["the root Example Root is sent too, which no client needs"],
    ),
    ("self-signed", lambda _: self_signed([HOST]), ["the certificate is self-signed"]),
    (
        "untrusted",
        lambda _: Authority("Nobody").issue([HOST]),
        ["the chain leads to Nobody Root, which is no trusted authority"],
    ),
    ("rsa-1024", lambda site: site.bad(key="rsa1024"), ["the key of the certificate is too weak"]),
    ("p-224", lambda site: site.bad(key="p224"), ["the key of the certificate is too weak"]),
    ("sha-1", lambda site: site.bad(digest="sha1"), ["the certificate is signed with SHA-1"]),
]


@pytest.mark.parametrize(("issue", "causes"), [row[1:] for row in MATRIX], ids=[row[0] for row in MATRIX])
async def test_a_bad_certificate_is_red_for_its_cause_and_green_when_mended(site: Site, issue, causes):
    site.serve(issue(site), directives=WEAK)
    assert summaries(checks.certificate(await gather(site.target(), certificates), now())) == causes
    site.serve(site.bad())
    assert summaries(checks.certificate(await gather(site.target(), certificates), now())) == []


@pytest.mark.parametrize("case", ["expired", "wrong-host", "missing-intermediate", "self-signed", "untrusted"])
async def test_tls_1_3_alone_hides_no_bad_chain(site: Site, case: str):
    """There the chain is encrypted, and is read by a handshake that judges nothing."""
    issue, causes = next(row[1:] for row in MATRIX if row[0] == case)
    site.serve(issue(site), directives=TLS13)
    assert summaries(checks.certificate(await gather(site.target(), certificates), now())) == causes


async def test_all_that_is_wrong_is_said_at_once(site: Site):
    site.serve(site.authority.issue(["other.test"], remaining=-3 * DAY, chain="incomplete"))
    assert summaries(checks.certificate(await gather(site.target(), certificates), now())) == [
        "the certificate expired 3 days ago",
        f"the certificate is not for {HOST}",
        "the chain is incomplete: the certificate of Example Intermediate, which issued it, is not sent",
    ]


async def test_ten_days_left_of_ninety_fail(site: Site):
    site.serve(site.bad(lifetime=90 * DAY, remaining=10 * DAY + timedelta(hours=1)))
    evidence = await gather(site.target(), certificates)
    assert severe(checks.expiry(evidence, Thresholds(), now())) == ["the certificate ends in 10 days"]
    assert summaries(checks.certificate(evidence, now())) == []
    site.serve(site.bad(lifetime=90 * DAY, remaining=80 * DAY))
    assert summaries(checks.expiry(await gather(site.target(), certificates), Thresholds(), now())) == []


async def test_an_expired_intermediate_is_named(site: Site):
    authority = Authority("Late", intermediate_valid_until=now() - 5 * DAY)
    authority.write_root(site.ca_file)
    site.serve(authority.issue([HOST]))
    assert summaries(checks.certificate(await gather(site.target(), certificates), now())) == [
        "the issuer's certificate Late Intermediate expired 5 days ago"
    ]


class TestMustStaple:
    async def test_without_a_staple_is_red_and_with_one_is_green(self, site: Site):
        issued = site.bad(must_staple=True)
        site.serve(issued)
        evidence = await gather(site.target(), certificates)
        assert severe(checks.must_staple(evidence, now())) == [
            "the certificate demands a stapled OCSP response, and none is sent"
        ]
        staple = site.file("staple.der", issued.staple())
        stapling = f"{INTERMEDIATE} ssl_stapling on; ssl_stapling_file {staple};"
        site.serve(issued, directives=stapling)
        assert summaries(checks.must_staple(await gather(site.target(), certificates), now())) == []

    @pytest.mark.parametrize(
        ("make", "cause"),
        [
            ({"status": "revoked"}, "the stapled OCSP response says that the certificate is revoked"),
            ({"age": 9 * DAY, "lifetime": 7 * DAY}, "the stapled OCSP response is outdated"),
        ],
    )
    async def test_a_bad_staple_is_red(self, site: Site, make, cause):
        issued = site.bad(must_staple=True)
        staple = site.file("staple.der", issued.staple(**make))
        site.serve(issued, directives=f"{INTERMEDIATE} ssl_stapling on; ssl_stapling_file {staple};")
        assert severe(checks.must_staple(await gather(site.target(), certificates), now())) == [cause]

    async def test_tls_1_3_alone_cannot_be_verified(self, site: Site):
        site.serve(site.bad(must_staple=True), directives=TLS13)
        with pytest.raises(Unverified, match=r"which TLS 1\.3 hides"):
            list(checks.must_staple(await gather(site.target(), certificates), now()))

    async def test_is_not_applicable_where_nobody_demands_one(self, site: Site):
        site.serve(site.bad())
        with pytest.raises(NotApplicable):
            list(checks.must_staple(await gather(site.target(), certificates), now()))


class TestSeveralCertificates:
    async def test_each_is_judged_where_a_server_has_one_for_each_kind_of_key(self, site: Site):
        site.serve(site.bad(key="rsa2048", remaining=-2 * DAY), site.bad(key="p256"))
        evidence = await gather(site.target(), certificates)
        assert [chain.trust.trusted for chain in evidence.addresses[0].chains] == [True, False]
        assert summaries(checks.certificate(evidence, now())) == ["the certificate expired 2 days ago"]

    async def test_another_one_at_the_second_address_is_found(self, two_addresses: Site):
        site = two_addresses
        good, bad = site.bad(), site.authority.issue(["other.test"])
        site.nginx.serve(site.server(good) + site.server(bad, address="127.0.0.2"))
        found = findings(checks.certificate(await gather(site.target(), certificates), now()))
        assert [(f.summary, f.where) for f in found] == [(f"the certificate is not for {HOST}", f"{HOST} at 127.0.0.2")]
        site.nginx.serve(site.server(good) + site.server(good, address="127.0.0.2"))
        assert summaries(checks.certificate(await gather(site.target(), certificates), now())) == []

    async def test_a_dead_second_address_is_found(self, two_addresses: Site):
        two_addresses.serve(two_addresses.bad())
        evidence = await gather(two_addresses.target(), certificates)
        assert [(f.summary, f.where) for f in findings(checks.certificate(evidence, now()))] == [
            ("no certificate can be had: connection refused", f"{HOST} at 127.0.0.2")
        ]
        with pytest.raises(Unverified, match=r"no certificate could be read at 127\.0\.0\.2"):
            list(checks.expiry(evidence, Thresholds(), now()))

    async def test_the_same_one_everywhere_is_said_once(self, two_addresses: Site):
        site = two_addresses
        bad = site.bad(remaining=-3 * DAY)
        site.nginx.serve(site.server(bad) + site.server(bad, address="127.0.0.2"))
        found = findings(checks.certificate(await gather(site.target(), certificates), now()))
        assert [f.where for f in found] == [f"{HOST} at 127.0.0.1, 127.0.0.2"]


async def test_a_server_without_a_current_protocol_is_told_so(site: Site):
    site.serve(site.bad(), directives="ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;")
    found = summaries(checks.certificate(await gather(site.target(), certificates), now()))
    assert [summary.partition(":")[0] for summary in found] == ["clients cannot complete a handshake"]


async def test_plain_http_on_the_port_is_told_so(site: Site):
    site.nginx.serve(f"server {{ listen 127.0.0.1:{site.port}; return 200 hello; }}")
    found = findings(checks.certificate(await gather(site.target(), certificates), now()))
    assert [(f.summary.partition(":")[0], f.severity) for f in found] == [("no certificate can be had", None)]


async def test_an_address_as_host_needs_a_certificate_for_the_address(site: Site):
    site.serve(site.authority.issue(["127.0.0.1"]))
    target = site.target(url=f"https://127.0.0.1:{site.port}/", resolve={})
    assert summaries(checks.certificate(await gather(target, certificates), now())) == []
    site.serve(site.bad())
    assert summaries(checks.certificate(await gather(target, certificates), now())) == [
        "the certificate is not for 127.0.0.1"
    ]


async def test_a_private_authority_is_not_held_to_public_lifetimes(site: Site):
    site.serve(site.bad(lifetime=820 * DAY))
    assert summaries(checks.lifetime(await gather(site.target(), certificates))) == []


async def test_the_site_without_its_authority_is_untrusted(site: Site):
    site.serve(site.bad())
    found = findings(checks.certificate(await gather(site.target(ca_file=None), certificates), now()))
    assert [(f.summary, f.severity) for f in found] == [
        ("the chain leads to Example Root, which is no trusted authority", None)
    ]


async def test_a_target_without_https_cannot_be_verified(site: Site):
    with pytest.raises(Unverified, match="there is no TLS to look at"):
        await gather(site.target(url=f"http://{HOST}/"), certificates)
