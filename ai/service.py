"""The one door to every model (DESIGN.md 8).

permission → wording → cache → reserve → call → settle → usage → receipt. No database connection is held while a model
is waited for; whatever ends a call, also its caller's going away, settles it.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import InterfaceError, OperationalError

from workspaces.actor import Actor
from workspaces.errors import Busy

from .actions.metering import settle
from .asking import Answer, Ask, Receipt
from .calling import Calling
from .models import AIConnection, AIUsage
from .opening import Call, open_call, open_check
from .providers import wire
from .threads import in_thread

PAUSES = (0.2, 1.0)  # seconds before a call is opened or settled again
log = logging.getLogger(__name__)

__all__ = ["AIService", "Answer", "Ask", "Receipt", "check", "complete"]
LOOK = 1.0  # seconds


class AIService:
    """Asks for one actor. `usage_id` is that of the receipt, known from the first piece on."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self.usage_id: UUID | None = None

    async def complete(self, ask: Ask, *, again: bool = False) -> Answer:
        """The whole answer. Raises Off, NoModel, OverBudget, ModelDown, BadAnswer (ai/errors.py)."""
        async with aclosing(self.stream(ask, again=again)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Answer):
                    return piece
        raise AssertionError("a stream ends with an Answer or an error")

    async def stream(self, ask: Ask, *, again: bool = False) -> AsyncIterator[str | Answer]:
        """Pieces of text as they come, and last the Answer. Close it to stop the model: `async with aclosing(…)`."""
        call = await _opened(self.by, ask, again)
        self.usage_id = call.kept.receipt.usage_id if call.kept else call.held.usage if call.held else None
        if call.kept:
            yield call.kept.text
            yield call.kept
            return
        async with aclosing(answering(call)) as pieces:
            async for piece in pieces:
                yield piece


async def answering(call: Call) -> AsyncIterator[str | Answer]:
    """A call that was opened, to its end: however that comes, it is settled."""
    calling = Calling(call, until=time.monotonic() + settings.AI_DEADLINE)
    try:
        async with aclosing(calling.pieces()) as pieces:
            async for piece in pieces:
                yield piece
        calling.finish()
    except (GeneratorExit, asyncio.CancelledError):
        calling.outcome = AIUsage.Outcome.CANCELLED
        raise
    except BaseException as error:
        calling.broke(error)
        raise
    finally:
        await asyncio.shield(_settled(calling))
    yield calling.answer()


def complete(by: Actor, ask: Ask, *, again: bool = False, watch: Callable[[], None] = lambda: None) -> Answer:
    """The same for jobs and other code that waits; not inside a transaction, which would be held meanwhile.

    `watch` is called each second: what it raises stops the call.
    """
    return async_to_sync(_once)(by, ask, again, watch)


async def _once(by: Actor, ask: Ask, again: bool, watch: Callable[[], None]) -> Answer:
    answer = asyncio.ensure_future(AIService(by).complete(ask, again=again))
    try:
        while not (await asyncio.wait({answer}, timeout=LOOK))[0]:
            await in_thread(watch)()
        return answer.result()
    finally:
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)
        await wire.close()


def check(by: Actor, row: AIConnection) -> None:
    """Whether a connection answers, for jobs. Raises NoModel, OverBudget, ModelDown."""
    async_to_sync(_checked)(open_check(by, row))


async def _checked(call: Call) -> None:
    try:
        async with aclosing(answering(call)) as pieces:
            async for _ in pieces:
                pass
    finally:
        await wire.close()


async def _opened(by: Actor, ask: Ask, again: bool) -> Call:
    """Who waits too long for the budget's row, since so many ask at once, tries again. Raises Busy, and what `open_call` does."""
    for pause in PAUSES:
        try:
            return await in_thread(open_call)(by, ask, again=again)
        except (OperationalError, InterfaceError):
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
    try:
        return await in_thread(open_call)(by, ask, again=again)
    except (OperationalError, InterfaceError) as error:
        raise Busy("Too many ask at once, or the database is away for a moment. Please try again.") from error


async def _settled(calling: Calling) -> None:
    """What cannot be settled now, since the database is away or busy, the sweep charges in full: no answer is lost by it."""
    for pause in (*PAUSES, None):
        try:
            return await in_thread(_settle)(calling)
        except (OperationalError, InterfaceError):
            if pause is None:
                log.exception("a call was not settled; the sweep will")
            else:
                await asyncio.sleep(pause)


def _settle(calling: Calling) -> None:
    call = calling.call
    assert call.held is not None
    settle(call.by, call.held, calling.usage(), keep=calling.kept())
