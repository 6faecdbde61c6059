"""``pytest-readiness init URL`` writes what it can find out, and asks nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_readiness.cli import main
from pytest_readiness.demo import http_server
from pytest_readiness.demo.authority import Authority
from pytest_readiness.demo.http_server import Request, Response
from pytest_readiness.demo.site import AccessLog, GoodSite
from pytest_readiness.model.targets import HealthPaths
from pytest_readiness.settings.load import load


@contextlib.contextmanager
def served(application: http_server.Application, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve on a loop in a thread of its own, as the command has one of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def stop() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), 5)

    server = asyncio.run_coroutine_threadsafe(http_server.serve(application, context=context), loop).result(5)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def init(*words: str) -> int:
    return main(["init", *words])


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "readiness.toml"


@pytest.fixture
def log() -> AccessLog:
    return AccessLog()


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    """A server's context for 127.0.0.1; its authority stands in ca.pem."""
    authority = Authority()
    authority.write_root(tmp_path / "ca.pem")
    (tmp_path / "server").mkdir()
    return authority.issue(["127.0.0.1"]).write(tmp_path / "server").server_context()


class TestTheExampleSite:
    def test_is_found_out(self, file: Path, log: AccessLog, context: ssl.SSLContext, capsys) -> None:
        with served(GoodSite("127.0.0.1", log).secure, context) as port:
            url = f"https://127.0.0.1:{port}"
            assert init(url, "--ca-file", "ca.pem") == 0
        target = load(file.parent).targets["prod"]
        assert (target.url, target.production, target.pages, target.openapi, target.health, target.ca_file) == (
            url,
            True,
            ("/login",),
            "/openapi.json",
            HealthPaths("/health", "/health/ready"),
            str(file.parent / "ca.pem"),
        )
        shown = capsys.readouterr().out
        assert f"looked at {url} with {len(log.requests)} requests, GET only" in shown
        assert "liveness   /health\n" in shown
        assert "now run: pytest --readiness=prod" in shown

    def test_is_asked_by_get_alone(self, file: Path, log: AccessLog, context: ssl.SSLContext) -> None:
        with served(GoodSite("127.0.0.1", log).secure, context) as port:
            init(f"https://127.0.0.1:{port}", "--ca-file", "ca.pem")
        assert {method for method, _ in log.requests} == {"GET"}
        assert 10 < len(log.requests) < 30

    def test_has_its_title_in_the_file(self, file: Path, log: AccessLog, context: ssl.SSLContext) -> None:
        with served(GoodSite("127.0.0.1", log).secure, context) as port:
            init(f"https://127.0.0.1:{port}", "--ca-file", "ca.pem", "--name", "shop-1")
        assert file.read_text().startswith("# Readiness of Shop.\n# Run it: pytest --readiness=shop-1\n")
        assert list(load(file.parent).targets) == ["shop-1"]

    def test_with_an_unknown_authority_says_which_line_to_write(
        self, file: Path, log: AccessLog, context: ssl.SSLContext, capsys
    ) -> None:
        with served(GoodSite("127.0.0.1", log).secure, context) as port:
            assert init(f"https://127.0.0.1:{port}") == 0
        assert log.requests == []
        assert "# the site's certificate was refused: if its authority is your own, name it here" in file.read_text()
        assert "the site did not answer: certificate refused (" in capsys.readouterr().err

    def test_the_authority_is_found_from_where_the_file_stands(
        self, file: Path, log: AccessLog, context: ssl.SSLContext
    ) -> None:
        folder = file.parent / "deploy"
        folder.mkdir()
        with served(GoodSite("127.0.0.1", log).secure, context) as port:
            init(f"https://127.0.0.1:{port}", "--ca-file", "ca.pem", "--file", "deploy/readiness.toml")
        [ca_file] = {target.ca_file for target in load(folder).targets.values()}
        assert Path(ca_file).resolve() == file.parent / "ca.pem"


def html(page: str) -> Callable[[Request], Response]:
    def application(request: Request) -> Response:
        if request.path != "/":
            return Response(404)
        return Response(200, (("Content-Type", "text/html"),), page.encode())

    return application


