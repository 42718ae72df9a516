"""Who is here: several tabs are one person, who leaves is gone, and nobody hears of what they may not see."""

import json
from contextlib import ExitStack
from typing import Any

import pytest

from accounts.models import User
from realtime import doorbell
from realtime.presence.sharing import CHANNEL, entry_key, index_key
from tasks.actions import create_project, share_project, share_task, unshare_project, update_task
from tasks.models import Project, Task
from workspaces.actions import create_token, leave_workspace, update_workspace
from workspaces.actor import Actor
from workspaces.tests.people import browser

from .server import Listener, Server, listening, private_redis, server

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
HURRY = (
    "from realtime.presence import here, sharing; here.ASK, here.SILENT, here.PACE = 0.5, 2.0, 0.1; "
    "sharing.BEAT, sharing.BELIEVED, sharing.KEPT, sharing.EXPECTED, sharing.PAUSE = 0.5, 2.0, 1.5, 1.0, 0.2; "
    "hub.BACK_OFF = (0.1, 0.2)"
)

People = dict[str, list[dict[str, Any]]]


class Desk:
    """A client that says where it is and keeps the list of the people here, by name."""

    def __init__(self, listener: Listener) -> None:
        self.listener, self.connection = listener, listener.connection
        self.said: dict[str, Any] = {}
        self.here: dict[str, dict[str, Any]] = {}
        self.heard: list[str] = []

    def at(self, page: str = "board", **more: Any) -> "Desk":
        self.said = {"event": "presence:here", "page": page, **more}
        return self.again()

    def again(self) -> "Desk":
        self.connection.send(json.dumps(self.said))
        return self

    def take(self) -> None:
        """The next event; asked, it answers."""
        frame = self.listener.any()
        self.heard.append(frame["event"])
        if frame["event"] == "presence:list":
            self.here = {one["id"]: one for one in frame["people"]}
        elif frame["event"] == "presence:left":
            self.here.pop(frame["person"]["id"])
        elif frame["event"] in ("presence:joined", "presence:state"):
            self.here[frame["person"]["id"]] = frame["person"]
        elif frame["event"] == "presence:ask":
            self.again()

    @property
    def people(self) -> People:
        return {one["name"]: one["at"] for one in self.here.values()}

    def until(self, **people: Any) -> "Desk":
        """By name: those who are here, and what each shows, in short."""
        while {name: [short(place) for place in at] for name, at in self.people.items()} != people:
            self.take()
        return self


def short(place: dict[str, Any]) -> str:
    """board FLOW FLOW-1 description"""
    words = [place["page"], *(place.get(name, "") for name in ("project", "task", "field"))]
    return " ".join(word for word in words if word) + (" away" if place.get("away") else "")


def desk(stack: ExitStack, at: Server, who: Actor | None, **more: Any) -> Desk:
    return Desk(stack.enter_context(listening(at, who, **more)).ready())


@pytest.fixture
def stack() -> Any:
    with ExitStack() as made:
        yield made


def test_somebody_comes_opens_a_card_edits_and_leaves(
    running: Server, stack: ExitStack, alice: Actor, bob: Actor, cards: list[Task]
) -> None:
    hers = desk(stack, running, alice).at(project="FLOW").until(Alice=["board FLOW"])
    with ExitStack() as his_stack:
        his = desk(his_stack, running, bob).at(project="FLOW", task="FLOW-1")
        hers.until(Alice=["board FLOW"], Bob=["board FLOW FLOW-1"])
        his.at(project="FLOW", task="FLOW-1", field="description")
        hers.until(Alice=["board FLOW"], Bob=["board FLOW FLOW-1 description"])
        assert hers.people["Bob"] == [
            {"page": "board", "projectId": str(cards[0].project_id), "project": "FLOW", "taskId": str(cards[0].pk), "task": "FLOW-1", "field": "description"}
        ]  # fmt: skip
        his.at("home", away=True)
        hers.until(Alice=["board FLOW"], Bob=["home away"])
    hers.until(Alice=["board FLOW"])
    told = [event for event in hers.heard if event not in ("head", "presence:ask")]
    assert told[0] == "presence:list" and told[-1] == "presence:left"
    assert told.count("presence:joined") == 2 and "presence:state" in told


