"""Tasks that wait for tasks: across projects, never in a circle, and nobody reads the name of what they may not see."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from tasks.actions import (
    add_dependency,
    archive_task,
    create_project,
    delete_task,
    move_task,
    remove_dependency,
    restore_task,
    share_task,
)
from tasks.models import Dependency, Project, Task
from workspaces import tenancy
from workspaces.actions import undo_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused, Stale
from workspaces.events import says
from workspaces.models import ChangeSet
from workspaces.tests.people import Program, browser, log

from .boards import add, column
from .test_pages_changes import did, one, send, told


@pytest.fixture
def secret(alice: Actor) -> Task:
    """HUSH-1, which Alice alone sees."""
    return add(alice, create_project(alice, name="Hush", key="HUSH", private=True), "Merger")[0]


def undo(by: Actor) -> Any:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        change = ChangeSet.objects.within(by.workspace).get(pk=log(by)[-1].change_id)
    return undo_change(by, change)


def pairs(by: Actor) -> list[tuple[str, str]]:
    """Who waits for whom."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = Dependency.objects.within(by.workspace).order_by("blocked__number", "blocking__number")
        return list(rows.values_list("blocked__title", "blocking__title"))


def test_it_is_made_told_and_taken_back(bob: Actor, cards: list[Task]) -> None:
    made = add_dependency(bob, cards[0], blocking=cards[1])
    assert add_dependency(bob, cards[0], blocking=cards[1]).pk == made.pk  # twice is once
    (row,) = log(bob, "dependency:created")
    assert (row.subject_key, row.project_id) == ("FLOW-1", cards[0].project_id)
    assert (row.after["blocked"], row.after["blocking"]) == (str(cards[0].pk), str(cards[1].pk))
    assert says(row) == "made FLOW-1 One wait for another task"
    undo(bob)
    assert pairs(bob) == []
    undo(bob)
    assert pairs(bob) == [("One", "Two")]
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        there = Dependency.objects.select_related("blocked__project").get(workspace=bob.workspace)
    remove_dependency(bob, there)
    before = len(log(bob))
    remove_dependency(bob, there)
    assert (pairs(bob), len(log(bob))) == ([], before)
    undo(bob)
    assert pairs(bob) == [("One", "Two")]


def test_a_circle_is_refused_with_the_way(bob: Actor, cards: list[Task]) -> None:
    add_dependency(bob, cards[1], blocking=cards[2])
    add_dependency(bob, cards[2], blocking=cards[0])
    with pytest.raises(Refused, match="FLOW-2 waits for FLOW-3, which waits for FLOW-1 already") as no:
        add_dependency(bob, cards[0], blocking=cards[1])
    assert no.value.field == "blocking"
    with pytest.raises(Refused, match="itself"):
        add_dependency(bob, cards[0], blocking=cards[0])
    assert len(pairs(bob)) == 2


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_no_circle_is_closed_by_many_hands(alice: Actor, cards: list[Task]) -> None:
    def tie(n: int) -> bool:
        try:
            add_dependency(alice, one(alice, n + 1), blocking=one(alice, (n + 1) % 3 + 1))
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(tie, range(3))) == [False, True, True]


def test_who_waits_hears_when_the_way_is_clear(alice: Actor, project: Project, cards: list[Task]) -> None:
    for blocking in cards[1:]:
        add_dependency(alice, cards[0], blocking=blocking)
    done = column(project, "Done")
    move_task(alice, cards[1], to=done)
    archive_task(alice, cards[2])
    move_task(alice, cards[1], to=column(project, "Review"))
    restore_task(alice, cards[2])
    delete_task(alice, cards[2])
    rows = log(alice, "dependency:resolved", "dependency:reopened")
    assert [(row.event[11:], row.after["blocking"], row.after["left"]) for row in rows] == [
        ("resolved", str(cards[1].pk), 1),
        ("resolved", str(cards[2].pk), 0),
        ("reopened", str(cards[1].pk), 1),
        ("reopened", str(cards[2].pk), 2),
        ("resolved", str(cards[2].pk), 1),
    ]
    assert {row.subject_key for row in rows} == {"FLOW-1"}
    undo(alice)
    assert log(alice)[-1].event == "dependency:reopened"


def test_who_may(alice: Actor, bob: Actor, gus: Actor, eve: Actor, cards: list[Task], secret: Task) -> None:
    share_task(alice, cards[0], person=gus.user, grant="view_task")
    share_task(alice, cards[1], person=gus.user, grant="edit_task")
    with pytest.raises(Forbidden):
        add_dependency(gus, one(gus, 1), blocking=one(gus, 2))
    add_dependency(gus, one(gus, 2), blocking=one(gus, 1))
    with pytest.raises(Refused, match="not shared with you"):
        add_dependency(gus, one(gus, 2), blocking=cards[2])
    with pytest.raises(Refused, match="not shared with you"):
        add_dependency(bob, cards[0], blocking=secret)
    with pytest.raises(Forbidden):
        add_dependency(eve, cards[0], blocking=cards[1])
    assert pairs(alice) == [("Two", "One")]


def test_a_circle_through_what_is_hidden_names_nothing(
    alice: Actor, bob: Actor, cards: list[Task], secret: Task
) -> None:
    add_dependency(alice, cards[1], blocking=secret)
    add_dependency(alice, secret, blocking=cards[0])
    with pytest.raises(Refused, match="FLOW-2 waits for a task that you may not see, which waits for FLOW-1 already"):
        add_dependency(bob, cards[0], blocking=cards[1])


