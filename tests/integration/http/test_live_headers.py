"""security/security-headers against a real server: for each check a field at fault, and the mended one."""

from __future__ import annotations

import pytest
from served import Site, look, summaries

from pytest_readiness.checks.security import headers
from pytest_readiness.model.checks import Check
from pytest_readiness.model.states import State

POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " script-src 'self'"
)
GOOD = {
    "Strict-Transport-Security": ["max-age=31536000; includeSubDomains"],
    "Content-Security-Policy": [POLICY],
    "X-Content-Type-Options": ["nosniff"],
    "X-Frame-Options": ["DENY"],
    "Referrer-Policy": ["strict-origin-when-cross-origin"],
    "Permissions-Policy": ["camera=(), microphone=(), geolocation=()"],
    "Set-Cookie": ["__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax"],
    "Cross-Origin-Opener-Policy": ["same-origin"],
}
PAGE = "<!doctype html><title>Shop</title>"
HASH = f"sha384-{'A' * 64}"

CHECKS = [value for value in vars(headers).values() if isinstance(value, Check)]


def serve(site: Site, fields: dict[str, list[str]], page: str = PAGE, directives: str = "server_tokens off;") -> None:
    """Serve the page with these field lines on every answer, error pages included."""
    lines = [f'add_header {name} "{value}" always;' for name, values in fields.items() for value in values]
    site.serve(
        f"location = / {{ default_type text/html; return 200 '{page}'; }} location / {{ return 404; }}",
        directives=directives + "\n".join(lines),
    )


def without_policy(**more: list[str]) -> dict[str, list[str]]:
    return {"Content-Security-Policy": []} | {name.replace("_", "-"): values for name, values in more.items()}


