"""Whose inbox has changed hears it on their own sockets, and nobody else's."""

from typing import Any

import pytest

from tasks.actions import create_comment
from tasks.actions.notices import mark_read
from tasks.actions.telling import tell_people
from tasks.models import Task
from tasks.tests.inboxes import items
from workspaces.actor import Actor
from workspaces.tests.people import log

from .server import Listener, Server, listening

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_a_mention_rings_its_person_alone(running: Server, alice: Actor, bob: Actor, cards: list[Task]) -> None:
    with (
        listening(running, bob) as his,
        listening(running, bob) as other,
        listening(running, alice) as hers,
    ):
        for listener in (his, other, hers):
            listener.ready()
        create_comment(alice, cards[0], body="@bob")
        tell_people(alice.workspace.pk)
        assert rung(his) and rung(other)
        create_comment(alice, cards[1], body="Quiet")
        assert "inbox" not in [frame["event"] for frame in upto(hers, log(alice)[-1].seq)]
        mark_read(bob, items(bob))
        assert rung(his) and rung(other)


def upto(listener: Listener, seq: int) -> list[dict[str, Any]]:
    """All frames until that row; a ring has no number."""
    heard = [listener.next()]
    while heard[-1].get("seq", 0) < seq:
        heard.append(listener.next())
    return heard


def rung(listener: Listener) -> bool:
    """Wait for the ring."""
    while listener.next()["event"] != "inbox":
        pass
    return True
