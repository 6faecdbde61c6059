"""``pytest-readiness verify``: whether a signed statement lets a release go out. Sends nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pytest_readiness.model import releases
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.settings import durations
from pytest_readiness.statement import keys
from pytest_readiness.statement.verification import ENOUGH, Wanted, reasons_against


def run(
    file: Path, *, public_keys: Sequence[Path], target: str | None, release: str | None, max_age: str, verdict: str
) -> int:
    """Return 0 where the statement in ``file`` holds, else 1, and print every reason why not.

    Args:
        file: The statement.
        public_keys: PEM files; a signature by any of these keys is enough.
        target: The target that must be ready.
        release: The digest or commit that is to go out.
        max_age: How long ago the run may have begun.
        verdict: ``ready`` or ``ready-with-waivers``.

    Raises:
        ConfigurationError: An argument is missing or wrong, or a file cannot be read.
    """
    if not public_keys:
        raise ConfigurationError("no key is given", key="--key", remedy="name the public key, --key NAME.pub")
    if not target:
        raise ConfigurationError("no target is given", key="--target", remedy="say which must be ready, --target prod")
    if verdict not in ENOUGH:
        words = " or ".join(ENOUGH)
        raise ConfigurationError(f"there is no verdict {verdict!r}", key="--verdict", remedy=f"write {words}")
    try:
        digest = releases.parse(release or "")
    except ValueError as error:
        raise ConfigurationError(str(error), key="--release") from None
    try:
        wanted = Wanted(target, digest, durations.parse(max_age), verdict)
    except ValueError as error:
        raise ConfigurationError(str(error), key="--max-age") from None
    given = [keys.load_public(_read(path), named=f"--key {path}") for path in public_keys]
    reasons = reasons_against(_read(file), given, wanted, datetime.now(UTC))
    if not reasons:
        print(f"{file}: {target} is {verdict} for {digest}")
        return 0
    for reason in reasons:
        print(f"{file}: {reason}", file=sys.stderr)
    return 1


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ConfigurationError(f"cannot be read ({why})", file=str(file), remedy="name another file") from None
