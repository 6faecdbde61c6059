"""Ctrl-C: out at once, with what is known by then."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

OUT = 2.0
"""Seconds after Ctrl-C by which the process is gone."""

PYTEST = [sys.executable, "-m", "pytest", "-p", "pytest_readiness.plugin", "-p", "without_builtin"]

HANGING = {
    "a fact that never comes": """
        @readiness.evidence
        async def doors(greeting):
            HANGING.touch()
            await asyncio.Event().wait()
        @readiness.security
        def test_own(doors): pass
    """,
    "a connection that says nothing": """
        @readiness.evidence
        async def doors(greeting, sockets):
            silent = await asyncio.start_server(lambda r, w: asyncio.sleep(3600), "127.0.0.1", 0)
            async with sockets.connect("127.0.0.1", silent.sockets[0].getsockname()[1]) as (reader, writer):
                HANGING.touch()
                await reader.read()
        @readiness.security
        def test_own(doors): pass
    """,
    "a fact that cleans up slowly": """
        @readiness.evidence
        async def doors(greeting):
            try:
                HANGING.touch()
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(3600)
        @readiness.security
        def test_own(doors): pass
    """,
    "a test of the user's": """
        @readiness.security
        def test_own(greeting):
            HANGING.touch()
            time.sleep(3600)
    """,
}


@pytest.fixture
def interrupted(project):
    """Run pytest, interrupt it as soon as it hangs, and return exit status, seconds, output and report."""

    def run(body: str, *arguments: str):
        project.tests("import asyncio, time\nfrom pathlib import Path\nHANGING = Path(__file__).with_name('hanging')\n")
        with (project.path / "test_own.py").open("a") as file:
            file.write("\n".join(line.removeprefix(" " * 8) for line in body.splitlines()))
        project.without_builtin()
        process = subprocess.Popen(
            [*PYTEST, "--readiness=staging", "--readiness-report=report.json", *arguments],
            cwd=project.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            deadline = time.monotonic() + 20
            while not (project.path / "hanging").exists():
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() < deadline
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            sent = time.monotonic()
            output, _ = process.communicate(timeout=20)
            took = time.monotonic() - sent
        finally:
            process.kill()
            process.wait(10)
        return process.returncode, took, output, json.loads((project.path / "report.json").read_text())

    return run


@pytest.mark.parametrize("body", HANGING.values(), ids=HANGING)
def test_it_is_out_within_two_seconds_and_tells_what_was_verified(interrupted, body):
    ret, took, output, report = interrupted(body)
    states = {result["nodeid"]: result["state"] for result in report["results"]}

    assert ret == pytest.ExitCode.INTERRUPTED
    assert took < OUT
    assert "KeyboardInterrupt" in output
    assert "Traceback (most recent call last)" not in output
    assert states["readiness.toml::security::hsts[staging]"] == "FAIL"
    assert states["readiness.toml::operations::liveness[staging]"] == "PASS"
    assert states["test_own.py::test_own[staging]"] == "UNVERIFIED"
    assert report["finished"] is not None
    assert report["targets"]["staging"]["verdict"] == "NOT READY"
    assert "no Strict-Transport-Security" in output
    assert "NOT READY  staging" in output
    assert "the run ended before " in output


def test_interrupted_a_run_is_not_ready_though_all_that_it_asked_for_holds(interrupted):
    """What the gate lets pass would make it READY before its end."""
    body = HANGING["a fact that never comes"].replace("readiness.security\n", "readiness.security(severity='low')\n")
    *_, report = interrupted(body, "--readiness-gate=critical", "--readiness-level=bronze")

    assert report["targets"]["staging"]["verdict"] == "NOT READY"