def test_several_tabs_are_one_person(
    running: Server, stack: ExitStack, alice: Actor, bob: Actor, cards: list[Task]
) -> None:
    hers = desk(stack, running, alice).at("home")
    board = desk(stack, running, bob).at(project="FLOW")
    with ExitStack() as other:
        desk(other, running, bob).at(project="FLOW", task="FLOW-2", field="comment")
        hers.until(Alice=["home"], Bob=["board FLOW FLOW-2 comment", "board FLOW"])
    hers.until(Alice=["home"], Bob=["board FLOW"])
    assert "presence:left" not in hers.heard
    board.connection.close()
    hers.until(Alice=["home"])


def test_who_says_nothing_is_gone_and_comes_back(alice: Actor, bob: Actor) -> None:
    """A closed lid: the connection looks open, and nobody answers."""
    with server(hurry=HURRY) as own, ExitStack() as stack:
        hers, his = desk(stack, own, alice).at("home"), desk(stack, own, bob).at("home")
        hers.until(Alice=["home"], Bob=["home"])
        hers.until(Alice=["home"])
        assert hers.heard.count("presence:ask") >= 2
        his.again()
        hers.until(Alice=["home"], Bob=["home"])


def test_who_has_said_nothing_is_told_nothing(running: Server, stack: ExitStack, alice: Actor, bob: Actor) -> None:
    quiet = desk(stack, running, bob)
    hers = desk(stack, running, alice).at("home").until(Alice=["home"])
    update_workspace(alice, name="Acme & Co")
    assert quiet.listener.next()["event"] == "workspace:updated"
    assert hers.people == {"Alice": [{"page": "home"}]}


def test_an_access_token_is_nobody_at_a_desk(running: Server, stack: ExitStack, alice: Actor, bob: Actor) -> None:
    hers = desk(stack, running, alice).at("home").until(Alice=["home"])
    secret = create_token(bob, name="bot")[1]
    bot = desk(stack, running, None, slug="acme", origin=None, headers={"Authorization": f"Token {secret}"})
    bot.at(project="FLOW")
    bot.connection.ping().wait(10)
    hers.at("members").until(Alice=["members"])


def test_a_place_that_one_may_not_see_is_no_place(
    running: Server, stack: ExitStack, alice: Actor, bob: Actor, gus: Actor, cards: list[Task], project: Project
) -> None:
    """Neither as who stands there, nor as who hears of others."""
    create_project(alice, name="Hush", key="HUSH", private=True)
    hers = desk(stack, running, alice).at(project="HUSH").until(Alice=["board HUSH"])
    his = desk(stack, running, bob).at(project="HUSH").until(Alice=[], Bob=["other"])
    hers.until(Alice=["board HUSH"], Bob=["other"])
    his.at("task", task="FLOW-99")
    hers.until(Alice=["board HUSH"], Bob=["task FLOW"])
    his.at("task", task="NOPE-1")
    hers.until(Alice=["board HUSH"], Bob=["other"])


def test_a_guest_hears_of_those_whom_they_may_know(
    running: Server, stack: ExitStack, alice: Actor, bob: Actor, gus: Actor, project: Project, cards: list[Task]
) -> None:
    hers = desk(stack, running, alice).at(project="FLOW", task="FLOW-1")
    desk(stack, running, bob).at(project="FLOW", task="FLOW-2")
    his = desk(stack, running, gus).at("home").until(Gus=["home"])
    hers.until(Alice=["board FLOW FLOW-1"], Bob=["board FLOW FLOW-2"], Gus=["home"])
    share_task(alice, cards[0], person=gus.user, grant="view_task")
    update_task(alice, cards[0], assignees=[alice.user])
    share_task(alice, cards[2], person=gus.user, grant="view_task")
    his.until(Gus=["home"], Alice=["board FLOW FLOW-1"])
    his.at(project="FLOW").until(Gus=[], Alice=["board FLOW FLOW-1"])
    hers.until(Alice=["board FLOW FLOW-1"], Bob=["board FLOW FLOW-2"], Gus=["board FLOW"])
    share_project(alice, project, person=gus.user, grant="view_project")
    his.until(Gus=["board FLOW"], Alice=["board FLOW FLOW-1"], Bob=["board FLOW FLOW-2"])
    unshare_project(alice, project, person=gus.user)
    his.until(Gus=[], Alice=["board FLOW FLOW-1"])
    assert his.heard.count("presence:list") >= 3, "other rights are another list"


