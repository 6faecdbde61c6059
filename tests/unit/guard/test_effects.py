"""What an effect permits over HTTP, and to which host."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from pytest_readiness.guard.effects import is_origin, permit
from pytest_readiness.model.exceptions import NotAllowed
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target

TARGET = Target("prod", "https://shop.test/start")


def reason(method: str, url: str, *, target: Target = TARGET, allowed: Effect = Effect.OBSERVE) -> str:
    with pytest.raises(NotAllowed) as caught:
        permit(target, allowed, method, url)
    return caught.value.reason


class TestMethods:
    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "get"])
    def test_that_only_look_are_for_every_run(self, method: str) -> None:
        permit(TARGET, Effect.OBSERVE, method, "https://shop.test/")

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "post", "QUERY"])
    def test_that_change_things_are_held_back_while_observing(self, method: str) -> None:
        with pytest.raises(NotAllowed) as caught:
            permit(TARGET, Effect.OBSERVE, method, "https://shop.test/orders?x=1")
        assert caught.value.reason == f"{method.upper()} /orders was held back: this run only observes prod"
        assert caught.value.fix == '[targets.prod] allow = "exercise"'

    @pytest.mark.parametrize("allowed", [Effect.EXERCISE, Effect.DISRUPT])
    def test_that_change_things_are_for_runs_that_exercise(self, allowed: Effect) -> None:
        permit(TARGET, allowed, "POST", "https://shop.test/orders")


class TestHosts:
    @pytest.mark.parametrize(
        "url",
        [
            "https://shop.test",
            "https://SHOP.test/x",
            "https://shop.test./x",
            "https://shop.test:8443/x",
            "http://shop.test/x",
            "https://alice@shop.test/x",
            "https://evil.test@shop.test/x",
        ],
    )
    def test_the_target_s_own_is_known_however_it_is_written(self, url: str) -> None:
        permit(TARGET, Effect.OBSERVE, "GET", url)

    @pytest.mark.parametrize(
        ("url", "host"),
        [
            ("https://evil.test/", "evil.test"),
            ("https://shop.test@evil.test/", "evil.test"),
            ("https://shop.test:443@evil.test/", "evil.test"),
            ("https://shop.test\\@evil.test/", "evil.test"),
            ("https://shop.test.evil.test/", "shop.test.evil.test"),
            ("https://www.shop.test/", "www.shop.test"),
            ("https://test/", "test"),
            ("https://127.0.0.1/", "127.0.0.1"),
            ("https:///etc/passwd", ""),
            ("https:shop.test", ""),
        ],
    )
    @pytest.mark.parametrize("allowed", [Effect.OBSERVE, Effect.DISRUPT])
    def test_others_are_held_back_whatever_is_allowed(self, url: str, host: str, allowed: Effect) -> None:
        assert reason("GET", url, allowed=allowed) == f"a request to {host} was held back: the target is shop.test"

    def test_one_that_looks_alike_is_another(self) -> None:
        """Cyrillic "о": the DNS knows it as another name."""
        assert "xn--" in reason("GET", "https://sh\u043ep.test/")

    def test_letters_beyond_ascii_and_the_dns_form_of_them_are_one_name(self) -> None:
        target = Target("prod", "https://xn--bcher-kva.test")
        permit(target, Effect.OBSERVE, "GET", "https://b\u00fccher.test/")
        permit(Target("prod", "https://b\u00fccher.test"), Effect.OBSERVE, "GET", "https://xn--bcher-kva.test/")

    def test_an_ipv6_address_is_a_host_too(self) -> None:
        target = Target("prod", "https://[2001:db8::1]:8443")
        permit(target, Effect.OBSERVE, "GET", "https://[2001:DB8::1]/x")
        assert "2001:db8::2" in reason("GET", "https://[2001:db8::2]/x", target=target)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "a request was held back: file: is no HTTP"),
        ("ftp://shop.test/", "a request was held back: ftp: is no HTTP"),
        ("javascript:alert(1)", "a request was held back: javascript: is no HTTP"),
        ("//shop.test/", "a request was held back: nothing: is no HTTP"),
        ("/start", "a request was held back: nothing: is no HTTP"),
    ],
)
def test_other_schemes_are_held_back(url: str, words: str) -> None:
    assert reason("GET", url) == words


def test_what_is_no_url_is_held_back() -> None:
    assert reason("GET", "https://[shop.test/").startswith("a request was held back: 'https://[shop.test/' is no URL (")


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://shop.test/x", True),
        ("https://SHOP.test:443/x", True),
        ("https://shop.test:8443/x", False),
        ("http://shop.test/x", False),
        ("http://shop.test:443/x", False),
        ("https://evil.test/x", False),
        ("https://shop.test:99999/x", False),
    ],
)
def test_credentials_are_for_the_target_s_own_origin(url: str, ours: bool) -> None:
    """Another port is another service, and plain HTTP shows them to everybody on the way."""
    assert is_origin(TARGET, urlsplit(url)) is ours
