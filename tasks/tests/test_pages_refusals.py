"""What a page refuses: wrong input by name, other people's things as if they were not there, and nothing half-written."""

from uuid import uuid4

import pytest

from tasks.actions import create_project, share_project
from tasks.models import Project, Task
from tasks.tests.boards import add, column
from tasks.tests.test_pages_changes import ROOT, one, send, told
from workspaces.actor import Actor
from workspaces.tests.people import browser, log

ID = "1d8fc6df-9e4a-474b-aefb-1603b8af17f5"  # of nothing; the same in every process of a run
FAULTS = (
    ("p/FLOW/tasks/", "", "titles"),
    ("p/FLOW/tasks/", "titles=%0A%0A", "titles"),
    ("p/FLOW/tasks/", "titles=" + "x" * 301, "titles"),
    ("p/FLOW/tasks/", "titles=" + "x%0A" * 201, "titles"),
    ("p/FLOW/tasks/", "titles=x&status=1", "status"),
    ("p/FLOW/tasks/", f"titles=x&status={ID}", "status"),
    ("p/FLOW/tasks/", f"titles=x&assignee={ID}", "assignee"),
    ("p/FLOW/tasks/", "titles=x&assignee=me", "assignee"),
    ("p/FLOW/tasks/", f"titles=x&label={ID}", "label"),
    ("p/FLOW/tasks/", "titles=x&due=tomorrow", "due"),
    ("p/FLOW/tasks/", "titles=x&priority=", "priority"),
    ("p/FLOW/tasks/", "titles=x&owner=me", "owner"),
    ("t/FLOW-1/", "title=", "title"),
    ("t/FLOW-1/", "title=" + "x" * 1_000_000, "title"),
    ("t/FLOW-1/", "description=" + "x" * 100_001, "description"),
    ("t/FLOW-1/", "priority=5", "priority"),
    ("t/FLOW-1/", "priority=high", "priority"),
    ("t/FLOW-1/", "estimate=1.5", "estimate"),
    ("t/FLOW-1/", "estimate=-1", "estimate"),
    ("t/FLOW-1/", "estimate=99999999999999999999", "estimate"),
    ("t/FLOW-1/", "due=2026-02-30", "due"),
    ("t/FLOW-1/", "title=x&version=y", "version"),
    ("t/FLOW-1/", "number=7", "number"),
    ("t/FLOW-1/place/", "after=", "status"),
    ("t/FLOW-1/place/", "status={todo}&after=FLOW-99", "after"),
    ("t/FLOW-1/place/", "status={todo}&after=../../x", "after"),
    ("t/FLOW-1/place/", "status={todo}&after=FLOW-1", "after"),
    ("t/FLOW-1/place/", "status={done}&after=FLOW-2", "after"),
    ("t/FLOW-1/assignees/", f"user={ID}&on=1", "user"),
    ("t/FLOW-1/assignees/", "user=x", "user"),
    ("t/FLOW-1/assignees/", f"user={ID}&on=yes", "on"),
    ("t/FLOW-1/labels/", f"label={ID}", "label"),
    ("t/FLOW-1/labels/", "name=", "name"),
    ("t/FLOW-1/labels/", "name=x&color=mauve", "color"),
    ("t/FLOW-1/checklist/", "text=", "text"),
    ("t/FLOW-1/checklist/", "text=" + "x" * 501, "text"),
    ("t/FLOW-1/subtasks/", "titles=", "titles"),
    ("t/FLOW-1/comments/", "body=+%0A", "body"),
    ("t/FLOW-1/comments/", "body=" + "x" * 50_001, "body"),
    ("p/FLOW/columns/", "", "name"),
    ("p/FLOW/columns/{todo}/", "category=lost", "category"),
    ("p/FLOW/columns/{todo}/", "wip_limit=0", "wip_limit"),
    ("p/FLOW/columns/{todo}/", "wip_limit=many", "wip_limit"),
    ("p/FLOW/columns/{todo}/", f"after={ID}", "after"),
    ("markdown/", "text=" + "x" * 100_001, "text"),
    ("p/FLOW/labels/", "name=", "name"),
    ("p/FLOW/people/", f"user={ID}", "user"),
    ("p/FLOW/settings/", "name=", "name"),
    ("p/FLOW/settings/", "private=perhaps", "private"),
)


