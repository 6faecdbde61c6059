"""A domain served by two real nameservers, and judged as a run judges it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knot import Hosted, Knot

from pytest_readiness.checks import checklist
from pytest_readiness.gather.engine import gather_now
from pytest_readiness.model.checks import Check
from pytest_readiness.model.scales import Severity
from pytest_readiness.model.targets import Budget, Target
from pytest_readiness.model.thresholds import Thresholds
from pytest_readiness.verdict.judge import Judged, judge

APEX = "shop.test"

RECORDS = """
@ SOA ns1 hostmaster {serial} 3600 600 86400 300
@ NS ns1
@ NS ns2
ns1 A 127.0.0.1
ns2 A 127.0.0.1
@ A 192.0.2.1
@ AAAA 2001:db8::1
@ CAA 0 issue "ca.example"
@ MX 0 .
@ TXT "v=spf1 -all"
_dmarc TXT "v=DMARC1; p=reject"
www CNAME {alias}
lb A 192.0.2.1
lb AAAA 2001:db8::1
"""


def records(*, serial: int = 7, alias: str = "lb", more: str = "") -> str:
    """Return the records of the domain, names relative to its apex."""
    return RECORDS.format(serial=serial, alias=alias) + more


def zone_file(content: str, apex: str = APEX) -> str:
    """Return ``content`` as a zone file of its own."""
    return f"$ORIGIN {apex}.\n$TTL 300\n{content}"


def hosted(content: str, **how: Any) -> Hosted:
    """Return the domain with these records, for a server to serve."""
    return Hosted(APEX, zone_file(content), **how)


@dataclass
class Shop:
    """The domain, its two nameservers and who vouches for it.

    Attributes:
        first: The server that plays the resolver, too.
        second: The other one.
        folder: Where the trust anchor file goes.
        anchors: The trust anchors.
    """

    first: Knot
    second: Knot
    folder: Path
    anchors: str = ""
    changes: dict[str, Any] = field(default_factory=dict)

    def serve(self, *zones: Hosted, second: tuple[Hosted, ...] | None = None) -> None:
        """Serve ``zones`` from both servers, or others from the second."""
        self.first.serve(*zones)
        self.second.serve(*(zones if second is None else second))

    def target(self, host: str = APEX) -> Target:
        """Return the target that a run would judge."""
        changes = dict(self.changes)
        if self.anchors:
            file = self.folder / "anchors.txt"
            file.write_text(self.anchors)
            changes["trust_anchor_file"] = str(file)
        return Target(
            name="shop",
            url=f"https://{host}",
            budget=Budget(requests_per_second=10_000),
            nameservers=(self.first.address,),
            resolve={"ns1.shop.test:53": self.first.address, "ns2.shop.test:53": self.second.address},
            **changes,
        )

    def judged(self, check: Check[...], host: str = APEX) -> Judged:
        """Gather what ``check`` needs through the guard, and judge it."""
        target = self.target(host)
        return judge(
            check,
            gather_now(target, check.needs),
            target=target,
            severity=check.severity or checklist.item(check.item).severity,
            gate=Severity.MEDIUM,
            thresholds=Thresholds(),
            now=datetime.now(UTC),
        )


def said(judged: Judged) -> list[tuple[str, str]]:
    """Return what was found and where."""
    return [(finding.summary, finding.where) for finding in judged.findings]
