"""``pytest-readiness keygen``: a pair of keys for signed statements."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.statement import keys
from pytest_readiness.statement.keys import Algorithm


def run(*, algorithm: Algorithm, out: Path) -> int:
    """Write ``out``.key, readable by its owner alone, and ``out``.pub.

    Args:
        algorithm: What to sign by.
        out: The files' path without their suffixes.

    Raises:
        ConfigurationError: One of them is there already or cannot be written.
    """
    private, public = (out.with_name(f"{out.name}.{suffix}") for suffix in ("key", "pub"))
    for file in (private, public):
        if os.path.lexists(file):
            raise _refused(file, "is there already")
    key = keys.generate(algorithm)
    _create(private, keys.private_pem(key), mode=0o600)
    try:
        _create(public, keys.public_pem(key.public_key()), mode=0o644)
    except ConfigurationError:
        private.unlink()  # half a pair is of no use, and would be in the way of the next try
        raise
    print(f"wrote {private}, to sign with: --readiness-sign-key=file:{private}; keep it secret")
    print(f"wrote {public}, to verify with: pytest-readiness verify FILE --key {public} …")
    print(f"the pair's id is {keys.key_id(key.public_key())}")
    return 0


def _create(file: Path, octets: bytes, *, mode: int) -> None:
    try:
        # Exclusively, so that no key is ever replaced, and with its mode from the first byte on.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise _refused(file, "is there already") from None
    except OSError as error:
        raise _refused(file, f"cannot be written ({(error.strerror or str(error)).lower()})") from None
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(octets)


def _refused(file: Path, why: str) -> ConfigurationError:
    return ConfigurationError(why, file=str(file), remedy="name other files with --out")
