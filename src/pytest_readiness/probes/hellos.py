"""One address of a host, asked by one ClientHello after the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pytest_readiness.guard.sockets import Sockets
from pytest_readiness.model.exceptions import DeadlinePassed, Unreachable, Unverified
from pytest_readiness.model.targets import Target
from pytest_readiness.model.tls import Mute
from pytest_readiness.standards.tls.client_hello import RANDOM_BYTES, Offer, client_hello
from pytest_readiness.standards.tls.server_flight import FlightParser, ServerFlight

TIMEOUT = 5.0
"""Seconds for one connection, and again for one answer."""

_UNROUTED = ("unreachable", "cannot assign requested address", "address family not supported")

Enough = Callable[[ServerFlight], bool]


def endpoint(target: Target) -> tuple[str, int]:
    """Return host and port to speak TLS with.

    Raises:
        Unverified: The target is served without TLS.
    """
    if not target.url.lower().startswith("https:"):
        raise Unverified(
            f"the target's url is {target.url}: there is no TLS to look at",
            fix=f'[targets.{target.name}] url = "https://…"',
        )
    return target.host, target.port


@dataclass(slots=True)
class Reply:
    """How one hello was answered.

    Attributes:
        flight: What was understood.
        closed: Whether the server ended the connection without an answer.
        mute: Why there is no answer at all.
    """

    flight: ServerFlight = field(default_factory=ServerFlight)
    closed: bool = False
    mute: Mute | None = None

    @property
    def refusal(self) -> str:
        """How the server said no, in words; empty where it did not."""
        if self.flight.alert:
            return f"alert {self.flight.alert}"
        return "the connection is closed" if self.closed else ""

    @property
    def doubt(self) -> str:
        """Why it is neither yes nor no, in words; empty where it is one of these."""
        if self.mute:
            return self.mute.reason
        return self.flight.malformed if not self.flight.agreed else ""


class Address:
    """One address of the host, to be asked again and again.

    Args:
        sockets: Who connects.
        host: The name that the hellos ask for.
        port: The port.
        address: The address.
    """

    def __init__(self, sockets: Sockets, host: str, port: int, address: str) -> None:
        self._sockets, self.host, self.port, self.address = sockets, host, port, address
        self.handshakes = 0
        self.closings = 0

    async def ask(self, offer: Offer, enough: Enough = lambda flight: flight.agreed) -> Reply:
        """Offer something and return the answer; ask again where the connection just ends.

        A server may refuse by hanging up, but so may a busy one: only the second time counts.
        """
        reply = await self._ask(offer, enough)
        if reply.closed:
            reply = await self._ask(offer, enough)
            self.closings += reply.closed
        return reply

    async def _ask(self, offer: Offer, enough: Enough) -> Reply:
        self.handshakes += 1
        parser = FlightParser()
        hello = client_hello(replace(offer, host=self.host), os.urandom(RANDOM_BYTES))
        try:
            async with self._sockets.connect(self.host, self.port, address=self.address, timeout=TIMEOUT) as streams:
                reader, writer = streams
                async with asyncio.timeout(TIMEOUT):
                    writer.write(hello)
                    while not (parser.flight.finished or enough(parser.flight)):
                        data = await reader.read(65_536)
                        if not data:
                            return Reply(parser.flight, closed=not parser.flight.agreed)
                        parser.feed(data)
        except (TimeoutError, DeadlinePassed):
            if not parser.flight.agreed:
                return Reply(mute=Mute(f"no answer within {TIMEOUT:g} s"))
        except Unreachable as unreachable:
            return Reply(mute=mute(unreachable))
        except OSError:
            return Reply(parser.flight, closed=not parser.flight.agreed)
        return Reply(parser.flight)


def mute(unreachable: Unverified) -> Mute:
    """Return why an address is mute, and whether that is our own machine's fault."""
    reason = unreachable.reason.partition(": ")[2] or unreachable.reason
    return Mute(reason, ours=any(words in reason for words in _UNROUTED))
