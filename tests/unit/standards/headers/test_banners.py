"""Software that is named with its version is found; a name alone is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.model.http import Exchange, Headers
from pytest_readiness.standards.headers.banners import Banner, in_answer, in_headers


def answer(body="", status=200, *lines):
    return Exchange(
        "GET", "https://shop.test/", status, Headers((("Content-Type", "text/html"), *lines)), body.encode()
    )


class TestHeaders:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("Server", "nginx/1.22.1"),
            ("server", "Apache/2.4.57 (Debian) OpenSSL/3.0.11"),
            ("Server", "Apache/2"),
            ("Server", "Microsoft-IIS/10.0"),
            ("Server", "Werkzeug/3.0.1 Python/3.11.2"),
            ("Server", "gvs 1.0"),
            ("X-Powered-By", "PHP/8.1.2-1ubuntu2.14"),
            ("X-AspNet-Version", "4.0.30319"),
            ("X-Generator", "Drupal 10 (https://www.drupal.org)"),
            ("Via", "1.1 varnish (Varnish/7.1)"),
        ],
    )
    def test_a_version_is_a_banner(self, name, value):
        assert [banner.text for banner in in_headers(Headers(((name, value),)))] == [value]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *(("Server", value) for value in ("nginx", "cloudflare", "AmazonS3", "ECS (dcb/7EEB)", "")),
            ("Server", "Apache (Debian)"),
            ("X-Powered-By", "Express"),
            ("Via", "1.1 google"),
            ("Via", "1.1 varnish, HTTP/2 abc.cloudfront.net (CloudFront)"),
            ("X-Request-Id", "nginx/1.22.1"),
        ],
    )
    def test_a_name_alone_is_none(self, name, value):
        assert list(in_headers(Headers(((name, value),)))) == []

    @pytest.mark.parametrize("unit", ["a", "a/", "a 1 ", "1.1 a,"])
    def test_a_long_field_takes_linear_time(self, unit):
        list(in_headers(Headers((("Server", unit * 50_000), ("Via", unit * 50_000)))))


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "text"),
        [
            ("<hr><center>nginx/1.22.1</center>", "nginx/1.22.1"),
            ("<address>Apache/2.4.57 (Debian) Server at shop.test Port 443</address>", "Apache/2.4.57"),
            ("<h3>Apache Tomcat/9.0.1</h3>", "Apache Tomcat/9.0.1"),
            ("Powered by Jetty:// 9.4.44", "Jetty:// 9.4.44"),
            ("nginx", None),
        ],
    )
    def test_an_error_page_may_be_signed(self, body, text):
        assert [banner.text for banner in in_answer(answer(body, 404))] == ([text] if text else [])

    def test_a_page_that_is_no_error_may_speak_of_software(self):
        assert list(in_answer(answer("we run nginx/1.22.1"))) == []

    def test_a_generator_tells_its_version(self):
        page = answer('<meta name="Generator" content="WordPress 6.4.1"><meta name=generator content=Hugo>')
        assert list(in_answer(page)) == [Banner("meta generator", "WordPress 6.4.1")]

    @given(st.text(), st.text())
    def test_nothing_raises(self, value, body):
        list(
            in_answer(
                Exchange("GET", "x", 500, Headers((("Server", value), ("Via", value))), body.encode("utf-8", "replace"))
            )
        )
