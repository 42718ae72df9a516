"""A budget whose row somebody holds for longer than anybody waits: who asks tries again, and who was answered is settled."""

import threading
from collections.abc import Iterator
from contextlib import aclosing, contextmanager

import pytest
from asgiref.sync import async_to_sync
from django.db import connections

from ai.models import AIBudget
from ai.service import AIService, Answer, Ask, complete
from workspaces import tenancy
from workspaces.actor import Actor

from .provider import Provider
from .rows import held, month, used
from .workers import apart

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
HELD = 2.5  # seconds: the database lets nobody wait longer than two
ASK = Ask("write.draft", {"wanted": "x"})


@contextmanager
def row_held(by: Actor) -> Iterator[None]:
    """From before the block on, by somebody else."""
    ready, enough = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold, args=(by, ready, enough))
    holder.start()
    ready.wait()
    try:
        yield
    finally:
        holder.join()


def hold(by: Actor, ready: threading.Event, enough: threading.Event) -> None:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        AIBudget.objects.within(by.workspace).select_for_update().get()
        ready.set()
        enough.wait(HELD)
    connections.close_all()


def test_who_asks_tries_again(bob: Actor, ai_on: Provider) -> None:
    apart(lambda: complete(bob, ASK))
    with row_held(bob):
        assert apart(lambda: complete(bob, ASK)).text
    assert len(used(bob)) == 2 and held(bob) == [] and month(bob).used == ai_on.spent


async def _held_before_the_end(by: Actor) -> Answer:
    """Somebody takes the row while the answer is on its way."""
    async with aclosing(AIService(by).stream(ASK)) as pieces:
        await anext(pieces)
        with row_held(by):
            rest = [piece async for piece in pieces]
    return rest[-1]  # type: ignore[return-value]


def test_who_was_answered_is_settled(bob: Actor, ai_on: Provider) -> None:
    ai_on.pause = 0.05
    assert apart(lambda: async_to_sync(_held_before_the_end)(bob)).text
    assert [row.outcome for row in used(bob)] == ["ok"] and held(bob) == [] and month(bob).used == ai_on.spent
