"""Protocols, cipher suites and groups as sslyze sees them, on the same nginx at the same time.

sslyze (AGPL, and bound to an old cryptography) lives in a virtual environment of its own and runs as a program of its
own. Where the two differ, docs/explanation/tls-oracle.md says in which configuration, in what, and why; a difference
that is not written there fails, and so does a row that is no longer true.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from nginx import Nginx
from tls_site import HOST, INTERMEDIATE, gather

from pytest_readiness.demo.authority import Authority, KeyKind
from pytest_readiness.model.targets import Budget, Target
from pytest_readiness.model.tls import AddressPosture, Protocol
from pytest_readiness.probes.tls import tls
from pytest_readiness.standards.tls import cipher_suites

ROOT = Path(__file__).parents[3]
SSLYZE = ROOT / ".venv-sslyze" / "bin" / "python"
TABLE = ROOT / "docs" / "explanation" / "tls-oracle.md"

ALL = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
CONFIGURATIONS: dict[str, tuple[tuple[KeyKind, ...], str]] = {
    "intermediate-ecdsa": (("p256",), INTERMEDIATE),
    "intermediate-rsa": (("rsa2048",), INTERMEDIATE),
    "modern": (("p256",), "ssl_protocols TLSv1.3; ssl_ecdh_curve X25519:prime256v1:secp384r1;"),
    "nginx-default": (("rsa2048",), ""),
    "tls-1.0-to-1.2": (("rsa2048",), "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;"),
    "everything": (("rsa2048", "p256"), f"ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers {ALL};"),
    "tls-1.1-alone": (("rsa2048",), "ssl_protocols TLSv1.1; ssl_ciphers AES128-SHA:ECDHE-RSA-AES256-SHA:@SECLEVEL=0;"),
    "null-and-anonymous": (
        ("rsa2048",),
        "ssl_protocols TLSv1.2; ssl_ciphers NULL-SHA256:AECDH-AES128-SHA:@SECLEVEL=0;",
    ),
    "many-curves": (
        ("rsa2048",),
        (
            "ssl_protocols TLSv1.2; ssl_ciphers ECDHE:@SECLEVEL=0; "
            "ssl_ecdh_curve secp224r1:secp256k1:brainpoolP256r1:prime256v1:secp521r1:X25519:X448;"
        ),
    ),
    "ecdsa-and-other-curves": (
        ("p256",),
        "ssl_protocols TLSv1.2; ssl_ciphers ECDHE; ssl_ecdh_curve X25519:prime256v1:secp384r1;",
    ),
    "server-prefers-chacha": (
        ("p384",),
        (
            "ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; "
            "ssl_ciphers ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384; ssl_ecdh_curve secp384r1;"
        ),
    ),
    "no-forward-secrecy": (("rsa2048",), "ssl_protocols TLSv1.2; ssl_ciphers AES256-GCM-SHA384:AES256-SHA256;"),
}
COMMANDS = {
    "ssl_3_0_cipher_suites": Protocol.SSL_3,
    "tls_1_0_cipher_suites": Protocol.TLS_1_0,
    "tls_1_1_cipher_suites": Protocol.TLS_1_1,
    "tls_1_2_cipher_suites": Protocol.TLS_1_2,
    "tls_1_3_cipher_suites": Protocol.TLS_1_3,
}
CURVE_NAMES = {"secp192r1": "P-192", "secp224r1": "P-224", "secp256r1": "P-256", "secp384r1": "P-384"} | {
    "secp521r1": "P-521"
}
"""Where sslyze's name for a curve is not ours."""


@dataclass(frozen=True)
class Seen:
    """What one of the two saw: words like ``TLS 1.2`` and ``TLS 1.2 TLS_RSA_WITH_NULL_SHA256`` and ``group P-256``."""

    protocols: frozenset[str]
    suites: frozenset[str]
    groups: frozenset[str]


