"""`--readiness-report=FILE.intoto.json`: what a run signs is what `pytest-readiness verify` lets a pipeline gate on."""

from __future__ import annotations

import base64
import json
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from pytest_readiness.cli import main

COMMIT = "c0ffee" + "0" * 34
OTHER = "d" * 40
SIGN = "--readiness-sign-key=file:gate.key"
STATEMENT = "--readiness-report=prod.intoto.json"


@pytest.fixture(autouse=True)
def _no_release(monkeypatch):
    """The machine that the tests run on may be a CI system's."""
    for name in ("READINESS_RELEASE", "GITHUB_SHA", "CI_COMMIT_SHA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def signing(project, monkeypatch):
    """Return the project with a pair of keys in it, and a commit."""
    assert main(["keygen", "--out", str(project.path / "gate")]) == 0
    monkeypatch.setenv("GITHUB_SHA", COMMIT)
    return project


def verify(project, *, release: str = COMMIT, verdict: str = "ready", capsys) -> tuple[int, str]:
    file, key = project.path / "prod.intoto.json", project.path / "gate.pub"
    capsys.readouterr()
    words = f"verify {file} --key {key} --target prod --release {release} --verdict {verdict}"
    status = main(shlex.split(words))
    return status, capsys.readouterr().err.replace(f"{file}: ", "")


def predicate(project) -> dict:
    envelope = json.loads((project.path / "prod.intoto.json").read_text())
    return json.loads(base64.b64decode(envelope["payload"]))["predicate"]


class TestSigned:
    def test_a_run_that_is_not_ready_says_so_under_its_signature(self, signing, capsys):
        assert signing.run("--readiness=prod", STATEMENT, SIGN).ret == 1
        assert verify(signing, capsys=capsys) == (1, "prod is NOT READY, wanted ready\n")
        assert predicate(signing)["result"] == "FAILED"

    def test_a_ready_one_opens_the_gate_for_its_release_alone(self, signing, capsys):
        everything_holds(signing)
        assert signing.run("--readiness=prod", STATEMENT, SIGN).ret == 0
        assert verify(signing, capsys=capsys) == (0, "")
        status, said = verify(signing, release=OTHER, capsys=capsys)
        assert (status, said.partition(":")[0]) == (1, "it speaks of another release")

    def test_a_selection_is_partial_and_opens_nothing(self, signing, capsys):
        everything_holds(signing)
        assert signing.run("--readiness=prod", STATEMENT, SIGN, "-k", "hsts").ret == 0
        assert verify(signing, verdict="ready-with-waivers", capsys=capsys) == (
            1,
            "prod is PARTIAL, wanted ready-with-waivers\n",
        )

    def test_it_agrees_with_the_json_report(self, signing):
        ended = signing.judge("--readiness=prod", STATEMENT, SIGN)
        own = predicate(signing)["pytest-readiness/report"]
        assert (own["items"], own["targets"]) == (ended.report["items"], ended.report["targets"])
        named = {name for key in ("passedTests", "warnedTests", "failedTests") for name in predicate(signing)[key]}
        assert named == {f"{item['id']}[prod]" for item in ended.report["items"]}

    def test_an_old_ready_is_gone_when_a_run_begins(self, signing, capsys):
        everything_holds(signing)
        signing.run("--readiness=prod", STATEMENT, SIGN)
        signing.tests("raise KeyboardInterrupt")
        signing.subprocess("--readiness=prod", STATEMENT, SIGN)
        status, said = verify(signing, capsys=capsys)
        assert (status, said.partition(":")[0]) == (1, "the statement is not signed")
        assert predicate(signing)["result"] == "FAILED"


def everything_holds(project) -> None:
    """Let a test of the project's own prove each item, and the project say what it releases."""
    project.mend()
    project.write(
        "readiness.toml",
        (project.path / "readiness.toml").read_text() + '\n[release]\nname = "shop"\ncommit = "' + COMMIT + '"\n',
    )
    project.tests(
        "from pytest_readiness.checks.checklist import items\n"
        "for item in items():\n"
        "    def proof(target): pass\n"
        "    name = 'test_' + ''.join(c if c.isalnum() else '_' for c in item.id)\n"
        "    globals()[name] = getattr(readiness, item.area)(item.name)(proof)\n"
    )


class TestCannotSign:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ([], "--readiness-sign-key: a report that ends in .intoto.json is signed, and no key is given; add"),
            (["--readiness-sign-key="], "no key is given"),
            (["--readiness-sign-key=hunter2hunter2"], "--readiness-sign-key: points at nothing; write env:NAME"),
            (["--readiness-sign-key=env:NO_SUCH"], "the environment variable NO_SUCH is not set: export NO_SUCH=…"),
            (["--readiness-sign-key=file:none.key"], "the file none.key cannot be read"),
            (["--readiness-sign-key=file:gate.pub"], "file:gate.pub: this is a public key; sign with the private one"),
        ],
    )
    def test_a_key_that_is_none_ends_the_run_before_it_begins(self, signing, options, words):
        ended = signing.run("--readiness=prod", STATEMENT, *options)
        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert words in ended.text
        assert "hunter2" not in ended.text
        assert signing.gathered == []

    def test_without_a_release_it_says_where_to_write_one(self, signing, monkeypatch):
        monkeypatch.delenv("GITHUB_SHA")
        ended = signing.run("--readiness=prod", STATEMENT, SIGN)
        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert 'write [release] and digest = "sha256:…"' in ended.text

    def test_a_release_that_got_lost_on_the_way_is_not_made_up_for(self, signing, monkeypatch):
        """An empty READINESS_RELEASE falls back on nothing: it was meant to be the release."""
        monkeypatch.setenv("READINESS_RELEASE", "")
        ended = signing.run("--readiness=prod", STATEMENT, SIGN)
        assert ended.ret == pytest.ExitCode.USAGE_ERROR
        assert "the environment variable READINESS_RELEASE: '' is no digest" in ended.text


