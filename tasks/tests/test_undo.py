"""Every act on tasks can be undone, and the undo undone, leaving the rows as they were."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.forms.models import model_to_dict

from tasks import actions
from tasks.models import ChecklistItem, Comment, Label, Project, Task
from workspaces import tenancy
from workspaces.actions import undo_change
from workspaces.actor import Actor
from workspaces.errors import Refused, Stale
from workspaces.events import says
from workspaces.models import ChangeSet
from workspaces.tests.people import log

from .boards import add, column, tally, titles

UNCOUNTED = {"version", "field_versions", "updated_at", "rank", "completed_at", "archived_at"}


def last(by: Actor) -> ChangeSet:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return ChangeSet.objects.within(by.workspace).get(pk=log(by)[-1].change_id)


def undo(by: Actor) -> Any:
    return undo_change(by, last(by))


def picture(project: Project) -> dict[str, Any]:
    """All that a person can see of a board."""
    with tenancy.workspace(project.workspace_id, atomic=True):
        tasks = Task.objects.filter(project=project, deleted_at=None).order_by("number")
        return {
            "columns": {row.name: titles(project, row.name) for row in project.statuses.filter(deleted_at=None)},
            "tallies": {row.name: tally(project, row.name) for row in project.statuses.filter(deleted_at=None)},
            "tasks": [{k: v for k, v in model_to_dict(task).items() if k not in UNCOUNTED} for task in tasks],
            "archived": [task.number for task in tasks if task.archived_at],
            "links": [list(task.attachments.filter(deleted_at=None).values_list("url", flat=True)) for task in tasks],
            "people": [sorted(map(str, task.assignments.values_list("user_id", flat=True))) for task in tasks],
            "labels": [sorted(task.task_labels.values_list("label__name", flat=True)) for task in tasks],
            "waits": [sorted(task.waits_for.values_list("blocking__number", flat=True)) for task in tasks],
            "lines": [list(task.checklist.filter(deleted_at=None).values_list("text", "done")) for task in tasks],
            "comments": [list(task.comments.filter(deleted_at=None).values_list("body", flat=True)) for task in tasks],
        }


def _ticked(by: Actor, task: Task) -> None:
    actions.update_checklist_item(by, line_of(by, task), done=True, text="Salt")


def line_of(by: Actor, task: Task) -> ChecklistItem:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return ChecklistItem.objects.filter(task=task).select_related("task__project").get()


def card(by: Actor, title: str) -> Task:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Task.objects.within(by.workspace).select_related("project", "status").get(title=title)


def bug(by: Actor) -> Label:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Label.objects.within(by.workspace).select_related("project").get(name="bug")


def comment_of(by: Actor, task: Task) -> Comment:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Comment.objects.filter(task=task).select_related("task__project").get()


ACTS: dict[str, Callable[[Actor, Project, Task], Any]] = {
    "move": lambda by, p, t: actions.move_task(by, t, to=column(p, "Done")),
    "reorder": lambda by, p, t: actions.move_task(by, t, to=column(p, "To do"), after=card(by, "Three")),
    "rename": lambda by, p, t: actions.update_task(by, t, title="Another"),
    "many fields": lambda by, p, t: actions.update_task(
        by, t, description="x", priority=4, due=date(2026, 12, 24), estimate=3
    ),
    "pin": lambda by, p, t: actions.pin_task(by, t, start=date(2026, 12, 1), due=date(2026, 12, 24)),
    "assign": lambda by, p, t: actions.update_task(by, t, assignees=[by.user]),
    "label": lambda by, p, t: actions.update_task(by, t, labels=[bug(by)]),
    "parent": lambda by, p, t: actions.update_task(by, t, parent=card(by, "Two")),
    "archive": lambda by, p, t: actions.archive_task(by, t),
    "delete": lambda by, p, t: actions.delete_task(by, t),
    "create": lambda by, p, t: add(by, p, "New", "Newer"),
    "tick": lambda by, p, t: _ticked(by, t),
    "line": lambda by, p, t: actions.add_checklist_item(by, t, text="Pepper"),
    "remove line": lambda by, p, t: actions.remove_checklist_item(by, line_of(by, t)),
    "comment": lambda by, p, t: actions.create_comment(by, t, body="Well"),
    "edit comment": lambda by, p, t: actions.update_comment(by, comment_of(by, t), body="Better"),
    "delete comment": lambda by, p, t: actions.delete_comment(by, comment_of(by, t)),
    "link": lambda by, p, t: actions.add_link(by, t, url="https://example.com/a"),
    "add column": lambda by, p, t: actions.add_status(by, p, name="Testing"),
    "rename column": lambda by, p, t: actions.update_status(by, column(p, "To do"), name="Next", wip_limit=3),
    "remove column": lambda by, p, t: actions.remove_status(by, column(p, "To do"), into=column(p, "Done")),
}


@pytest.fixture
def task(alice: Actor, project: Project, cards: list[Task]) -> Task:
    actions.add_checklist_item(alice, cards[0], text="Sugar")
    actions.create_comment(alice, cards[0], body="Good")
    actions.create_label(alice, project, name="bug")
    return cards[0]


@pytest.mark.parametrize("name", ACTS)
def test_undo_and_redo(alice: Actor, project: Project, task: Task, name: str) -> None:
    before = picture(project)
    ACTS[name](alice, project, task)
    after = picture(project)
    assert after != before
    assert undo(alice).stale == []
    assert picture(project) == before
    undo(alice)
    assert picture(project) == after


def test_once(alice: Actor, project: Project, cards: list[Task]) -> None:
    actions.move_task(alice, cards[0], to=column(project, "Done"))
    change = last(alice)
    undo_change(alice, change)
    with pytest.raises(Refused, match="undone already"):
        undo_change(alice, change)


def test_what_moved_on_is_left(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    actions.update_task(alice, cards[0], title="Mine")
    change = last(alice)
    actions.update_task(bob, cards[0], title="Bob's")
    with pytest.raises(Stale, match="changed again"):
        undo_change(alice, change)
    assert titles(project, "To do")[0] == "Bob's"


def test_another_field_is_no_hindrance(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    actions.update_task(alice, cards[0], title="Mine")
    change = last(alice)
    actions.update_task(bob, cards[0], priority=2)
    undo_change(alice, change)
    assert titles(project, "To do")[0] == "One"


def test_a_made_task_that_others_worked_on_stays(alice: Actor, bob: Actor, project: Project) -> None:
    (task,) = add(alice, project, "New")
    change = last(alice)
    actions.create_comment(bob, task, body="I began")
    with pytest.raises(Stale, match="by hand"):
        undo_change(alice, change)


def test_sentences_name_what_happened(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    actions.update_task(alice, cards[0], assignees=[bob.user])
    actions.update_task(alice, cards[0], assignees=[alice.user])
    actions.update_task(alice, cards[0], assignees=[])
    actions.add_status(alice, project, name="Blocked")
    said = [says(row) for row in log(alice)[-4:]]
    assert said == [
        "assigned FLOW-1 One to Bob",
        "assigned FLOW-1 One to Alice and took Bob off",
        "took Alice off FLOW-1 One",
        "added the column Blocked",
    ]
