"""security/https-enforced, judged on plain data."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pytest_readiness.checks.security.https_enforced import no_mixed_content, plain_http_redirects
from pytest_readiness.model.exceptions import NotApplicable, Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Answer, Cause, Exchange, Headers, Landing, Pages, PlainHttp, Silence
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Target

HTTPS, HTTP = "https://shop.test/", "http://shop.test/"
TARGET = Target("prod", HTTPS)
LANDING = Landing(Exchange("GET", HTTPS, 200))


def redirect(to: str, url: str = HTTP, status: int = 301) -> Exchange:
    return Exchange("GET", url, status, Headers((("Location", to),)))


def silence(cause: Cause, url: str = HTTP) -> Silence:
    return Silence("GET", url, cause)


def page(body: str, url: str = HTTPS, status: int = 200, **fields: object) -> Exchange:
    return Exchange("GET", url, status, Headers((("Content-Type", "text/html"),)), body.encode(), **fields)  # type: ignore[arg-type]


def findings(judgements: Iterable[Judgement]) -> list[tuple[str, Severity | None]]:
    return [(said.summary, said.severity) for said in judgements if isinstance(said, Finding)]


def measures(judgements: Iterable[Judgement]) -> dict[str, object]:
    return {said.name: said.value for said in judgements if isinstance(said, Measure)}


class TestPlainHttpRedirects:
    def judged(self, *hops: Answer, accepts: bool | None = None, url: str = HTTPS) -> list[Judgement]:
        return list(plain_http_redirects(PlainHttp(hops, accepts), LANDING, Target("prod", url)))

    @pytest.mark.parametrize("to", ["https://shop.test/", "HTTPS://SHOP.test:443/x", "https://shop.test:8443/"])
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_https_on_the_same_host_passes(self, to: str, status: int):
        judged = self.judged(redirect(to, status=status), Exchange("GET", to, 200))
        assert (findings(judged), measures(judged)) == ([], {"https_status": 200, "plain_http_status": status})

    @pytest.mark.parametrize(
        ("first", "accepts"),
        [
            (silence(Cause.REFUSED), None),
            (silence(Cause.TIMED_OUT), False),  # a packet filter that drops
            (silence(Cause.UNREACHABLE), False),  # a packet filter that rejects
        ],
    )
    def test_a_closed_port_passes_since_the_same_host_answers_over_https(self, first: Silence, accepts: bool | None):
        judged = self.judged(first, accepts=accepts)
        assert (findings(judged), measures(judged)["plain_http_status"]) == ([], "closed")

    @pytest.mark.parametrize("cause", [Cause.TIMED_OUT, Cause.BROKEN, Cause.PROTOCOL])
    def test_an_open_port_without_an_answer_is_red(self, cause: Cause):
        summary = "port 80 accepts connections but gives no answer that a browser can follow"
        assert findings(self.judged(silence(cause), accepts=True)) == [(summary, Severity.MEDIUM)]

    def test_a_name_that_does_not_resolve_is_unverified(self):
        with pytest.raises(Unverified):
            self.judged(silence(Cause.UNRESOLVED))

    @pytest.mark.parametrize(
        ("first", "summary", "severity"),
        [
            (Exchange("GET", HTTP, 200), "plain HTTP answers 200 in place of a redirect to HTTPS", None),
            (Exchange("GET", HTTP, 304), "plain HTTP answers 304 in place of a redirect to HTTPS", None),
            (Exchange("GET", HTTP, 301), "plain HTTP answers 301 in place of a redirect to HTTPS", None),
            (redirect("mailto:shop@shop.test"), "plain HTTP answers 301 in place of a redirect to HTTPS", None),
            (redirect("https://["), "plain HTTP answers 301 in place of a redirect to HTTPS", None),
            (
                Exchange("GET", HTTP, 503),
                "plain HTTP answers 503 in place of a redirect to HTTPS",
                Severity.MEDIUM,
            ),
            (redirect("/start"), "plain HTTP redirects to plain HTTP", None),
            (redirect("//www.shop.test/"), "plain HTTP redirects to plain HTTP", None),
            (
                redirect("https://www.shop.test/"),
                "plain HTTP redirects to another host, www.shop.test, before HTTPS on its own",
                Severity.HIGH,
            ),
            (
                redirect("https://shop.test.evil.example/"),
                "plain HTTP redirects to another host, shop.test.evil.example, before HTTPS on its own",
                Severity.HIGH,
            ),
        ],
    )
    def test_any_other_first_hop_is_red_for_its_cause(self, first: Exchange, summary: str, severity: Severity | None):
        assert findings(self.judged(first)) == [(summary, severity)]

    def test_a_later_hop_back_to_plain_http_is_red(self):
        hops = redirect(HTTPS), redirect(HTTP + "x", url=HTTPS), Exchange("GET", HTTP + "x", 200)
        assert findings(self.judged(*hops)) == [("the way from plain HTTP leads back to plain HTTP", None)]

    def test_a_later_hop_to_another_host_is_fine(self):
        assert findings(self.judged(redirect(HTTPS), redirect("https://www.shop.test/", url=HTTPS))) == []

    def test_an_https_side_that_does_not_answer_is_red(self):
        hops = redirect(HTTPS), silence(Cause.CERTIFICATE, HTTPS)
        summary = "plain HTTP redirects to a URL that does not answer: certificate refused"
        assert findings(self.judged(*hops)) == [(summary, None)]

    def test_a_loop_is_red(self):
        hops = redirect(HTTPS), redirect(HTTPS + "a", url=HTTPS), redirect(HTTPS, url=HTTPS + "a")
        assert findings(self.judged(*hops)) == [("the way from plain HTTP does not end: 3 redirects", Severity.HIGH)]

    def test_a_service_whose_own_url_is_plain_http_is_red(self):
        assert findings(self.judged(Exchange("GET", HTTP, 200), url=HTTP)) == [
            ("the service's own URL is plain HTTP", None)
        ]


class TestNoMixedContent:
    def judged(self, *pages: Exchange, silent: tuple[Silence, ...] = ()) -> list[Judgement]:
        return list(no_mixed_content(Pages(pages, silent)))

    def test_https_relative_and_data_urls_are_fine(self):
        body = (
            '<script src="https://cdn.example/a.js"></script><img src="/a.png"><img src="data:image/png;base64,AA=="> \
        <a href="http://example.org/">a link is no load</a>'
        )
        judged = self.judged(page(body), page("", status=404))
        assert (findings(judged), measures(judged)) == ([], {"pages": 2})

    @pytest.mark.parametrize(
        ("body", "summary", "severity"),
        [
            ('<script src="http://x.example/a.js?t=1">', "script over plain HTTP: http://x.example/a.js", None),
            ('<link rel=stylesheet href="HTTP://x.example/a">', "stylesheet over plain HTTP: http://x.example/a", None),
            ('<iframe src="http://x.example/">', "frame over plain HTTP: http://x.example/", None),
            ('<form action="http://shop.test/login">', "form over plain HTTP: http://shop.test/login", None),
            ('<img src="http://x.example/a.png">', "image over plain HTTP: http://x.example/a.png", Severity.LOW),
            ('<base href="http://x.example/"><script src=a.js>', "script over plain HTTP: http://x.example/a.js", None),
        ],
    )
    def test_what_comes_over_plain_http_is_red(self, body: str, summary: str, severity: Severity | None):
        assert findings(self.judged(page(body), page("", status=404))) == [(summary, severity)]

    def test_a_page_that_has_browsers_upgrade_its_loads_is_fine(self):
        upgrading = '<meta http-equiv=Content-Security-Policy content="upgrade-insecure-requests">'
        assert findings(self.judged(page(upgrading + '<script src="http://x.example/">'), page("", status=404))) == []

    def test_the_same_load_is_said_once_a_page(self):
        body = '<img src="http://x.example/a.png">' * 3
        assert len(findings(self.judged(page(body), page("", status=404)))) == 1

    def test_a_silent_page_is_unverified(self):
        with pytest.raises(Unverified, match="/login: timed out"):
            self.judged(page(""), page("", status=404), silent=(silence(Cause.TIMED_OUT, HTTPS + "login"),))

    def test_a_page_read_in_part_is_unverified(self):
        with pytest.raises(Unverified, match="only be read in part"):
            self.judged(page("", truncated=True), page("", status=404))

    def test_a_page_that_answers_an_error_is_unverified_but_the_error_page_is_meant_to(self):
        with pytest.raises(Unverified, match="answers 500"):
            self.judged(page("", status=500), page("", status=404))

    def test_a_page_that_leads_to_another_host_is_unverified_although_its_body_is_html(self):
        fields = Headers((("Content-Type", "text/html"), ("Location", "https://www.shop.test/")))
        with pytest.raises(Unverified, match="only redirects, to https://www"):
            self.judged(Exchange("GET", HTTPS, 301, fields, b"<title>Moved</title>"), page("", status=404))

    def test_a_finding_outweighs_what_could_not_be_seen(self):
        found = self.judged(page('<script src="http://x.example/">'), page("", truncated=True))
        assert len(findings(found)) == 1

    def test_an_api_without_html_is_not_concerned(self):
        with pytest.raises(NotApplicable):
            self.judged(Exchange("GET", HTTPS, 200, Headers((("Content-Type", "application/json"),)), b"{}"))
