"""security/exposure against a real server: each leak seeded, and closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from served import PAGE, Site, html, look, summaries

from pytest_readiness.checks.security import exposure
from pytest_readiness.model.states import State
from pytest_readiness.standards.pages.exposure import SIGNATURES

TRACEBACK = 'Traceback (most recent call last):\n  File "/srv/shop/app.py", line 3, in view\nKeyError: 1\n'


def served(site: Site) -> str:
    """Return the locations that serve the document root, and 404 for the rest."""
    site.file("index.html", PAGE)
    return f"root {site.root};"


class TestFiles:
    def test_a_site_that_serves_its_pages_only_passes(self, site: Site):
        site.serve(served(site))
        assert look(exposure.files, site.target()).state is State.PASS

    @pytest.mark.parametrize(
        ("path", "content", "summary"),
        [
            (".git/HEAD", "ref: refs/heads/main\n", "a Git repository is served"),
            (".env", "# shop\nDATABASE_URL=postgresql://shop:hunter2@db/shop\n", "an environment file is served"),
            ("backup.sql", "-- PostgreSQL database dump\nCREATE TABLE users ();\n", "a database dump is served"),
            ("id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "a private key is served"),
        ],
    )
    def test_a_file_left_behind_is_red_until_it_is_gone(self, site: Site, path: str, content: str, summary: str):
        site.file(path, content)
        site.serve(served(site))
        judged = look(exposure.files, site.target())
        assert summaries(judged) == [summary]
        assert "hunter2" not in repr(judged.findings)

        (site.root / path).unlink()
        assert look(exposure.files, site.target()).state is State.PASS

    def test_a_source_map_beside_the_page_s_own_script_is_red(self, site: Site):
        site.serve(served(site))
        site.file("index.html", '<title>Shop</title><script src="/assets/app.js?v=3"></script>')
        site.file("assets/app.js.map", '{"version":3,"sources":["app.ts"],"sourcesContent":["secret()"],"mappings":""}')
        (finding,) = look(exposure.files, site.target()).findings
        assert finding.where == "https://shop.test/assets/app.js.map"

        (site.root / "assets/app.js.map").unlink()
        assert look(exposure.files, site.target()).state is State.PASS

    def test_a_single_page_app_that_answers_everything_hides_and_invents_nothing(self, site: Site):
        """Every path is 200 with the start page; the one file that is really there is found all the same."""
        site.serve(f"{served(site)} location / {{ try_files $uri /index.html; }}")
        assert look(exposure.files, site.target()).state is State.PASS
        assert look(exposure.debug, site.target()).state is State.PASS

        site.file(".env", "SECRET_KEY=abcdefgh\n")
        assert summaries(look(exposure.files, site.target())) == ["an environment file is served"]

    def test_a_rate_limit_that_hides_the_answers_is_unverified(self, site: Site):
        site.serve(f"{served(site)} location ~ /\\. {{ return 429; }}")
        assert look(exposure.files, site.target()).state is State.UNVERIFIED


class TestDebug:
    def test_a_directory_listing_is_red_until_it_is_off(self, site: Site):
        site.file("static/app.css", "")
        site.serve(f"{served(site)} autoindex on;")
        assert summaries(look(exposure.debug, site.target())) == ["a directory listing is served"]

        site.serve(f"{served(site)} autoindex off;")
        assert look(exposure.debug, site.target()).state is State.PASS

    def test_an_open_status_page_is_red_until_it_is_closed(self, site: Site):
        site.serve(f"{served(site)} location = /nginx_status {{ stub_status; }}")
        assert summaries(look(exposure.debug, site.target())) == ["nginx's status page is served"]

        site.serve(f"{served(site)} location = /nginx_status {{ stub_status; deny all; }}")
        assert look(exposure.debug, site.target()).state is State.PASS

    def test_a_stack_trace_on_the_error_page_is_red(self, site: Site):
        site.file("error.html", f"<pre>{TRACEBACK}</pre>")
        site.serve(f"{served(site)} error_page 404 /error.html;")
        judged = look(exposure.debug, site.target())
        assert summaries(judged) == ["an error page shows a Python traceback"]

        site.file("error.html", "<p>Not found</p>")
        assert look(exposure.debug, site.target()).state is State.PASS

    def test_metrics_are_for_insiders(self, site: Site):
        site.file("metrics", "# HELP http_requests_total Requests\n# TYPE http_requests_total counter\n")
        site.serve(served(site))
        assert summaries(look(exposure.debug, site.target())) == ["Prometheus metrics is served"]


class TestSecurityTxt:
    def text(self, days: float) -> str:
        expires = datetime.now(UTC) + timedelta(days=days)
        return f"Contact: mailto:security@shop.test\nExpires: {expires:%Y-%m-%dT%H:%M:%SZ}\n"

    def test_it_is_missing_expired_then_right(self, site: Site):
        site.serve(served(site))
        check = exposure.says_whom_to_tell
        assert summaries(look(check, site.target())) == ["there is no security.txt"]

        site.file(".well-known/security.txt", self.text(-3.5))
        assert summaries(look(check, site.target())) == ["security.txt expired 3 days ago"]

        site.file(".well-known/security.txt", self.text(90))
        assert look(check, site.target()).state is State.PASS

    def test_one_kept_by_another_host_is_unverified(self, site: Site):
        site.serve(
            f"{html(PAGE)} location = /.well-known/security.txt {{ return 302 https://example.org/security.txt; }}"
        )
        assert look(exposure.says_whom_to_tell, site.target()).state is State.UNVERIFIED


def test_no_path_is_asked_for_more_than_4_kib_and_none_but_by_get(site: Site):
    site.file("backup.zip", b"PK\x03\x04" + bytes(1_000_000))
    site.serve(served(site))
    (finding,) = look(exposure.files, site.target()).findings
    assert finding.measured == "206, 4096 bytes of application/octet-stream"
    asked = len(SIGNATURES) + 9  # the landing page, 2 controls, 5 for error pages, security.txt
    # nginx logs a request whose path it refuses to read (the malformed ones) as a dash.
    assert {line.split()[0] for line in site.nginx.requests(at_least=asked)} - {"-"} == {"GET"}
