"""readiness.toml as it should be: what comes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pytest_readiness.demo.authority import Authority
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Budget, HealthPaths, Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.settings.load import find, load

WHOLE = """
[targets.prod]
url = "https://shop.example.com/start"
production = true
allow = "observe"
allow_up_to = "exercise"
budget = { requests_per_second = 20, connections = 4, requests = 500 }
pages = ["/", "/login"]
openapi = "/openapi.json"
ca_file = "ca.pem"
nameservers = ["127.0.0.1:5353", "2001:db8::1", "[2001:db8::2]:53"]
trust_anchor_file = "anchors.txt"
rdap_bootstrap = "https://127.0.0.1:8443/dns.json"
acme_directory = "https://acme.example.com/directory"
[targets.prod.health]
liveness = "/health"
readiness = "/health/ready"
[targets.prod.resolve]
"Shop.Example.com.:443" = "127.0.0.1:8443, [::1]:8443"
[targets.staging]
url = "http://staging.example.com:8080"
allow = "disrupt"
[thresholds]
rto = "30m"
"""


@pytest.fixture
def whole(read, tmp_path: Path):
    Authority().write_root(tmp_path / "ca.pem")
    (tmp_path / "anchors.txt").write_text(". IN DS 20326 8 2 E06D\n")
    return read(WHOLE)


def test_every_key_reaches_the_target(whole, tmp_path: Path) -> None:
    assert whole.targets["prod"] == Target(
        name="prod",
        url="https://shop.example.com/start",
        production=True,
        allow=Effect.OBSERVE,
        allow_up_to=Effect.EXERCISE,
        budget=Budget(requests_per_second=20, connections=4, requests=500),
        pages=("/", "/login"),
        openapi="/openapi.json",
        health=HealthPaths("/health", "/health/ready"),
        resolve={"shop.example.com:443": "127.0.0.1:8443, [::1]:8443"},
        ca_file=str(tmp_path / "ca.pem"),
        nameservers=("127.0.0.1:5353", "2001:db8::1", "[2001:db8::2]:53"),
        trust_anchor_file=str(tmp_path / "anchors.txt"),
        rdap_bootstrap="https://127.0.0.1:8443/dns.json",
        acme_directory="https://acme.example.com/directory",
    )


def test_targets_stand_in_the_order_of_the_file(whole) -> None:
    assert list(whole.targets) == ["prod", "staging"]


def test_what_is_not_written_has_its_default(whole) -> None:
    staging = whole.targets["staging"]
    assert staging == Target(
        name="staging",
        url="http://staging.example.com:8080",
        allow=Effect.DISRUPT,
        allow_up_to=Effect.DISRUPT,
    )


def test_a_route_is_found_by_the_name_however_it_is_written(whole) -> None:
    """Keys of ``resolve`` are host names: no case, no final dot; several addresses are divided by commas."""
    routes = whole.targets["prod"].routes("SHOP.example.com.", 443)
    assert routes == (("127.0.0.1", 8443), ("::1", 8443))


def test_a_route_of_an_address_is_found_with_and_without_brackets(read) -> None:
    target = read(
        '[targets.prod]\nurl = "https://[2001:db8::1]"\nresolve = { "[2001:db8::1]:443" = "127.0.0.1:8443" }'
    ).targets["prod"]
    assert target.routes("2001:db8::1", 443) == (("127.0.0.1", 8443),)
    assert target.routes("[2001:db8::1]", 443) == (("127.0.0.1", 8443),)


def test_a_path_may_hold_an_at_sign(read) -> None:
    """It is a password only before the host."""
    target = read('[targets.prod]\nurl = "https://shop.test/@shop?to=a@b"').targets["prod"]
    assert target.url == "https://shop.test/@shop?to=a@b"


class TestThresholds:
    @pytest.mark.parametrize("name", Thresholds.documentation())
    def test_every_threshold_can_be_set(self, read, name: str) -> None:
        assert getattr(read(f'[thresholds]\n{name} = "90m"').thresholds, name) == timedelta(minutes=90)

    def test_what_is_not_set_keeps_its_default(self, read) -> None:
        assert read('[thresholds]\nrpo = "15m"').thresholds == Thresholds(rpo=timedelta(minutes=15))


class TestFiles:
    def test_a_project_without_configuration_has_no_target(self, tmp_path: Path) -> None:
        settings = load(tmp_path)
        assert (settings.file, settings.targets, settings.thresholds) == (None, {}, Thresholds())

    @pytest.mark.parametrize(
        "text",
        [
            '[tool.readiness.targets.prod]\nurl = "https://shop.test"\n',
            '[tool]\nreadiness.targets.prod.url = "https://shop.test"\n',
            '["tool"."readiness"]\ntargets = { prod = { url = "https://shop.test" } }\n',
        ],
    )
    def test_pyproject_serves_too_however_its_table_is_written(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "pyproject.toml").write_text(text)
        settings = load(tmp_path)
        assert settings.file == tmp_path / "pyproject.toml"
        assert list(settings.targets) == ["prod"]

    @pytest.mark.parametrize(
        "text",
        ["[project]\nname = 'shop'\n", "[tool.pytest]\naddopts = ['-p', 'no:readiness']\n", "tool = 3 # readiness"],
    )
    def test_a_pyproject_that_says_nothing_of_readiness_is_passed_over(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "pyproject.toml").write_text(text)
        assert find(tmp_path) is None

    @pytest.mark.parametrize("ending", ["\n", "\r\n"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_a_byte_order_mark_and_windows_line_ends_are_read_past(
        self, tmp_path: Path, mark: str, ending: str
    ) -> None:
        text = ending.join([f"{mark}[targets.prod]", 'url = "https://shop.test"', ""])
        (tmp_path / "readiness.toml").write_bytes(text.encode())
        assert load(tmp_path).targets["prod"].url == "https://shop.test"


class TestTargetsInCode:
    def test_are_added_to_those_of_the_file(self, read) -> None:
        settings = read(
            '[targets.prod]\nurl = "https://shop.test"',
            added=[{"preview": {"url": "https://preview.shop.test", "pages": ("/", "/login")}}],
        )
        assert list(settings.targets) == ["prod", "preview"]
        assert settings.targets["preview"].pages == ("/", "/login")

    def test_follow_references_too(self, read) -> None:
        settings = read("", added=[{"preview": {"url": "env:SHOP_PLAIN_URL"}}])
        assert settings.targets["preview"].url == "https://shop.test"
