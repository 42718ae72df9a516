"""CHECKS.md 9: a socket takes nothing from clients, whatever they say, of whichever workspace."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from realtime.tests.server import Server, listening, server
from tasks.models import Project, Task
from workspaces.actions import update_workspace
from workspaces.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

CANARY = "frame-of-eve"
WORDS = ("type", "event", "action", "command", "op")
VERBS = ("subscribe", "join", "listen", "publish", "broadcast", "message", "task:created", "cursor", "resync", "auth")
AT_ONCE = 8  # fewer than the ten a second after which a talker is shown out


@pytest.fixture(scope="module")
def running(django_db_setup: None) -> Iterator[Server]:
    with server() as up:
        yield up


def frames(foreign: list[str]) -> list[str | bytes]:
    """Each word of the usual protocols × what it might do × ids of a workspace that is not the speaker's."""
    said: list[str | bytes] = []
    for number, verb in enumerate(VERBS):
        one = foreign[number % len(foreign)]
        for word in WORDS:
            said.append(json.dumps({word: verb, "workspaceId": one, "channel": f"presence:{one}", "data": CANARY}))
    for one in foreign:
        said += [json.dumps([CANARY, one]), json.dumps({"after": 0, "workspace": one}), f"42[{one}]", one.encode()]
    return [*said, "", "null", "[]", "{", b"\xff\x00", '{"event":' * 40, json.dumps({"seq": 2**64, "event": CANARY})]


def test_nothing_is_taken_from_clients(
    running: Server, alice: Actor, eve: Actor, project: Project, cards: list[Task]
) -> None:
    said = frames([str(alice.workspace.pk), "acme", str(project.pk), str(cards[0].pk), str(alice.user.pk)])
    assert len(said) > 70
    with ExitStack() as stack:
        hers = stack.enter_context(listening(running, alice)).ready()
        his = [stack.enter_context(listening(running, eve)).ready() for _ in range(0, len(said), AT_ONCE)]
        for number, frame in enumerate(said):
            his[number // AT_ONCE].connection.send(frame)
        for socket in his:
            socket.connection.ping().wait(10)  # what was sent before it has been read
        update_workspace(alice, name="Acme & Co")
        update_workspace(eve, name="Globex & Co")
        heard = [socket.next() for socket in (hers, *his)]
    assert [one["workspaceId"] for one in heard] == [str(alice.workspace.pk), *[str(eve.workspace.pk)] * len(his)]
    assert {one["event"] for one in heard} == {"workspace:updated"}
    assert CANARY not in json.dumps(heard)
