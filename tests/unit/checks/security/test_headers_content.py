"""What scripts may run on a page, what it loads, what cookies it sets, and who may read it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pytest_readiness.checks.security import headers
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.findings import Finding, Measure
from pytest_readiness.model.http import Cause, Cookies, CrossOrigin, Silence
from pytest_readiness.model.scales import Severity

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://shop.test/"
NONCE = "cmFuZG9tLXNpeHRlZW4tYg"
PACKAGES = "it serves any package that anybody published"
COPIED = "the origin is copied from the request"
CLOSED = "object-src 'none'; base-uri 'none'; form-action 'self'"


def findings(judgements):
    return [judgement for judgement in judgements if isinstance(judgement, Finding)]


def told(judgements):
    return [(finding.summary, finding.severity) for finding in findings(judgements)]


class TestContentSecurityPolicy:
    @pytest.fixture
    def judge(self, page, pages):
        def judged(*policies, body="", more=()):
            lines = (("Content-Security-Policy", policy) for policy in policies)
            return list(headers.content_security_policy(pages(page(*lines, *more, body=body))))

        return judged

    @pytest.mark.parametrize(
        "policy",
        [
            f"default-src 'self'; {CLOSED}",
            f"script-src 'nonce-{NONCE}' 'strict-dynamic' 'unsafe-inline' https:; {CLOSED}",
            f"script-src 'self' 'unsafe-inline' 'sha256-abc='; {CLOSED}",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'self'; form-action 'none'",
        ],
    )
    def test_a_policy_that_holds_passes(self, policy, judge):
        assert judge(policy) == [Measure("enforced_policies", 1)]

    @pytest.mark.parametrize(
        ("policy", "summary", "severity"),
        [
            (f"script-src 'self' 'unsafe-inline'; {CLOSED}", "inline scripts run", None),
            (f"default-src 'self'; script-src-elem 'unsafe-inline'; {CLOSED}", "inline scripts run", None),
            (f"script-src 'self'; script-src-attr 'unsafe-inline'; {CLOSED}", "inline event handlers run", None),
            (f"script-src 'self' https:; {CLOSED}", "scripts load from anywhere", None),
            (f"default-src *; {CLOSED}", "scripts load from anywhere", None),
            (f"script-src data:; {CLOSED}", "scripts load from anywhere", None),
            (f"script-src 'self' 'unsafe-eval'; {CLOSED}", "strings are run as code", Severity.MEDIUM),
            (f"img-src *; {CLOSED}", "no policy limits where scripts come from", None),
            (
                "script-src 'self'; base-uri 'none'; form-action 'self'",
                "embedded objects load from anywhere",
                Severity.MEDIUM,
            ),
            (
                "default-src 'self'; form-action 'self'",
                "an injected base element sends relative URLs to another site",
                Severity.LOW,
            ),
            (
                f"default-src 'nonce-{NONCE}'; form-action 'self'",
                "an injected base element sends relative URLs to another site",
                Severity.MEDIUM,
            ),
            (
                "default-src 'self'; base-uri 'none'",
                "an injected form sends what is typed to another site",
                Severity.LOW,
            ),
            (
                f"script-src https://unpkg.com; {CLOSED}",
                f"the policy lets in unpkg.com, where anybody can get a script of their own: {PACKAGES}",
                Severity.MEDIUM,
            ),
            (
                f"script-src 'nonce-a'; {CLOSED}",
                "a nonce of 1 characters carries less than 128 bits",
                Severity.MEDIUM,
            ),
            (
                f"script-src 'nonce-abcdefgh'; {CLOSED}",
                "a nonce of 8 characters carries less than 128 bits",
                Severity.LOW,
            ),
            (
                f"script-src 'strict-dynamic'; {CLOSED}",
                "'strict-dynamic' without a nonce or hash lets no script run at all",
                Severity.MEDIUM,
            ),
            (
                f"script-src self; {CLOSED}",
                "browsers ignore a part of the policy: self in script-src is taken for a host: it needs single quotes",
                Severity.LOW,
            ),
        ],
    )
    def test_each_weakness_is_named(self, policy, summary, severity, judge):
        assert told(judge(policy)) == [(summary, severity)]

    def test_without_a_policy_everything_is_open(self, judge):
        assert told(judge()) == [("no Content-Security-Policy", None)]

    def test_a_report_only_policy_protects_nothing(self, judge):
        judged = judge(more=[("Content-Security-Policy-Report-Only", f"default-src 'self'; {CLOSED}")])
        assert told(judged) == [("Content-Security-Policy-Report-Only only reports", None)]

    def test_what_one_policy_forbids_is_closed(self, judge):
        assert findings(judge("script-src * 'unsafe-inline'", f"default-src 'self'; {CLOSED}")) == []

    def test_a_meta_element_in_the_head_counts(self, judge):
        body = f'<meta http-equiv="Content-Security-Policy" content="default-src \'self\'; {CLOSED}">'
        assert judge(body=body) == [Measure("enforced_policies", 1)]
        assert told(judge(body=f"<body><p>{body}")) == [("no Content-Security-Policy", None)]

    def test_a_meta_element_outside_the_head_is_told(self, judge):
        body = "<p><meta http-equiv=content-security-policy content=\"img-src 'none'\">"
        assert told(judge(f"default-src 'self'; {CLOSED}", body=body)) == [
            ("browsers ignore a part of the policy: a policy in a meta element outside the head is void", Severity.LOW)
        ]

    @pytest.mark.parametrize("directive", ["frame-ancestors", "sandbox", "report-uri"])
    def test_what_a_meta_element_cannot_say_is_told(self, directive, judge):
        body = f"<meta http-equiv=content-security-policy content=\"{directive} x; default-src 'self'; {CLOSED}\">"
        assert told(judge(body=body)) == [
            (f"browsers ignore a part of the policy: {directive} is void in a meta element", Severity.LOW)
        ]

    def test_a_report_only_meta_element_is_void(self, judge):
        body = "<meta http-equiv=content-security-policy-report-only content=\"img-src 'none'\">"
        assert told(judge(f"default-src 'self'; {CLOSED}", body=body)) == [
            ("browsers ignore a part of the policy: a report-only policy in a meta element is void", Severity.LOW)
        ]

    def test_a_nonce_that_comes_twice_is_known_to_everybody(self, page, pages):
        policy = ("Content-Security-Policy", f"script-src 'nonce-{NONCE}'; {CLOSED}")
        (finding,) = findings(headers.content_security_policy(pages(page(policy), page(policy, url=f"{URL}login"))))
        assert finding.summary == "the same nonce comes twice: whoever has read one page knows it"
        assert finding.where == f"{URL}, {URL}login"

    def test_an_answer_that_is_no_document_needs_none(self, page, pages):
        policy = ("Content-Security-Policy", f"default-src 'self'; {CLOSED}")
        judged = headers.content_security_policy(pages(page(policy), page(kind="application/json")))
        assert findings(judged) == []


class TestSubresourceIntegrity:
    @pytest.fixture
    def judge(self, page, pages):
        return lambda body, **more: list(headers.subresource_integrity(pages(page(body=body, **more))))

    @pytest.mark.parametrize(
        "body",
        [
            "<script src=/a.js></script><link rel=stylesheet href=b.css>",
            "<script src=https://shop.test:443/a.js></script><script src=//shop.test/b.js></script>",
            "<script src=data:text/javascript,1></script>",
            "<script src=https://cdn.test/a.js integrity=sha384-abc crossorigin></script>",
            "<script type=module src=https://cdn.test/a.js integrity=sha384-abc></script>",
            "<link rel=stylesheet href=https://cdn.test/a.css integrity=sha384-abc crossorigin=anonymous>",
            "<img src=https://cdn.test/a.png><iframe src=https://cdn.test/></iframe>",
            "<!-- <script src=https://cdn.test/a.js></script> -->",
        ],
    )
    def test_what_is_pinned_or_the_pages_own_passes(self, body, judge):
        assert findings(judge(body)) == []

    @pytest.mark.parametrize(
        ("body", "summary", "severity"),
        [
            ("<script src=https://a.test/a.js></script>", "script from https://a.test: no integrity attribute", None),
            ("<script src=//cdn.test/a.js></script>", "script from https://cdn.test: no integrity attribute", None),
            (
                "<base href=https://cdn.test/><script src=a.js></script>",
                "script from https://cdn.test: no integrity attribute",
                None,
            ),
            (
                "<script src=http://cdn.test/a.js></script>",
                "script from http://cdn.test: no integrity attribute",
                Severity.HIGH,
            ),
            (
                "<script src=https://static.shop.test/a.js></script>",
                "script from https://static.shop.test: no integrity attribute",
                Severity.LOW,
            ),
            (
                "<link rel=stylesheet href=https://cdn.test/a.css>",
                "stylesheet from https://cdn.test: no integrity attribute",
                Severity.LOW,
            ),
            (
                "<script src=https://cdn.test/a.js integrity=md5-abc crossorigin></script>",
                "script from https://cdn.test: the integrity attribute names no hash that browsers know",
                None,
            ),
            (
                "<script src=https://cdn.test/a.js integrity=sha384-abc></script>",
                "script from https://cdn.test: integrity without crossorigin: browsers refuse to load it",
                None,
            ),
        ],
    )
    def test_what_is_not_pinned_is_told(self, body, summary, severity, judge):
        assert told(judge(body)) == [(summary, severity)]

    def test_scripts_of_one_host_are_one_finding(self, judge):
        (finding,) = findings(judge("".join(f"<script src=https://cdn.test/{n}.js></script>" for n in range(2))))
        assert finding.measured == "https://cdn.test/0.js | https://cdn.test/1.js"

    @pytest.mark.parametrize("more", [{"truncated": True}, {"undecoded": "zstd"}])
    def test_a_page_that_was_read_in_part_cannot_pass(self, more, judge):
        with pytest.raises(Unverified, match="in part only"):
            judge("<p>", **more)

    def test_what_the_part_shows_is_told_all_the_same(self, judge):
        assert len(findings(judge("<script src=https://cdn.test/a.js></script>", truncated=True))) == 1


class TestCookies:
    @pytest.fixture
    def judge(self, page, pages):
        def judged(*lines, url=URL, silent=()):
            set_by = Cookies(tuple((url, line) for line in lines))
            return list(headers.cookies(set_by, pages(page(), silent=silent), NOW))

        return judged

    @pytest.mark.parametrize(
        "line",
        [
            "sid=1; Secure; HttpOnly; SameSite=Lax",
            "__Host-sid=1; Path=/; Secure; HttpOnly; SameSite=Strict",
            "csrftoken=1; Secure; SameSite=Lax",
            "embed=1; Secure; HttpOnly; SameSite=None; Partitioned",
        ],
    )
    def test_a_careful_cookie_passes(self, line, judge):
        assert judge(line) == [Measure("cookies", 1)]

    @pytest.mark.parametrize(
        ("line", "summary", "severity"),
        [
            ("sid=1; HttpOnly; SameSite=Lax", "the cookie sid goes over plain HTTP too: no Secure", None),
            ("a=1; HttpOnly; SameSite=Lax", "the cookie a goes over plain HTTP too: no Secure", Severity.MEDIUM),
            ("auth_token=1; Secure; SameSite=Lax", "the cookie auth_token can be read by scripts: no HttpOnly", None),
            (
                "data=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln; Secure; SameSite=Lax",
                "the cookie data can be read by scripts: no HttpOnly",
                None,
            ),
            ("theme=1; Secure; SameSite=Lax", "the cookie theme can be read by scripts: no HttpOnly", Severity.LOW),
            (
                "sid=1; Secure; HttpOnly",
                "the cookie sid leaves to browsers which other sites' requests it goes with: no SameSite",
                Severity.MEDIUM,
            ),
            (
                "theme=1; Secure; HttpOnly; SameSite=Sometimes",
                "the cookie theme leaves to browsers which other sites' requests it goes with: no SameSite",
                Severity.LOW,
            ),
            (
                "sid=1; Secure; HttpOnly; SameSite=None",
                "the cookie sid goes along with every other site's requests: SameSite=None",
                Severity.LOW,
            ),
            (
                "__Host-sid=1; Secure; HttpOnly; SameSite=Lax",
                "browsers drop the cookie __Host-sid: the prefix __Host- needs Path=/",
                None,
            ),
            ("a=1; SameSite=None; HttpOnly", "browsers drop the cookie a: SameSite=None needs Secure", None),
            (
                "a=\x01",
                "browsers ignore a Set-Cookie line: it is empty, longer than 4096 bytes or holds control characters",
                Severity.MEDIUM,
            ),
        ],
    )
    def test_each_fault_is_named(self, line, summary, severity, judge):
        assert told(judge(line)) == [(summary, severity)]

    def test_a_cookie_is_judged_by_the_host_that_set_it(self, judge):
        assert judge("a=1; Secure; HttpOnly; SameSite=Lax; Domain=shop.test", url="https://www.shop.test/x")
        (summary, _) = told(judge("a=1; Domain=other.test"))[0]
        assert summary == "browsers drop the cookie a: its Domain other.test does not cover shop.test"

    def test_values_are_never_shown(self, judge):
        for finding in findings(judge("sid=hunter2; Path=/x; Domain=shop.test; SameSite=Lax; Partitioned; Secure")):
            assert "hunter2" not in repr(finding)
            assert finding.measured == "sid=…; Domain=shop.test; Path=/x; Secure; Partitioned; SameSite=Lax"

    def test_the_same_cookie_from_several_pages_is_one_finding(self, page, pages):
        lines = Cookies(tuple((f"{URL}{n}", "theme=1; Secure; SameSite=Lax") for n in range(2)))
        (finding,) = findings(headers.cookies(lines, pages(page()), NOW))
        assert finding.where == f"{URL}0, {URL}1"

    @pytest.mark.parametrize("lines", [(), ("sid=; Max-Age=0",), ("sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",)])
    def test_where_no_cookie_is_set_there_is_nothing_to_judge(self, lines, judge):
        with pytest.raises(NotApplicable, match="name the pages that do"):
            judge(*lines)

    @pytest.mark.parametrize("lines", [(), ("theme=1; Secure; SameSite=Lax",)])
    def test_a_silent_page_may_have_set_more(self, lines, judge):
        with pytest.raises(Unverified, match="/login did not answer"):
            judge(*lines, silent=[f"{URL}login"])


class TestCors:
    ORIGIN = "https://foreign.test"

    @pytest.fixture
    def judge(self, page):
        def answer(fields, method="GET"):
            if fields is None:
                return Silence(method, URL, Cause.BROKEN)
            return page(*(("Access-Control-Allow-" + name, value) for name, value in fields), method=method)

        def judged(simple=(), null=(), preflight=()):
            asked = CrossOrigin(self.ORIGIN, answer(simple), answer(null), answer(preflight, "OPTIONS"))
            return list(headers.cors(asked))

        return judged

    def test_a_site_that_shares_nothing_passes(self, judge):
        assert judge() == [Measure("readable_by_any_site", False)]

    def test_a_wildcard_for_public_answers_passes(self, judge):
        assert judge(simple=[("Origin", "*")], null=[("Origin", "*")]) == [Measure("readable_by_any_site", True)]

    def test_a_preflight_without_credentials_passes(self, judge):
        assert findings(judge(preflight=[("Origin", "*"), ("Methods", "*")])) == []
        assert findings(judge(preflight=[("Origin", self.ORIGIN), ("Methods", "PUT")])) == []

    def test_a_list_of_its_own_passes(self, judge):
        assert findings(judge(simple=[("Origin", "https://partner.test"), ("Credentials", "true")])) == []

    @pytest.mark.parametrize(
        ("answers", "summary", "severity"),
        [
            (
                {"simple": [("Origin", ORIGIN), ("Credentials", "true")]},
                "any site may read answers with the visitor's cookies",
                None,
            ),
            (
                {"null": [("Origin", "null"), ("Credentials", "true")]},
                "any sandboxed frame (origin null) may read answers with the visitor's cookies",
                None,
            ),
            (
                {"preflight": [("Origin", ORIGIN), ("Credentials", "true"), ("Methods", "PUT")]},
                "any site may send PUT requests with the visitor's cookies",
                None,
            ),
            (
                {"simple": [("Origin", ORIGIN)]},
                f"any site may read answers without cookies: {COPIED}",
                Severity.LOW,
            ),
            (
                {"null": [("Origin", "null")]},
                f"any sandboxed frame (origin null) may read answers without cookies: {COPIED}",
                Severity.LOW,
            ),
            (
                {"simple": [("Origin", "*"), ("Credentials", "true")]},
                "browsers refuse credentials with a wildcard",
                Severity.LOW,
            ),
            (
                {"simple": [("Origin", "https://a.test, https://b.test")]},
                "browsers refuse this Access-Control-Allow-Origin: it takes one origin or *",
                Severity.LOW,
            ),
            (
                {"simple": [("Origin", "https://*.shop.test")]},
                "browsers refuse this Access-Control-Allow-Origin: it takes one origin or *",
                Severity.LOW,
            ),
        ],
    )
    def test_each_fault_is_named(self, answers, summary, severity, judge):
        assert told(judge(**answers)) == [(summary, severity)]

    def test_a_reflection_is_found_where_the_preflight_is_refused(self, judge, page):
        reflecting = page(
            ("Access-Control-Allow-Origin", self.ORIGIN), ("Access-Control-Allow-Credentials", "true"), kind=None
        )
        refused = page(status=405, method="OPTIONS")
        judged = headers.cors(CrossOrigin(self.ORIGIN, reflecting, page(), refused))
        assert told(judged) == [("any site may read answers with the visitor's cookies", None)]

    @pytest.mark.parametrize("which", ["simple", "null", "preflight"])
    def test_a_request_without_an_answer_is_unverified(self, which, judge):
        with pytest.raises(Unverified, match="connection broken"):
            judge(**{which: None})

    def test_silence_does_not_hide_what_is_wrong(self, judge):
        assert len(findings(judge(simple=[("Origin", self.ORIGIN), ("Credentials", "true")], preflight=None))) == 1
