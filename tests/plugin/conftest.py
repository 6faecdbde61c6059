"""A repository that asks for readiness, and pytest run inside it."""

from __future__ import annotations

import json
import os
import pkgutil
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import pytest_readiness
from pytest_readiness import checks, probes

for module in pkgutil.walk_packages(pytest_readiness.__path__, "pytest_readiness."):
    if module.name.split(".")[1] not in {"checks", "probes", "demo", "cli"}:
        import_module(module.name)  # so that every inner run, and every monkeypatch, meets the same modules
import_module("pytest_readiness.checks.checklist")

REPORT = "report.json"

TARGETS = """
    [targets.staging]
    url = "https://staging.shop.test"
    [targets.prod]
    url = "https://shop.test"
    production = true
"""

CHECKS = '''
    """Evidence and checks that need no service: what is gathered is written down, and staging lacks HSTS."""

    from pathlib import Path

    from pytest_readiness import Finding, Measure, check, readiness

    GATHERED = Path(__file__).with_name("gathered.txt")


    @readiness.evidence(sends="nothing")
    async def greeting(target):
        """What the service says first."""
        with GATHERED.open("a") as log:
            log.write(f"{target.name}\\n")
        return f"hello from {target.name}"


    @check("security/security-headers")
    def hsts(greeting, target):
        """Browsers are told to come back over HTTPS."""
        yield Measure("letters", len(greeting))
        if "staging" in greeting:
            yield Finding("no Strict-Transport-Security", where=target.url, fix="send it", source="RFC 6797, 6.1")


    @check("security/exposure")
    def no_directory_listing(greeting):
        """No folder lists what is in it."""
        return []


    @check("operations/health-check")
    def liveness(greeting):
        """The service says that it lives."""
        return []
'''

PLAIN = '"""Takes the built-in checks and probes away."""\nimport pytest_readiness.checks, pytest_readiness.probes\n'
PLAIN += "pytest_readiness.checks.MODULES = pytest_readiness.probes.MODULES = ()\n"


@dataclass(frozen=True)
class Ended:
    """What an inner run left.

    Attributes:
        ret: Its exit status.
        text: What it wrote to the terminal.
        ran: Node ids whose call phase was reported, in order; empty for a run in a process of its own.
        report: The JSON report, where it was asked for.
    """

    ret: int
    text: str
    ran: list[str] = field(default_factory=list)
    report: dict[str, Any] | None = None

    @property
    def verdicts(self) -> dict[str, str]:
        assert self.report is not None
        return {name: target["verdict"] for name, target in self.report["targets"].items()}

    @property
    def states(self) -> dict[str, str]:
        """States by node id, of a run with one target."""
        assert self.report is not None
        return {result["nodeid"]: result["state"] for result in self.report["results"]}

    @property
    def items(self) -> dict[str, str]:
        """States by item, of a run with one target."""
        assert self.report is not None
        return {item["id"]: item["state"] for item in self.report["items"]}

    def result(self, nodeid: str) -> dict[str, Any]:
        assert self.report is not None
        (found,) = [result for result in self.report["results"] if result["nodeid"] == nodeid]
        return found


class Project:
    """A repository of a user's."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester, self.path = pytester, pytester.path

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def tests(self, text: str, name: str = "test_own.py") -> Path:
        """Write a module of tests that are about readiness."""
        header = """\
            import pytest
            from pytest_readiness import (
                Finding, NotApplicable, Severity, Unverified, assert_ready, check, readiness
            )
        """
        return self.write(name, textwrap.dedent(header) + textwrap.dedent(text))

    def mend(self) -> None:
        """Let staging have HSTS too."""
        self.write("conftest.py", textwrap.dedent(CHECKS).replace('"staging" in greeting', "not greeting"))

    def run(self, *arguments: str, plugins: tuple[str, ...] = ()) -> Ended:
        """Run pytest in this process, with this plugin and no other but those named."""
        loaded = [part for name in ("pytest_readiness.plugin", *plugins) for part in ("-p", name)]
        done: Any = self.pytester.runpytest_inprocess(*loaded, *arguments)
        if not hasattr(done.reprec, "getreports"):
            return self._ended(done, [])  # it ended before there was a session to record
        reports = done.reprec.getreports("pytest_runtest_logreport")
        return self._ended(done, [report.nodeid for report in reports if report.when == "call"])

    def judge(self, *arguments: str, plugins: tuple[str, ...] = ()) -> Ended:
        """Run with a JSON report."""
        return self.run(f"--readiness-report={REPORT}", *arguments, plugins=plugins)

    def without_builtin(self) -> None:
        """Write a plugin that takes the built-in checks away from a run in a process of its own."""
        self.write("without_builtin.py", PLAIN)

    def subprocess(self, *arguments: str, plugins: tuple[str, ...] = (), timeout: float = 30) -> Ended:
        """Run pytest in a process of its own."""
        self.without_builtin()
        loaded = [part for name in ("pytest_readiness.plugin", "without_builtin", *plugins) for part in ("-p", name)]
        return self._ended(self.pytester.runpytest_subprocess(*loaded, *arguments, timeout=timeout), [])

    def _ended(self, done: pytest.RunResult, ran: list[str]) -> Ended:
        report = self.path / REPORT
        document = json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
        return Ended(int(done.ret), "\n".join([*done.outlines, *done.errlines]), ran, document)

    @property
    def gathered(self) -> list[str]:
        """The targets that the evidence was gathered of, in order, each as often as it was."""
        log = self.path / "gathered.txt"
        return sorted(log.read_text().split()) if log.exists() else []

    def forget(self) -> None:
        (self.path / "gathered.txt").unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("COLUMNS", "120")
    for name in [name for name in os.environ if name.startswith(("COV_CORE", "COVERAGE", "PYTEST_XDIST"))]:
        monkeypatch.delenv(name)  # a run of this suite under coverage or xdist is no business of the inner ones
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Project:
    """A repository with an ini file and nothing else."""
    project = Project(pytester)
    project.write("pytest.ini", "[pytest]\n")
    return project


@pytest.fixture
def bare(repository: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The same, with the built-in checks and probes away."""
    monkeypatch.setattr(checks, "MODULES", ())
    monkeypatch.setattr(probes, "MODULES", ())
    return repository


@pytest.fixture
def project(bare: Project) -> Project:
    """A repository with the targets staging and prod, three checks of its own and a test of its application."""
    bare.write("readiness.toml", TARGETS)
    bare.write("conftest.py", CHECKS)
    bare.write("test_app.py", "def test_app(): pass\n")
    return bare


class Shop:
    """A service on loopback that remembers what it was asked."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.requests: list[str] = []


@pytest.fixture
def shop() -> Iterator[Shop]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.requests.append(f"{self.command} {self.path}")
            self.send_response(401 if self.path == "/orders" else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_POST = do_OPTIONS = do_GET  # noqa: N815  # http.server's names

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service = Shop(server)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield service
        server.shutdown()
        thread.join()
