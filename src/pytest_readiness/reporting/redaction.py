"""Masks secrets in all that pytest keeps, and passes on, of a run: a test may print or compare whatever it holds."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from pytest_readiness.model.secrets import Redactor

if TYPE_CHECKING:
    import warnings

    import pytest


def redact(report: pytest.TestReport | pytest.CollectReport, redactor: Redactor) -> None:
    """Mask secrets in a report: its sections, its properties, and what it shows of a failure."""
    for name in ("sections", "user_properties", "longrepr", "wasxfail", "context"):  # the last is a subtest's
        if hasattr(report, name):
            setattr(report, name, _masked(getattr(report, name), redactor, set()))


def redact_warning(warning: warnings.WarningMessage, redactor: Redactor) -> None:
    """Mask secrets in a warning that pytest will sum up."""
    if isinstance(warning.message, Warning):
        warning.message.args = _masked(warning.message.args, redactor, set())
    else:
        warning.message = redactor(warning.message)


class LogMask(logging.Filter):
    """Masks secrets in log records on their way to a terminal or a file.

    Args:
        redactor: Knows the secrets.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the message in its masked form in place of its template and arguments."""
        record.msg, record.args = self._redactor(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._redactor(record.exc_text)
        return True


def mask_live_logs(config: pytest.Config, redactor: Redactor) -> None:
    """Mask secrets in what ``log_cli`` and ``log_file`` write while tests run; captured logs are part of reports."""
    plugin = config.pluginmanager.getplugin("logging-plugin")
    for name in ("log_cli_handler", "log_file_handler"):
        handler = getattr(plugin, name, None)
        if isinstance(handler, logging.Handler):
            handler.addFilter(LogMask(redactor))


def _masked(value: Any, redactor: Redactor, seen: set[int]) -> Any:
    """Return ``value`` with every text in it masked; lists and pytest's own objects are changed in place."""
    if isinstance(value, str):
        return redactor(value)
    if isinstance(value, tuple):
        return tuple(_masked(entry, redactor, seen) for entry in value)
    if value is None or isinstance(value, int | float) or id(value) in seen:
        return value
    seen.add(id(value))
    if isinstance(value, list):
        value[:] = [_masked(entry, redactor, seen) for entry in value]
    elif isinstance(value, Mapping):
        return {name: _masked(entry, redactor, seen) for name, entry in value.items()}
    elif type(value).__module__.startswith("_pytest.") and is_dataclass(value):
        for name in {*getattr(value, "__dict__", ()), *(field.name for field in fields(value))}:
            # Past those that are frozen, on purpose: nobody but reporters sees these objects.
            object.__setattr__(value, name, _masked(getattr(value, name), redactor, seen))
    elif redactor(str(value)) != str(value):
        return redactor(str(value))  # another plugin's way to show a failure: at least its words are kept
    return value
