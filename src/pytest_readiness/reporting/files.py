"""Reports as files: the suffix picks the form; a killed run leaves one that says unfinished."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.model.secrets import Redactor
from pytest_readiness.reporting.json_report import render

if TYPE_CHECKING:
    import pytest

    from pytest_readiness.run import Run


class Render(Protocol):
    """Renders a run as text; ``finished`` is False at its start."""

    def __call__(self, run: Run, *, finished: bool) -> str: ...


FORMS: dict[str, Render] = {".json": render}


class Report:
    """One file that a run reports to.

    Args:
        path: Where it is.
        form: How it is rendered.
    """

    def __init__(self, path: Path, form: Render) -> None:
        self.path, self._render = path, form

    def begin(self, run: Run) -> None:
        """Replace whatever an earlier run said by a report that says unfinished.

        Raises:
            ConfigurationError: The file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._replace(self._render(run, finished=False))
        except OSError as error:
            raise ConfigurationError(
                f"cannot be written: {(error.strerror or str(error)).lower()}",
                key=f"--readiness-report={self.path}",
                remedy="name a file in a folder that you can write to",
            ) from None

    def finish(self, run: Run) -> None:
        """Write what came out."""
        self._replace(self._render(run, finished=True))

    def _replace(self, text: str) -> None:
        # Renamed into place, so that a reader never sees half of it.
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.path)


def reports(options: Iterable[str], folder: Path) -> list[Report]:
    """Return the reports that the command line asks for.

    Args:
        options: Files, relative to ``folder``.
        folder: Where pytest was started.

    Raises:
        ConfigurationError: A suffix stands for no form; the message lists those there are.
    """
    found = []
    for option in options:
        path = folder / option
        suffix = "".join(path.suffixes[-1:])
        if suffix not in FORMS:
            raise ConfigurationError(
                f"no report has the suffix {suffix!r}" if suffix else "the file has no suffix to pick the form by",
                key=f"--readiness-report={option}",
                remedy=f"end the name in {', '.join(FORMS)}",
            )
        found.append(Report(path, FORMS[suffix]))
    return found


def redact(report: pytest.TestReport, redactor: Redactor) -> None:
    """Mask secrets in what pytest keeps of a test: its sections, its properties, and what it shows of a failure."""
    report.sections = [(name, redactor(text)) for name, text in report.sections]
    report.user_properties = [
        (name, redactor(value) if isinstance(value, str) else value) for name, value in report.user_properties
    ]
    if isinstance(report.longrepr, str):
        report.longrepr = redactor(report.longrepr)
    elif isinstance(report.longrepr, tuple):
        path, line, reason = report.longrepr
        report.longrepr = (path, line, redactor(reason))
    elif report.longrepr is not None:
        _mask_inside(report.longrepr, redactor, set())


def _mask_inside(value: Any, redactor: Redactor, seen: set[int]) -> None:
    """Mask every text in pytest's tree of a traceback, in place: --showlocals puts values there."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, list):
        for number, entry in enumerate(value):
            if isinstance(entry, str):
                value[number] = redactor(entry)
            else:
                _mask_inside(entry, redactor, seen)
    elif isinstance(value, tuple):
        for entry in value:
            _mask_inside(entry, redactor, seen)
    elif hasattr(value, "__dict__"):
        for name, entry in list(vars(value).items()):
            if isinstance(entry, str):
                setattr(value, name, redactor(entry))
            elif isinstance(entry, tuple) and any(isinstance(part, str) for part in entry):
                setattr(value, name, tuple(redactor(part) if isinstance(part, str) else part for part in entry))
            else:
                _mask_inside(entry, redactor, seen)
