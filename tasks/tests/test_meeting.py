"""Two people change one task: nothing is lost, nothing is overwritten unseen, and who wrote it is said."""

from datetime import date
from typing import Any

import pytest

from tasks.actions import (
    add_checklist_item,
    archive_task,
    create_comment,
    create_label,
    move_task,
    update_checklist_item,
    update_comment,
    update_task,
)
from tasks.actions.meeting import Conflicting, Elsewhere
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions import undo_change
from workspaces.actor import Actor
from workspaces.errors import Stale
from workspaces.models import ChangeSet
from workspaces.tests.people import Program, log

from .boards import column, titles
from .test_pages_changes import did, one, send

TEXT = "Why\n\nHow\n\nWhen"


@pytest.fixture
def task(alice: Actor, cards: list[Task]) -> Task:
    """FLOW-1 with three paragraphs, at version 2."""
    return update_task(alice, cards[0], description=TEXT)


def written(by: Actor) -> str:
    return one(by).description


def undo(by: Actor, event: str = "task:updated") -> Any:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        change = ChangeSet.objects.within(by.workspace).get(pk=log(by, event)[-1].change_id)
    return undo_change(by, change)


def test_different_paragraphs_are_merged(alice: Actor, bob: Actor, task: Task) -> None:
    update_task(bob, one(bob), description="Why not\n\nHow\n\nWhen", bases={"description": 2})
    hers = update_task(alice, one(alice), description="Why\n\nHow\n\nNow", bases={"description": 2})
    assert written(alice) == "Why not\n\nHow\n\nNow"
    assert hers.merged_with == "Bob"
    row = log(alice)[-1]
    assert row.before == {"description": "Why not\n\nHow\n\nWhen"}
    assert row.after == {"description": "Why not\n\nHow\n\nNow"}


def test_undo_takes_back_only_ones_own_paragraph(alice: Actor, bob: Actor, task: Task) -> None:
    update_task(bob, one(bob), description="Why not\n\nHow\n\nWhen", bases={"description": 2})
    his = log(bob)[-1].change_id
    update_task(alice, one(alice), description="Why\n\nHow\n\nNow", bases={"description": 2})
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        change = ChangeSet.objects.within(bob.workspace).get(pk=his)
    undo_change(bob, change)
    assert written(alice) == "Why\n\nHow\n\nNow"
    undo(bob)
    assert written(alice) == "Why not\n\nHow\n\nNow"


def test_undo_of_a_paragraph_that_moved_on_is_refused(alice: Actor, bob: Actor, task: Task) -> None:
    update_task(bob, one(bob), description="Why not\n\nHow\n\nWhen")
    change = log(bob)[-1].change_id
    update_task(alice, one(alice), description="Why so\n\nHow\n\nWhen")
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        row = ChangeSet.objects.within(bob.workspace).get(pk=change)
    with pytest.raises(Stale, match="changed again"):
        undo_change(bob, row)


def test_one_paragraph_of_two_is_refused_with_both(alice: Actor, bob: Actor, task: Task) -> None:
    update_task(bob, one(bob), description="Why not\n\nHow\n\nWhen", bases={"description": 2})
    before = len(log(alice))
    with pytest.raises(Conflicting, match="Bob changed the description of FLOW-1 One meanwhile") as no:
        update_task(alice, one(alice), description="Why so\n\nHow\n\nNow", bases={"description": 2})
    conflict = no.value.conflict
    assert (conflict.base, conflict.theirs, conflict.yours, conflict.by, conflict.version) == (
        TEXT,
        "Why not\n\nHow\n\nWhen",
        "Why so\n\nHow\n\nNow",
        "Bob",
        3,
    )
    assert [part.kind for part in conflict.parts] == ["clash", "same", "yours"]
    assert len(log(alice)) == before


def test_another_field_does_not_matter(alice: Actor, bob: Actor, project: Project, task: Task) -> None:
    update_task(bob, one(bob), title="Uno", priority=3)
    create_comment(bob, one(bob), body="Well")
    move_task(bob, one(bob), to=column(project, "Done"))
    update_task(alice, one(alice), description="Mine", bases={"description": 2})
    assert written(alice) == "Mine"
    assert one(alice).field_versions == {"description": 6, "title": 3, "priority": 3, "place": 5}


