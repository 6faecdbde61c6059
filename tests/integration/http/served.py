"""A site served by nginx over HTTPS and plain HTTP, and judged as a run judges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nginx import Nginx

from pytest_readiness.checks import checklist
from pytest_readiness.gather.engine import gather_now
from pytest_readiness.model.checks import Check
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Budget, Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.verdict.judge import Judged, judge

HOST = "shop.test"
PAGE = "<!doctype html><title>Shop</title><h1>Welcome</h1>"


def look(check: Check[...], target: Target, **thresholds: Any) -> Judged:
    """Gather what ``check`` needs of ``target`` through the guard, and judge it."""
    limits = Thresholds(**thresholds)
    evidence = gather_now(target, check.needs, thresholds=limits)
    return judge(
        check,
        evidence,
        target=target,
        severity=check.severity or checklist.item(check.item).severity,
        gate=Severity.LOW,
        thresholds=limits,
        now=datetime.now(UTC),
    )


def summaries(judged: Judged) -> list[str]:
    """Return what was found, in one line each."""
    return [finding.summary for finding in judged.findings]


@dataclass
class Site:
    """A host with HTTPS and plain HTTP on ephemeral loopback ports.

    Attributes:
        nginx: The server.
        tls: The lines that name certificate and key.
        ca_file: The authority to trust.
        https: The port that stands for 443.
        plain: The port that stands for 80.
        addresses: Where the host's name leads.
    """

    nginx: Nginx
    tls: str
    ca_file: Path
    https: int
    plain: int
    addresses: tuple[str, ...] = ("127.0.0.1",)

    def server(self, locations: str, *, address: str = "127.0.0.1", directives: str = "", http2: str = "http2") -> str:
        """Return the configuration of an HTTPS server with these locations."""
        return f"""
        server {{
            listen {address}:{self.https} ssl {http2};
            server_name {HOST};
            {self.tls}
            {directives}
            {locations}
        }}"""

    def plain_server(self, answer: str) -> str:
        """Return the configuration of a plain HTTP server that gives this answer."""
        return f"server {{ listen 127.0.0.1:{self.plain}; server_name {HOST}; location / {{ {answer} }} }}"

    def serve(self, locations: str, *more: str, directives: str = "", http2: str = "http2") -> None:
        """Serve these locations over HTTPS, and the ``more`` servers beside it."""
        self.nginx.serve(self.server(locations, directives=directives, http2=http2) + "".join(more))

    def file(self, path: str, content: str | bytes) -> None:
        """Put a file below the document root, ``www``."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    @property
    def root(self) -> Path:
        return self.nginx.folder / "www"

    def target(self, **changes: Any) -> Target:
        """Return the site as a target."""
        fields: dict[str, Any] = {
            "name": "prod",
            "url": f"https://{HOST}/",
            "resolve": {
                f"{HOST}:443": ",".join(f"{address}:{self.https}" for address in self.addresses),
                f"{HOST}:80": f"127.0.0.1:{self.plain}",
            },
            "ca_file": str(self.ca_file),
            "budget": Budget(requests_per_second=1000),
        }
        return Target(**(fields | changes))


def html(body: str, *, status: int = 200) -> str:
    """Return a location that answers every path with this page."""
    return f"location / {{ default_type text/html; return {status} '{body}'; }}"
