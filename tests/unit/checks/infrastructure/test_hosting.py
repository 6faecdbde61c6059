"""infrastructure/hosting, judged on plain data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from pytest_readiness.checks.infrastructure.hosting import addresses_answer, clock, http2, not_a_default_page
from pytest_readiness.model.exceptions import Unverified
from pytest_readiness.model.findings import Finding, Judgement, Measure
from pytest_readiness.model.http import AddressAnswers, Answer, Cause, Exchange, Headers, Landing, Silence
from pytest_readiness.model.targets import Target
from pytest_readiness.model.thresholds import Thresholds

URL = "https://shop.test/"
NOON = 1_795_348_800.0  # Sun, 22 Nov 2026 12:00:00 GMT
TARGET = Target("prod", URL)


def page(title: str = "Shop", status: int = 200, **fields: str) -> Exchange:
    lines = (("Content-Type", "text/html"), *((k.replace("_", "-"), v) for k, v in fields.items()))
    return Exchange("GET", URL, status, Headers(lines), f"<title>{title}</title>".encode())


def silence(cause: Cause) -> Silence:
    return Silence("GET", URL, cause)


def seen(answers: dict[str, Answer], came: float = NOON) -> AddressAnswers:
    return AddressAnswers(tuple(answers.items()), tuple((address, came) for address in answers))


def findings(judgements: Iterable[Judgement]) -> list[str]:
    return [said.summary for said in judgements if isinstance(said, Finding)]


def measures(judgements: Iterable[Judgement]) -> dict[str, object]:
    return {said.name: said.value for said in judgements if isinstance(said, Measure)}


class TestAddressesAnswer:
    def test_every_address_serves_the_site(self):
        judged = list(addresses_answer(seen({"192.0.2.1": page(), "2001:db8::1": page()})))
        assert (findings(judged), measures(judged)) == ([], {"addresses": 2})

    def test_what_most_addresses_serve_is_the_site(self):
        answers = {"192.0.2.1": page("Parking"), "192.0.2.2": page(), "192.0.2.3": page()}
        assert findings(addresses_answer(seen(answers))) == ["192.0.2.1 serves another site"]

    @pytest.mark.parametrize("cause", [Cause.REFUSED, Cause.TIMED_OUT, Cause.CERTIFICATE, Cause.TLS, Cause.UNREACHABLE])
    def test_a_silent_address_is_red_for_its_cause(self, cause: Cause):
        answers = {"192.0.2.1": page(), "192.0.2.2": silence(cause)}
        assert findings(addresses_answer(seen(answers))) == [f"192.0.2.2 does not answer: {cause}"]

    def test_a_redirect_elsewhere_is_another_site(self):
        away = Exchange("GET", URL, 302, Headers((("Location", "https://other.test/"),)))
        answers = {"192.0.2.1": page(), "192.0.2.2": page(), "192.0.2.3": away}
        assert findings(addresses_answer(seen(answers))) == ["192.0.2.3 serves another site"]

    def test_a_server_error_everywhere_is_red_everywhere(self):
        answers = {"192.0.2.1": page(status=503), "192.0.2.2": page(status=503)}
        assert findings(addresses_answer(seen(answers))) == ["192.0.2.1 answers 503", "192.0.2.2 answers 503"]

    def test_where_no_ipv6_address_can_be_reached_they_are_unverified(self):
        """The machine that looks may have no IPv6: that is no proof of anything."""
        answers = {"192.0.2.1": page(), "2001:db8::1": silence(Cause.UNREACHABLE)}
        with pytest.raises(Unverified, match="no IPv6 from here: 2001:db8::1"):
            list(addresses_answer(seen(answers)))

    def test_a_dead_ipv4_address_is_red_even_so(self):
        answers = {"192.0.2.1": silence(Cause.REFUSED), "2001:db8::1": silence(Cause.UNREACHABLE)}
        assert findings(addresses_answer(seen(answers))) == ["192.0.2.1 does not answer: refused"]

    def test_one_ipv6_address_of_two_that_is_unreachable_is_dead(self):
        answers = {"2001:db8::1": page(), "2001:db8::2": silence(Cause.UNREACHABLE)}
        assert findings(addresses_answer(seen(answers))) == ["2001:db8::2 does not answer: unreachable"]


class TestNotADefaultPage:
    def test_the_service_s_own_page_passes(self):
        assert list(not_a_default_page(Landing(page()))) == []

    def test_a_default_page_is_named_whatever_its_status(self):
        answer = Exchange("GET", URL, 404, Headers(), b"default backend - 404")
        assert findings(not_a_default_page(Landing(answer))) == [
            "the URL shows the ingress controller's default backend"
        ]

    def test_an_api_without_html_is_no_default_page(self):
        answer = Exchange("GET", URL, 200, Headers((("Content-Type", "application/json"),)), b'{"api": "shop"}')
        assert list(not_a_default_page(Landing(answer))) == []

    @pytest.mark.parametrize("status", [401, 404, 500, 503])
    def test_where_there_is_no_page_nothing_is_known(self, status: int):
        with pytest.raises(Unverified, match=f"answers {status}"):
            list(not_a_default_page(Landing(page(status=status))))

    def test_a_redirect_that_was_not_followed_is_unverified(self):
        answer = Exchange("GET", URL, 301, Headers((("Location", "https://www.shop.test/"),)))
        with pytest.raises(Unverified, match="only redirects"):
            list(not_a_default_page(Landing(answer)))

    def test_a_page_in_an_unknown_coding_is_unverified(self):
        answer = Exchange("GET", URL, 200, Headers(), b"\x1b\x03", undecoded="br")
        with pytest.raises(Unverified, match="coded as br"):
            list(not_a_default_page(Landing(answer)))


class TestClock:
    def judged(self, *answers: Exchange, came: float = NOON, limit: int = 30) -> list[Judgement]:
        addresses = seen({f"192.0.2.{i}": answer for i, answer in enumerate(answers, 1)}, came)
        return list(clock(addresses, TARGET, Thresholds(clock_skew=timedelta(seconds=limit))))

    def test_the_same_second_is_no_skew(self):
        judged = self.judged(page(Date="Sun, 22 Nov 2026 12:00:00 GMT"), came=NOON + 0.9)
        assert (findings(judged), measures(judged)) == ([], {"skew_seconds": 0.0})

    @pytest.mark.parametrize(
        ("date", "words"),
        [
            ("Sun, 22 Nov 2026 12:01:35 GMT", "95 s ahead of"),
            ("Sunday, 22-Nov-26 12:01:35 GMT", "95 s ahead of"),  # RFC 850
            ("Sun Nov 22 12:01:35 2026", "95 s ahead of"),  # asctime
            ("Sun, 22 Nov 2026 11:58:00 GMT", "119 s behind"),  # a second is what Date's resolution takes
        ],
    )
    def test_a_clock_that_is_off_is_red_by_how_much(self, date: str, words: str):
        assert findings(self.judged(page(Date=date))) == [f"the clock of 192.0.2.1 is {words} ours"]

    @pytest.mark.parametrize(("seconds", "red"), [(30, False), (31, True)])
    def test_the_threshold_itself_passes(self, seconds: int, red: bool):
        judged = self.judged(page(Date=f"Sun, 22 Nov 2026 12:00:{seconds} GMT"))
        assert bool(findings(judged)) is red

    def test_a_slow_answer_is_not_a_slow_clock(self):
        answer = Exchange("GET", URL, 200, Headers((("Date", "Sun, 22 Nov 2026 11:59:20 GMT"),)), elapsed=45.0)
        assert findings(self.judged(answer)) == []

    def test_the_address_that_is_off_is_named_and_the_others_are_not(self):
        good, bad = page(Date="Sun, 22 Nov 2026 12:00:00 GMT"), page(Date="Sun, 22 Nov 2026 13:00:00 GMT")
        assert findings(self.judged(good, bad)) == ["the clock of 192.0.2.2 is 3600 s ahead of ours"]

    @pytest.mark.parametrize("fields", [{}, {"Date": "yesterday"}, {"Date": "Sun, 99 Nov 2026 12:00:00 GMT"}])
    def test_without_a_date_nothing_is_known(self, fields: dict[str, str]):
        with pytest.raises(Unverified, match="has a Date that can be read"):
            self.judged(page(**fields))

    def test_a_silent_target_s_clock_is_unverified(self):
        with pytest.raises(Unverified):
            list(clock(seen({"192.0.2.1": silence(Cause.REFUSED)}), TARGET, Thresholds()))


class TestHttp2:
    @pytest.mark.parametrize(("version", "red"), [("HTTP/2", False), ("HTTP/1.1", True), ("HTTP/1.0", True)])
    def test_only_http_2_passes(self, version: str, red: bool):
        judged = list(http2(Landing(Exchange("GET", URL, 200, http_version=version))))
        assert (bool(findings(judged)), measures(judged)) == (red, {"http_version": version})