@pytest.mark.parametrize(
    ("field", "theirs", "yours", "said"),
    [
        ("priority", 4, 2, "Bob set the priority of FLOW-1 One to urgent meanwhile."),
        ("due", date(2026, 12, 3), date(2026, 12, 5), "Bob set the due date of FLOW-1 One to 2026-12-03 meanwhile."),
        ("estimate", 3, None, None),
        ("title", "Uno", "Ein", "Bob renamed FLOW-1 from One to Uno meanwhile."),
    ],
)
def test_single_values(
    alice: Actor, bob: Actor, task: Task, field: str, theirs: Any, yours: Any, said: str | None
) -> None:
    update_task(bob, one(bob), **{field: theirs})
    if said:
        with pytest.raises(Conflicting, match=said):
            update_task(alice, one(alice), **{field: yours}, bases={field: 2})
    else:  # the same as it was read: sent along, not changed
        update_task(alice, one(alice), **{field: yours}, bases={field: 2})
    assert getattr(one(alice), field) == theirs
    update_task(alice, one(alice), **{field: theirs}, bases={field: 2})  # both want the same
    update_task(alice, one(alice), **{field: yours}, bases={field: 3})  # made on the fresh value
    assert getattr(one(alice), field) == yours


def test_of_ones_own_choices_the_later_one_stands(alice: Actor, task: Task) -> None:
    update_task(alice, one(alice), priority=4, bases={"priority": 2})
    update_task(alice, one(alice), priority=1, bases={"priority": 2})
    assert one(alice).priority == 1


def test_ones_own_texts_in_two_windows_are_both_kept(alice: Actor, task: Task) -> None:
    update_task(alice, one(alice), description="Why so\n\nHow\n\nWhen", bases={"description": 2})
    with pytest.raises(Conflicting, match="You changed .* meanwhile in another window"):
        update_task(alice, one(alice), description="Why else\n\nHow\n\nWhen", bases={"description": 2})


def test_people_and_labels_add_up(alice: Actor, bob: Actor, project: Project, task: Task) -> None:
    bug, docs = (create_label(alice, project, name=name) for name in ("bug", "docs"))
    update_task(alice, one(alice), labels=[bug], assignees=[alice.user])
    update_task(bob, one(bob), labels=[bug, docs], assignees=[alice.user, bob.user])
    update_task(alice, one(alice), labels=[], assignees=[], bases={"labels": 3, "assignees": 3})
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        task = one(alice)
        assert list(task.task_labels.values_list("label_id", flat=True)) == [docs.pk]
        assert list(task.assignments.values_list("user_id", flat=True)) == [bob.user.pk]


def test_a_comment_in_two_windows(bob: Actor, task: Task) -> None:
    comment = create_comment(bob, one(bob), body=TEXT)
    update_comment(bob, comment, body="Why not\n\nHow\n\nWhen", base=1)
    update_comment(bob, comment, body="Why\n\nHow\n\nNow", base=1)
    assert comment.body == "Why not\n\nHow\n\nNow"
    with pytest.raises(Conflicting):
        update_comment(bob, comment, body="Never\n\nHow\n\nWhen", base=1)


def test_a_checklist_line(alice: Actor, bob: Actor, task: Task) -> None:
    line = add_checklist_item(alice, one(alice), text="Salt")
    update_checklist_item(bob, line, done=True)
    update_checklist_item(alice, line, text="Sugar", base=1)  # a tick is no other text
    with pytest.raises(Conflicting, match="changed a checklist line"):
        update_checklist_item(bob, line, text="Pepper", base=1)
    assert (line.text, line.done) == ("Sugar", True)


