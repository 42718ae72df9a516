"""A guest with one task: sees it, works on it as far as the grant goes, and learns nothing of what stands around it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from realtime.envelope import entry, envelope
from tasks.actions import (
    add_checklist_item,
    archive_task,
    create_comment,
    create_task,
    move_task,
    share_task,
    unshare_task,
    update_status,
)
from tasks.models import Project
from tasks.tests.boards import add, column
from tasks.tests.sharing import Canary, body, task_of
from tasks.tests.test_pages_changes import did, send, told
from tasks.tests.test_pages_queries import MOST, TRANSACTION
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.feed import eyes_of, person_of
from workspaces.feed import task_of as task_in
from workspaces.tests.people import Program, browser, log

PAGES = (
    "", "p/FLOW/board/", "p/FLOW/board/?q=parent", "p/FLOW/board/?assignee=me", "p/FLOW/list/", "p/FLOW/list/?ordering=-updated",
    "p/FLOW/list/?ordering=title&q=s", "t/FLOW-2/", "t/FLOW-2/access/", "p/FLOW/access/", "search/?q=parent", "search/?q=shared", "activity/",
)  # fmt: skip
READS = (
    "projects/", "projects/FLOW/", "projects/FLOW/board", "projects/FLOW/tasks/", "projects/FLOW/tasks/?ordering=-updated_at",
    "projects/FLOW/tasks/?q=parent", "projects/FLOW/tasks/?archived=true", "projects/FLOW/labels/", "projects/FLOW/statuses/",
    "projects/FLOW/people/", "projects/FLOW/access/", "tasks/FLOW-2/", "tasks/FLOW-2/comments/", "tasks/FLOW-2/checklist/",
    "tasks/FLOW-2/attachments/", "tasks/FLOW-2/activity/", "tasks/FLOW-2/people/", "tasks/FLOW-2/access/", "search?q=parent", "search?q=shared",
    "activity/", "changes/", "events?after=0",
)  # fmt: skip


def test_no_page_says_a_word_of_the_rest(canary: Canary, gus: Actor) -> None:
    client = browser(gus)
    for page in PAGES:
        answer = client.get(f"/w/acme/{page}")
        assert answer.status_code == 200, page
        said = body(answer)
        known = ("canary",) if page == "activity/" else canary.words  # it can be filtered by any name of the workspace
        assert not [words for words in known if words in said], page
    assert "Shared with Gus" in client.get("/w/acme/p/FLOW/board/").content.decode()


def test_no_answer_says_a_word_of_the_rest(canary: Canary, gus: Actor) -> None:
    program = Program(gus)
    for path in READS:
        answer = program.get(path)
        assert answer.status_code == 200, path
        assert not [words for words in canary.words if words in body(answer)], path
    assert program.get("tasks/FLOW-2/").json()["parent"] is None
    assert [one["name"] for one in program.get("projects/FLOW/labels/").json()["results"]] == ["visible"]


def test_counts_are_of_what_is_seen(canary: Canary, gus: Actor, alice: Actor) -> None:
    update_status(alice, column(canary.project, "Backlog"), wip_limit=3)
    columns = Program(gus).get("projects/FLOW/board").json()["columns"]
    assert [one["count"] for one in columns] == [1, 0, 0, 0, 0]
    assert {one["wip_limit"] for one in columns} == {None}
    board = browser(gus).get("/w/acme/p/FLOW/board/").content.decode()
    assert 'data-count="1"' in board
    assert 'data-count="7"' not in board
    assert 'data-count="7"' in browser(alice).get("/w/acme/p/FLOW/board/").content.decode()
    assert '<span class="home-count">1</span> Backlog' in browser(gus).get("/w/acme/").content.decode()


@pytest.mark.parametrize("ref", ["FLOW-1", "FLOW-3", "FLOW-4", "FLOW-99"])
def test_what_is_around_it_is_not_there(canary: Canary, gus: Actor, ref: str) -> None:
    program = Program(gus)
    for path in ("", "comments/", "checklist/", "attachments/", "activity/", "people/", "access/"):
        assert program.get(f"tasks/{ref}/{path}").status_code == 404, path
    assert program.patch(f"tasks/{ref}/", {"title": "x"}).status_code == 404
    assert program.post(f"tasks/{ref}/move/", {"after": None}).status_code == 404
    assert program.delete(f"tasks/{ref}/").status_code == 404
    missing = {path: program.post(path, said) for path, said in naming(ref).items()}
    for path, answer in missing.items():
        assert answer.status_code == 422, path
        assert answer.json()["detail"].replace(ref, "X") == program.post(path, naming("FLOW-88")[path]).json()["detail"].replace("FLOW-88", "X"), path  # fmt: skip
    assert told(send(gus, "t/FLOW-2/place/", {"status": column(canary.project, "Backlog").pk, "after": ref}), "refused")
    assert send(gus, f"t/{ref}/", {"title": "x"}).status_code == 404


def naming(ref: str) -> dict[str, Any]:
    """Bodies that name another task."""
    return {"tasks/bulk/": {"tasks": ["FLOW-2", ref], "set": {"priority": 1}}, "tasks/FLOW-2/move/": {"after": ref}}


def test_names_of_hidden_labels_and_people_are_as_unknown_as_any(canary: Canary, gus: Actor, bob: Actor) -> None:
    program = Program(gus)
    for field, hidden, unknown in (
        ("labels", "canary-label", "nothing"), ("assignees", "bob@example.com", "nobody@example.com"), ("parent", "FLOW-1", "FLOW-88"),
    ):  # fmt: skip
        one, other = (
            program.patch("tasks/FLOW-2/", {field: said if field == "parent" else [said]}) for said in (hidden, unknown)
        )
        assert one.status_code == other.status_code == 422, field
        assert one.json()["detail"].replace(hidden, "X") == other.json()["detail"].replace(unknown, "X")
        query = {"labels": "label", "assignees": "assignee"}.get(field, field)
        filtered = [program.get(f"projects/FLOW/tasks/?{query}={said}") for said in (hidden, unknown)]
        assert [one.status_code for one in filtered] == [422, 422], field
    answer = send(gus, "t/FLOW-2/assignees/", {"user": bob.user.pk})
    assert told(answer, "refused")["fields"].keys() == {"user"}


def test_edit_is_to_change_move_and_comment(canary: Canary, alice: Actor, gus: Actor) -> None:
    did(gus, "t/FLOW-2/", {"title": "Renamed"})
    did(gus, "t/FLOW-2/place/", {"status": column(canary.project, "Done").pk, "after": "end"})
    did(gus, "t/FLOW-2/comments/", {"body": "Hello"})
    did(gus, "t/FLOW-2/checklist/", {"text": "A line"})
    undone = did(gus, "t/FLOW-2/assignees/", {"user": gus.user.pk})
    did(gus, f"changes/{undone['change']}/undo/")
    program = Program(gus)
    assert program.post("tasks/bulk/", {"tasks": ["FLOW-2"], "set": {"priority": 2}}).status_code == 200
    assert program.post("tasks/FLOW-2/move/", {"status": "Review"}).json()["status"]["name"] == "Review"
    for answer in (
        program.delete("tasks/FLOW-2/"), program.post("projects/FLOW/tasks/", {"title": "New"}), program.post("tasks/FLOW-2/people/", {"user": str(gus.user.pk)}),
        program.patch("projects/FLOW/", {"name": "Mine"}), program.post("projects/FLOW/labels/", {"name": "new"}), send(gus, "t/FLOW-2/subtasks/", {"titles": "Below"}),
    ):  # fmt: skip
        assert answer.status_code == 403, answer.content


@pytest.mark.parametrize(("grant", "comments"), [("view_task", 403), ("comment_task", 201)])
def test_read_and_comment_are_no_more_than_that(
    canary: Canary, alice: Actor, gus: Actor, grant: str, comments: int
) -> None:
    share_task(alice, task_of(canary.project, 2), person=gus.user, grant=grant)
    program = Program(gus)
    assert program.post("tasks/FLOW-2/comments/", {"body": "Hello"}).status_code == comments
    assert program.patch("tasks/FLOW-2/", {"title": "x"}).status_code == 403
    assert program.post("tasks/FLOW-2/checklist/", {"text": "x"}).status_code == 403
    assert "data-fixed" in browser(gus).get("/w/acme/p/FLOW/board/").content.decode()


def test_the_stream_tells_of_the_task_and_is_whole(canary: Canary, alice: Actor, gus: Actor) -> None:
    head = Program(gus).get("events?after=0").json()["head"]
    hidden, shown = task_of(canary.project, 1), task_of(canary.project, 2)
    move_task(alice, hidden, to=column(canary.project, "Done"))
    add_checklist_item(alice, shown, text="Heard")
    add_checklist_item(alice, hidden, text="canary")
    archive_task(alice, shown)
    rows = Program(gus).get(f"events?after={head}").json()["results"]
    assert [row["seq"] for row in rows] == list(range(head + 1, head + len(rows) + 1))
    heard = [row["event"] for row in rows if row["event"] not in ("cursor", "token:created")]
    assert heard == ["checklist:created", "task:archived"]


def test_shared_it_tells_and_is_silent_when_nothing_changed(
    alice: Actor, bob: Actor, gus: Actor, eve: Actor, project: Project
) -> None:
    (task,) = add(alice, project, "One")
    did(bob, "t/FLOW-1/people/", {"user": gus.user.pk, "grant": "view_task"})
    share_task(bob, task, person=gus.user, grant="view_task")
    done = did(bob, "t/FLOW-1/people/", {"user": gus.user.pk, "grant": "edit_task"})
    rows = log(alice, "task:shared")
    assert [(row.before.get("grant"), row.after["grant"]) for row in rows] == [
        (None, "view_task"),
        ("view_task", "edit_task"),
    ]
    assert done["sentence"].startswith("Changed what Gus may do with FLOW-1 One")
    did(bob, f"changes/{done['change']}/undo/")
    assert Program(gus).patch("tasks/FLOW-1/", {"title": "x"}).status_code == 403
    gone = told(send(bob, f"t/FLOW-1/people/?user={gus.user.pk}", verb="delete"))
    assert Program(gus).get("tasks/FLOW-1/").status_code == 404
    assert Program(gus).get("projects/FLOW/").status_code == 404
    did(alice, f"changes/{gone['change']}/undo/")
    assert Program(gus).get("tasks/FLOW-1/").status_code == 200
    for person, field in ((eve.user, "user"), (bob.user, "user")):
        refused = Program(alice).post("tasks/FLOW-1/people/", {"user": str(person.pk)})
        assert refused.json()["errors"].keys() == {field}, "not of here; sees it already"
    assert Program(gus).delete(f"tasks/FLOW-1/people/{gus.user.pk}/").status_code == 204, "one's own may be given back"
    assert unshare_task(alice, task, person=gus.user) == task
    assert len(log(alice, "task:unshared")) == 2


def test_an_assignee_can_be_somebody_who_sees_the_task_alone(alice: Actor, gus: Actor, canary: Canary) -> None:
    assert "Gus" in browser(alice).get("/w/acme/t/FLOW-2/").content.decode().split('id="assignee-menu"')[1]
    assert Program(alice).patch("tasks/FLOW-2/", {"assignees": ["gus@example.com"]}).status_code == 200
    assert Program(alice).patch("tasks/FLOW-1/", {"assignees": ["gus@example.com"]}).status_code == 422
    assert "Shared with Gus" in browser(gus).get("/w/acme/").content.decode(), "it is on their home page"


@pytest.mark.usefixtures("inside")
def test_as_few_queries_for_two_tasks_as_for_twelve(alice: Actor, gus: Actor, project: Project) -> None:
    def share(count: int) -> None:
        for _ in range(count):
            task = create_task(alice, project, title="Card", assignees=[alice.user])
            share_task(alice, task, person=gus.user, grant="edit_task")

    def queries(client: Any, url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len([one for one in captured if not one["sql"].startswith(TRANSACTION)])

    pages = [
        f"/w/acme/{page}"
        for page in (
            "p/FLOW/board/",
            "p/FLOW/board/?q=card",
            "p/FLOW/list/",
            "p/FLOW/list/?ordering=-updated",
            "t/FLOW-1/",
        )
    ]
    rests = [
        f"/api/v1/workspaces/acme/{path}" for path in ("projects/FLOW/tasks/", "projects/FLOW/board", "tasks/FLOW-1/")
    ]
    guest, owner = browser(gus), browser(alice)
    share(2)
    few = [queries(guest, url) for url in (*pages, *rests)]
    share(10)
    assert [queries(guest, url) for url in (*pages, *rests)] == few
    full = [queries(owner, url) for url in (*pages, *rests)]
    assert all(guests <= owners + 1 for guests, owners in zip(few, full, strict=True)), (few, full)
    assert max(few) <= MOST + 1


def test_the_doorbell_names_the_task_as_the_record_does(canary: Canary, alice: Actor, gus: Actor) -> None:
    task = task_of(canary.project, 2)
    create_comment(alice, task, body="Said")
    move_task(alice, task, to=column(canary.project, "Done"))
    rows = log(alice)
    entries = [entry(envelope(row, ""), person_of(row)) for row in rows]
    assert [one.task_id for one in entries] == [task_in(row) for row in rows]
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        eyes = eyes_of(gus)
    heard = [one.event for one in entries if eyes.sees(one.event, one.project_id, one.person, one.task_id)]
    assert heard == ["task:created", "task:updated", "task:shared", "comment:created", "task:moved"]
