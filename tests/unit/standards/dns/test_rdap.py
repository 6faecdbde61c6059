"""RDAP answers and the list of RDAP servers."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.dns.rdap import Domain, Malformed, parse, servers

ANSWER = {
    "objectClassName": "domain",
    "ldhName": "SHOP.example.",
    "status": ["client transfer prohibited", "Active"],
    "events": [
        {"eventAction": "registration", "eventDate": "2016-08-13T04:03:53Z"},
        {"eventAction": "expiration", "eventDate": "2027-08-13T06:03:53.25+02:00"},
    ],
    "secureDNS": {"delegationSigned": True},
}


class TestParse:
    def test_an_answer_tells_expiry_and_status(self):
        assert parse(json.dumps(ANSWER)) == Domain(
            name="shop.example",
            expires=datetime(2027, 8, 13, 4, 3, 53, 250_000, tzinfo=UTC),
            statuses=("client transfer prohibited", "active"),
            delegation_signed=True,
        )

    @pytest.mark.parametrize("date", ["2027-08-13T04:03:53Z", "2027-08-13 04:03:53", "2027-08-13T04:03:53+00:00"])
    def test_dates_are_read_as_registries_write_them(self, date):
        answer = parse(json.dumps(ANSWER | {"events": [{"eventAction": "expiration", "eventDate": date}]}))
        assert isinstance(answer, Domain)
        assert answer.expires == datetime(2027, 8, 13, 4, 3, 53, tzinfo=UTC)

    @pytest.mark.parametrize(
        "events",
        [None, [], {}, [7], [{"eventAction": "registration"}], [{"eventAction": "expiration", "eventDate": "soon"}]],
    )
    def test_a_registry_may_keep_the_date_back(self, events):
        answer = parse(json.dumps(ANSWER | {"events": events}))
        assert isinstance(answer, Domain)
        assert answer.expires is None

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("<html>", "it is no JSON object"),
            ("[]", "it is no JSON object"),
            ('{"objectClassName": "nameserver"}', "it describes no domain"),
        ],
    )
    def test_other_answers_are_named(self, text, reason):
        assert parse(text) == Malformed(reason)

    @given(st.text(max_size=60))
    def test_no_text_breaks_it(self, text):
        parse(text)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda s: st.lists(s) | st.dictionaries(st.sampled_from([*ANSWER, "eventAction", "eventDate"]), s),
        )
    )
    def test_no_json_breaks_it(self, value):
        parse(json.dumps({"objectClassName": "domain", "events": [value], "status": value, "secureDNS": value}))
        servers(json.dumps({"services": value}), "shop.example")
        servers(json.dumps({"services": [[value, value]]}), "shop.example")

    def test_nesting_without_end_does_not_break_it(self):
        assert parse("[" * 100_000) == Malformed("it is no JSON object")


BOOTSTRAP = json.dumps(
    {
        "services": [
            [["example", "com"], ["http://plain.example/", "https://rdap.example/"]],
            [["co.example"], ["https://co.example/rdap/"]],
        ]
    }
)


class TestServers:
    def test_https_stands_first(self):
        assert servers(BOOTSTRAP, "shop.com") == ("https://rdap.example/", "http://plain.example/")

    def test_the_longest_suffix_counts(self):
        assert servers(BOOTSTRAP, "Shop.Co.Example") == ("https://co.example/rdap/",)

    def test_a_registry_may_have_none(self):
        assert servers(BOOTSTRAP, "shop.de") == ()

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"services": 7}'])
    def test_what_is_no_list_is_named(self, text):
        assert servers(text, "shop.com") == Malformed("it is no bootstrap file: no list of services")
