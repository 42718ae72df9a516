"""Those who knock: while some are asked about, the next ones wait, and then are asked about together.

A single caller costs the same few queries as ever; a thousand who come back at once cost a handful each time.
"""

import asyncio

from .storage import Caller, Storage

AT_ONCE = 2  # questions of ours that PostgreSQL is asked at the same time; the hub's other connections stay free
PATIENCE = 10.0  # seconds in the line before somebody is asked to come back later


class Entrance:
    """One line for each workspace that somebody knocks at."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.waiting: dict[str, dict[str, asyncio.Future[Caller | None]]] = {}
        self.asking: dict[str, asyncio.Task[None]] = {}
        self.turn = asyncio.Semaphore(AT_ONCE)

    async def caller(self, user_id: str, slug: str) -> Caller | None:
        """What is true after this was asked; None where there is no such person."""
        line = self.waiting.setdefault(slug, {})
        if user_id not in line:
            line[user_id] = asyncio.get_running_loop().create_future()
        answer = line[user_id]
        if slug not in self.asking:
            self.asking[slug] = asyncio.create_task(self._ask(slug))
        async with asyncio.timeout(PATIENCE):
            return await asyncio.shield(answer)

    async def _ask(self, slug: str) -> None:
        """Until nobody waits at this workspace any more."""
        try:
            while slug in self.waiting:
                async with self.turn:
                    await self._answer(self.waiting.pop(slug), slug)
        finally:
            del self.asking[slug]

    async def _answer(self, line: dict[str, asyncio.Future[Caller | None]], slug: str) -> None:
        try:
            found = await self.storage.callers(list(line), slug)
        except Exception as error:  # each of them hears of it where they wait
            for answer in line.values():
                answer.set_exception(error)
                answer.exception()  # nobody may be left to hear
        else:
            for user_id, answer in line.items():
                answer.set_result(found.get(user_id))
