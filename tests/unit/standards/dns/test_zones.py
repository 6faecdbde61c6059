"""Names and serial numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.standards.dns.zones import ancestors, is_address, older, special_use


def test_ancestors_stand_nearest_first_without_the_root():
    assert ancestors("WWW.shop.example.") == ("www.shop.example", "shop.example", "example")


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "[::1]"])
def test_addresses_are_told_from_names(host):
    assert (is_address(host), is_address("shop.example")) == (True, False)


@pytest.mark.parametrize(
    ("name", "suffix", "local"),
    [
        ("localhost", "localhost", True),
        ("shop.localhost", "localhost", True),
        ("shop.test", "test", False),
        ("shop.internal", "internal", False),
        ("router.home.arpa", "home.arpa", False),
        ("db", "", False),
    ],
)
def test_names_that_the_public_dns_does_not_hold(name, suffix, local):
    use = special_use(name)
    assert use is not None
    assert (use.suffix, use.local) == (suffix, local)


@pytest.mark.parametrize("name", ["shop.example.com", "test.de", "localhost.shop.com", "1.2.arpa"])
def test_other_names_are_the_public_dns_own(name):
    assert special_use(name) is None


class TestOlder:
    @pytest.mark.parametrize(
        ("serial", "other", "expected"),
        [(1, 2, True), (2, 1, False), (7, 7, False), (2**32 - 1, 0, True), (0, 2**32 - 1, False), (1, 2**31, True)],
    )
    def test_serial_numbers_go_round(self, serial, other, expected):
        assert older(serial, other) is expected

    @given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
    def test_of_two_at_most_one_is_older(self, serial, other):
        assert not (older(serial, other) and older(other, serial)) or (serial - other) % 2**32 == 2**31
