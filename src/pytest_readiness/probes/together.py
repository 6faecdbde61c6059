"""Several questions of one probe, asked side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def together(questions: Iterable[Coroutine[Any, Any, T]]) -> tuple[T, ...]:
    """Return the answers in the order of the questions; where one raises, end the others and raise it.

    An ``asyncio.TaskGroup`` would wrap what is raised in a group, and :class:`Unverified` must arrive as itself.
    """
    tasks = [asyncio.create_task(question) for question in questions]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
