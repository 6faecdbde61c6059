"""Secrets come by reference, never as text: ``env:NAME`` or ``file:PATH``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pytest_readiness.model.secrets import Secret

SCHEMES = ("env", "file")
LATER = ("vault", "aws-sm", "keyring")


def is_reference(text: str) -> bool:
    """Whether ``text`` points at a value elsewhere."""
    return text.partition(":")[0] in {*SCHEMES, *LATER} and "://" not in text


def follow(reference: str, *, folder: Path, environment: Mapping[str, str] | None = None) -> Secret:
    """Return the value that ``reference`` points at.

    Args:
        reference: ``env:NAME`` or ``file:PATH``.
        folder: What a relative path is relative to: the folder of the configuration file.
        environment: The environment variables; None for the process's own.

    Raises:
        ValueError: It points at nothing; the message says what to set. It never contains the value.
    """
    scheme, _, rest = reference.partition(":")
    if not rest.strip() or "\0" in rest:
        raise ValueError(f"{reference!r} names nothing: write env:NAME or file:PATH")
    if scheme == "env":
        value = (os.environ if environment is None else environment).get(rest)
        if value is None:
            raise ValueError(f"the environment variable {rest} is not set: export {rest}=…")
        if not value:
            raise ValueError(f"the environment variable {rest} is empty: export {rest}=…")
        return Secret(value, reference)
    if scheme == "file":
        try:
            value = (folder / Path(rest).expanduser()).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError, RuntimeError) as error:
            undecoded = isinstance(error, UnicodeDecodeError)
            why = "not UTF-8 text" if undecoded else getattr(error, "strerror", None) or str(error)
            raise ValueError(f"the file {rest} cannot be read ({why}): create it, readable by you alone") from None
        if not value:
            raise ValueError(f"the file {rest} is empty: write the value into it")
        return Secret(value, reference)
    raise ValueError(f"references by {scheme}: are not supported yet: use env: or file:")
