"""A real nginx in a folder of its own, for the integration tests.

    def test_something(nginx: Nginx):
        port = nginx.port()
        nginx.serve(f"server {{ listen 127.0.0.1:{port}; location / {{ return 200 hello; }} }}")
        ...
        nginx.serve(...)        # mended: the same ports, the new configuration
        assert nginx.requests(at_least=1) == ["GET / HTTP/1.1"]

Within the configuration, paths are absolute or relative to `nginx.folder`.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

PATIENCE = 10.0
"""Seconds that nginx may take to answer, or to end."""

_LISTEN = re.compile(r"(?:^|[\s{;])listen\s+(?:(?P<address>\[[0-9a-f:]+\]|[\d.]+):)?(?P<port>\d+)\b")


class NginxError(RuntimeError):
    """nginx did not start, or is not installed; the message carries what it said."""


class Nginx:
    """One nginx, in the foreground, as one process.

    Args:
        folder: Where its configuration, logs and temporary files go; served files may go there too.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.error_log = folder / "error.log"
        self.access_log = folder / "access.log"
        self._process: subprocess.Popen[bytes] | None = None

    def port(self, *addresses: str) -> int:
        """Return a port that is free on each of the addresses (127.0.0.1 where none is given).

        It lies below those that the system gives to outgoing connections, so that none of them takes it meanwhile.
        """
        for _ in range(50):
            port = random.randrange(20_000, 32_000)
            if all(_is_free(address, port) for address in addresses or ("127.0.0.1",)):
                return port
        raise NginxError(f"no port is free on all of {', '.join(addresses)}")

    def serve(self, servers: str, *, top: str = "") -> None:
        """Start with these ``server`` blocks, or start anew with them, and wait until every port answers.

        Args:
            servers: What stands within ``http { }``.
            top: What stands beside it: ``stream { }``, ``load_module``.

        Raises:
            NginxError: nginx is not there, refuses the configuration, or does not answer in time.
        """
        self.stop()
        program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if program is None:
            raise NginxError("nginx is not installed: apt-get install nginx-light")
        (self.folder / "nginx.conf").write_text(self._configuration(servers, top))
        self.access_log.write_bytes(b"")
        with self.error_log.open("wb") as log:
            self._process = subprocess.Popen(
                [program, "-p", str(self.folder), "-e", "error.log", "-c", "nginx.conf"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE
        for found in _LISTEN.finditer(servers + top):
            address = (found["address"] or "127.0.0.1").strip("[]")
            self._wait_for("127.0.0.1" if address == "0.0.0.0" else address, int(found["port"]), deadline)

    def stop(self) -> None:
        """End it, if it runs, and wait for the end."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def log(self) -> str:
        """Return what it wrote to its error log."""
        return self.error_log.read_text(errors="replace")

    def requests(self, at_least: int = 0) -> list[str]:
        """Return the request line of each request that it answered since it was started.

        Args:
            at_least: How many there must be; nginx writes a line after the answer has gone, so wait for them.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            lines = self.access_log.read_text(errors="replace").splitlines()
            if len(lines) >= at_least or time.monotonic() > deadline:
                return lines
            time.sleep(0.01)

    def _wait_for(self, address: str, port: int, deadline: float) -> None:
        assert self._process is not None
        while True:
            try:
                socket.create_connection((address, port), timeout=1).close()
            except OSError as refused:
                if time.monotonic() > deadline:
                    self.stop()
                    raise NginxError(f"no answer on {address}:{port}: {refused}\n{self.log()}") from refused
            else:
                return
            try:
                self._process.wait(0.01)
            except subprocess.TimeoutExpired:
                continue
            self._process = None
            raise NginxError(f"nginx ended:\n{self.log()}")

    def _configuration(self, servers: str, top: str) -> str:
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = "\n    ".join(
            f"{kind}_temp_path temporary/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "temporary").mkdir(exist_ok=True)
        return f"""\
daemon off;
master_process off;
{user}
pid nginx.pid;
error_log error.log info;
{top}
events {{ worker_connections 256; }}
http {{
    log_format request_line '$request';
    access_log access.log request_line;
    {temporary}
    types {{ text/html html; text/javascript js; application/json json; text/plain txt; }}
    default_type application/octet-stream;
    {servers}
}}
"""


def _is_free(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True
