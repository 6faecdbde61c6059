"""A real knot nameserver in a folder of its own, for the integration tests.

def test_something(knot: Knot):
    knot.serve(Hosted("shop.test", ZONE, signing=True))
    knot.address                 # "127.0.0.1:40123"
    knot.ds("shop.test")         # the DS record of the key that it made
    ...
    knot.serve(...)              # mended: the same port, the new zones
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.query

PATIENCE = 10.0
"""Seconds that knot may take to answer, or to end."""


class KnotError(RuntimeError):
    """knot did not start, or is not installed; the message carries what it said."""


@dataclass(frozen=True)
class Hosted:
    """One zone for a knot to serve.

    Attributes:
        domain: Its name.
        text: Its zone file; None for a zone that is configured and has no file.
        signing: Whether knot signs it.
        opt_out: Whether its NSEC3 records leave unsigned delegations out.
    """

    domain: str
    text: str | None
    signing: bool = False
    opt_out: bool = False


class Knot:
    """One knotd, in the foreground.

    Args:
        folder: Where its configuration, zones and keys go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self._log = folder / "knot.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens, ``address:port``."""
        return f"127.0.0.1:{self.port}"

    def serve(self, *zones: Hosted) -> None:
        """Start with these zones, or start anew with them, and wait until it answers for each.

        Raises:
            KnotError: knot is not there, refuses the configuration, or does not answer in time.
        """
        self.stop()
        (self.folder / "database").mkdir(exist_ok=True)
        (self.folder / "knot.conf").write_text(self._configuration(zones))
        for zone in zones:
            file = self.folder / f"{zone.domain}.zone"
            if zone.text is None:
                file.unlink(missing_ok=True)
            else:
                file.write_text(zone.text)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [_program("knotd"), "-c", str(self.folder / "knot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE
        for zone in zones:
            self._wait_for(zone, deadline)

    def ds(self, domain: str) -> str:
        """Return the DS record of the key that it signs ``domain`` with, as a trust anchor file has it."""
        command = [_program("keymgr"), "-c", str(self.folder / "knot.conf"), f"{domain}.", "ds"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
        return next(line for line in said.stdout.splitlines() if line.split()[4] == "2")  # SHA-256

    def pause(self) -> None:
        """Let it hang: its ports stay open, and nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, if it runs, and wait for the end."""
        if self._process is None:
            return
        self.resume()
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _wait_for(self, zone: Hosted, deadline: float) -> None:
        assert self._process is not None
        query = dns.message.make_query(zone.domain, "SOA", want_dnssec=True)
        while time.monotonic() < deadline:
            try:
                answer = dns.query.udp(query, "127.0.0.1", port=self.port, timeout=0.2)
            except (dns.exception.DNSException, OSError):
                answer = None
            if answer is not None:
                signed = len(answer.answer) > 1
                if zone.text is None or (answer.flags & dns.flags.AA and (signed or not zone.signing)):
                    return
            try:
                self._process.wait(0.01)
            except subprocess.TimeoutExpired:
                continue
            self._process = None
            raise KnotError(f"knot ended:\n{self._log.read_text(errors='replace')}")
        self.stop()
        raise KnotError(f"no answer for {zone.domain}:\n{self._log.read_text(errors='replace')}")

    def _configuration(self, zones: tuple[Hosted, ...]) -> str:
        hosted = "".join(
            f"""
  - domain: {zone.domain}
    dnssec-signing: {"on" if zone.signing else "off"}
    dnssec-policy: {"opt-out" if zone.opt_out else "default-out"}
"""
            for zone in zones
        )
        return f"""\
server:
    rundir: {self.folder}
    listen: 127.0.0.1@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: {self.folder}/database
log:
  - target: stderr
    any: info
policy:
  - id: default-out
    algorithm: ecdsap256sha256
    single-type-signing: on
    nsec3: on
  - id: opt-out
    algorithm: ecdsap256sha256
    single-type-signing: on
    nsec3: on
    nsec3-opt-out: on
template:
  - id: default
    storage: {self.folder}
    file: "%s.zone"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:{hosted}
"""


def _program(name: str) -> str:
    program = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise KnotError(f"{name} is not installed: apt-get install knot")
    return program


def _free_port() -> int:
    for _ in range(50):
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
            stream.bind(("127.0.0.1", 0))
            port: int = stream.getsockname()[1]
            try:
                datagram.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise KnotError("no port is free for both UDP and TCP")
