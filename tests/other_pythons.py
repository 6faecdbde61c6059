"""Runs the unit and plugin tests on every other supported Python that is here, each in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13")
ROOT = Path(__file__).resolve().parent.parent


def interpreter(version: str) -> str | None:
    """Return the command that starts that Python, on the path or one of pyenv's, or None where it is not here."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which(f"python{version}"), *map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python")))]
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    for command in filter(None, found):
        asked = subprocess.run([command, "-c", question], capture_output=True, text=True, check=False)
        if asked.stdout.strip() == version:
            return command
    return None


def run(version: str, command: str) -> int:
    """Run the tests on one Python and return pytest's exit status."""
    home = ROOT / f".venv-{version}"
    python = home / "bin" / "python"
    done = home / ".done"
    project = ROOT / "pyproject.toml"
    if not done.exists() or done.stat().st_mtime < project.stat().st_mtime:
        subprocess.run([command, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
        subprocess.run([*pip, "--editable", str(ROOT), "--group", "test"], check=True, cwd=ROOT)
        done.touch()
    print(f"--- Python {version}", flush=True)
    suite = [str(python), "-m", "pytest", "-q", "tests/unit", "tests/plugin"]
    return subprocess.run(suite, check=False, cwd=ROOT).returncode


def main() -> int:
    """Run the tests on each Python but the one that runs this, and return 1 if any failed."""
    here = "{}.{}".format(*sys.version_info[:2])
    worst = 0
    for version in SUPPORTED:
        if version == here:
            continue
        command = interpreter(version)
        if command is None:
            print(f"--- Python {version} is not here: not tested on it", flush=True)
            continue
        worst = max(worst, run(version, command))
    return min(worst, 1)


if __name__ == "__main__":
    sys.exit(main())
