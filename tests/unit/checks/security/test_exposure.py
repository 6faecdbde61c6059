"""security/exposure, judged on plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pytest_readiness.checks.security.exposure import debug, files, says_whom_to_tell
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import Answer, Cause, Exchange, Exposed, Headers, Landing, Silence
from pytest_readiness.model.scales import Severity
from pytest_readiness.standards.pages.exposure import SIGNATURES

ORIGIN = "https://shop.test"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LANDING = Landing(Exchange("GET", f"{ORIGIN}/", 200))
START_PAGE = b"<!doctype html><title>Shop</title>API_KEY=1\n# HELP of the shop"


def answer(path: str, body: bytes = b"", status: int = 200, **fields: object) -> Exchange:
    kind = Headers((("Content-Type", "text/plain"),))
    return Exchange("GET", ORIGIN + path, status, kind, body, **fields)  # type: ignore[arg-type]


def exposed(*answers: Answer, control: Answer | None = None, **fields: object) -> Exposed:
    """Return a site that hides every path but these."""
    said = {one.url: one for one in answers}
    control = control or answer("/random", b"not found", 404)
    hidden = (answer(signature.path, b"not found", 404) for signature in SIGNATURES)
    nothing = Exposed(
        controls=(control, control),
        answers=tuple(said.get(one.url, one) for one in hidden),
        errors=(answer("/random.html", b"not found", 404),),
        source_maps=(),
        security_txt=answer("/.well-known/security.txt", b"", 404),
    )
    return replace(nothing, **fields)  # type: ignore[arg-type]


def findings(judgements: Iterable[Judgement]) -> list[tuple[str, Severity | None]]:
    return [(said.summary, said.severity) for said in judgements if isinstance(said, Finding)]


class TestFiles:
    def test_a_site_that_hides_everything_passes(self):
        assert list(files(exposed())) == [Measure("paths", len(SIGNATURES))]

    def test_what_is_served_is_named_and_not_quoted(self):
        body = b"SECRET_KEY=correcthorse\n"
        (finding,) = [said for said in files(exposed(answer("/.env", body))) if isinstance(said, Finding)]
        assert (finding.summary, finding.where, finding.severity, finding.measured) == (
            "an environment file is served",
            f"{ORIGIN}/.env",
            Severity.CRITICAL,
            "200, 24 bytes of text/plain",
        )
        assert "correcthorse" not in repr(finding)

    @pytest.mark.parametrize("status", [301, 401, 403, 404, 410, 416, 500])
    def test_a_refusal_is_no_leak_whatever_it_says(self, status: int):
        assert findings(files(exposed(answer("/.env", b"SECRET_KEY=x\n", status)))) == []

    def test_a_catch_all_page_is_no_file_and_no_excuse(self):
        catch_all = [answer(signature.path, START_PAGE) for signature in SIGNATURES]
        assert findings(files(exposed(*catch_all, control=answer("/random", START_PAGE)))) == []

    def test_content_that_random_paths_show_too_proves_nothing_either_way(self):
        echo = answer("/random", b"REQUEST_PATH=/random\n")
        with pytest.raises(Unverified, match="about 4 paths"):
            list(
                files(
                    exposed(
                        *(answer(f"/.env{end}", b"REQUEST_PATH=x\n") for end in ("", ".production", ".local", ".bak")),
                        control=echo,
                    )
                )
            )

    @pytest.mark.parametrize(
        "unseen",
        [
            Silence("GET", f"{ORIGIN}/.env", Cause.TIMED_OUT),
            answer("/.env", b"slow down", 429),
            answer("/.env", b"later", 503),
            answer("/.env", b"\x1b\x03", undecoded="br"),
        ],
    )
    def test_a_path_that_could_not_be_looked_at_is_unverified(self, unseen: Answer):
        with pytest.raises(Unverified, match=r"nothing is known about 1 paths \(/\.env\)"):
            list(files(exposed(unseen)))

    def test_a_path_that_nobody_asked_for_is_unverified(self):
        with pytest.raises(Unverified, match="was not asked for"):
            list(files(replace(exposed(), answers=())))

    def test_a_finding_outweighs_what_could_not_be_seen(self):
        found = files(exposed(answer("/.env", b"", 429), answer("/.git/HEAD", b"ref: refs/heads/main\n")))
        assert findings(found) == [("a Git repository is served", Severity.CRITICAL)]

    def test_a_source_map_is_known_by_its_content(self):
        maps = answer("/a.js.map", b'{"version":3,"sources":[]}'), answer("/b.js.map", START_PAGE)
        (finding,) = [said for said in files(exposed(source_maps=maps)) if isinstance(said, Finding)]
        assert finding.where == f"{ORIGIN}/a.js.map"

    def test_a_silent_source_map_is_unverified(self):
        with pytest.raises(Unverified, match=r"/a\.js\.map"):
            list(files(exposed(source_maps=(Silence("GET", f"{ORIGIN}/a.js.map", Cause.TIMED_OUT),))))


class TestDebug:
    def test_a_site_without_pages_for_insiders_passes(self):
        assert findings(debug(exposed(), LANDING)) == []

    @pytest.mark.parametrize(
        ("path", "body", "expected"),
        [
            (
                "/console",
                b"<title>Console // Werkzeug Debugger",
                ("the Werkzeug console, which runs code is served", Severity.CRITICAL),
            ),
            ("/actuator/env", b'{"propertySources":[]}', ("Spring's environment is served", Severity.HIGH)),
            ("/nginx_status", b"Active connections: 1 \n", ("nginx's status page is served", Severity.MEDIUM)),
            ("/uploads/", b"<title>Index of /uploads/</title>", ("a directory listing is served", Severity.MEDIUM)),
            ("/admin/", b"<title>Log in | Django site admin</title>", ("the Django admin is served", Severity.LOW)),
        ],
    )
    def test_each_page_for_insiders_is_named(self, path: str, body: bytes, expected: tuple[str, Severity]):
        assert findings(debug(exposed(answer(path, body)), LANDING)) == [expected]

    def test_an_error_page_with_a_trace_is_red_once(self):
        trace = b"Traceback (most recent call last):\n  File ..."
        errors = answer("/%00", trace, 400), answer("/x", trace, 500)
        assert findings(debug(exposed(errors=errors), LANDING)) == [
            ("an error page shows a Python traceback", Severity.HIGH)
        ]

    def test_a_url_that_lists_its_files_is_red(self):
        landing = Landing(answer("/", b"<h1>Directory listing for /</h1>"))
        assert findings(debug(exposed(), landing)) == [("the URL shows a directory listing", None)]

    def test_without_a_single_error_page_nothing_is_known(self):
        silent = Silence("GET", f"{ORIGIN}/x", Cause.BROKEN)
        with pytest.raises(Unverified, match="the error pages"):
            list(debug(exposed(control=silent, errors=(silent,)), LANDING))


class TestSecurityTxt:
    def judged(self, text: str, status: int = 200, kind: str = "text/plain; charset=utf-8") -> list[Judgement]:
        fields = Headers((("Content-Type", kind),))
        seen = Exchange("GET", f"{ORIGIN}/.well-known/security.txt", status, fields, text.encode())
        return list(says_whom_to_tell(exposed(security_txt=seen), NOW))

    def test_contact_and_a_date_ahead_pass(self):
        judged = self.judged("Contact: mailto:a@shop.test\nExpires: 2027-01-01T00:00:00Z\n")
        assert judged == [Measure("security_txt_days_left", 39)]

    @pytest.mark.parametrize(
        ("text", "summary"),
        [
            ("", "there is no security.txt"),
            ("Not found", "there is no security.txt"),
            ("Expires: 2027-01-01T00:00:00Z", "security.txt names no Contact"),
            ("Contact: mailto:a@shop.test", "security.txt has no Expires"),
            ("Contact: x\nExpires: 2027-01-01", "security.txt has an Expires that is no date"),
            ("Contact: x\nExpires: 2027-13-01T00:00:00Z", "security.txt has an Expires that is no date"),
            ("Contact: x\nExpires: 2026-01-01T00:00:00Z", "security.txt expired 325 days ago"),
            ("Contact: x\nExpires: 2026-11-22T13:00:00+01:00", "security.txt expired 0 days ago"),
            ("Contact: x\nExpires: 2028-01-01T00:00:00Z", "security.txt expires more than a year ahead"),
            (
                "Contact: x\nExpires: 2027-01-01T00:00:00Z\nExpires: 2027-01-02T00:00:00Z",
                "security.txt has Expires more than once",
            ),
        ],
    )
    def test_each_fault_is_named(self, text: str, summary: str):
        assert [name for name, _ in findings(self.judged(text))] == [summary]

    def test_a_start_page_in_its_place_is_none(self):
        judged = self.judged("<p>Contact: us</p>", kind="text/html")
        assert findings(judged) == [("there is no security.txt", None)]

    def test_another_media_type_is_red(self):
        judged = self.judged("Contact: x\nExpires: 2027-01-01T00:00:00Z", kind="application/octet-stream")
        assert findings(judged) == [("security.txt is not sent as text/plain", None)]

    def test_silence_is_unverified(self):
        silent = Silence("GET", f"{ORIGIN}/.well-known/security.txt", Cause.TIMED_OUT)
        with pytest.raises(Unverified, match="could not be read: timed out"):
            list(says_whom_to_tell(exposed(security_txt=silent), NOW))
