"""The example project: what a user of pytest-readiness has in a repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

READINESS = """\
# What pytest-readiness needs to know of this service.
# Try: pytest --readiness=prod            the whole checklist
#      pytest --readiness=all -v          every check, with what it measured
#      pytest --readiness=prod -k hsts    one check
#      pytest --readiness-list            what is configured and what is missing

[targets.prod]
url = "https://shop.test"
production = true
pages = ["/login"]
openapi = "/openapi.json"
{prod}
[targets.prod.health]
liveness = "/health"
readiness = "/health/ready"

[targets.staging]
url = "https://staging.shop.test"
pages = ["/login"]
{staging}
[targets.staging.health]
liveness = "/health"
readiness = "/health/ready"
"""

LOOPBACK = """\
# The example runs on this machine alone: these lines take the place of public DNS and public authorities.
budget = {{ requests_per_second = 500, connections = 16 }}
ca_file = "ca.pem"
nameservers = ["{nameserver}"]
trust_anchor_file = "anchor.txt"
rdap_bootstrap = "{rdap}"
[targets.{name}.resolve]
{resolve}
"""

CONFTEST = '''\
"""What the tests of this project share: evidence of our own, gathered once per target."""

from pytest_readiness import readiness


@readiness.evidence
async def products(target, http):
    """The products that the shop offers."""
    answer = await http.fetch("/api/products")
    return answer.text
'''

TESTS = '''\
"""Readiness of this service in its team's own words; they run beside the built-in checks, never in plain `pytest`."""

from pytest_readiness import readiness

RELEASE = "{release}"


@readiness.security
def test_orders_need_a_credential(http):
    """Nobody reads orders without a credential."""
    assert http.get("/api/orders").status_code == 401


@readiness.launch("deployment")
def test_the_release_we_meant_is_running(headers, products):
    """What runs is the release that was meant, and it sells something."""
    assert headers.first("X-Release") == RELEASE
    assert "teapot" in products
'''


def write(folder: Path, *, release: str, loopback: Mapping[str, str]) -> None:
    """Write the example project into ``folder``.

    Args:
        folder: An empty folder.
        release: The release that production runs.
        loopback: By target, the lines that lead its names to loopback.
    """
    (folder / "tests").mkdir(parents=True)
    (folder / "readiness.toml").write_text(READINESS.format(**loopback), encoding="utf-8")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "tests" / "test_readiness.py").write_text(TESTS.format(release=release), encoding="utf-8")
