"""``pytest-readiness verify`` is what a pipeline gates on: 0 holds, 1 does not, 4 could not be asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pytest_readiness.cli import main
from pytest_readiness.model.releases import Release, parse
from pytest_readiness.statement import dsse, intoto, keys

COMMIT = "c0ffee" + "0" * 34


@pytest.fixture
def signed(tmp_path) -> Path:
    """Return a statement, signed an hour ago by prod.key, that prod is ready."""
    assert main(["keygen", "--out", str(tmp_path / "prod")]) == 0
    started = datetime.now(UTC) - timedelta(hours=1)
    report = {
        "started": started.isoformat(),
        "finished": started.isoformat(),
        "partial": False,
        "targets": {"prod": {"verdict": "READY"}},
        "items": [],
    }
    key = keys.load_private((tmp_path / "prod.key").read_bytes(), named="key")
    payload = intoto.payload(Release("shop", (parse(COMMIT),)), report, {})
    file = tmp_path / "prod.intoto.json"
    file.write_text(dsse.render(dsse.sign(payload, intoto.PAYLOAD_TYPE, [key])))
    return file


def verify(file: Path, **differing: str) -> int:
    words = {"key": str(file.with_name("prod.pub")), "target": "prod", "release": COMMIT} | differing
    options = [part for name, value in words.items() if value for part in (f"--{name.replace('_', '-')}", value)]
    return main(["verify", str(file), *options])


def test_what_holds_is_0_and_says_of_what(signed, capsys):
    assert verify(signed) == 0
    assert capsys.readouterr().out.endswith(f"{signed}: prod is ready for gitCommit:{COMMIT}\n")


def test_what_does_not_hold_is_1_with_each_reason_on_a_line(signed, capsys):
    assert verify(signed, target="staging", release="d" * 40, max_age="30m") == 1
    assert capsys.readouterr().err.count(f"{signed}: ") == 3


def test_one_of_several_keys_is_enough(signed, tmp_path):
    assert main(["keygen", "--out", str(tmp_path / "next")]) == 0
    assert verify(signed, key=str(tmp_path / "next.pub")) == 1
    keys_given = ["--key", str(tmp_path / "next.pub"), "--key", str(tmp_path / "prod.pub")]
    assert main(["verify", str(signed), *keys_given, "--target", "prod", "--release", COMMIT]) == 0


@pytest.mark.parametrize(
    ("differing", "why"),
    [
        ({"key": ""}, "--key: no key is given"),
        ({"key": "none.pub"}, "none.pub: cannot be read"),
        ({"target": ""}, "--target: no target is given"),
        ({"release": ""}, "--release: '' is no digest"),
        ({"release": "v2.4.0"}, "--release: 'v2.4.0' is no digest"),
        ({"release": "c0ffee"}, "--release: 'c0ffee' is no digest"),
        ({"max_age": "24"}, "--max-age: '24' is no duration"),
        ({"verdict": "green"}, "--verdict: there is no verdict 'green'; write ready or ready-with-waivers"),
    ],
)
def test_what_cannot_be_asked_is_4(signed, capsys, differing, why):
    assert verify(signed, **differing) == 4
    assert why in capsys.readouterr().err


def test_the_private_key_is_refused_where_the_public_one_belongs(signed, capsys):
    assert verify(signed, key=str(signed.with_name("prod.key"))) == 4
    assert "this is a private key" in capsys.readouterr().err


def test_a_statement_that_is_not_there_is_4(signed, capsys):
    signed.unlink()
    assert verify(signed) == 4
    assert "cannot be read" in capsys.readouterr().err
