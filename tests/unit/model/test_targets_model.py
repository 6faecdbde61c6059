"""A target knows its host, its port and its routes."""

from __future__ import annotations

import pytest

from pytest_readiness.model.targets import Target


@pytest.mark.parametrize(
    ("url", "host", "port", "origin"),
    [
        ("https://Shop.Test/start", "shop.test", 443, "https://Shop.Test"),
        ("http://shop.test.", "shop.test", 80, "http://shop.test."),
        ("https://shop.test:8443/x?y=z", "shop.test", 8443, "https://shop.test:8443"),
        ("https://[2001:db8::1]:8443", "2001:db8::1", 8443, "https://[2001:db8::1]:8443"),
    ],
)
def test_host_port_and_origin_are_read_from_the_url(url: str, host: str, port: int, origin: str) -> None:
    target = Target("prod", url)
    assert (target.host, target.port, target.origin) == (host, port, origin)


def test_a_name_without_a_route_leads_where_the_dns_says() -> None:
    target = Target("prod", "https://shop.test", resolve={"shop.test:443": "127.0.0.1:8443"})
    assert target.routes("shop.test", 80) == ()
    assert target.routes("cdn.shop.test", 443) == ()
