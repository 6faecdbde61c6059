"""The conftest that we show is one that runs."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "conftest_example.py"


@pytest.fixture
def service():
    """A service that says which version it is; the test sets it."""

    class Handler(BaseHTTPRequestHandler):
        version = "2026.11.2"

        def do_GET(self):
            body = self.version.encode()
            self.send_response(200 if self.path == "/version" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Handler, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def judged(pytester, service, monkeypatch):
    """Run the example's check on the service and return what pytest said."""
    _, url = service
    monkeypatch.setenv("REVIEW_APP_URL", url)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(EXAMPLE.read_text(encoding="utf-8"))
    return lambda: pytester.runpytest_inprocess(
        "-p", "pytest_readiness.plugin", "--readiness=review", "-k", "a-release-runs", "-v"
    )


def test_a_release_passes(judged):
    """The target comes from the hook, the evidence from the service, the judgement from the check."""
    result = judged()
    result.assert_outcomes(passed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(["*a-release-runs*version 2026.11.2*"])


def test_a_working_copy_fails(judged, service):
    """The seeded fault turns it red, with the finding's words."""
    handler, _ = service
    handler.version = "2026.11.2-dirty"
    result = judged()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*what runs was not built from a commit*", "*deploy what the pipeline built*"])


def test_without_an_address_there_is_no_target(judged, monkeypatch):
    """A pipeline that forgot the variable is told so, and nothing passes."""
    monkeypatch.delenv("REVIEW_APP_URL")
    assert judged().ret == 4
