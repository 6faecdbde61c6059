"""A secret reaches no output: not the terminal, not a report, however a test may print it."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from pytest_readiness.model.secrets import MASK

CANARY = "c4n&ry/hunter2=w0rd"
FORMS = (CANARY, quote(CANARY, safe=""), base64.b64encode(f"dana:{CANARY}".encode()).decode())


@pytest.fixture
def project(project, monkeypatch):
    monkeypatch.setenv("SHOP_URL", f"https://dana:{quote(CANARY, safe='')}@shop.test/")
    project.write("readiness.toml", '[targets.prod]\nurl = "env:SHOP_URL"\n')
    return project


JUNIT = ("--junitxml=junit.xml", "-ojunit_family=legacy", "-ojunit_logging=all")


def outputs(project, *arguments: str) -> dict[str, str]:
    """Everything that a run leaves behind, by name."""
    ended = project.judge("--readiness=prod", *JUNIT, "-Wdefault", *arguments)
    return {
        "terminal": ended.text,
        "report": (project.path / "report.json").read_text(),
        "junit": (project.path / "junit.xml").read_text(),
        "cache": "".join(path.read_text() for path in (project.path / ".pytest_cache").rglob("*") if path.is_file()),
    }


def assert_no_canary(found: dict[str, str]) -> None:
    leaks = [name for name, text in found.items() if any(form in text for form in FORMS)]

    assert leaks == []


LEAKS = {
    "an assertion": "assert secret == 'x'",
    "an assertion's message": "assert False, f'with {secret}'",
    "a local variable": "assert not secret",
    "an exception": "raise OSError(f'with {secret}')",
    "an exception of pytest's": "pytest.fail(f'with {secret}')",
    "a skip": "pytest.skip(f'with {secret}')",
    "an xfail": "pytest.xfail(f'with {secret}')",
    "unverified": "raise Unverified(f'with {secret}', fix=f'use {secret}')",
    "not applicable": "raise NotApplicable(f'with {secret}')",
    "a finding": "assert_ready([Finding(secret, where=secret, measured=secret, fix=secret, source=secret)])",
    "what is printed": "print(secret); assert False",
    "what is logged": "import logging; logging.getLogger('shop').warning('with %s', secret); assert False",
    "what is warned of": "import warnings; warnings.warn(f'with {secret}')",
    "a chained exception": "\n    try: 1 / 0\n    except ArithmeticError as e: raise OSError(secret) from e",
    "a note": "\n    e = OSError()\n    e.add_note(secret)\n    raise e",
    "a property": "record_property('with', secret)",
    "a subtest": "\n    with subtests.test(secret):\n        print(secret)\n        assert secret == 'x'",
    "basic authentication": "import base64; assert base64.b64encode(f'dana:{secret}'.encode()) == b'x'",
    "a quoted form": "import urllib.parse; assert urllib.parse.quote(secret, safe='') == 'x'",
    "the target itself": "assert target is None, (repr(target), target.credentials)",
}


@pytest.mark.parametrize("body", LEAKS.values(), ids=LEAKS)
def test_it_is_masked_in(project, body):
    project.tests(f"""
        from urllib.parse import unquote, urlsplit
        import os
        @readiness.security
        def test_own(target, record_property, subtests):
            secret = unquote(urlsplit(os.environ["SHOP_URL"]).password)
            {body.replace(chr(10) + "    ", chr(10) + "            ")}
    """)
    found = outputs(project, "test_own.py", "--showlocals", "-vv", "-rA")

    assert_no_canary(found)
    assert "test_own.py::test_own" in found["terminal"]
    assert MASK in "".join(found.values())


@pytest.mark.parametrize("style", ["long", "short", "line", "native", "no"])
def test_it_is_masked_in_every_style_of_traceback(project, style):
    project.tests("""
        @readiness.security
        def test_own(target):
            secret = target.credentials.reveal()
            assert secret == "x"
    """)

    assert_no_canary(outputs(project, "test_own.py", "--showlocals", f"--tb={style}"))


def test_it_is_masked_where_a_module_cannot_be_imported(project):
    project.tests("""
        import os
        secret = os.environ["SHOP_URL"]
        assert readiness is None, secret
    """)

    assert_no_canary(outputs(project, "--showlocals"))


def test_it_is_masked_where_a_module_skips_itself(project):
    project.tests("""
        import os
        pytest.skip(os.environ["SHOP_URL"], allow_module_level=True)
    """)

    assert_no_canary(outputs(project, "-rs"))


def test_it_is_masked_in_what_a_fixture_prints_and_raises(project):
    project.tests("""
        @pytest.fixture
        def login(target):
            secret = target.credentials.reveal()
            print(secret)
            yield secret
            print("bye", secret)
            raise OSError(secret)
        @readiness.security
        def test_own(login): assert login == "x"
    """)

    assert_no_canary(outputs(project, "test_own.py", "--showlocals", "-rA"))


def test_it_is_masked_in_what_checks_and_evidence_say(project):
    with (project.path / "conftest.py").open("a") as file:
        file.write(
            "@readiness.evidence\nasync def door(target):\n    return target.credentials.reveal()\n"
            "@readiness.evidence\nasync def broken(target):\n    raise OSError(target.credentials.reveal())\n"
            '@check("security/authentication")\ndef shut(door):\n'
            '    yield Measure("with", door)\n    yield Finding(door, where=door, measured=door, fix=door)\n'
            '@check("security/authorization")\ndef bug(door):\n    raise KeyError(door)\n'
            '@check("security/dependencies")\ndef asks(broken):\n    return []\n'
        )

    assert_no_canary(outputs(project, "--showlocals", "-vv", "-rA"))


def test_it_is_masked_in_a_live_log(project):
    project.tests("""
        import logging
        @readiness.security
        def test_own(target):
            logging.getLogger("shop").warning("with %s", target.credentials.reveal())
            logging.getLogger("shop").warning("with " + target.credentials.reveal())
    """)

    found = outputs(project, "test_own.py", "-o", "log_cli=true", "--log-file=run.log")
    found["log file"] = (project.path / "run.log").read_text()

    assert_no_canary(found)
    assert "with " in found["terminal"]


def test_the_url_without_it_is_still_shown(project):
    assert "readiness: prod = https://shop.test/" in project.run("--readiness=prod").text
