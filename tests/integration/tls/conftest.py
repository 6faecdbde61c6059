"""Sites over TLS, served by nginx."""

from __future__ import annotations

import pytest
from nginx import Nginx
from tls_site import Site

from pytest_readiness.demo.authority import Authority


@pytest.fixture
def site(nginx: Nginx, authority: Authority) -> Site:
    """The site at one address."""
    return Site(nginx, authority)


@pytest.fixture
def two_addresses(nginx: Nginx, authority: Authority) -> Site:
    """The site at two addresses."""
    return Site(nginx, authority, ("127.0.0.1", "127.0.0.2"))