def test_somebody_without_a_name_is_not_called_by_their_address(
    running: Server, stack: ExitStack, alice: Actor, bob: Actor
) -> None:
    User.objects.filter(pk=bob.user.pk).update(name="")
    hers = desk(stack, running, alice).at("home")
    desk(stack, running, bob).at("home")
    hers.until(Alice=["home"], Somebody=["home"])
    assert "bob@" not in "".join(hers.listener.frames)


def test_whoever_is_removed_is_gone_from_the_list(running: Server, stack: ExitStack, alice: Actor, bob: Actor) -> None:
    hers, his = desk(stack, running, alice).at("home"), desk(stack, running, bob).at("home")
    hers.until(Alice=["home"], Bob=["home"])
    leave_workspace(bob)
    hers.until(Alice=["home"])
    code, after = his.listener.until_closed()
    assert code == 4403 and "presence:left" not in [frame["event"] for frame in after]


def test_two_processes_and_a_redis_that_comes_back_empty(alice: Actor, bob: Actor, gus: Actor) -> None:
    with private_redis() as (url, redis), ExitStack() as stack:
        one, other = (stack.enter_context(server(url, HURRY)) for _ in range(2))
        hers, his = desk(stack, one, alice).at("home"), desk(stack, other, bob).at("members")
        both = {"Alice": ["home"], "Bob": ["members"]}
        hers.until(**both)
        his.until(**both)
        redis.kill()
        redis.wait()
        port = int(url.rpartition(":")[2])
        with private_redis(port):
            his.at("settings")
            hers.until(Alice=["home"], Bob=["settings"])
            his.until(Alice=["home"], Bob=["settings"])
            with ExitStack() as new:  # who comes to a process later is told of those in the other
                fresh = desk(new, other, gus).at("home")
                hers.until(Alice=["home"], Bob=["settings"], Gus=["home"])
                assert fresh
            hers.until(Alice=["home"], Bob=["settings"])
            other.process.kill()
            hers.until(Alice=["home"])


def test_what_another_version_tells_is_not_understood_and_breaks_nothing(
    running: Server, stack: ExitStack, alice: Actor
) -> None:
    hers = desk(stack, running, alice).at("home").until(Alice=["home"])
    workspace, bell = str(alice.workspace.pk), doorbell._redis()
    for said in ({"process": "x", "workspace": workspace, "people": {"y": [1, 2, 3]}}, {"people": []}, []):
        bell.publish(CHANNEL, json.dumps(said))
    bell.sadd(index_key(workspace), "strange")
    bell.set(entry_key(workspace, "strange"), json.dumps({"process": "x", "workspace": workspace, "people": {"y": {}}}))
    assert [row["name"] for row in browser(alice).get("/api/v1/workspaces/acme/presence/").json()["results"]] == [
        "Alice"
    ]
    hers.at("members").until(Alice=["members"])


def test_the_list_by_rest(
    running: Server, stack: ExitStack, alice: Actor, bob: Actor, gus: Actor, project: Project, cards: list[Task]
) -> None:
    hers = desk(stack, running, alice).at(project="FLOW", task="FLOW-1", field="title")
    desk(stack, running, bob).at("home")
    hers.until(Alice=["board FLOW FLOW-1 title"], Bob=["home"])
    address = "/api/v1/workspaces/acme/presence/"
    rows = browser(bob).get(address).json()["results"]
    assert {row["name"]: row["at"] for row in rows} == {
        "Alice": [{"page": "board", "project": "FLOW", "task": "FLOW-1", "field": "title", "away": False}],
        "Bob": [{"page": "home", "project": None, "task": None, "field": None, "away": False}],
    }
    assert browser(gus).get(address).json()["results"] == []
    share_task(alice, cards[1], person=gus.user, grant="view_task")
    update_task(alice, cards[1], assignees=[alice.user])
    assert [(row["name"], row["at"]) for row in browser(gus).get(address).json()["results"]] == [("Alice", [])]
