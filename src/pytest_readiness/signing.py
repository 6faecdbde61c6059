"""From ``--readiness-sign-key`` and the environment to what a signed statement needs, before anything is sent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from pytest_readiness.model import releases
from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.releases import Release, Signing
from pytest_readiness.model.secrets import Secret
from pytest_readiness.settings import references
from pytest_readiness.settings.load import FILE, Settings

OPTION = "--readiness-sign-key"
SUFFIX = ".intoto.json"


def prepare(
    reference: str | None, settings: Settings, folder: Path, environment: Mapping[str, str] | None = None
) -> Signing:
    """Return what signs the statements of a run; from now on the key is masked in every output.

    Args:
        reference: ``env:NAME`` or ``file:PATH`` of a private key.
        settings: What the project has configured.
        folder: What a relative path is relative to: where pytest was started.
        environment: The environment variables; None for the process's own.

    Raises:
        ConfigurationError: There is no key, or nothing says which release is judged.
    """
    from pytest_readiness.statement import dsse, intoto, keys

    environment = os.environ if environment is None else environment
    if not reference:
        raise ConfigurationError(
            f"a report that ends in {SUFFIX} is signed, and no key is given",
            key=OPTION,
            remedy=f"add {OPTION}=env:NAME or file:PATH; `pytest-readiness keygen` makes a pair of keys",
        )
    if not references.is_reference(reference):
        # What stands there may be the key itself, so it is not repeated.
        raise ConfigurationError("points at nothing", key=OPTION, remedy="write env:NAME or file:PATH")
    try:
        secret = references.follow(reference, folder=folder, environment=environment)
    except ValueError as error:
        raise ConfigurationError(str(error), key=OPTION) from None
    settings.redactor.add(secret)
    for line in secret.reveal().splitlines():
        if not line.startswith("-----"):
            settings.redactor.add(Secret(line.strip(), reference))
    key = keys.load_private(secret.reveal().encode("utf-8", "surrogateescape"), named=f"{OPTION}={reference}")

    def sign(payload: bytes) -> str:
        return dsse.render(dsse.sign(payload, intoto.PAYLOAD_TYPE, [key]))

    return Signing(_release(settings, environment), sign, _configuration(settings))


def _release(settings: Settings, environment: Mapping[str, str]) -> Release:
    try:
        release = releases.current(settings.release, environment)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    if release is None:
        raise ConfigurationError(
            "a statement speaks of a release, and nothing says which",
            file=FILE,
            key="release",
            remedy=f'write [release] and digest = "sha256:…" or commit = "…", or set {releases.OWN_VARIABLE}',
        )
    return release


def _configuration(settings: Settings) -> dict[str, str]:
    if settings.file is None:
        return {}
    return {settings.file.name: hashlib.sha256(settings.file.read_bytes()).hexdigest()}
