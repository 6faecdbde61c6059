"""security/https-enforced against a real server: each fault seeded, and mended."""

from __future__ import annotations

import socket

import pytest
from served import HOST, PAGE, Site, html, look, summaries
from speaking import Speaker

from pytest_readiness.checks.security import https_enforced
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.states import State


def plain(site: Site, answer: str, locations: str = html(PAGE)):
    """Judge the site with this answer on port 80."""
    site.serve(locations, site.plain_server(answer))
    return look(https_enforced.plain_http_redirects, site.target())


class TestPlainHttpRedirects:
    def test_a_redirect_to_https_on_the_same_host_passes(self, site: Site):
        judged = plain(site, "return 301 https://$host$request_uri;")
        assert (judged.state, dict(judged.measured)) == (State.PASS, {"https_status": 200, "plain_http_status": 301})

    def test_a_closed_port_passes(self, site: Site):
        site.serve(html(PAGE))
        judged = look(https_enforced.plain_http_redirects, site.target())
        assert (judged.state, judged.measured["plain_http_status"]) == (State.PASS, "closed")

    @pytest.mark.parametrize(
        ("answer", "summary", "severity"),
        [
            (
                "return 200 hello;",
                "plain HTTP answers 200 in place of a redirect to HTTPS",
                Severity.CRITICAL,
            ),
            (
                "return 301 https://www.shop.test$request_uri;",
                "plain HTTP redirects to another host, www.shop.test, before HTTPS on its own",
                Severity.HIGH,
            ),
            ("return 302 http://$host/start;", "plain HTTP redirects to plain HTTP", Severity.CRITICAL),
            ("return 302 http://www.shop.test/;", "plain HTTP redirects to plain HTTP", Severity.CRITICAL),
            ("return 404;", "plain HTTP answers 404 in place of a redirect to HTTPS", Severity.MEDIUM),
            (
                "return 444;",  # nginx closes the connection without an answer
                "port 80 accepts connections but gives no answer that a browser can follow",
                Severity.MEDIUM,
            ),
        ],
    )
    def test_anything_else_is_red_for_its_own_cause(self, site: Site, answer: str, summary: str, severity: Severity):
        judged = plain(site, answer)
        assert [(f.summary, f.severity) for f in judged.findings] == [(summary, severity)]

    def test_a_way_that_leads_back_to_plain_http_is_red(self, site: Site):
        back = f"location = / {{ return 302 http://{HOST}/plain; }} location / {{ return 200 hello; }}"
        site.serve(back, site.plain_server("if ($uri = /plain) { return 200 hello; } return 301 https://$host/;"))
        judged = look(https_enforced.plain_http_redirects, site.target())
        assert summaries(judged) == ["the way from plain HTTP leads back to plain HTTP"]

    def test_a_redirect_to_an_https_port_that_nobody_serves_is_red(self, site: Site):
        with socket.socket() as unheard:  # bound and not listening: connections are refused
            unheard.bind(("127.0.0.1", 0))
            port = unheard.getsockname()[1]
            site.serve(html(PAGE), site.plain_server(f"return 301 https://$host:{port}/;"))
            routes = {**site.target().resolve, f"{HOST}:{port}": f"127.0.0.1:{port}"}
            judged = look(https_enforced.plain_http_redirects, site.target(resolve=routes))
        assert summaries(judged) == ["plain HTTP redirects to a URL that does not answer: refused"]

    def test_a_port_that_listens_and_says_nothing_sensible_is_red(self, site: Site):
        site.serve(html(PAGE))
        with Speaker(None) as mumbler:
            mumbler.raw = b"220 mail.shop.test ESMTP\r\n"
            routes = {**site.target().resolve, f"{HOST}:80": f"127.0.0.1:{mumbler.port}"}
            judged = look(https_enforced.plain_http_redirects, site.target(resolve=routes))
        assert summaries(judged) == ["port 80 accepts connections but gives no answer that a browser can follow"]

    def test_a_candidate_whose_port_80_nobody_named_is_unverified(self, site: Site):
        """Else the port 80 of whatever DNS points to would prove something about the candidate."""
        site.serve(html(PAGE))
        target = site.target(resolve={f"{HOST}:443": f"127.0.0.1:{site.https}"})
        judged = look(https_enforced.plain_http_redirects, target)
        assert (judged.state, judged.fix) == (State.UNVERIFIED, 'resolve = { "shop.test:80" = "address:port" }')


class TestNoMixedContent:
    def test_a_script_over_plain_http_is_red_until_it_is_not(self, site: Site):
        site.serve(html('<title>Shop</title><script src="http://cdn.example/a.js"></script>'))
        judged = look(https_enforced.no_mixed_content, site.target())
        assert summaries(judged)[0] == "script over plain HTTP: http://cdn.example/a.js"
        assert {f.severity for f in judged.findings} == {Severity.HIGH}

        site.serve(html('<title>Shop</title><script src="//cdn.example/a.js"></script>'))
        assert look(https_enforced.no_mixed_content, site.target()).state is State.PASS

    def test_the_error_page_is_looked_at_too(self, site: Site):
        site.file("404.html", '<title>Not found</title><form action="http://shop.test/search"></form>')
        page = f"location = / {{ default_type text/html; return 200 '{PAGE}'; }}"
        site.serve(f"root {site.root}; error_page 404 /404.html; {page} location = /404.html {{ internal; }}")
        judged = look(https_enforced.no_mixed_content, site.target())
        assert summaries(judged) == ["form over plain HTTP: http://shop.test/search"]

    def test_a_configured_page_that_is_not_there_is_unverified(self, site: Site):
        site.serve(f"location = / {{ default_type text/html; return 200 '{PAGE}'; }} location / {{ return 404; }}")
        judged = look(https_enforced.no_mixed_content, site.target(pages=("/login",)))
        assert (judged.state, judged.reason) == (
            State.UNVERIFIED,
            "not every page could be looked at: https://shop.test/login answers 404",
        )