def test_undo_needs_eyes_for_both(alice: Actor, bob: Actor, cards: list[Task], secret: Task) -> None:
    add_dependency(alice, cards[0], blocking=secret)
    with pytest.raises(Stale):
        undo(bob)
    assert pairs(alice) == [("One", "Merger")]


def test_the_page_ties_and_unties(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    done = did(bob, "t/FLOW-1/dependencies/", {"blocked_by": "flow-2"})
    assert done["sentence"] == "FLOW-1 is blocked by FLOW-2"
    did(bob, "t/FLOW-1/dependencies/", {"blocks": "FLOW-3"})
    assert pairs(bob) == [("One", "Two"), ("Three", "One")]
    page = browser(bob).get("/w/acme/t/FLOW-1/").content.decode()
    assert page.index("Blocked by</h3>") < page.index("FLOW-2") < page.index("Blocks</h3>")
    response = send(bob, "t/FLOW-2/dependencies/", {"blocked_by": "FLOW-3"})
    assert response.status_code == 422
    assert told(response, "refused")["fields"].keys() == {"blocked_by"}
    assert send(bob, "t/FLOW-2/dependencies/", {"blocked_by": "FLOW-99"}).status_code == 422
    assert send(bob, "t/FLOW-2/dependencies/").status_code == 422
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        tie = Dependency.objects.get(workspace=bob.workspace, blocking=cards[1])
    assert send(bob, f"t/FLOW-3/dependencies/{tie.pk}/", verb="delete").status_code == 404
    did(bob, f"t/FLOW-2/dependencies/{tie.pk}/", verb="delete")
    assert pairs(bob) == [("Three", "One")]


def test_a_card_shows_what_stands_in_its_way(alice: Actor, project: Project, cards: list[Task]) -> None:
    for blocking in cards[1:]:
        add_dependency(alice, cards[0], blocking=blocking)
    client = browser(alice)

    def badges(page: str) -> list[str]:
        html = client.get(f"/w/acme/p/FLOW/{page}/").content.decode()
        return [part.partition("</svg>")[2].partition("<")[0] for part in html.split("fact is-blocked")[1:]]

    assert badges("board") == badges("list") == ["2"]
    move_task(alice, cards[1], to=column(project, "Done"))
    assert badges("board") == ["1"]
    archive_task(alice, cards[2])
    assert badges("board") == []


def test_what_is_hidden_is_counted_and_never_named(
    alice: Actor, bob: Actor, gus: Actor, cards: list[Task], secret: Task
) -> None:
    add_dependency(alice, cards[0], blocking=secret)
    add_dependency(alice, cards[0], blocking=cards[1])
    add_dependency(alice, cards[2], blocking=cards[0])
    share_task(alice, cards[0], person=gus.user, grant="view_task")
    for who, named in ((bob, {"FLOW-2", "FLOW-3"}), (gus, set())):
        page = browser(who).get("/w/acme/t/FLOW-1/").content.decode()
        assert "that you may not see" in page
        assert "HUSH" not in page
        assert {ref for ref in ("FLOW-2", "FLOW-3") if ref in page} == named
        told = Program(who).get("tasks/FLOW-1/dependencies/").json()
        assert {one["task"]["key"] for side in ("blocked_by", "blocks") for one in told[side]} == named
        assert (told["blocked_by_hidden"], told["blocks_hidden"]) == ((1, 0) if named else (2, 1))
        rows = Program(who).get("tasks/FLOW-1/activity/").content.decode()
        assert "HUSH" not in rows
        assert "Merger" not in rows


def test_rest(alice: Actor, bob: Actor, gus: Actor, cards: list[Task]) -> None:
    hers = Program(alice)
    made = hers.post("tasks/FLOW-1/dependencies/", {"blocked_by": "FLOW-2"})
    assert made.status_code == 201
    tie = made.json()
    assert tie["task"] == {"key": "FLOW-2", "title": "Two", "status": "To do", "category": "backlog", "done": False}
    assert hers.post("tasks/FLOW-1/dependencies/", {"blocks": "FLOW-3"}).json()["task"]["key"] == "FLOW-3"
    answer = hers.get("tasks/FLOW-1/dependencies/").json()
    assert [one["task"]["key"] for one in answer["blocked_by"]] == ["FLOW-2"]
    assert [one["task"]["key"] for one in answer["blocks"]] == ["FLOW-3"]
    assert hers.post("tasks/FLOW-2/dependencies/", {"blocked_by": "FLOW-3"}).json()["errors"].keys() == {"blocked_by"}
    assert hers.post("tasks/FLOW-2/dependencies/", {}).status_code == 422
    assert hers.post("tasks/FLOW-2/dependencies/", {"blocked_by": 5}).status_code == 400
    share_task(alice, cards[0], person=gus.user, grant="view_task")
    share_task(alice, cards[1], person=gus.user, grant="view_task")
    path = f"tasks/FLOW-1/dependencies/{tie['id']}/"
    assert Program(gus).delete(path).status_code == 403
    assert hers.delete(path).status_code == 204
    assert hers.delete(path).status_code == 404
