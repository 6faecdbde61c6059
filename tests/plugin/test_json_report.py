"""`--readiness-report=FILE.json`: a public format, and never an old READY."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import datetime

import jsonschema
import pytest

from pytest_readiness.reporting.json_report import SCHEMA

HSTS = "readiness.toml::security::hsts"

PYTEST = [sys.executable, "-m", "pytest", "-p", "pytest_readiness.plugin", "-p", "without_builtin"]


def valid(document) -> bool:
    jsonschema.validate(document, SCHEMA, format_checker=jsonschema.FormatChecker())
    return True


class TestContents:
    def test_the_schema_is_one(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--readiness=all"],
            ["--readiness=prod", "-k", "hsts"],
            ["--readiness=prod", "-k", "no_such_thing"],
            ["--readiness=staging", "-x"],
            ["--readiness=prod", "test_own.py"],
        ],
    )
    def test_every_report_is_valid(self, project, arguments):
        project.tests("""
            @readiness.security
            def test_fails(target): assert_ready([Finding("no", severity=Severity.LOW), "never"])
            @readiness.security
            def test_skips(): pytest.skip()
            @readiness.security
            def test_breaks(greeting): raise OSError
        """)

        assert valid(project.judge(*arguments).report)

    def test_it_says_when_and_by_what_it_was_made(self, project):
        from pytest_readiness import __version__

        report = project.judge("--readiness=prod").report

        assert report["schema_version"] == 1
        assert report["plugin_version"] == __version__
        assert report["partial"] is False
        started, finished = datetime.fromisoformat(report["started"]), datetime.fromisoformat(report["finished"])
        assert started.utcoffset() is not None
        assert started <= finished

    def test_it_says_of_each_target_what_came_out(self, project):
        targets = project.judge("--readiness=all").report["targets"]

        assert targets["staging"] == {
            "verdict": "NOT READY",
            "raw_verdict": "NOT READY",
            "url": "https://staging.shop.test",
            "sent": {"http_requests": 0, "tls_handshakes": 0, "dns_queries": 0, "other": 0},
            "states": {
                "PASS": 2,
                "WARN": 0,
                "ATTESTED": 0,
                "WAIVED": 0,
                "NOT-APPLICABLE": 0,
                "UNVERIFIED": 45,
                "FAIL": 1,
                "ERROR": 0,
            },
        }
        assert targets["prod"]["states"]["PASS"] == 3

    def test_it_lists_every_item_with_its_proofs(self, project):
        items = project.judge("--readiness=all").report["items"]
        headers = next(item for item in items if item["id"] == "security/security-headers")

        assert len(items) == 2 * 48
        assert headers == {
            "id": "security/security-headers",
            "target": "staging",
            "area": "security",
            "title": headers["title"],
            "severity": "high",
            "state": "FAIL",
            "proofs": [f"{HSTS}[staging]"],
        }

    def test_it_lists_every_result_with_its_findings_and_figures(self, project):
        result = project.judge("--readiness=staging").result(f"{HSTS}[staging]")

        assert result.pop("evidence_age_s") >= 0
        assert result == {
            "nodeid": f"{HSTS}[staging]",
            "item": "security/security-headers",
            "check": "hsts",
            "target": "staging",
            "state": "FAIL",
            "severity": "high",
            "reason": "",
            "findings": [
                {
                    "summary": "no Strict-Transport-Security",
                    "where": "https://staging.shop.test",
                    "severity": "high",
                    "fix": "send it",
                    "source": "RFC 6797, 6.1",
                    "measured": None,
                }
            ],
            "fix": "",
            "raw_state": None,
            "exception": "",
            "measured": {"letters": 18},
        }

    def test_what_looked_at_nothing_has_no_age(self, project):
        assert project.judge("--readiness=prod").result("readiness.toml::backup::rto[prod]")["evidence_age_s"] is None

    def test_text_that_no_terminal_should_see_is_plain_json(self, project):
        with (project.path / "conftest.py").open("a") as file:
            file.write(
                '@check("security/authentication")\ndef odd():\n    yield Finding("\\x1b[31mé\\u202e\\n\\ud800")\n'
            )
        (finding,) = project.judge("--readiness=prod", "-k", "odd").report["results"][0]["findings"]

        assert finding["summary"] == "\x1b[31mé\u202e\n\ud800"


class TestTheFile:
    def test_several_are_written(self, project):
        project.run("--readiness=prod", "--readiness-report=a.json", "--readiness-report=deep/down/b.json")

        assert valid(json.loads((project.path / "a.json").read_text()))
        assert valid(json.loads((project.path / "deep" / "down" / "b.json").read_text()))

    def test_it_is_relative_to_where_pytest_was_started(self, project, monkeypatch):
        (project.path / "sub").mkdir()
        monkeypatch.chdir(project.path / "sub")
        project.run("--readiness=prod", "--readiness-report=here.json")

        assert (project.path / "sub" / "here.json").exists()

    def test_nothing_is_left_beside_it(self, project):
        before = {path.name for path in project.path.iterdir()}
        project.judge("--readiness=prod", "-p", "no:cacheprovider")

        assert {path.name for path in project.path.iterdir()} - before - {"gathered.txt", "__pycache__"} == {
            "report.json"
        }

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("report.xml", "no report has the suffix '.xml'; end the name in .json, .md, .sarif, .prom"),
            ("report", "the file has no suffix to pick the form by; end the name in .json, .md, .sarif, .prom"),
            (".json", "the file has no suffix to pick the form by"),
            ("conftest.py/report.json", "cannot be written: "),
            ("folder.json", "cannot be written: is a directory"),
        ],
    )
    def test_one_that_cannot_be_is_an_error_before_anything_is_gathered(self, project, name, words):
        (project.path / "folder.json").mkdir()
        ended = project.run("--readiness=prod", f"--readiness-report={name}")

        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert words in ended.text
        assert f"--readiness-report={name}" in ended.text.replace(f"{project.path}/", "")
        assert project.gathered == []

    @pytest.mark.parametrize("argument", ["--readiness=nobody", "--readiness-gate=grave"])
    def test_a_wrong_command_line_leaves_an_old_one_alone(self, project, argument):
        project.judge("--readiness=prod")
        before = (project.path / "report.json").read_bytes()
        project.judge("--readiness=prod", argument)

        assert (project.path / "report.json").read_bytes() == before


class TestUnfinished:
    HANGS = """
        import asyncio
        from pathlib import Path
        @readiness.evidence
        async def doors(greeting):
            Path(__file__).with_name("hanging").touch()
            await asyncio.Event().wait()
        @readiness.security
        def test_own(doors): pass
    """

    def test_a_run_that_is_killed_leaves_one_that_says_so(self, project):
        """kill -9 in the middle: yesterday's READY must not stand there still."""
        project.tests(self.HANGS)
        project.without_builtin()
        report = project.path / "report.json"
        report.write_text('{"targets": {"prod": {"verdict": "READY"}}}')
        process = subprocess.Popen(
            [*PYTEST, "--readiness=prod", "--readiness-report=report.json"],
            cwd=project.path,
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(project.path / "hanging")
        finally:
            process.kill()
            process.wait(10)
        document = json.loads(report.read_text())

        assert process.returncode == -signal.SIGKILL
        assert valid(document)
        assert document["finished"] is None
        assert document["targets"]["prod"]["verdict"] == "NOT READY"

    def test_a_run_that_ends_in_a_mistake_leaves_one_that_says_so(self, project):
        project.tests("@readiness.security(severity='grave')\ndef test_own(): pass")
        report = project.judge("--readiness=prod").report

        assert valid(report)
        assert (report["finished"], report["targets"]["prod"]["verdict"]) == (None, "NOT READY")


def wait_for(path, seconds: float = 15) -> None:
    """Wait until another process has made ``path``."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} was not there within {seconds} s"
        time.sleep(0.01)
