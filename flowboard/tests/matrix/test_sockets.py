"""CHECKS.md 9: a socket takes nothing from clients but what their person has in front of them, and passes none of it on as it came."""

import json
from contextlib import ExitStack

import pytest

from realtime.tests.server import Server, listening
from tasks.models import Project, Task
from workspaces.actions import update_workspace
from workspaces.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

CANARY = "frame-of-eve"
WORDS = ("type", "event", "action", "command", "op")
VERBS = ("subscribe", "join", "listen", "publish", "broadcast", "message", "task:created", "cursor", "resync", "auth")
AT_ONCE = 8  # fewer than the ten a second after which a talker is shown out
SLOTS = ("event", "page", "project", "task", "field", "away")  # of the one frame that is taken
OTHERS = ("workspace", "workspaceId", "channel", "id", "user", "name", "person", "people", "at", "seq", "event ")


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


def places(foreign: list[str]) -> list[str]:
    """`presence:here` with each foreign word in each slot, in others that there are not, and in none of the right type."""
    whole = {
        "event": "presence:here",
        "page": "board",
        "project": "FLOW",
        "task": "FLOW-1",
        "field": "title",
        "away": False,
    }
    said = [
        whole,
        *({"event": f"presence:{verb}", "page": "home"} for verb in ("joined", "left", "state", "list", "ask")),
    ]
    for one in (*foreign, CANARY):
        said += [whole | {slot: one} for slot in SLOTS] + [whole | {slot: one} for slot in OTHERS]
        said += [whole | {slot: [one]} for slot in SLOTS] + [whole | {slot: {one: one}} for slot in SLOTS]
    return [json.dumps(one) for one in said]


def test_who_is_here_is_told_in_the_servers_own_words(
    running: Server, alice: Actor, eve: Actor, project: Project, cards: list[Task]
) -> None:
    """Nobody of Acme hears of Eve, and Eve, whatever she says, hears of herself alone, at no place of Acme's."""
    foreign = [str(alice.workspace.pk), "acme", str(project.pk), str(cards[0].pk), str(alice.user.pk), "FLOW", "FLOW-1"]
    said = places(foreign)
    assert len(said) > 200
    with listening(running, alice) as hers, listening(running, eve) as his:
        hers.ready(), his.ready()
        hers.connection.send(json.dumps({"event": "presence:here", "page": "board", "project": "FLOW"}))
        his.connection.send(json.dumps({"event": "presence:here", "page": "home"}))
        for start in range(0, len(said), AT_ONCE):
            with listening(running, eve) as talker:
                for frame in said[start : start + AT_ONCE]:
                    talker.connection.send(frame)
                talker.connection.ping().wait(10)
        update_workspace(alice, name="Acme & Co")
        update_workspace(eve, name="Globex & Co")
        for socket, who, workspace in ((hers, alice, alice.workspace), (his, eve, eve.workspace)):
            told = [socket.any()]
            while told[-1]["event"] != "workspace:updated":
                told.append(socket.any())
            assert told[-1]["workspaceId"] == str(workspace.pk)
            people = [one["person"] for one in told if "person" in one]
            people += [person for one in told for person in one.get("people", ())]
            assert people and {person["id"] for person in people} == {str(who.user.pk)}
            assert CANARY not in "".join(socket.frames)
        assert not [word for word in foreign if f'"{word}"' in "".join(his.frames)]
