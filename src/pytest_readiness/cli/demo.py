"""``pytest-readiness demo``: an example project, run against an example service on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pytest_readiness.demo import project
from pytest_readiness.demo.service import ExampleService
from pytest_readiness.demo.site import RELEASE
from pytest_readiness.model.exceptions import ConfigurationError

DEADLINE = 120
"""Seconds that the whole run may take."""

DOCUMENTED: Mapping[str, Mapping[str, str]] = {
    "prod": {
        "infrastructure/hosting": "PASS",
        "infrastructure/dns": "PASS",
        "infrastructure/tls": "PASS",
        "security/https-enforced": "PASS",
        "security/security-headers": "PASS",
        "security/exposure": "PASS",
        "operations/health-check": "PASS",
        "security/orders-need-a-credential": "PASS",
        "launch/deployment": "PASS",
        "monitoring/uptime": "UNVERIFIED",
    },
    "staging": {
        "infrastructure/hosting": "PASS",
        "infrastructure/dns": "PASS",
        "infrastructure/tls": "FAIL",
        "security/https-enforced": "FAIL",
        "security/security-headers": "FAIL",
        "security/exposure": "FAIL",
        "operations/health-check": "FAIL",
        "security/orders-need-a-credential": "FAIL",
        "launch/deployment": "FAIL",
        "monitoring/uptime": "UNVERIFIED",
    },
}
"""What the example is there to show, by target and item; a demo that shows anything else has failed."""


def run(*, keep: Path | None, serve: bool, arguments: Sequence[str]) -> int:
    """Start the service, write the project, run pytest there, and hold what came out against what is documented.

    Args:
        keep: An empty or absent folder for the project, which stays; None for one that goes.
        serve: Whether the service stays up until it is interrupted, for a reader to try other commands.
        arguments: Further arguments for pytest; with any, its outcome is not held against anything.

    Raises:
        ConfigurationError: The folder is not empty.
    """
    if keep is not None:
        if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
            raise ConfigurationError("is not empty", file=str(keep), remedy="name a folder that is empty or not there")
        keep.mkdir(parents=True, exist_ok=True)
        return _in(keep.resolve(), serve, arguments)
    with tempfile.TemporaryDirectory(prefix="readiness-demo-") as folder:
        return _in(Path(folder), serve, arguments)


def _in(folder: Path, serve: bool, arguments: Sequence[str]) -> int:
    with ExampleService(folder) as service:
        project.write(folder, release=RELEASE, loopback=service.loopback())
        command = ["pytest", "--readiness=prod,staging", "--readiness-report=readiness.json", *arguments]
        print(f"$ cd {folder} && {' '.join(command)}\n", flush=True)
        environment = {key: value for key, value in os.environ.items() if key != "PYTEST_ADDOPTS"}
        status = subprocess.run(  # noqa: S603  # our own interpreter and arguments
            [sys.executable, "-m", *command], cwd=folder, env=environment, check=False, timeout=DEADLINE
        ).returncode
        if serve:
            print(f"\nThe service stays up until Ctrl-C. In another terminal: cd {folder} && pytest --readiness=prod")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
    if arguments:
        return status
    wrong = differences(json.loads((folder / "readiness.json").read_text(encoding="utf-8")))
    if status != 1:
        wrong.append(f"pytest's exit status is {status}, 1 is documented")
    print()
    if wrong:
        print("The demo did not come out as documented:")
        print("\n".join(f"  {line}" for line in wrong))
        return 1
    print("This is how it should come out: production holds in all that is proven so far, staging does not, and")
    print("neither is ready, since what nothing proves is unverified. Next: pytest-readiness init https://your.site")
    return 0


def differences(report: Mapping[str, object]) -> list[str]:
    """Return where ``report``, a JSON report, says something else than is documented."""
    items = report["items"]
    assert isinstance(items, list)
    found = {(entry["target"], entry["id"]): entry["state"] for entry in items}
    return [
        f"{item} of {target} is {found.get((target, item), 'not there')}, {state} is documented"
        for target, states in DOCUMENTED.items()
        for item, state in states.items()
        if found.get((target, item)) != state
    ]
