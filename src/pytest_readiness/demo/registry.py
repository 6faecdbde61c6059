"""A stand-in for a domain registry's RDAP server, for the demo and for tests: loopback has no registry of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from pytest_readiness.demo.http_server import Application, Request, Response

BOOTSTRAP = "/dns.json"
"""The path of the bootstrap file, for ``rdap_bootstrap``."""

LOCKED = ("client transfer prohibited",)


def registry(domains: Mapping[str, datetime | None], *, statuses: tuple[str, ...] = LOCKED) -> Application:
    """Return an application that answers for ``domains``, and for the bootstrap file that leads to it.

    Args:
        domains: Registered domain to when it expires; None to keep the date back, as some registries do.
        statuses: The status values of each.
    """

    def answer(request: Request) -> Response:
        if request.path == BOOTSTRAP:
            base = f"http://{request.headers.get('host', '')}/"
            suffixes = sorted({name.rpartition(".")[2] for name in domains})
            return _json(200, {"version": "1.0", "services": [[suffixes, [base]]]})
        name = request.path.removeprefix("/domain/")
        if name == request.path or name not in domains:
            return _json(404, {"errorCode": 404, "title": "Not Found"})
        return _json(200, _domain(name, domains[name], statuses))

    return answer


def _domain(name: str, expires: datetime | None, statuses: tuple[str, ...]) -> dict[str, object]:
    events = [] if expires is None else [{"eventAction": "expiration", "eventDate": expires.isoformat()}]
    return {
        "objectClassName": "domain",
        "rdapConformance": ["rdap_level_0"],
        "ldhName": name,
        "status": list(statuses),
        "events": events,
        "secureDNS": {"delegationSigned": True},
    }


def _json(status: int, content: object) -> Response:
    return Response(status, (("Content-Type", "application/rdap+json"),), json.dumps(content).encode())
