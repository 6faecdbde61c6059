"""Questions asked side by side."""

from __future__ import annotations

import asyncio

import pytest

from pytest_readiness.model.exceptions import BudgetSpent
from pytest_readiness.probes.together import together


async def test_answers_come_in_the_order_of_the_questions():
    first = asyncio.Event()

    async def late() -> str:
        await first.wait()
        return "late"

    async def early() -> str:
        first.set()
        return "early"

    assert await together([late(), early()]) == ("late", "early")


async def test_where_one_raises_the_others_are_ended_and_it_arrives_as_itself():
    ended = False

    async def forever() -> None:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            ended = True

    async def spent() -> None:
        await asyncio.sleep(0)
        raise BudgetSpent("used up")

    with pytest.raises(BudgetSpent):
        await together([forever(), spent()])
    assert ended
