"""What the same host says over plain HTTP."""

from __future__ import annotations

from urllib.parse import urlsplit

from pytest_readiness.guard.http import HttpClient
from pytest_readiness.guard.sockets import Sockets
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.exceptions import DeadlinePassed, Unreachable, Unverified
from pytest_readiness.model.http import Cause, PlainHttp, Silence
from pytest_readiness.model.targets import Target

PORT = 80


@evidence(
    name="plain_http", sends="GET on port 80, and on redirects within the host, 5 at most; 1 connection if silent"
)
async def plain_http(target: Target, http: HttpClient, sockets: Sockets) -> PlainHttp:
    """The answer of the host to plain HTTP on port 80, and where its redirects lead.

    Raises:
        Unverified: ``resolve`` leads the host elsewhere but does not say where its port 80 is.
    """
    if not target.routes(target.host, PORT) and target.routes(target.host, target.port):
        # The name's real port 80 is not the candidate's: its answer would be a proof about something else.
        raise Unverified(
            f"resolve does not say where port {PORT} of {target.host} is",
            fix=f'resolve = {{ "{target.host}:{PORT}" = "address:port" }}',
        )
    hops = await http.follow(_url(target))
    first = hops[0]
    told = not isinstance(first, Silence) or first.cause in {Cause.REFUSED, Cause.UNRESOLVED}
    return PlainHttp(hops, accepts=None if told else await _accepts(target, sockets))


def _url(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"http://{host}{urlsplit(target.url).path or '/'}"


async def _accepts(target: Target, sockets: Sockets) -> bool:
    try:
        async with sockets.connect(target.host, PORT):
            return True
    except (Unreachable, DeadlinePassed):
        return False
