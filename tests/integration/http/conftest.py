"""A site served by nginx over HTTPS and plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from nginx import Nginx
from served import HOST, Site
from speaking import Speaker

from pytest_readiness.demo.authority import Authority


@pytest.fixture
def site(nginx: Nginx, authority: Authority) -> Site:
    """A site whose certificate is trusted; each test says what it serves."""
    files = authority.issue([HOST]).write(nginx.folder)
    (nginx.folder / "www").mkdir()
    return Site(
        nginx,
        f"ssl_certificate {files.chain_file}; ssl_certificate_key {files.key_file};",
        authority.write_root(nginx.folder / "ca.pem"),
        nginx.port("127.0.0.1", "127.0.0.2"),
        nginx.port(),
    )


@pytest.fixture
def speaker(nginx: Nginx, authority: Authority) -> Iterator[Speaker]:
    """A server over TLS for the site's host that says what a test wants."""
    context = authority.issue([HOST]).write(nginx.folder, "speaker").server_context()
    with Speaker(context) as server:
        yield server
