"""A target: one environment of one service, and what a run may do to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pytest_readiness.model.scales import Effect
from pytest_readiness.model.secrets import Secret


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may send to one target.

    Attributes:
        requests_per_second: Requests and handshakes a second, averaged; a second's worth may go at once.
        connections: Connections open at the same time.
        requests: Requests, handshakes and queries in the whole run.
    """

    requests_per_second: float = 50
    connections: int = 8
    requests: int = 2000


@dataclass(frozen=True, slots=True)
class HealthPaths:
    """Where the service says how it is; None where it was not told.

    Attributes:
        liveness: The path that answers while the process lives.
        readiness: The path that answers whether the service, with all it depends on, can serve.
    """

    liveness: str | None = None
    readiness: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One environment of one service.

    Attributes:
        name: ``staging``, ``prod``; matches ``[a-z0-9][a-z0-9-]*``.
        url: Where visitors go, ``https://host[:port]/path``.
        production: Whether nothing may ever be disrupted.
        allow: The most that a run may do unasked.
        allow_up_to: The most that ``--readiness-allow`` may widen a run to.
        budget: What a run may send.
        pages: Paths to look at besides the URL itself and an error page.
        openapi: Where the OpenAPI document is: a path, a URL or a file; None where there is none.
        health: Where the service says how it is.
        resolve: ``host:port`` to the ``address:port`` to connect to in its place, several divided by commas;
            certificates are still checked against the host.
        ca_file: PEM file of the authorities to trust in place of the system's; None for the system's.
        nameservers: Resolvers to ask in place of the system's, ``address`` or ``address:port``.
        trust_anchor_file: File of DNSSEC trust anchors (DS or DNSKEY records) in place of IANA's.
        rdap_bootstrap: Where the registry of RDAP servers is read, a URL or a file.
        acme_directory: The ACME directory of the certificate's issuer, for renewal information; None to go by the
            issuer's name.
        credentials: ``user:password`` of HTTP basic authentication, sent to the target's own host only.
    """

    name: str
    url: str
    production: bool = False
    allow: Effect = Effect.OBSERVE
    allow_up_to: Effect = Effect.OBSERVE
    budget: Budget = Budget()
    pages: tuple[str, ...] = ()
    openapi: str | None = None
    health: HealthPaths = HealthPaths()
    resolve: Mapping[str, str] = field(default_factory=dict)
    ca_file: str | None = None
    nameservers: tuple[str, ...] = ()
    trust_anchor_file: str | None = None
    rdap_bootstrap: str = "https://data.iana.org/rdap/dns.json"
    acme_directory: str | None = None
    credentials: Secret | None = None

    @property
    def host(self) -> str:
        """The host of the URL, lower case, without brackets."""
        return (urlsplit(self.url).hostname or "").rstrip(".")

    @property
    def port(self) -> int:
        """The port of the URL, the scheme's default where it names none."""
        split = urlsplit(self.url)
        return split.port or (443 if split.scheme == "https" else 80)

    @property
    def origin(self) -> str:
        """The URL without its path."""
        split = urlsplit(self.url)
        return f"{split.scheme}://{split.netloc}"

    def routes(self, host: str, port: int) -> tuple[tuple[str, int], ...]:
        """Return the address and port pairs that ``resolve`` names for ``host:port``; empty where it names none."""
        line = self.resolve.get(f"{host.lower().strip('[]').rstrip('.')}:{port}", "")
        pairs = []
        for entry in filter(None, (part.strip() for part in line.split(","))):
            address, _, number = entry.rpartition(":")
            pairs.append((address.strip("[]"), int(number)))
        return tuple(pairs)
