"""``pytest-readiness keygen`` writes a pair of keys, and never over another."""

from __future__ import annotations

import pytest

from pytest_readiness.cli import main
from pytest_readiness.statement import keys


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256"])
def test_the_pair_signs_and_verifies_and_is_kept_secret(tmp_path, capsys, algorithm):
    assert main(["keygen", "--algorithm", algorithm, "--out", str(tmp_path / "prod.v1")]) == 0
    private, public = tmp_path / "prod.v1.key", tmp_path / "prod.v1.pub"
    assert private.stat().st_mode & 0o777 == 0o600
    key = keys.load_private(private.read_bytes(), named="key")
    assert keys.signed(keys.load_public(public.read_bytes(), named="pub"), keys.sign(key, b"x"), b"x")
    assert private.read_text().splitlines()[1] not in capsys.readouterr().out


@pytest.mark.parametrize("there", ["prod.key", "prod.pub"])
def test_a_key_that_is_there_is_never_replaced(tmp_path, capsys, there):
    (tmp_path / there).write_text("mine")
    assert main(["keygen", "--out", str(tmp_path / "prod")]) == 4
    assert f"{there}: is there already" in capsys.readouterr().err
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(there, "mine")]


def test_a_folder_that_is_not_there_is_told(tmp_path, capsys):
    assert main(["keygen", "--out", str(tmp_path / "none" / "prod")]) == 4
    assert "cannot be written" in capsys.readouterr().err
