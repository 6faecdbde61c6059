"""Reports as files: the suffix picks the form; a killed run leaves one that says unfinished."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pytest_readiness.model.exceptions import ConfigurationError
from pytest_readiness.reporting import json_report, markdown, prometheus, sarif, statement_report

if TYPE_CHECKING:
    from pytest_readiness.run import Run


class Render(Protocol):
    """Renders a run as text; ``finished`` is False at its start."""

    def __call__(self, run: Run, *, finished: bool) -> str: ...


FORMS: dict[str, Render] = {
    ".json": json_report.render,
    ".md": markdown.render,
    ".sarif": sarif.render,
    ".prom": prometheus.render,
    ".intoto.json": statement_report.render,
}


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
        # Half a surrogate pair, which a server may well send, is written as JSON writes it: \udXXX.
        beside.write_bytes(text.encode("utf-8", "backslashreplace"))
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
        longest = sorted(FORMS, key=len, reverse=True)
        suffix = next((form for form in longest if path.name.endswith(form) and path.name != form), path.suffix)
        if suffix not in FORMS:
            raise ConfigurationError(
                f"no report has the suffix {suffix!r}" if suffix else "the file has no suffix to pick the form by",
                key=f"--readiness-report={option}",
                remedy=f"end the name in {', '.join(FORMS)}",
            )
        found.append(Report(path, FORMS[suffix]))
    return found