class TestOtherSites:
    def test_that_answer_everything_tell_nothing_by_it(self, file: Path) -> None:
        """A single-page application has no health endpoint just because /health answers."""
        with served(lambda request: Response(200, (), b"{}")) as port:
            init(f"http://127.0.0.1:{port}")
        target = load(file.parent).targets["prod"]
        assert (target.health, target.openapi) == (HealthPaths(), None)
        assert '# liveness = "/health"' in file.read_text()

    def test_have_the_pages_that_they_link_to(self, file: Path) -> None:
        page = """<a href="/a">a</a> <a class=x href='b/c'>b</a>
        <a href="https://evil.test/x">x</a> <a href="/a#b">a</a>
        <a href="mailto:a@b.test">m</a> <a href="javascript:x()">j</a> <a href="http://[x/">?</a> <a href="/">home</a>
        <a href="/%22]&#10;production=false">odd</a> <a href="/d">d</a> <a href="/e">e</a>"""
        with served(html(page)) as port:
            init(f"http://127.0.0.1:{port}")
        assert load(file.parent).targets["prod"].pages == ("/a", "/b/c", "/d")

    @pytest.mark.parametrize(
        "title", ['"""\n[targets.evil]\nurl="https://evil.test"', "\x1b]0;owned\x07", "x" * 1000, "\u202eÜ", ""]
    )
    def test_cannot_write_into_the_file_by_their_title(self, file: Path, title: str) -> None:
        with served(html(f"<title>{title}</title>")) as port:
            init(f"http://127.0.0.1:{port}")
        assert list(load(file.parent).targets) == ["prod"]
        first = file.read_text().splitlines()[0]
        assert first.startswith("# Readiness of ")
        assert first.isascii()
        assert first.isprintable()
        assert len(first) < 100

    @pytest.mark.parametrize(
        ("document", "found"),
        [
            ('{"swagger": "2.0"}', True),
            ('{"openapi": "3.1.0"}', True),
            ("[]", False),
            ("no JSON", False),
            ("[" * 100_000, False),
            (json.dumps({"openapi": "3.1.0", "x": "y" * 300_000}), True),
        ],
        ids=["swagger", "openapi", "list", "text", "nested without end", "longer than is read"],
    )
    def test_have_an_openapi_document_where_it_is_one(self, file: Path, document: str, found: bool) -> None:
        def application(request: Request) -> Response:
            return Response(200, (), document.encode()) if request.path == "/openapi.json" else Response(404)

        with served(application) as port:
            init(f"http://127.0.0.1:{port}")
        assert load(file.parent).targets["prod"].openapi == ("/openapi.json" if found else None)

    def test_that_redirect_away_are_not_followed(self, file: Path) -> None:
        with served(lambda request: Response(302, (("Location", "http://evil.test/"),))) as port:
            assert init(f"http://127.0.0.1:{port}") == 0
        assert load(file.parent).targets["prod"].url == f"http://127.0.0.1:{port}"

    def test_that_do_not_answer_are_written_down_all_the_same(self, file: Path, capsys) -> None:
        assert init("http://127.0.0.1:1") == 0
        told = capsys.readouterr()
        assert "the site did not answer: refused" in told.err
        assert "with 1 requests, GET only" in told.out
        assert load(file.parent).targets["prod"].url == "http://127.0.0.1:1"

    def test_without_a_scheme_are_meant_over_https(self, file: Path) -> None:
        init("127.0.0.1:1/start")
        assert load(file.parent).targets["prod"].url == "https://127.0.0.1:1/start"

    def test_may_have_any_path(self, file: Path) -> None:
        url = 'http://127.0.0.1:1/"😀"/\\x'
        init(url)
        assert load(file.parent).targets["prod"].url == url


class TestMistakes:
    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["ftp://shop.test"], "'ftp://shop.test' is no URL of a site: write https://host[:port][/path]"),
            (["https://"], "'https://' is no URL of a site: write https://host[:port][/path]"),
            (
                ["https://shop.test:99999"],
                "'https://shop.test:99999' is no URL (Port out of range 0-65535): write https://host[:port][/path]",
            ),
            (["https://[shop"], "'https://[shop' is no URL (Invalid IPv6 URL): write https://host[:port][/path]"),
            (
                ["https://shop.test\nproduction=false"],
                "'https://shop.test\\nproduction=false' is no URL of a site: write https://host[:port][/path]",
            ),
            (
                ["https://alice:s3cr3t@shop.test"],
                ('there is a password in the URL; put the URL into a variable and write url = "env:NAME" yourself'),
            ),
            (
                ["https://s3cr3t@shop.test"],
                ('there is a password in the URL; put the URL into a variable and write url = "env:NAME" yourself'),
            ),
            (
                ["https://shop.test", "--name", "Prod"],
                "'Prod' is no target name; write lower-case letters, digits and dashes",
            ),
            (
                ["http://127.0.0.1:1", "--file", "missing/readiness.toml"],
                "missing/readiness.toml: cannot be written (no such file or directory); name another --file",
            ),
        ],
    )
    def test_are_one_line_and_leave_no_file(self, file: Path, capsys, words: list[str], told: str) -> None:
        assert init(*words) == 4
        assert capsys.readouterr().err.splitlines()[-1] == f"pytest-readiness: {told}"
        assert not file.exists()

    def test_an_authority_that_is_none_is_told(self, file: Path, capsys) -> None:
        assert init("https://127.0.0.1:1", "--ca-file", "missing.pem") == 4
        assert "/missing.pem' cannot be read as PEM certificates" in capsys.readouterr().err

    def test_a_file_that_is_there_is_kept_unless_told_otherwise(self, file: Path, capsys) -> None:
        file.write_text("# mine\n")
        assert init("http://127.0.0.1:1") == 4
        assert capsys.readouterr().err == (
            "pytest-readiness: readiness.toml: is there already; name another --file, or add --force\n"
        )
        assert file.read_text() == "# mine\n"
        assert init("http://127.0.0.1:1", "--force") == 0
        assert list(load(file.parent).targets) == ["prod"]
