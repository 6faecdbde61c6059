"""What each address of the host says."""

from __future__ import annotations

import time

from pytest_readiness.guard.http import HttpClient
from pytest_readiness.guard.sockets import Sockets
from pytest_readiness.model.evidence import evidence
from pytest_readiness.model.http import AddressAnswers, Answer
from pytest_readiness.model.targets import Target
from pytest_readiness.probes.together import together


@evidence(sends="1 GET on the URL per address")
async def addresses(target: Target, http: HttpClient, sockets: Sockets) -> AddressAnswers:
    """The answer of each address that the host's name leads to, and when it came.

    Raises:
        Unreachable: The name leads nowhere.
    """

    async def ask(address: str) -> tuple[Answer, float]:
        answer = await http.fetch(target.url, address=address)
        return answer, time.time()

    found = tuple(dict.fromkeys(await sockets.addresses(target.host, target.port)))
    answers = await together(ask(address) for address in found)
    return AddressAnswers(
        answers=tuple((address, answer) for address, (answer, _) in zip(found, answers, strict=True)),
        ours=tuple((address, came) for address, (_, came) in zip(found, answers, strict=True)),
    )
