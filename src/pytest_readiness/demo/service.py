"""The example service on loopback: two sites, their zone, their registry, and the lines that lead a target there."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from pytest_readiness.demo.authority import Authority, Issued
from pytest_readiness.demo.http_server import Application, serve
from pytest_readiness.demo.nameserver import Nameserver
from pytest_readiness.demo.project import LOOPBACK
from pytest_readiness.demo.registry import BOOTSTRAP, registry
from pytest_readiness.demo.site import AccessLog, FlawedSite, GoodSite
from pytest_readiness.demo.zone import ServedZone

DOMAIN = "shop.test"
HOSTS = {"prod": DOMAIN, "staging": f"staging.{DOMAIN}"}
DEFAULT_PORTS = (("https", 443), ("http", 80))
TLS12_SUITES = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305"

ZONE = f"""\
@ SOA ns1.{DOMAIN}. hostmaster.{DOMAIN}. 2026112301 7200 900 1209600 300
@ NS ns1.{DOMAIN}.
@ NS ns2.{DOMAIN}.
@ A 127.0.0.1
@ AAAA ::1
@ CAA 0 issue "ca.{DOMAIN}"
@ MX 0 .
@ TXT "v=spf1 -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@{DOMAIN}"
ns1 A 127.0.0.1
ns2 A 127.0.0.1
staging A 127.0.0.1
staging AAAA ::1
staging MX 0 .
staging TXT "v=spf1 -all"
"""


class ExampleService:
    """Everything that the example needs of the world, on ephemeral ports of loopback while it is entered.

    Args:
        folder: Where the authority's certificate, the trust anchor and ``access.log`` are written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = AccessLog(folder / "access.log")
        self.ports: dict[str, int] = {}
        self.nameserver = Nameserver(ServedZone(DOMAIN, ZONE))
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            authority = Authority()
            authority.write_root(self.folder / "ca.pem")
            stack.enter_context(self.nameserver)
            (self.folder / "anchor.txt").write_text(self.nameserver.trust_anchors, encoding="ascii")
            stack.enter_context(_Loop(self._serve(authority)))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    async def _serve(self, authority: Authority) -> list[asyncio.Server]:
        expires = datetime.now(UTC) + timedelta(days=300)
        good, flawed = GoodSite(HOSTS["prod"], self.log), FlawedSite(HOSTS["staging"], self.log)
        fresh = authority.issue([HOSTS["prod"]])
        stale = authority.issue([HOSTS["staging"]], lifetime=timedelta(days=90), remaining=timedelta(days=10))
        wanted: dict[str, tuple[Application, ssl.SSLContext | None]] = {
            f"https://{good.host}": (good.secure, self._context(fresh, "prod")),
            f"http://{good.host}": (good.plain, None),
            f"https://{flawed.host}": (flawed.secure, self._context(stale, "staging")),
            f"http://{flawed.host}": (flawed.plain, None),
            "registry": (registry({DOMAIN: expires}), None),
        }
        servers = []
        for name, (application, context) in wanted.items():
            server = await serve(application, context=context)
            servers.append(server)
            self.ports[name] = server.sockets[0].getsockname()[1]
        return servers

    def _context(self, issued: Issued, name: str) -> ssl.SSLContext:
        context = issued.write(self.folder, f"server-{name}").server_context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(TLS12_SUITES)
        # Python before 3.15 can name one group only, which keeps OpenSSL from offering those off the profile.
        context.set_ecdh_curve("prime256v1")
        if name == "staging":
            context.set_ciphers("ECDHE+AESGCM:ECDHE+AES")
        return context

    def loopback(self) -> dict[str, str]:
        """Return, by target, the lines of readiness.toml that take the place of public DNS and authorities."""
        return {target: self._lines(target, host) for target, host in HOSTS.items()}

    def _lines(self, target: str, host: str) -> str:
        routes = {f"{host}:{port}": f"127.0.0.1:{self.ports[f'{scheme}://{host}']}" for scheme, port in DEFAULT_PORTS}
        routes |= self.nameserver.resolve
        return LOOPBACK.format(
            name=target,
            nameserver=self.nameserver.address,
            rdap=f"http://127.0.0.1:{self.ports['registry']}{BOOTSTRAP}",
            resolve="\n".join(f'"{name}" = "{address}"' for name, address in routes.items()),
        )


class _Loop:
    """Runs servers on an event loop in a thread of its own while it is entered."""

    def __init__(self, starting: Coroutine[None, None, list[asyncio.Server]]) -> None:
        self._starting = starting
        self._listening: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="example-service")

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._listening.result()
        except BaseException:
            self._thread.join()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            servers = await self._starting
        except Exception as error:  # noqa: BLE001  # it belongs to whoever entered
            self._listening.set_exception(error)
            return
        self._listening.set_result(None)
        await self._stop.wait()
        for server in servers:
            server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
