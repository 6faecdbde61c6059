"""Referrer-Policy, Permissions-Policy and the isolation policies are read as in browsers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.headers import cross_origin_isolation as isolation
from pytest_readiness.standards.headers import referrer_policy
from pytest_readiness.standards.headers.permissions_policy import Allowlist, parse
from pytest_readiness.standards.pages import html


class TestReferrerPolicy:
    @pytest.mark.parametrize(
        ("lines", "policy"),
        [
            (["no-referrer"], "no-referrer"),
            (["NO-REFERRER"], "no-referrer"),
            (["no-referrer, strict-origin-when-cross-origin"], "strict-origin-when-cross-origin"),
            (["unsafe-url", "same-origin"], "same-origin"),
            (["same-origin, future-word"], "same-origin"),
            (["same-origin,"], "same-origin"),
            (["nonsense"], None),
            (["never"], None),
            (["same-origin unsafe-url"], None),
            ([""], None),
            ([], None),
        ],
    )
    def test_the_last_known_word_of_the_header_counts(self, lines, policy):
        assert referrer_policy.from_header(lines) == policy

    @pytest.mark.parametrize(
        ("text", "policy"),
        [
            ("<meta name=referrer content=no-referrer>", "no-referrer"),
            ("<meta name=REFERRER content=' Origin '>", "origin"),
            ("<meta name=referrer content=never>", "no-referrer"),
            ("<meta name=referrer content=always>", "unsafe-url"),
            ("<meta name=referrer content=origin-when-crossorigin>", "origin-when-cross-origin"),
            ("<meta name=referrer content=origin><meta name=referrer content=same-origin>", "same-origin"),
            ("<meta name=referrer content=origin><meta name=referrer content=nonsense>", "origin"),
            ("<meta name=referrer content='origin, same-origin'>", None),
            ("<meta name=referrer>", None),
        ],
    )
    def test_a_document_says_it_in_a_meta_element(self, text, policy):
        assert referrer_policy.from_document(html.parse(text)) == policy

    def test_the_document_wins(self):
        document = html.parse("<meta name=referrer content=unsafe-url>")
        assert referrer_policy.effective(["no-referrer"], document) == "unsafe-url"
        assert referrer_policy.effective(["no-referrer"], html.parse("")) == "no-referrer"
        assert referrer_policy.effective([], None) is None


class TestPermissionsPolicy:
    @pytest.mark.parametrize(
        ("lines", "policy"),
        [
            (["camera=()"], {"camera": Allowlist()}),
            (["camera=*"], {"camera": Allowlist(everybody=True)}),
            (["camera=(self *)"], {"camera": Allowlist(everybody=True, self=True)}),
            (["camera=self"], {"camera": Allowlist(self=True)}),
            (['camera=(self "https://a.test")'], {"camera": Allowlist(self=True, origins=("https://a.test",))}),
            (["camera=(https://a.test)"], {"camera": Allowlist(ignored=("https://a.test",))}),
            (["camera=(none 1)"], {"camera": Allowlist(ignored=("none", "1"))}),
            (["camera"], {"camera": Allowlist(ignored=("True",))}),
            (["camera=*", "camera=()"], {"camera": Allowlist()}),
            (["camera=();report-to=x, usb=*"], {"camera": Allowlist(), "usb": Allowlist(everybody=True)}),
            ([""], {}),
        ],
    )
    def test_who_may_use_a_feature(self, lines, policy):
        assert parse(lines) == policy

    @pytest.mark.parametrize(
        "line",
        [
            *("geolocation 'none'", "camera 'self'; microphone *", "camera=('self')", "camera=none;", "Camera=()"),
            *(
                "camera=(), ",
                "camera=(),, usb=()",
                "camera=(self",
                "camera: ()",
                "camera=() usb=()",
                "camera=(*.a.test",
            ),
        ],
    )
    def test_one_slip_voids_the_whole_field(self, line):
        assert parse(["usb=()", line]) is None


class TestIsolation:
    @pytest.mark.parametrize(
        ("lines", "policy"),
        [
            (["same-origin"], "same-origin"),
            (['same-origin; report-to="x"'], "same-origin"),
            (["noopener-allow-popups"], "noopener-allow-popups"),
            (["same-origin", "same-origin"], "unsafe-none"),
            (["same-origin, same-origin"], "unsafe-none"),
            (["Same-Origin"], "unsafe-none"),
            (['"same-origin"'], "unsafe-none"),
            (["same-origin;"], "unsafe-none"),
            (["require-corp"], "unsafe-none"),
            ([], "unsafe-none"),
        ],
    )
    def test_an_opener_policy_is_one_bare_token(self, lines, policy):
        assert isolation.opener_policy(lines) == policy

    def test_embedder_policies_have_tokens_of_their_own(self):
        assert isolation.embedder_policy(["require-corp"]) == "require-corp"
        assert isolation.embedder_policy(["credentialless"]) == "credentialless"
        assert isolation.embedder_policy(["same-origin"]) == "unsafe-none"

    @pytest.mark.parametrize(
        ("lines", "policy"),
        [
            (["same-origin"], "same-origin"),
            ([" same-site "], "same-site"),
            (["cross-origin"], "cross-origin"),
            (["Same-Origin"], None),
            (["same-origin", "same-origin"], None),
            (["same-origin; x"], None),
            ([], None),
        ],
    )
    def test_a_resource_policy_is_compared_whole(self, lines, policy):
        assert isolation.resource_policy(lines) == policy


@given(st.lists(st.text() | st.text('(*) self="camer,;')))
def test_nothing_raises(lines):
    parse(lines)
    referrer_policy.from_header(lines)
    isolation.opener_policy(lines)
    isolation.resource_policy(lines)