def test_the_key_reaches_no_output(signing, monkeypatch):
    pem = (signing.path / "gate.key").read_text()
    monkeypatch.setenv("SIGNING_KEY", pem)
    signing.tests("""
        import os
        @readiness.security
        def test_leaks(target):
            key = os.environ["SIGNING_KEY"]
            print(key)
            assert not key, key
    """)
    ended = signing.judge("--readiness=prod", STATEMENT, "--readiness-sign-key=env:SIGNING_KEY", "-vv", "--showlocals")
    assert "test_leaks" in ended.text
    body = pem.splitlines()[1]
    assert body not in ended.text
    assert body not in json.dumps(ended.report)
    assert body not in json.dumps(predicate(signing))


def test_waivers_open_the_gate_only_where_they_are_asked_for(signing, capsys):
    everything_holds(signing)
    today = datetime.now(UTC).date()
    signing.tests(
        """
        @readiness.security("exposure")
        def test_a_known_gap(target): assert_ready([Finding("a gap")])
        """,
        name="test_gap.py",
    )
    file = signing.path / "readiness.toml"
    waiver = f"""
[[waivers]]
item = "security/exposure"
reason = "mended with the next release"
owner = "ann"
approved_by = "bob"
expires = {today + timedelta(days=30)}
"""
    file.write_text(file.read_text() + waiver)
    assert signing.run("--readiness=prod", STATEMENT, SIGN).ret == 0
    assert verify(signing, capsys=capsys) == (1, "prod is READY WITH WAIVERS, wanted ready\n")
    assert verify(signing, verdict="ready-with-waivers", capsys=capsys) == (0, "")
    assert predicate(signing)["result"] == "WARNED"
    assert predicate(signing)["warnedTests"] == ["security/exposure[prod]"]
