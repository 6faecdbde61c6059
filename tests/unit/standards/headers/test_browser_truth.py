"""What browsers make of header values, held against what we make of them.

The verdicts are those of Chromium's parser for Strict-Transport-Security (RFC 6797), of HTML and web-platform-tests for
X-Frame-Options, and of Fetch and web-platform-tests for X-Content-Type-Options. Known checkers fail a third of them.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_readiness.standards.headers import hsts
from pytest_readiness.standards.headers.content_type_options import nosniff, repeated
from pytest_readiness.standards.headers.framing import Framing, conflicting, x_frame_options
from pytest_readiness.standards.headers.list_fields import get_decode_and_split

VOID_PROMISES = [
    "",
    "    ",
    "abc",
    ";",
    ";;;",
    ",,,, ,,,",
    "max-age",
    "  max-age  ",
    "max-age=",
    "max-age  =",
    "max-age=   ",
    "max-age=;includeSubDomains",
    "max-age=foo",
    "max-age=3488a923",
    "max-age=0x10",
    "max-age=1e9",
    "max-age=31536000s",
    "max-age=3488923 e",
    "max-age=34889.23",
    "max-age==31536000",
    "max-age=31536000=x",
    "max-age=-31536000",
    "max-age=+31536000",
    "max-age=31536000#",
    "max-age=99999999999999999999999#",
    "max-age='31536000'",
    'max-age=""',
    'max-age="',
    'max-age="31536000',
    'max-age="31536000"x',
    'max-age=" 31536000"',
    'max-age="31536000;includeSubDomains"',
    "max-ag=31536000",
    "amax-age=31536000",
    "max-aged=31536000",
    "max age=31536000",
    "max-age:31536000",
    "max-age=٣",
    "=31536000",
    "includeSubDomains",
    "includeSubDomains;",
    "max-age=31536000 includeSubDomains",
    "max-age=31536000includeSubDomains",
    "max-age=31536000, includeSubDomains",
    "max-age=31536000, max-age=31536000",
    "max-age=31536000; max-age=31536000",
    "max-age=31536000; MAX-AGE=0",
    "max-age=31536000; includeSubDomains; includeSubDomains",
    "max-age=31536000; includeSubDomains=true",
    'max-age=31536000; includeSubDomains=""',
    "max-age=31536000; includeSubDomains=",
    "max-age=31536000; (x)",
    "max-age=31536000; x=(y)",
    "max-age=31536000; x y",
    "max-age=31536000; =y",
    "max-age=31536000; é",
    "\x00max-age=31536000",
]

KEPT_PROMISES = [
    ("max-age=243", 243, False),
    ("max-age=0", 0, False),
    ("max-age=000", 0, False),
    ("max-age=0031536000", 31536000, False),
    ("  Max-agE    = 567", 567, False),
    ("  mAx-aGe      =  890      ", 890, False),
    ("max-age\t=\t1", 1, False),
    ('max-age="31536000"', 31536000, False),
    ('max-age = "31536000" ; includeSubDomains', 31536000, True),
    (r'max-age="31536\000"', 31536000, False),
    ("max-age=123;incLudesUbdOmains", 123, True),
    ("incLudesUbdOmains; max-age=123", 123, True),
    ("max-age=123 ;  includeSubDomains ;", 123, True),
    (";; max-age=123;;;includeSubDomains;;", 123, True),
    ("max-age=123; unknown", 123, False),
    ("max-age=123; unknown=kitten; includeSubDomains", 123, True),
    ('max-age=123; unknown="; includeSubDomains"', 123, False),
    ("max-age=123; unknown; unknown", 123, False),
    ("max-age=123; includeSubDomain", 123, False),
    ("max-age=99999999999999999999999999", 36_500 * 86_400, False),
]


class TestStrictTransportSecurity:
    @pytest.mark.parametrize("field", VOID_PROMISES)
    def test_browsers_ignore_the_whole_field(self, field):
        assert hsts.parse(field) is None

    @pytest.mark.parametrize(("field", "seconds", "subdomains"), KEPT_PROMISES)
    def test_browsers_keep_the_promise(self, field, seconds, subdomains):
        assert hsts.parse(field) == hsts.Promise(timedelta(seconds=seconds), include_subdomains=subdomains)

    def test_the_first_line_alone_counts(self):
        assert hsts.effective(["max-age=1", "max-age=2"]) == hsts.Promise(timedelta(seconds=1))
        assert hsts.effective(["nonsense", "max-age=2"]) is None
        assert hsts.effective([]) is None

    @pytest.mark.parametrize(
        ("field", "preloadable"),
        [
            ("max-age=31536000; includeSubDomains; preload", True),
            ("max-age=31536000; preload; includeSubDomains; preload", True),
            ("max-age=31535999; includeSubDomains; preload", False),
            ("max-age=31536000; preload", False),
            ("max-age=31536000; includeSubDomains", False),
        ],
    )
    def test_the_preload_list_wants_a_year_for_all_names_and_to_be_asked(self, field, preloadable):
        assert hsts.parse(field).preloadable is preloadable

    @pytest.mark.parametrize(("host", "kept"), [("shop.test", True), ("127.0.0.1", False), ("::1", False)])
    def test_addresses_are_never_remembered(self, host, kept):
        assert hsts.rememberable(host) is kept

    @given(st.text() | st.text("max-age=;01 \"\\'includeSubDomains,\t"))
    @example("9" * 5000)
    @example("max-age=" + "9" * 5000)
    def test_nothing_raises(self, field):
        hsts.parse(field)

    @given(st.integers(0, 10**9), st.booleans(), st.sampled_from(["{}", '"{}"', " {} "]), st.permutations([0, 1, 2]))
    def test_order_quotes_and_space_do_not_matter(self, seconds, subdomains, form, order):
        words = [f"max-age={form.format(seconds)}", "includeSubDomains" if subdomains else "", "extra=1"]
        expected = hsts.Promise(min(timedelta(seconds=seconds), timedelta(days=36_500)), include_subdomains=subdomains)
        assert hsts.parse(";".join(words[index] for index in order)) == expected


FRAME_OPTIONS = [
    (["DENY"], Framing.NOBODY),
    (["deny"], Framing.NOBODY),
    (["  DENY\t"], Framing.NOBODY),
    (["DENY, DENY"], Framing.NOBODY),
    (["DENY", "deny"], Framing.NOBODY),
    (["SAMEORIGIN"], Framing.SAME_ORIGIN),
    (["SameOrigin"], Framing.SAME_ORIGIN),
    (["SAMEORIGIN,SAMEORIGIN"], Framing.SAME_ORIGIN),
    (["SAMEORIGIN", "sameorigin"], Framing.SAME_ORIGIN),
    (["SAMEORIGIN,DENY"], Framing.NOBODY),
    (["DENY", "SAMEORIGIN"], Framing.NOBODY),
    ([",SAMEORIGIN,,DENY,"], Framing.NOBODY),
    (["SAMEORIGIN, ALLOWALL"], Framing.NOBODY),
    (["ALLOWALL", "INVALID"], Framing.NOBODY),
    (["INVALID", "DENY"], Framing.NOBODY),
    (["SAMEORIGIN, INVALID"], Framing.NOBODY),
    (['SAMEORIGIN,"DENY"'], Framing.NOBODY),
    (["DENY,"], Framing.NOBODY),
    ([], Framing.ANYBODY),
    ([""], Framing.ANYBODY),
    (["INVALID"], Framing.ANYBODY),
    (["INVALID, OTHER"], Framing.ANYBODY),
    (["ALLOWALL"], Framing.ANYBODY),
    (["ALLOW-FROM https://example.com/"], Framing.ANYBODY),
    (["ALLOW-FROM=https://example.com/"], Framing.ANYBODY),
    (['"DENY"'], Framing.ANYBODY),
    (['"SAMEORIGIN"'], Framing.ANYBODY),
    (['"SAMEORIGIN,DENY"'], Framing.ANYBODY),
    (["DENY;"], Framing.ANYBODY),
    (["DENY SAMEORIGIN"], Framing.ANYBODY),
    (["SAME-ORIGIN"], Framing.ANYBODY),
]


class TestFrameOptions:
    @pytest.mark.parametrize(("lines", "allowed"), FRAME_OPTIONS)
    def test_who_may_frame(self, lines, allowed):
        assert x_frame_options(lines) is allowed

    def test_the_same_word_twice_is_no_contradiction(self):
        assert not conflicting(["DENY, deny"])
        assert not conflicting([])
        assert conflicting(["DENY", "SAMEORIGIN"])

    @given(st.lists(st.text()))
    def test_nothing_raises(self, lines):
        x_frame_options(lines)
        conflicting(lines)


SNIFFING = [
    (["nosniff"], True),
    (["NOSNIFF"], True),
    ([" nosniff\t"], True),
    (["nosniff\x0c"], True),
    (["nosniff, nosniff"], True),
    (["nosniff", "nosniff"], True),
    (["nosniff,,@#$%"], True),
    (["nosniff", "no"], True),
    (["nosniff,"], True),
    ([], False),
    ([""], False),
    (["no"], False),
    (["nosniff;"], False),
    (["nosniff\x0b"], False),
    (["nosniff\x0b,nosniff"], False),
    (["'NosniFF'"], False),
    (['"nosniFF"'], False),
    (['"nosniff",nosniff'], False),
    ([",nosniff"], False),
    (["@#$%,nosniff"], False),
    (["no", "nosniff"], False),
    (["", "nosniff"], False),
    (["none"], False),
]


class TestContentTypeOptions:
    @pytest.mark.parametrize(("lines", "kept"), SNIFFING)
    def test_whether_browsers_keep_to_the_declared_type(self, lines, kept):
        assert nosniff(lines) is kept

    def test_more_than_one_value_is_told(self):
        assert not repeated(["nosniff"])
        assert not repeated([])
        assert repeated(["nosniff, x"])
        assert repeated(["a", "b"])

    @given(st.lists(st.text()))
    def test_nothing_raises(self, lines):
        nosniff(lines)
        repeated(lines)


class TestGetDecodeAndSplit:
    @pytest.mark.parametrize(
        ("lines", "values"),
        [
            ([], None),
            ([""], ("",)),
            (["a,b"], ("a", "b")),
            (["a", "b"], ("a", "b")),
            ([",a,"], ("", "a", "")),
            (['"a,b",c'], ('"a,b"', "c")),
            (['x"a,b"y , c'], ('x"a,b"y', "c")),
            (['"a\\",b",c'], ('"a\\",b"', "c")),
            (['"a,b'], ('"a,b',)),
            (['"a\\'], ('"a\\',)),
        ],
    )
    def test_commas_separate_outside_quotes(self, lines, values):
        assert get_decode_and_split(lines) == values

    @given(st.text('",\\ a'))
    def test_nothing_is_lost_but_the_space_around_values(self, text):
        values = get_decode_and_split([text])
        assert ",".join(values).replace(" ", "") == text.replace(" ", "")
