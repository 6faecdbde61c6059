"""`pytest-readiness demo`, as a stranger runs it."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest

from pytest_readiness.cli.demo import DOCUMENTED, differences
from pytest_readiness.reporting.json_report import SCHEMA


def run_demo(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "pytest_readiness.cli", "demo", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The demo's project folder and what the demo printed."""
    folder = tmp_path_factory.mktemp("demo") / "project"
    return folder, run_demo("--keep", str(folder))


@pytest.fixture(scope="module")
def report(kept):
    return json.loads((kept[0] / "readiness.json").read_text(encoding="utf-8"))


class TestDemo:
    def test_it_comes_out_as_documented(self, kept):
        """It exits 0 when, and only when, every documented state is what came out."""
        _, done = kept
        assert done.returncode == 0, done.stdout + done.stderr
        assert "This is how it should come out" in done.stdout

    def test_the_reader_sees_every_kind_of_line_and_both_verdicts(self, kept):
        """PASS, FAIL with finding and fix, UNVERIFIED with what to add, and a verdict for each target."""
        out = kept[1].stdout
        for words in (
            "  PASS            tls ",
            "FAILED readiness.toml::infrastructure::expiry[staging] - the certificate ends in 9 days",
            "      fix       renew it now",
            "UNVERIFIED 40 items that nothing proves yet",
            '[targets.staging] acme_directory = "https://…/directory"',
            "NOT READY  prod  https://shop.test",
            "NOT READY  staging  https://staging.shop.test",
        ):
            assert words in out

    def test_nothing_but_reading_requests_reaches_the_service(self, kept):
        """The service's own log names every method that arrived."""
        lines = (kept[0] / "access.log").read_text(encoding="utf-8").splitlines()
        assert {line.split()[1] for line in lines} <= {"GET", "HEAD", "OPTIONS"}
        assert len(lines) > 100

    def test_what_the_report_says_was_sent_is_what_arrived(self, kept, report):
        """HTTP requests are counted where bytes leave; the service counts the same."""
        lines = (kept[0] / "access.log").read_text(encoding="utf-8").splitlines()
        for target, host in (("prod", "//shop.test"), ("staging", "//staging.shop.test")):
            arrived = sum(line.split()[0].endswith(host) for line in lines)
            assert report["targets"][target]["sent"]["http_requests"] == arrived

    def test_the_report_keeps_to_its_published_schema(self, report):
        jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(report)
        assert {name: entry["verdict"] for name, entry in report["targets"].items()} == {
            "prod": "NOT READY",
            "staging": "NOT READY",
        }

    def test_the_thirty_launch_lines_are_all_on_the_board(self, report):
        from pytest_readiness.checks.checklist import items

        wanted = {item.id for item in items() if item.launch}
        for target in ("prod", "staging"):
            assert wanted <= {entry["id"] for entry in report["items"] if entry["target"] == target}

    def test_a_changed_outcome_is_told(self, report):
        """Had production failed where it is documented to pass, the demo would say so and exit 1."""
        other = json.loads(json.dumps(report))
        for entry in other["items"]:
            if (entry["target"], entry["id"]) == ("prod", "infrastructure/tls"):
                entry["state"] = "FAIL"
        assert differences(report) == []
        assert differences(other) == ["infrastructure/tls of prod is FAIL, PASS is documented"]

    def test_every_documented_item_exists(self, report):
        known = {entry["id"] for entry in report["items"]}
        assert {item for states in DOCUMENTED.values() for item in states} <= known

    def test_a_folder_that_is_not_empty_is_left_alone(self, kept):
        folder, _ = kept
        before = sorted(folder.rglob("*"))
        done = run_demo("--keep", str(folder))
        assert done.returncode == 4
        assert "is not empty" in done.stderr
        assert sorted(folder.rglob("*")) == before
