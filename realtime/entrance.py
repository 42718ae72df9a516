"""Those who knock: while some are asked about, the next ones wait, and then are asked about together.

A single caller costs the same few queries as ever; a thousand who come back at once cost a handful each time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any, Generic, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings

from accounts import programs
from accounts.jwt_tokens import Bearer
from workspaces import tokens
from workspaces.models import AccessToken

from .storage import Caller, Storage

AT_ONCE = 2  # questions of ours that PostgreSQL is asked at the same time; the hub's other connections stay free
MOST = 100  # people in one question
PATIENCE = 10.0  # seconds in the line before somebody is asked to come back later

Key = TypeVar("Key")
Value = TypeVar("Value")
Knock = tuple[str, str]  # a workspace's address and a person


class Line(Generic[Key, Value]):
    """One question is under way; what is asked meanwhile is asked together after it, each thing once."""

    def __init__(self, ask: Callable[[list[Key]], Awaitable[dict[Key, Value | Exception]]]) -> None:
        self.ask = ask
        self.waiting: dict[Key, asyncio.Future[Value | None]] = {}
        self.asking: asyncio.Task[None] | None = None

    async def answer(self, key: Key) -> Value | None:
        """What is true after this was asked."""
        if key not in self.waiting:
            self.waiting[key] = asyncio.get_running_loop().create_future()
        answer = self.waiting[key]
        if self.asking is None or self.asking.done():
            self.asking = asyncio.create_task(self._work())
        async with asyncio.timeout(PATIENCE):
            return await asyncio.shield(answer)

    async def _work(self) -> None:
        while self.waiting:
            some = list(self.waiting)[:MOST]
            await self._ask({key: self.waiting.pop(key) for key in some})

    async def _ask(self, some: dict[Key, asyncio.Future[Value | None]]) -> None:
        try:
            found = await self.ask(list(some))
        except Exception as error:
            found = dict.fromkeys(some, error)
        for key, answer in some.items():
            if isinstance(known := found.get(key), Exception):
                answer.set_exception(known)
                answer.exception()  # nobody may be left to hear
            else:
                answer.set_result(known)


class Entrance:
    """The lines of one process: by what somebody comes, and whether the workspace lets them in."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.turn = storage, asyncio.Semaphore(AT_ONCE)
        self.sessions: Line[str, dict[str, Any]] = Line(_in_a_thread(session))
        self.tokens: Line[str, AccessToken] = Line(_in_a_thread(token))
        self.programs: Line[str, Bearer] = Line(_in_a_thread(programs.find))
        self.callers: Line[Knock, Caller] = Line(self._callers)

    async def _callers(self, knocks: list[Knock]) -> dict[Knock, Caller | Exception]:
        by_slug = {slug: [person for at, person in knocks if at == slug] for slug, _ in knocks}
        found = await asyncio.gather(*(self._of_one(slug, people) for slug, people in by_slug.items()))
        return {
            (slug, person): known for slug, some in zip(by_slug, found, strict=True) for person, known in some.items()
        }

    async def _of_one(self, slug: str, people: list[str]) -> dict[str, Caller | Exception]:
        """A fault with one workspace is none of the others'."""
        async with self.turn:
            try:
                return {**await self.storage.callers(people, slug)}
            except Exception as error:
                return dict.fromkeys(people, error)


def session(key: str) -> dict[str, Any]:
    """Synchronous, as every session engine can be read."""
    return import_module(settings.SESSION_ENGINE).SessionStore(key).load()  # type: ignore[no-any-return]


def token(secret: str) -> AccessToken | None:
    try:
        return tokens.find(secret)
    except tokens.Unauthenticated:
        return None


def _in_a_thread(find: Callable[[str], Value | None]) -> Callable[[list[str]], Awaitable[dict[str, Value | Exception]]]:
    def find_all(keys: list[str]) -> dict[str, Value | Exception]:
        return {key: known for key in keys if (known := _tried(find, key)) is not None}

    return database_sync_to_async(find_all)  # type: ignore[return-value]


def _tried(find: Callable[[str], Value | None], key: str) -> Value | Exception | None:
    """What fails for one is none of the others'."""
    try:
        return find(key)
    except Exception as error:
        return error
