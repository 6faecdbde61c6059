"""The fields that one page or one host is judged by: transport, types, frames, privacy, isolation, banners."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pytest_readiness.checks.security import headers
from pytest_readiness.model.checks import Check
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds

NAMES = [
    *("hsts", "content-security-policy", "content-type-options", "framing", "referrer-policy", "permissions-policy"),
    *("cookies", "cors", "cross-origin-isolation", "subresource-integrity", "no-version-banners"),
]
PAGE_CHECKS = [
    *("content_security_policy", "content_type_options", "framing", "referrer_policy", "permissions_policy"),
    *("cross_origin_isolation", "subresource_integrity", "no_version_banners"),
]
DOCUMENT_CHECKS = [name for name in PAGE_CHECKS if name not in {"content_type_options", "no_version_banners"}]

DEFAULTS = Thresholds()
SOUND = (
    ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Server", "nginx"),
)


def findings(judgements):
    return [judgement for judgement in judgements if isinstance(judgement, Finding)]


def summaries(judgements):
    return [finding.summary for finding in findings(judgements)]


def measures(judgements):
    return {judgement.name: judgement.value for judgement in judgements if isinstance(judgement, Measure)}


class TestEveryCheck:
    def test_all_checks_stand_in_the_module_in_board_order(self):
        checks = [value for value in vars(headers).values() if isinstance(value, Check)]
        assert [check.name for check in checks] == NAMES
        assert {check.item for check in checks} == {"security/security-headers"}

    @pytest.mark.parametrize("name", PAGE_CHECKS)
    def test_a_sound_page_passes(self, name, page, pages):
        sound = pages(page(*SOUND), page(*SOUND, url="https://shop.test/missing", status=404))
        assert findings(getattr(headers, name)(sound)) == []

    @pytest.mark.parametrize("name", PAGE_CHECKS)
    def test_a_silent_page_keeps_a_check_from_passing(self, name, page, pages):
        with pytest.raises(Unverified, match="/login did not answer: timed out"):
            list(getattr(headers, name)(pages(page(*SOUND), silent=["https://shop.test/login"])))

    @pytest.mark.parametrize("name", PAGE_CHECKS)
    def test_without_any_page_nothing_is_verified(self, name, pages):
        with pytest.raises(Unverified):
            list(getattr(headers, name)(pages()))

    @pytest.mark.parametrize("name", PAGE_CHECKS)
    def test_silence_alone_is_unverified(self, name, pages):
        with pytest.raises(Unverified):
            list(getattr(headers, name)(pages(silent=["https://shop.test/"])))

    @pytest.mark.parametrize("name", DOCUMENT_CHECKS)
    def test_what_is_no_document_is_not_judged(self, name, page, pages):
        with pytest.raises(NotApplicable, match="no page looked at is an HTML document"):
            list(getattr(headers, name)(pages(page(kind="application/json"))))

    @pytest.mark.parametrize("name", DOCUMENT_CHECKS)
    def test_a_redirect_is_no_document(self, name, page, pages):
        with pytest.raises(NotApplicable, match="every page redirects"):
            list(getattr(headers, name)(pages(page(("Location", "/login"), status=302))))

    def test_a_silent_page_does_not_hide_what_is_wrong_elsewhere(self, page, pages):
        judged = headers.framing(pages(page(), silent=["https://shop.test/login"]))
        assert len(findings(judged)) == 1

    def test_the_same_fault_on_several_pages_is_told_once(self, page, pages):
        urls = [f"https://shop.test/{n}" for n in range(5)]
        (finding,) = findings(headers.content_type_options(pages(*(page(url=url) for url in urls))))
        assert finding.where == "https://shop.test/0, https://shop.test/1, https://shop.test/2 and 2 more"

    def test_an_error_page_is_judged_too(self, page, pages):
        bare = page(url="https://shop.test/missing", status=404)
        (finding,) = findings(headers.framing(pages(page(*SOUND), bare)))
        assert finding.where == "https://shop.test/missing"


class TestHsts:
    TARGET = Target("prod", "https://shop.test/")

    def judge(self, landing, *fields, target=TARGET, thresholds=DEFAULTS, url="https://shop.test/"):
        lines = (("Strict-Transport-Security", field) for field in fields)
        return list(headers.hsts(landing(*lines, url=url), target, thresholds))

    def test_half_a_year_for_all_names_passes(self, landing):
        judged = self.judge(landing, "max-age=15552000; includeSubDomains")
        assert judged == [
            Measure("max_age_days", 180),
            Measure("include_subdomains", True),
            Measure("preload_eligible", False),
        ]

    def test_eligibility_for_preloading_is_told(self, landing):
        judged = self.judge(landing, "max-age=31536000; includeSubDomains; preload")
        assert measures(judged)["preload_eligible"] is True
        assert findings(judged) == []

    @pytest.mark.parametrize(
        ("fields", "summary", "severity"),
        [
            ((), "no Strict-Transport-Security", None),
            (("max-age=31536000s",), "browsers ignore the Strict-Transport-Security field", None),
            (("max-age=1, max-age=1",), "browsers ignore the Strict-Transport-Security field", None),
            (("max-age=0; includeSubDomains",), "max-age=0 makes browsers forget that the host wants HTTPS", None),
            (("max-age=300; includeSubDomains",), "remembered for 300 seconds, wanted 180 days", None),
            (("max-age=15551999; includeSubDomains",), "remembered for 179 days, wanted 180 days", None),
            (("max-age=31536000",), "names below the host are left out: no includeSubDomains", Severity.MEDIUM),
            (
                ("max-age=15552000; includeSubDomains; preload",),
                "asks for preloading, but the list would refuse it: it wants a year and includeSubDomains",
                Severity.LOW,
            ),
            (
                ("max-age=31536000; includeSubDomains", "max-age=0"),
                "sent more than once: browsers read the first line only",
                Severity.LOW,
            ),
        ],
    )
    def test_what_is_wrong_is_named(self, landing, fields, summary, severity):
        (finding,) = findings(self.judge(landing, *fields))
        assert (finding.summary, finding.severity, finding.where) == (summary, severity, "https://shop.test/")

    def test_the_threshold_is_the_users(self, landing):
        year = Thresholds(hsts_max_age=timedelta(days=365))
        judged = self.judge(landing, "max-age=15552000; includeSubDomains", thresholds=year)
        assert summaries(judged) == ["remembered for 180 days, wanted 365 days"]

    def test_over_plain_http_the_field_means_nothing(self, landing):
        judged = self.judge(landing, "max-age=31536000; includeSubDomains", url="http://shop.test/")
        assert summaries(judged) == [
            "the page is served over plain HTTP, where browsers ignore Strict-Transport-Security"
        ]

    def test_an_address_is_not_judged(self, landing):
        with pytest.raises(NotApplicable, match=r"127\.0\.0\.1"):
            self.judge(landing, target=Target("prod", "https://127.0.0.1:8443/"))


class TestContentTypeOptions:
    @pytest.mark.parametrize("kind", ["text/html", "application/json", None])
    def test_every_kind_of_answer_needs_it(self, kind, page, pages):
        assert summaries(headers.content_type_options(pages(page(kind=kind)))) == ["no X-Content-Type-Options"]

    def test_a_first_value_that_is_not_nosniff_is_no_protection(self, page, pages):
        (finding,) = findings(headers.content_type_options(pages(page(("X-Content-Type-Options", "no, nosniff")))))
        assert finding.summary == "browsers ignore the X-Content-Type-Options field: its first value is not nosniff"
        assert finding.severity is None

    def test_nosniff_twice_works_and_is_low(self, page, pages):
        twice = [("X-Content-Type-Options", "nosniff")] * 2
        (finding,) = findings(headers.content_type_options(pages(page(*twice))))
        assert (finding.summary, finding.severity) == (
            "X-Content-Type-Options has more than one value: only the first counts",
            Severity.LOW,
        )


class TestFraming:
    @pytest.mark.parametrize(
        ("fields", "body", "summary"),
        [
            ([], "", "any site may frame the page: neither frame-ancestors nor X-Frame-Options"),
            (
                [("X-Frame-Options", "ALLOW-FROM https://a.test")],
                "",
                "any site may frame the page: browsers ignore this X-Frame-Options",
            ),
            (
                [("Content-Security-Policy", "frame-ancestors *")],
                "",
                "any site may frame the page: frame-ancestors lets anybody in",
            ),
            (
                [("Content-Security-Policy", "frame-ancestors https:"), ("X-Frame-Options", "DENY")],
                "",
                "any site may frame the page: frame-ancestors lets anybody in, and switches X-Frame-Options off",
            ),
            (
                [("Content-Security-Policy-Report-Only", "frame-ancestors 'none'")],
                "",
                "any site may frame the page: neither frame-ancestors nor X-Frame-Options",
            ),
            (
                [],
                "<meta http-equiv=content-security-policy content=\"frame-ancestors 'none'; img-src 'self'\">",
                "any site may frame the page: frame-ancestors is void in a meta element",
            ),
        ],
    )
    def test_what_lets_anybody_frame_the_page(self, fields, body, summary, page, pages):
        judged = list(headers.framing(pages(page(*fields, body=body))))
        assert summaries(judged) == [summary]
        assert measures(judged) == {"framed_by": "anybody"}

    @pytest.mark.parametrize(
        "fields",
        [
            [("X-Frame-Options", "DENY")],
            [("X-Frame-Options", "sameorigin, SAMEORIGIN")],
            [("Content-Security-Policy", "frame-ancestors 'self' https://partner.test")],
            [("Content-Security-Policy", "frame-ancestors *, frame-ancestors 'none'")],
        ],
    )
    def test_what_keeps_others_out(self, fields, page, pages):
        assert findings(headers.framing(pages(page(*fields)))) == []

    def test_a_contradiction_blocks_everybody_and_is_low(self, page, pages):
        (finding,) = findings(headers.framing(pages(page(("X-Frame-Options", "DENY, SAMEORIGIN")))))
        assert finding.severity is Severity.LOW


class TestReferrerPolicy:
    @pytest.mark.parametrize(
        ("fields", "body", "summary", "severity"),
        [
            ([], "", "no Referrer-Policy", Severity.LOW),
            (["nonsense"], "", "no word of Referrer-Policy is known to browsers", Severity.LOW),
            (["unsafe-url"], "", "unsafe-url tells other sites the whole address that visitors come from", None),
            (["origin"], "", "origin tells plain HTTP sites where visitors come from", Severity.LOW),
            (
                ["no-referrer"],
                "<meta name=referrer content=no-referrer-when-downgrade>",
                "no-referrer-when-downgrade tells other sites the whole address that visitors come from",
                None,
            ),
        ],
    )
    def test_what_tells_too_much(self, fields, body, summary, severity, page, pages):
        judged = headers.referrer_policy(pages(page(*(("Referrer-Policy", f) for f in fields), body=body)))
        (finding,) = findings(judged)
        assert (finding.summary, finding.severity) == (summary, severity)

    def test_a_meta_element_is_enough(self, page, pages):
        assert findings(headers.referrer_policy(pages(page(body="<meta name=referrer content=same-origin>")))) == []


class TestPermissionsPolicy:
    @pytest.mark.parametrize(
        ("field", "summary", "severity"),
        [
            (None, "no Permissions-Policy", Severity.LOW),
            (
                ("Feature-Policy", "camera 'none'"),
                "no Permissions-Policy: browsers no longer read Feature-Policy",
                Severity.LOW,
            ),
            (
                ("Permissions-Policy", "geolocation 'none'"),
                "a syntax error makes browsers ignore the whole Permissions-Policy",
                None,
            ),
            (("Permissions-Policy", "camera=*"), "every site that the page shows in a frame may use camera", None),
            (
                ("Permissions-Policy", "camera=(https://a.test)"),
                "camera lists what names nobody: https://a.test",
                Severity.LOW,
            ),
        ],
    )
    def test_what_lets_others_in(self, field, summary, severity, page, pages):
        (finding,) = findings(headers.permissions_policy(pages(page(field))))
        assert (finding.summary, finding.severity) == (summary, severity)


class TestCrossOriginIsolation:
    @pytest.mark.parametrize(
        ("fields", "summary"),
        [
            ([], "no Cross-Origin-Opener-Policy: a site that opens the page keeps hold of its window"),
            ([("Cross-Origin-Opener-Policy", "unsafe-none")], "Cross-Origin-Opener-Policy is unsafe-none"),
            ([("Cross-Origin-Opener-Policy", "same_origin")], "browsers ignore this Cross-Origin-Opener-Policy"),
            ([("Cross-Origin-Opener-Policy", "same-origin")] * 2, "browsers ignore this Cross-Origin-Opener-Policy"),
            (
                [("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Embedder-Policy", '"require-corp"')],
                "browsers ignore this Cross-Origin-Embedder-Policy",
            ),
            (
                [("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "Same-Origin")],
                "browsers ignore this Cross-Origin-Resource-Policy",
            ),
        ],
    )
    def test_each_fault_is_low(self, fields, summary, page, pages):
        (finding,) = findings(headers.cross_origin_isolation(pages(page(*fields))))
        assert (finding.summary, finding.severity) == (summary, Severity.LOW)

    def test_what_is_missing_was_not_measured(self, page, pages):
        (finding,) = findings(headers.cross_origin_isolation(pages(page())))
        assert finding.measured is None

    def test_full_isolation_is_told(self, page, pages):
        isolated = page(
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Embedder-Policy", "require-corp"),
            ("Cross-Origin-Resource-Policy", "same-site"),
        )
        assert list(headers.cross_origin_isolation(pages(isolated))) == [Measure("isolated_pages", 1)]

    def test_an_embedder_policy_that_says_none_is_no_fault(self, page, pages):
        fields = [("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Embedder-Policy", "unsafe-none")]
        assert findings(headers.cross_origin_isolation(pages(page(*fields)))) == []


class TestVersionBanners:
    def test_a_version_is_low(self, page, pages):
        (finding,) = findings(headers.no_version_banners(pages(page(("Server", "nginx/1.22.1")))))
        assert finding.summary == "Server names software with its version: nginx/1.22.1"
        assert finding.severity is Severity.LOW
        assert "server_tokens off" in finding.fix

    def test_redirects_and_error_pages_are_read_too(self, page, pages):
        judged = headers.no_version_banners(
            pages(
                page(("Location", "/x"), ("X-Powered-By", "PHP/8.1.2"), status=302),
                page(url="https://shop.test/missing", status=404, body="<center>nginx/1.22.1</center>"),
            )
        )
        assert summaries(judged) == [
            "X-Powered-By names software with its version: PHP/8.1.2",
            "page names software with its version: nginx/1.22.1",
        ]
