"""Policies are parsed, and intersected, as browsers do it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.headers import csp_weaknesses as weaknesses
from pytest_readiness.standards.headers.csp import Delivery, Policy, parse, parse_header
from pytest_readiness.standards.headers.csp_bypass_hosts import BYPASSES
from pytest_readiness.standards.headers.framing import Framing, effective


class TestParse:
    def test_names_are_lower_case_values_stay_as_they_are(self):
        policy = parse(" Script-SRC\t'self'  https://A.test/X ;;IMG-src *; ")
        assert policy == Policy({"script-src": ("'self'", "https://A.test/X"), "img-src": ("*",)})

    def test_the_first_of_a_name_counts(self):
        policy = parse("script-src 'none'; SCRIPT-SRC *")
        assert (policy.directives, policy.repeated) == ({"script-src": ("'none'",)}, ("script-src",))

    def test_a_directive_beyond_ascii_is_dropped(self):
        policy = parse("script-src ‘self’; object-src 'none'")
        assert (policy.directives, policy.garbled) == ({"object-src": ("'none'",)}, ("script-src ‘self’",))

    def test_lines_and_commas_separate_policies(self):
        assert parse_header(["a, b c;d", "", "e, ;"]) == (parse("a"), parse("b c;d"), parse("e"))

    def test_a_meta_element_cannot_say_everything(self):
        policy = parse("frame-ancestors 'none'; sandbox; report-uri /x; script-src 'self'", Delivery.META)
        assert policy.directives == {"script-src": ("'self'",)}
        assert policy.void == ("frame-ancestors", "sandbox", "report-uri")

    @given(st.lists(st.text() | st.text(";, '*-abcdefsr\t")))
    def test_nothing_raises(self, lines):
        policies = parse_header(lines)
        for opening in OPENINGS:
            weaknesses.open_in_all(policies, opening)
        for policy in policies:
            list(weaknesses.misread(policy))
        weaknesses.bypasses(policies)


OPENINGS = (
    weaknesses.any_script,
    weaknesses.inline_scripts,
    weaknesses.inline_handlers,
    weaknesses.broad_scripts,
    weaknesses.evaluation,
    weaknesses.objects,
    weaknesses.bases,
    weaknesses.form_targets,
)


def opened(opening, *policies):
    return weaknesses.open_in_all(parse_header(policies), opening)


class TestOpenings:
    @pytest.mark.parametrize(
        ("policy", "runs"),
        [
            ("script-src 'unsafe-inline'", True),
            ("default-src 'UNSAFE-INLINE'", True),
            ("img-src 'self'", True),
            ("script-src 'self'; script-src-elem * 'unsafe-inline'", True),
            ("default-src 'self'; script-src-elem * 'unsafe-inline'", True),
            ("script-src 'unsafe-inline' 'nonce-{{invalid}}'", True),
            ("script-src 'unsafe-inline' nonce-abc", True),
            ("sandbox allow-scripts; script-src 'unsafe-inline'", True),
            ("script-src 'unsafe-inline' 'nonce-abc'", False),
            ("script-src 'unsafe-inline' 'sha256-abc='", False),
            ("script-src 'unsafe-inline' 'strict-dynamic'", False),
            ("script-src unsafe-inline", False),
            ("script-src 'self'; default-src 'unsafe-inline'", False),
            ("script-src-elem 'self'; script-src 'unsafe-inline'", False),
            ("script-src 'self'; script-src 'unsafe-inline'", False),
            ("style-src 'unsafe-inline'; default-src 'self'", False),
            ("sandbox; script-src 'unsafe-inline'", False),
            ("script-src 'none' 'unsafe-inline'", True),
            ("script-src", False),
        ],
    )
    def test_whether_inline_scripts_run(self, policy, runs):
        assert bool(opened(weaknesses.inline_scripts, policy)) is runs

    def test_handlers_have_a_directive_of_their_own(self):
        policy = "script-src 'self'; script-src-attr 'unsafe-inline'"
        assert opened(weaknesses.inline_handlers, policy) == ("script-src-attr 'unsafe-inline'",)
        assert opened(weaknesses.inline_scripts, policy) == ()

    @pytest.mark.parametrize(
        ("policy", "words"),
        [
            ("script-src *", ("script-src *",)),
            ("default-src 'self' https:", ("default-src https:",)),
            ("script-src data: 'self' http:", ("script-src data:", "script-src http:")),
            ("script-src https://*", ("script-src https://*",)),
            ("script-src *.com", ("script-src *.com",)),
            ("img-src 'self'", ("no script-src and no default-src",)),
            ("script-src https: 'nonce-abcd'", ("script-src https:",)),
            ("script-src https: 'nonce-abcd' 'strict-dynamic'", ()),
            ("script-src 'self' https://cdn.shop.test", ()),
            ("script-src 'none'; default-src *", ()),
            ("sandbox; script-src *", ()),
        ],
    )
    def test_whether_scripts_load_from_anywhere(self, policy, words):
        assert opened(weaknesses.broad_scripts, policy) == words

    def test_evaluation_falls_back_to_default_src_and_no_further(self):
        assert opened(weaknesses.evaluation, "script-src 'self' 'unsafe-eval'") == ("script-src 'unsafe-eval'",)
        assert opened(weaknesses.evaluation, "default-src 'unsafe-eval'; script-src-elem 'self'") != ()
        assert opened(weaknesses.evaluation, "default-src 'unsafe-eval'; script-src 'self'") == ()
        assert opened(weaknesses.evaluation, "sandbox") == ()
        assert opened(weaknesses.evaluation, "img-src *") != ()

    def test_objects_fall_back_to_default_src(self):
        assert opened(weaknesses.objects, "default-src 'self'") == ()
        assert opened(weaknesses.objects, "script-src 'self'") == ("no object-src and no default-src",)
        assert opened(weaknesses.objects, "default-src 'none'; object-src *") == ("object-src *",)

    def test_bases_and_forms_fall_back_to_nothing(self):
        assert opened(weaknesses.bases, "default-src 'none'") == ("no base-uri",)
        assert opened(weaknesses.bases, "base-uri https:") == ("base-uri https:",)
        assert opened(weaknesses.bases, "base-uri 'self'") == ()
        assert opened(weaknesses.form_targets, "default-src 'none'") == ("no form-action",)
        assert opened(weaknesses.form_targets, "form-action 'none'") == ()

    def test_every_policy_must_leave_it_open(self):
        assert opened(weaknesses.inline_scripts, "script-src 'unsafe-inline'", "script-src 'self'") == ()
        assert opened(weaknesses.broad_scripts, "script-src https:, default-src *") == (
            "script-src https:",
            "default-src *",
        )
        assert opened(weaknesses.objects, "script-src 'self'", "object-src 'none'") == ()
        assert opened(weaknesses.any_script, "img-src *", "default-src 'self'") == ()

    def test_without_a_policy_there_is_nothing_to_say(self):
        assert opened(weaknesses.inline_scripts) == ()


class TestBypasses:
    def hosts(self, *policies):
        return [bypass.host for bypass in weaknesses.bypasses(parse_header(policies))]

    @pytest.mark.parametrize(
        ("policy", "hosts"),
        [
            ("script-src https://cdnjs.cloudflare.com", ["cdnjs.cloudflare.com"]),
            ("script-src cdn.jsdelivr.net", ["cdn.jsdelivr.net"]),
            ("script-src *.jsdelivr.net", ["cdn.jsdelivr.net", "fastly.jsdelivr.net"]),
            ("script-src *.github.io", ["*.github.io"]),
            ("script-src https://cdn.jsdelivr.net/npm/", ["cdn.jsdelivr.net"]),
            ("script-src https://cdn.jsdelivr.net/npm/vue@3.5.0/dist/vue.js", []),
            ("script-src mine.github.io d111.cloudfront.net", []),
            ("script-src cdn.jsdelivr.net 'nonce-abcd' 'strict-dynamic'", []),
            ("script-src cdn.jsdelivr.net 'nonce-abcd'", ["cdn.jsdelivr.net"]),
            ("script-src *", []),
            ("script-src 'self'", []),
            ("sandbox; script-src unpkg.com", []),
        ],
    )
    def test_which_known_hosts_a_policy_lets_in(self, policy, hosts):
        assert self.hosts(policy) == hosts

    def test_another_policy_may_shut_them_out(self):
        assert self.hosts("script-src unpkg.com", "script-src 'self'") == []
        assert self.hosts("script-src unpkg.com", "script-src https:") == ["unpkg.com"]
        assert self.hosts("script-src unpkg.com", "img-src *") == ["unpkg.com"]
        assert self.hosts() == []

    def test_each_known_place_is_let_in_by_its_own_host(self):
        for bypass in BYPASSES:
            assert bypass in weaknesses.bypasses([parse(f"script-src {bypass.host}")])


class TestNonces:
    def test_those_that_let_scripts_in_are_found(self):
        policies = parse_header(["script-src 'nonce-abc' 'nonce-def'; style-src 'nonce-no'", "default-src 'nonce-abc'"])
        assert weaknesses.nonces(policies) == ("abc", "def")

    @pytest.mark.parametrize(
        ("nonce", "short"), [("a", True), ("a" * 21, True), ("a" * 22, False), ("a" * 22 + "==", False)]
    )
    def test_less_than_128_bits_is_short(self, nonce, short):
        assert weaknesses.is_short(nonce) is short

    def test_strict_dynamic_needs_somewhere_to_start(self):
        assert weaknesses.locked(parse("script-src 'strict-dynamic' 'self'"))
        assert not weaknesses.locked(parse("script-src 'strict-dynamic' 'nonce-abc'"))
        assert not weaknesses.locked(parse("img-src *"))

    @pytest.mark.parametrize(
        ("policy", "trusted"),
        [("script-src 'nonce-a'", True), ("script-src 'sha256-a'", True), ("script-src 'self'", False), ("x", False)],
    )
    def test_base_elements_matter_where_single_scripts_are_trusted(self, policy, trusted):
        assert weaknesses.trusts_single_scripts([parse(policy)]) is trusted


class TestMisread:
    @pytest.mark.parametrize(
        ("policy", "slip"),
        [
            ("scrip-src 'self'", "scrip-src is no directive"),
            ("script-src self", "self in script-src is taken for a host: it needs single quotes"),
            ("script-src nonce-abc", "nonce-abc in script-src is taken for a host: it needs single quotes"),
            ("img-src * script-src", "script-src stands among the sources of img-src: a semicolon is missing"),
            ("script-src 'none' 'self'", "'none' among other sources of script-src is ignored"),
            ("script-src 'nonce-{x}'", "'nonce-{x}' in script-src is no source"),
            ("img-src *; img-src 'self'", "the second img-src is ignored"),
            ("script-src é", r"script-src \xe9 is ignored: it is not ASCII"),
        ],
    )
    def test_what_browsers_do_not_hear_is_told(self, policy, slip):
        assert list(weaknesses.misread(parse(policy))) == [slip]

    def test_a_sound_policy_has_no_slips(self):
        text = "default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; sandbox allow-scripts; report-to x"
        assert list(weaknesses.misread(parse(text))) == []


class TestFrameAncestors:
    @pytest.mark.parametrize(
        ("policies", "options", "framing"),
        [
            (["frame-ancestors 'none'"], [], Framing.NOBODY),
            (["frame-ancestors"], [], Framing.NOBODY),
            (["frame-ancestors 'self'"], [], Framing.SAME_ORIGIN),
            (["frame-ancestors 'none' 'self'"], [], Framing.SAME_ORIGIN),
            (["frame-ancestors 'self' https://a.test"], [], Framing.LISTED),
            (["frame-ancestors *"], [], Framing.ANYBODY),
            (["frame-ancestors https:"], [], Framing.ANYBODY),
            (["frame-ancestors https://*"], [], Framing.ANYBODY),
            (["frame-ancestors *"], ["DENY"], Framing.ANYBODY),
            (["frame-ancestors 'self'"], ["ALLOWALL"], Framing.SAME_ORIGIN),
            (["frame-ancestors *", "frame-ancestors 'self'"], [], Framing.SAME_ORIGIN),
            (["frame-ancestors *; frame-ancestors 'none'"], [], Framing.ANYBODY),
            (["script-src 'self'"], ["DENY"], Framing.NOBODY),
            (["default-src 'none'"], [], Framing.ANYBODY),
            ([], [], Framing.ANYBODY),
        ],
    )
    def test_who_may_frame(self, policies, options, framing):
        assert effective(parse_header(policies), options) is framing