FAULTS: list[tuple[Check[...], dict[str, list[str]], str]] = [
    (headers.hsts, {"Strict-Transport-Security": []}, "no Strict-Transport-Security"),
    (
        headers.hsts,
        {"Strict-Transport-Security": ["max-age=0"]},
        "max-age=0 makes browsers forget that the host wants HTTPS",
    ),
    (
        headers.hsts,
        {"Strict-Transport-Security": ["max-age=31536000s; includeSubDomains"]},
        "browsers ignore the Strict-Transport-Security field",
    ),
    (
        headers.hsts,
        {"Strict-Transport-Security": ["max-age=300; includeSubDomains"]},
        "remembered for 300 seconds, wanted 180 days",
    ),
    (
        headers.hsts,
        {"Strict-Transport-Security": ["max-age=31536000"]},
        "names below the host are left out: no includeSubDomains",
    ),
    (headers.content_security_policy, without_policy(), "no Content-Security-Policy"),
    (
        headers.content_security_policy,
        {"Content-Security-Policy": [f"{POLICY} 'unsafe-inline'"]},
        "inline scripts run",
    ),
    (headers.content_security_policy, {"Content-Security-Policy": [f"{POLICY} *"]}, "scripts load from anywhere"),
    (
        headers.content_security_policy,
        without_policy(Content_Security_Policy_Report_Only=[POLICY]),
        "Content-Security-Policy-Report-Only only reports",
    ),
    (headers.content_type_options, {"X-Content-Type-Options": []}, "no X-Content-Type-Options"),
    (
        headers.content_type_options,
        {"X-Content-Type-Options": ["no-sniff"]},
        "browsers ignore the X-Content-Type-Options field: its first value is not nosniff",
    ),
    (
        headers.framing,
        without_policy(X_Frame_Options=[]),
        "any site may frame the page: neither frame-ancestors nor X-Frame-Options",
    ),
    (
        headers.framing,
        without_policy(X_Frame_Options=["ALLOW-FROM https://a.example"]),
        "any site may frame the page: browsers ignore this X-Frame-Options",
    ),
    (
        headers.framing,
        {"Content-Security-Policy": ["frame-ancestors *"]},
        "any site may frame the page: frame-ancestors lets anybody in, and switches X-Frame-Options off",
    ),
    (
        headers.referrer_policy,
        {"Referrer-Policy": ["unsafe-url"]},
        "unsafe-url tells other sites the whole address that visitors come from",
    ),
    (headers.permissions_policy, {"Permissions-Policy": []}, "no Permissions-Policy"),
    (
        headers.permissions_policy,
        {"Permissions-Policy": ["geolocation 'none'"]},
        "a syntax error makes browsers ignore the whole Permissions-Policy",
    ),
    (
        headers.cookies,
        {"Set-Cookie": ["session=abc; Path=/; HttpOnly; SameSite=Lax"]},
        "the cookie session goes over plain HTTP too: no Secure",
    ),
    (
        headers.cookies,
        {"Set-Cookie": ["session=abc; Path=/; Secure; SameSite=Lax"]},
        "the cookie session can be read by scripts: no HttpOnly",
    ),
    (
        headers.cookies,
        {"Set-Cookie": ["__Host-session=abc; Secure; HttpOnly; SameSite=Lax"]},
        "browsers drop the cookie __Host-session: the prefix __Host- needs Path=/",
    ),
    (
        headers.cors,
        {"Access-Control-Allow-Origin": ["$http_origin"], "Access-Control-Allow-Credentials": ["true"]},
        "any site may read answers with the visitor's cookies",
    ),
    (
        headers.cors,
        {"Access-Control-Allow-Origin": ["null"], "Access-Control-Allow-Credentials": ["true"]},
        "any sandboxed frame (origin null) may read answers with the visitor's cookies",
    ),
    (
        headers.cross_origin_isolation,
        {"Cross-Origin-Opener-Policy": []},
        "no Cross-Origin-Opener-Policy: a site that opens the page keeps hold of its window",
    ),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_site_that_sends_what_browsers_want_passes(site: Site, check: Check[...]):
    serve(site, GOOD)
    judged = look(check, site.target())
    assert (judged.state, judged.findings) == (State.PASS, ())


@pytest.mark.parametrize(("check", "fault", "summary"), FAULTS)
def test_a_field_at_fault_is_red_for_its_own_cause(
    site: Site, check: Check[...], fault: dict[str, list[str]], summary: str
):
    serve(site, GOOD | fault)
    judged = look(check, site.target())
    assert (judged.state, summaries(judged)[0]) == (State.FAIL, summary)


def test_a_script_of_another_site_is_red_until_it_is_pinned(site: Site):
    serve(site, GOOD, f'{PAGE}<script src="https://cdn.example/a.js"></script>')
    judged = look(headers.subresource_integrity, site.target())
    assert summaries(judged) == ["script from https://cdn.example: no integrity attribute"]

    pinned = f'integrity="{HASH}" crossorigin="anonymous"'
    serve(site, GOOD, f'{PAGE}<script src="https://cdn.example/a.js" {pinned}></script>')
    assert look(headers.subresource_integrity, site.target()).state is State.PASS


def test_a_server_that_tells_its_version_is_red_until_it_keeps_it(site: Site):
    serve(site, GOOD, directives="server_tokens on;")
    told = summaries(look(headers.no_version_banners, site.target()))
    assert [summary.partition(": nginx/")[0] for summary in told] == [
        "Server names software with its version",
        "page names software with its version",
    ]

    serve(site, GOOD, directives="server_tokens off;")
    assert look(headers.no_version_banners, site.target()).state is State.PASS


def test_a_fault_on_the_error_page_alone_is_red(site: Site):
    """nginx drops inherited add_header lines in a location that has its own: the classic way to lose them."""
    lines = "".join(f'add_header {name} "{value}" always;' for name, values in GOOD.items() for value in values)
    home = f"location = / {{ default_type text/html; return 200 '{PAGE}'; }}"
    site.serve(f"{home} location / {{ add_header X-Shop 1 always; return 404; }}", directives=lines)
    (finding,) = look(headers.content_type_options, site.target()).findings
    assert finding.summary == "no X-Content-Type-Options"
    assert finding.where != "https://shop.test/"


def test_every_check_of_the_item_is_made_red_here():
    elsewhere = {"subresource-integrity", "no-version-banners"}
    assert {check.name for check in CHECKS} == {check.name for check, *_ in FAULTS} | elsewhere
