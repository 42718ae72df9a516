"""Tasks through REST: they are read, made, changed, moved, archived and deleted as the schema says."""

from typing import Any

import pytest

from tasks.actions import create_project, share_project, update_task
from tasks.models import Project, Task
from workspaces.actor import Actor
from workspaces.tests.people import Program, log

from .boards import add, column, tally, titles

FIELDS = {
    "id", "key", "project", "title", "description", "status", "assignees", "labels", "priority", "due", "estimate", "parent",
    "version", "versions", "created_at", "updated_at", "completed_at", "archived_at", "pin", "comment_count", "checklist_count", "checklist_done",
}  # fmt: skip


@pytest.fixture
def program(alice: Actor, project: Project) -> Program:
    """Alice's."""
    return Program(alice)


def fault(answer: Any, status: int = 400) -> dict[str, Any]:
    """The problem's errors by field."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]
    return problem.get("errors", {})  # type: ignore[no-any-return]


def test_made_and_read(alice: Actor, bob: Actor, program: Program, project: Project) -> None:
    label = program.post("projects/FLOW/labels/", {"name": "Bug", "color": "red"}).json()
    body = {
        "title": "Fix login", "description": "**Soon**", "status": "In progress", "priority": 3, "due": "2026-12-24", "estimate": 5,
        "assignees": [str(bob.user.pk), "me"], "labels": ["Bug"],
    }  # fmt: skip
    made = program.post("projects/FLOW/tasks/", body)
    assert made.status_code == 201
    task = made.json()
    assert set(task) == FIELDS
    assert (task["key"], task["project"], task["title"], task["due"], task["estimate"]) == (
        "FLOW-1",
        "FLOW",
        "Fix login",
        "2026-12-24",
        5,
    )
    assert task["status"] == {
        "id": str(column(project, "In progress").pk),
        "name": "In progress",
        "category": "started",
    }
    assert task["assignees"] == [{"id": str(alice.user.pk), "name": "Alice"}, {"id": str(bob.user.pk), "name": "Bob"}]
    assert task["labels"] == [label]
    assert task["created_at"].endswith("Z")
    again = program.get("tasks/FLOW-1/")
    assert again.json() == task
    assert again["ETag"] == made["ETag"] == '"1"'


def test_titles_alone_suffice(program: Program, project: Project) -> None:
    task = program.post("projects/FLOW/tasks/", {"title": "One"}).json()
    assert (task["status"]["name"], task["assignees"], task["labels"], task["due"], task["parent"]) == (
        "Backlog",
        [],
        [],
        None,
        None,
    )
    program.post("projects/FLOW/tasks/", {"title": "Two", "at_top": True, "parent": "FLOW-1"})
    assert titles(project, "Backlog") == ["Two", "One"]
    assert program.get("tasks/FLOW-2/").json()["parent"] == "FLOW-1"


def test_only_what_is_sent_is_changed(program: Program, cards: list[Task]) -> None:
    answer = program.patch("tasks/FLOW-1/", {"title": "Uno", "due": "2027-01-31"})
    assert (answer.json()["title"], answer.json()["due"], answer.json()["version"], answer["ETag"]) == (
        "Uno",
        "2027-01-31",
        2,
        '"2"',
    )
    assert program.patch("tasks/FLOW-1/", {}).json()["version"] == 2
    assert program.patch("tasks/FLOW-1/", {"due": None}).json()["due"] is None


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("patch", "tasks/FLOW-1/", {"title": "Mine"}),
        ("post", "tasks/FLOW-1/move/", {"status": "Done"}),
        ("post", "tasks/FLOW-1/archive/", {}),
        ("post", "tasks/FLOW-1/restore/", {}),
        ("delete", "tasks/FLOW-1/", None),
    ],
)
def test_stale_writes_are_refused_with_the_row(
    alice: Actor, program: Program, cards: list[Task], verb: str, path: str, body: Any
) -> None:
    update_task(alice, cards[0], title="Theirs")
    before = len(log(alice))
    answer = program.call(verb, path, body, if_match='"1"')
    fault(answer, 412)
    assert (answer.json()["current"]["title"], answer.json()["current"]["version"]) == ("Theirs", 2)
    assert len(log(alice)) == before
    assert program.call(verb, path, body, if_match='"2"').status_code in (200, 204)


def test_if_match_of_many_or_any(program: Program, cards: list[Task]) -> None:
    assert program.patch("tasks/FLOW-1/", {"title": "A"}, if_match="*").status_code == 200
    assert program.patch("tasks/FLOW-1/", {"title": "B"}, if_match='"1", "2"').status_code == 200
    assert program.patch("tasks/FLOW-1/", {"title": "C"}, if_match="nonsense").status_code == 412


def test_moved(program: Program, project: Project, cards: list[Task]) -> None:
    assert program.post("tasks/FLOW-3/move/", {"status": "Done"}).json()["status"]["name"] == "Done"
    assert (
        program.post("tasks/FLOW-1/move/", {"status": str(column(project, "Done").pk), "after": "FLOW-3"}).status_code
        == 200
    )
    assert titles(project, "Done") == ["Three", "One"]
    assert program.post("tasks/FLOW-1/move/", {}).status_code == 200
    assert titles(project, "Done") == ["One", "Three"]
    assert fault(program.post("tasks/FLOW-1/move/", {"after": "FLOW-2"}), 422).keys() == {"after"}
    assert fault(program.post("tasks/FLOW-1/move/", {"status": "Nowhere"}), 422).keys() == {"status"}


def test_archived_restored_deleted(program: Program, project: Project, cards: list[Task]) -> None:
    assert program.post("tasks/FLOW-1/archive/").json()["archived_at"]
    assert [task["key"] for task in program.get("projects/FLOW/tasks/?archived=true").json()["results"]] == ["FLOW-1"]
    assert program.post("tasks/FLOW-1/restore/").json()["archived_at"] is None
    assert program.delete("tasks/FLOW-2/").status_code == 204
    assert program.get("tasks/FLOW-2/").status_code == 404
    assert program.delete("tasks/FLOW-2/").status_code == 404
    assert tally(project, "To do") == 2


def test_every_field_at_fault_is_named(program: Program, cards: list[Task]) -> None:
    body = {
        "title": 5,
        "priority": "high",
        "due": "tomorrow",
        "estimate": -1,
        "assignees": "Bob",
        "labels": [7],
        "rank": "a",
        "version": 9,
    }
    assert fault(program.patch("tasks/FLOW-1/", body)).keys() == {
        "title", "priority", "due", "estimate", "assignees", "labels[0]", "rank", "version",
    }  # fmt: skip
    assert fault(program.post("projects/FLOW/tasks/", {})) == {"title": ["This field is required."]}
    assert fault(program.post("projects/FLOW/tasks/", {"title": "  "}), 422).keys() == {"title"}


def test_who_may(alice: Actor, bob: Actor, gus: Actor, project: Project, cards: list[Task]) -> None:
    assert Program(bob).patch("tasks/FLOW-1/", {"title": "Bob's"}).status_code == 200
    guest = Program(gus)
    assert guest.get("tasks/FLOW-1/").status_code == 404
    share_project(alice, project, person=gus.user, grant="comment_project")
    assert guest.get("tasks/FLOW-1/").json()["title"] == "Bob's"
    fault(guest.patch("tasks/FLOW-1/", {"title": "Gus'"}), 403)
    assert guest.post("tasks/FLOW-1/comments/", {"body": "Hello"}).status_code == 201


def test_people_who_cannot_see_it_cannot_be_assigned(gus: Actor, program: Program, cards: list[Task]) -> None:
    assert fault(program.patch("tasks/FLOW-1/", {"assignees": ["gus@example.com"]}), 422).keys() == {"assignees"}


def test_bulk_is_one_change(alice: Actor, program: Program, project: Project, cards: list[Task]) -> None:
    before = len(log(alice))
    answer = program.post("tasks/bulk/", {"tasks": ["FLOW-3", "FLOW-1"], "set": {"priority": 4, "status": "Done"}})
    assert [(task["key"], task["priority"], task["status"]["name"]) for task in answer.json()["results"]] == [
        ("FLOW-3", 4, "Done"),
        ("FLOW-1", 4, "Done"),
    ]
    assert titles(project, "Done") == ["Three", "One"]
    assert {str(row.change_id) for row in log(alice)[before:]} == {answer.json()["change"]}
    undone = program.post(f"changes/{answer.json()['change']}/undo/")
    assert (undone.json()["state"], undone.json()["stale"]) == ("undone", [])
    assert titles(project, "To do") == ["One", "Two", "Three"]


def test_bulk_is_all_or_nothing(alice: Actor, program: Program, cards: list[Task]) -> None:
    before = len(log(alice))
    assert fault(program.post("tasks/bulk/", {"tasks": ["FLOW-1", "FLOW-99"], "set": {"priority": 4}}), 422).keys() == {
        "tasks"
    }
    other = create_project(alice, name="Other", key="OTH")
    add(alice, other, "Elsewhere")
    here = column(cards[0].project, "Done").pk
    assert fault(
        program.post("tasks/bulk/", {"tasks": ["FLOW-1", "OTH-1"], "set": {"status": str(here)}}), 422
    ).keys() == {"status"}
    assert program.get("tasks/FLOW-1/").json()["status"]["name"] == "To do"
    assert fault(program.post("tasks/bulk/", {"tasks": [f"FLOW-{n}" for n in range(201)], "set": {}})).keys() == {
        "tasks"
    }
    assert fault(program.post("tasks/bulk/", {"tasks": [], "set": {"title": "x"}})).keys() == {"tasks", "set.title"}
    assert [row.event for row in log(alice)[before:] if row.event == "task:updated"] == []


def test_history(program: Program, cards: list[Task]) -> None:
    program.patch("tasks/FLOW-1/", {"title": "Uno"})
    program.post("tasks/FLOW-1/comments/", {"body": "Why?"})
    rows = program.get("tasks/FLOW-1/activity/").json()["results"]
    assert [row["event"] for row in rows] == ["comment:created", "task:updated", "task:created"]
    assert rows[1]["sentence"] == "renamed FLOW-1 from One to Uno"
    assert rows[1]["actor"]["name"] == "Alice"
    assert rows[1]["via"] == "api"