@dataclass(frozen=True)
class Servers:
    """Every configuration, each on a port of its own.

    Attributes:
        ports: The ports by configuration.
        by_sslyze: What sslyze saw, by configuration.
    """

    ports: dict[str, int]
    by_sslyze: dict[str, Seen]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    if not SSLYZE.exists():
        pytest.fail("sslyze is not here to compare with: run `make oracle`")
    nginx, authority = Nginx(tmp_path_factory.mktemp("oracle")), Authority()
    ports, blocks = {}, []
    for name, (keys, directives) in CONFIGURATIONS.items():
        ports[name] = nginx.port()
        files = [authority.issue([HOST], key=key).write(nginx.folder, f"{name}-{key}") for key in keys]
        lines = " ".join(f"ssl_certificate {f.chain_file}; ssl_certificate_key {f.key_file};" for f in files)
        blocks.append(f"server {{ listen 127.0.0.1:{ports[name]} ssl; {lines} {directives} return 200 hello; }}")
    nginx.serve("\n".join(blocks))
    try:
        yield Servers(ports, run_sslyze(ports, nginx.folder / "sslyze.json"))
    finally:
        nginx.stop()


def run_sslyze(ports: dict[str, int], report: Path) -> dict[str, Seen]:
    """Scan every port with sslyze."""
    versions = ["--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3"]
    finished = subprocess.run(
        [
            *(str(SSLYZE), "-m", "sslyze", "--quiet", "--mozilla_config=disable", f"--json_out={report}"),
            *versions,
            *("--elliptic_curves", f"--sni={HOST}"),
            *(f"127.0.0.1:{port}" for port in ports.values()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert report.exists(), finished.stdout + finished.stderr
    results = json.loads(report.read_text())["server_scan_results"]
    by_port = {result["server_location"]["port"]: result for result in results}
    return {name: read_sslyze(by_port[port]) for name, port in ports.items()}


def read_sslyze(result: dict) -> Seen:
    if result["scan_status"] != "COMPLETED":  # its first handshake failed, and it looks no further
        return Seen(frozenset(), frozenset(), frozenset())
    scan = result["scan_result"]
    suites: set[str] = set()
    protocols: set[str] = set()
    for command, protocol in COMMANDS.items():
        accepted = scan[command]["result"]["accepted_cipher_suites"]
        protocols |= {str(protocol)} if accepted else set()
        suites |= {f"{protocol} {one['cipher_suite']['name']}" for one in accepted}
    curves = scan["elliptic_curves"]["result"]["supported_curves"] or []
    return Seen(
        frozenset(protocols),
        frozenset(suites),
        frozenset(CURVE_NAMES.get(curve["name"], curve["name"]) for curve in curves),
    )


def read_ours(posture: AddressPosture) -> Seen:
    """Return what we saw; of groups, those of the highest protocol, which is where sslyze looks."""
    assert posture.unsettled == ()
    highest = posture.protocols[-1]
    return Seen(
        frozenset(str(protocol) for protocol in posture.protocols),
        frozenset(
            f"{protocol} {cipher_suites.name(number)}" for protocol, numbers in posture.suites for number in numbers
        ),
        frozenset(
            cipher_suites.group_name(number)
            for protocol, numbers in posture.groups
            for number in numbers
            if protocol == highest
        ),
    )


def written_down() -> dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]]:
    """Return the differences of the table: configuration and subject to what only we, and only sslyze, saw."""
    rows = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and cells[0] in CONFIGURATIONS:
            ours, theirs = (frozenset(filter(None, (word.strip() for word in cell.split(",")))) for cell in cells[2:4])
            rows[cells[0], cells[1]] = (ours, theirs)
            assert cells[4], f"no reason is given: {line}"
    return rows


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_what_we_see_is_what_sslyze_sees_or_the_difference_is_explained(servers: Servers, configuration: str):
    target = Target(
        name="prod",
        url=f"https://{HOST}/",
        resolve={f"{HOST}:443": f"127.0.0.1:{servers.ports[configuration]}"},
        budget=Budget(requests_per_second=1000),
    )
    ours = read_ours(asyncio.run(gather(target, tls)).addresses[0])
    theirs = servers.by_sslyze[configuration]
    differences = {
        (configuration, subject): (getattr(ours, subject) - getattr(theirs, subject),
                                   getattr(theirs, subject) - getattr(ours, subject))
        for subject in ("protocols", "suites", "groups")
        if getattr(ours, subject) != getattr(theirs, subject)
    }  # fmt: skip
    assert differences == {key: row for key, row in written_down().items() if key[0] == configuration}


def test_every_row_of_the_table_is_about_a_configuration_of_this_test():
    rows = [line for line in TABLE.read_text().splitlines() if line.startswith("| `")]
    assert len(rows) == len(written_down())
