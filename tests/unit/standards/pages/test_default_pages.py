"""Default pages are known by several of their sentences, never by one word."""

from __future__ import annotations

import pytest

from pytest_readiness.standards.pages.default_pages import recognise

NGINX = """<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and working.</p></body></html>"""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (NGINX, "nginx's welcome page"),
        ("<html><body><h1>It works!</h1></body></html>\n", "Apache's default page"),
        ("<title>Apache2 Debian Default Page: It works</title>", "Apache's default page"),
        ('<title>IIS Windows Server</title><img src="iisstart.png">', "the welcome page of IIS"),
        (
            "<title>The install worked successfully! Congratulations!</title> because DEBUG=True is in your settings",
            "Django's welcome page",
        ),
        ('<title>Vite + React</title><div id="root"></div>', "the starter page of Vite"),
        (
            "<h1>Whitelabel Error Page</h1>This application has no explicit mapping for /error",
            "Spring Boot's error page",
        ),
        (
            "<strong>There isn't a GitHub Pages site here.</strong>",
            "the page of GitHub Pages for a site that is not there",
        ),
        ("<Error><Code>NoSuchBucket</Code></Error>", "Amazon S3's answer for a bucket that is not there"),
        ("<title>shop.test is for sale</title><a>Buy now</a>", "a page that offers the domain for sale"),
        ("default backend - 404", "the ingress controller's default backend"),
    ],
)
def test_each_is_recognised(text: str, what: str):
    page = recognise(text)
    assert page is not None
    assert page.what == what


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<title>Shop</title><p>We run on nginx, Apache, Django and Laravel. It works!</p>",
        "<title>Welcome to nginx! A tutorial</title><p>How to replace the welcome page</p>",
        "<title>Houses for sale</title><p>Buy a house</p>",
        "<title>Laravel</title><p>A course</p>",
        "<title>React App</title><div id=root></div>",
        '{"status":404,"error":"Not Found"}',
    ],
)
def test_a_page_that_shares_a_word_is_none(text: str):
    assert recognise(text) is None
