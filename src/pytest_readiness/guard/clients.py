"""The guarded ways to look at one target, put together and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pytest_readiness.guard.budget import Allowance
from pytest_readiness.guard.dns import Resolver
from pytest_readiness.guard.http import HttpClient
from pytest_readiness.guard.sockets import Sockets
from pytest_readiness.model.scales import Effect
from pytest_readiness.model.targets import Target


@dataclass(frozen=True, slots=True)
class Clients:
    """What an evidence function can ask for, by these names.

    Attributes:
        http: Speaks HTTP with the target.
        sockets: Opens connections for what speaks below HTTP.
        resolver: Asks nameservers.
    """

    http: HttpClient
    sockets: Sockets
    resolver: Resolver


@asynccontextmanager
async def opened(target: Target, allowed: Effect, allowance: Allowance) -> AsyncIterator[Clients]:
    """Open the clients for one target, and close whatever they hold at the end.

    Args:
        target: The target.
        allowed: The effect that this run allows.
        allowance: What may be sent.
    """
    resolver = Resolver(target, allowance)
    sockets = Sockets(target, allowance, resolver, asyncio.Semaphore(target.budget.connections))
    http = HttpClient(target, allowed, allowance, sockets)
    try:
        yield Clients(http, sockets, resolver)
    finally:
        await http.aclose()