@pytest.mark.parametrize(("path", "data", "field"), FAULTS, ids=lambda value: value[:40])
def test_what_is_wrong_is_refused_by_name_and_nothing_is_written(
    alice: Actor, project: Project, cards: list[Task], path: str, data: str, field: str
) -> None:
    names = {"todo": column(project, "To do").pk, "done": column(project, "Done").pk}
    before = len(log(alice))
    response = send(alice, path.format(**names), data.format(**names))
    assert response.status_code == 422
    assert field in told(response, "refused")["fields"]
    assert response["HX-Trigger"].isascii()
    assert len(log(alice)) == before


def test_a_column_with_cards_says_where_they_go(alice: Actor, project: Project, cards: list[Task]) -> None:
    response = send(alice, f"p/FLOW/columns/{column(project, 'To do').pk}/", verb="delete")
    assert response.status_code == 422
    assert "into" in told(response, "refused")["fields"]


def test_bodies_that_cannot_be_read(alice: Actor, cards: list[Task]) -> None:
    assert send(alice, "t/FLOW-1/", b"title=%ff%fe").status_code == 422
    assert send(alice, "t/FLOW-1/", b"title=\xff\xfe").status_code == 422
    client = browser(alice)
    answer = client.post(f"{ROOT}t/FLOW-1/", b"{", content_type="application/json", headers={"HX-Request": "true"})
    assert answer.status_code < 500
    broken = client.post(
        f"{ROOT}t/FLOW-1/",
        b"--x\r\nbroken",
        content_type="multipart/form-data; boundary=x",
        headers={"HX-Request": "true"},
    )
    assert broken.status_code < 500
    assert one(alice).title == "One"
    assert client.put(f"{ROOT}t/FLOW-1/").status_code == 405


CHANGES = (
    "p/FLOW/tasks/", "p/FLOW/columns/", "p/FLOW/columns/{todo}/", "p/FLOW/settings/", "p/FLOW/archive/", "p/FLOW/people/", "p/FLOW/labels/",
    "t/FLOW-1/", "t/FLOW-1/place/", "t/FLOW-1/archive/", "t/FLOW-1/assignees/", "t/FLOW-1/labels/", "t/FLOW-1/checklist/",
    "t/FLOW-1/subtasks/", "t/FLOW-1/comments/",
)  # fmt: skip


@pytest.mark.parametrize("path", CHANGES)
def test_others_find_nothing_to_change(eve: Actor, gus: Actor, project: Project, cards: list[Task], path: str) -> None:
    path = path.format(todo=column(project, "To do").pk)
    for outsider in (eve, gus):
        assert send(outsider, path, "title=x&name=x").status_code == 404


def test_a_reader_may_not_change(alice: Actor, gus: Actor, project: Project, cards: list[Task]) -> None:
    share_project(alice, project, person=gus.user, grant="view_project")
    for path, data in (
        ("t/FLOW-1/", {"title": "x"}),
        ("t/FLOW-1/comments/", {"body": "x"}),
        ("p/FLOW/tasks/", {"titles": "x"}),
        ("p/FLOW/columns/", {"name": "x"}),
    ):
        response = send(gus, path, data)
        assert response.status_code == 403
        assert "Guest" in told(response, "refused")["sentence"]


def test_what_one_does_not_see_one_cannot_undo(alice: Actor, bob: Actor, gus: Actor, eve: Actor) -> None:
    secret = create_project(alice, name="Secret", key="SEC", private=True)
    (task,) = add(alice, secret, "Hidden")
    change = log(alice, "task:created")[-1].change_id
    for other in (bob, gus, eve):
        assert send(other, f"changes/{change}/undo/").status_code == 404
    assert send(alice, f"changes/{uuid4()}/undo/").status_code == 404
    assert one(alice).pk == task.pk