def test_a_move_from_where_it_no_longer_stands(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    move_task(bob, one(bob), to=column(project, "Review"))
    with pytest.raises(Elsewhere, match="Bob moved FLOW-1 One from To do to Review meanwhile"):
        move_task(alice, one(alice), to=column(project, "Done"), seen=1)
    archive_task(bob, one(bob))
    with pytest.raises(Elsewhere, match="off the board"):
        move_task(alice, one(alice), to=column(project, "Done"), seen=2)
    assert titles(project, "Done") == []


def test_the_page_merges_and_says_so(alice: Actor, bob: Actor, task: Task) -> None:
    did(bob, "t/FLOW-1/", {"description": "Why%0A%0AHow%0A%0ANow", "version": 2})
    done = did(alice, "t/FLOW-1/", {"description": "Who%0A%0AHow%0A%0AWhen", "version": 2})
    assert done["sentence"] == "Changed the description of FLOW-1 One, merged with what Bob changed"
    assert written(alice) == "Who\n\nHow\n\nNow"


def test_the_page_shows_both_and_saves_what_is_chosen(alice: Actor, bob: Actor, task: Task) -> None:
    did(bob, "t/FLOW-1/", {"description": "Why+<b>not%0A%0AHow%0A%0AWhen", "version": 2})
    response = send(alice, "t/FLOW-1/", {"description": "Why+so%0A%0AHow%0A%0ANow", "version": 2})
    page = response.content.decode()
    assert (response.status_code, response["X-Conflict"]) == (409, "description")
    for words in (
        'data-version="3"',
        "Bob changed the description of FLOW-1 One meanwhile.",
        "<mark>so</mark>",
        "Now",
        "&lt;",
    ):
        assert words in page, words
    assert "<b>not" not in page
    assert written(alice) == "Why <b>not\n\nHow\n\nWhen"
    did(alice, "t/FLOW-1/", {"description": "Both", "version": 3})
    assert written(alice) == "Both"


@pytest.mark.parametrize(
    ("field", "theirs", "yours", "words"),
    [("priority", 4, 1, "Urgent"), ("due", "2027-12-03", "", "Dec 3, 2027"), ("estimate", 3, 5, ">3<")],
)
def test_the_page_shows_single_values(
    alice: Actor, bob: Actor, task: Task, field: str, theirs: Any, yours: Any, words: str
) -> None:
    did(alice, "t/FLOW-1/", {"due": "2027-12-01", "version": 2})
    did(bob, "t/FLOW-1/", {field: theirs, "version": 3})
    response = send(alice, "t/FLOW-1/", {field: yours, "version": 3})
    assert response.status_code == 409
    assert words in response.content.decode()


def test_rest_merges_by_the_versions_that_were_read(alice: Actor, bob: Actor, task: Task) -> None:
    hers, his = Program(alice), Program(bob)
    read = hers.get("tasks/FLOW-1/").json()
    assert read["versions"] == {
        "title": 1, "description": 2, "priority": 1, "due": 1, "estimate": 1, "parent": 1, "assignees": 1, "labels": 1, "place": 1,
        "pin": 1,
    }  # fmt: skip
    assert his.patch("tasks/FLOW-1/", {"description": "Who\n\nHow\n\nWhen", "due": "2026-12-03"}).status_code == 200
    mine = {"description": "Why\n\nHow\n\nNow", "versions": read["versions"]}
    assert hers.patch("tasks/FLOW-1/", mine).json()["description"] == "Who\n\nHow\n\nNow"
    answer = hers.patch("tasks/FLOW-1/", {"due": "2026-12-05", "versions": {"due": 1}})
    assert answer.status_code == 409
    told = answer.json()
    assert told["conflicts"] == [
        {"field": "due", "base": None, "theirs": "2026-12-03", "yours": "2026-12-05", "by": "Bob", "version": 3}
    ]
    assert (told["current"]["due"], told["current"]["versions"]["due"]) == ("2026-12-03", 3)
    assert told["errors"].keys() == {"due"}
    assert hers.patch("tasks/FLOW-1/", {"due": "2026-12-05", "versions": {"due": 3}}).status_code == 200
    assert hers.patch("tasks/FLOW-1/", {"versions": {"rank": 3}}).status_code == 400
    assert hers.patch("tasks/FLOW-1/", {"title": "Uno"}, if_match='"2"').status_code == 412


def test_rest_moves_from_where_it_was_read(alice: Actor, bob: Actor, project: Project, task: Task) -> None:
    assert Program(bob).post("tasks/FLOW-1/move/", {"status": "Review"}).status_code == 200
    hers = Program(alice)
    answer = hers.post("tasks/FLOW-1/move/", {"status": "Done", "version": 2})
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Bob moved FLOW-1 One from To do to Review meanwhile."
    assert answer.json()["current"]["status"]["name"] == "Review"
    assert hers.post("tasks/FLOW-1/move/", {"status": "Done", "version": 3}).status_code == 200
    assert titles(project, "Done") == ["One"]


def test_rest_details_too(alice: Actor, task: Task) -> None:
    hers = Program(alice)
    comment = hers.post("tasks/FLOW-1/comments/", {"body": TEXT}).json()
    path = f"tasks/FLOW-1/comments/{comment['id']}/"
    assert hers.patch(path, {"body": "Why\n\nHow\n\nNow", "version": 1}).status_code == 200
    assert hers.patch(path, {"body": "Who\n\nHow\n\nWhen", "version": 1}).json()["body"] == "Who\n\nHow\n\nNow"
    assert hers.patch(path, {"body": "Else", "version": 1}).json()["conflicts"][0]["theirs"] == "Who\n\nHow\n\nNow"
    line = hers.post("tasks/FLOW-1/checklist/", {"text": "Salt"}).json()
    assert hers.patch(f"tasks/FLOW-1/checklist/{line['id']}/", {"text": "Sugar", "version": 1}).status_code == 200
