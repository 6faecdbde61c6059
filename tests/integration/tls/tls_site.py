"""A site over TLS, served by nginx, and the ways to look at it that a run has."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nginx import Nginx

from pytest_readiness.demo.authority import Authority, Issued
from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.clients import opened
from pytest_readiness.model.evidence import Source
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Budget, Target

HOST = "shop.test"

_SUITES = ":".join(
    f"ECDHE-{key}-{cipher}"
    for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
    for key in ("ECDSA", "RSA")
)
INTERMEDIATE = f"""
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers {_SUITES};
    ssl_ecdh_curve X25519:prime256v1:secp384r1;
    ssl_prefer_server_ciphers off;
"""
"""Mozilla's intermediate profile, as far as this nginx's OpenSSL knows its groups."""


@dataclass
class Site:
    """A host served by nginx on one or more loopback addresses, all on one port.

    Attributes:
        nginx: The server.
        authority: Who is trusted.
        addresses: The addresses that the host's name leads to.
    """

    nginx: Nginx
    authority: Authority
    addresses: tuple[str, ...] = ("127.0.0.1",)
    port: int = 0
    served: int = field(default=0)

    def __post_init__(self) -> None:
        self.port = self.nginx.port(*self.addresses)
        self.ca_file = self.authority.write_root(self.nginx.folder / "ca.pem")

    def server(self, *issued: Issued, directives: str = INTERMEDIATE, address: str = "127.0.0.1") -> str:
        """Return the configuration of a server that sends these certificates."""
        lines = []
        for one in issued:
            self.served += 1
            files = one.write(self.nginx.folder, f"server{self.served}")
            lines += [f"ssl_certificate {files.chain_file};", f"ssl_certificate_key {files.key_file};"]
        return f"""
        server {{
            listen {address}:{self.port} ssl;
            server_name {HOST};
            {" ".join(lines)}
            {directives}
            location / {{ return 200 hello; }}
        }}"""

    def serve(self, *issued: Issued, directives: str = INTERMEDIATE) -> None:
        """Serve these certificates on 127.0.0.1."""
        self.nginx.serve(self.server(*issued, directives=directives))

    def file(self, name: str, content: bytes) -> Path:
        """Write a file beside the server's and return where it is."""
        path = self.nginx.folder / name
        path.write_bytes(content)
        return path

    def target(self, **changes: Any) -> Target:
        """Return the site as a target."""
        leads_to = ",".join(f"{address}:{self.port}" for address in self.addresses)
        fields: dict[str, Any] = {
            "name": "prod",
            "url": f"https://{HOST}/",
            "resolve": {f"{HOST}:443": leads_to},
            "ca_file": str(self.ca_file),
            "budget": Budget(requests_per_second=1000),
        }
        return Target(**(fields | changes))

    def bad(self, **kwargs: Any) -> Issued:
        return self.authority.issue([HOST], **kwargs)


async def gather(target: Target, source: Source, **more: object) -> Any:
    """Gather one piece of evidence as a run does, through the guard."""
    async with opened(target, Effect.OBSERVE, Allowance(target.name, target.budget)) as clients:
        known: dict[str, object] = {"target": target, "http": clients.http, "sockets": clients.sockets, **more}
        return await source(*[known[name] for name in source.parameters])
