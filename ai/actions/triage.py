"""Suggestions for a new task: a model is asked for more, and people say yes or no to each."""

from collections.abc import Callable, Collection
from uuid import UUID

from django.utils import timezone

from tasks.actions import mark_duplicate, transfer_task, update_task
from tasks.models import Label, Task
from tasks.reading.finding import find_people, find_project, find_task
from tasks.reading.similar import stems, telling_words
from workspaces.actor import Actor
from workspaces.errors import Refused, Settled
from workspaces.models import ChangeSet
from workspaces.rules import as_uuid
from workspaces.spine import acting, action

from ..features.suggesting import suggested
from ..features.triaging import FIELDS, Suggestion
from ..models import AIRun, TriageVerdict
from ..opening import must_be_on
from .runs import start_run

DONE = {
    "label": "label {}", "assignee": "assigned to {}", "priority": "priority {}", "project": "to {}",
    "duplicate": "a duplicate of {}",
}  # fmt: skip


@action
def start_triage(by: Actor, task: Task, *, again: bool = False) -> AIRun:
    """Have a model add to the suggestions for a task."""
    must_be_on(by)
    by.must("task.edit", task)
    return start_run(by, kind="triage", inputs={"task": str(task.pk)} | ({"again": True} if again else {}))


@action
def take_suggestions(by: Actor, task: Task, *, suggestions: Collection[str]) -> Task:
    """Do what is suggested, as one act of the AI that one undo takes back; the next suggestions learn from it."""
    chosen = _named(by, task, suggestions)
    voice = by.through("ai", on_behalf_of=by.user)
    said = ", ".join(DONE[one.field].format(one.words) for one in chosen)
    with acting(voice, kind=ChangeSet.Kind.AI, title=f"{task.ref}: {said}"[:300]) as act:
        for one in chosen:
            _note(by, task, one, act.change_id)
            DO[one.field](voice, task, one.value)
    return task


@action
def drop_suggestions(by: Actor, task: Task, *, suggestions: Collection[str]) -> Task:
    """Never suggest them for this task again, and less for others like it."""
    for one in _named(by, task, suggestions):
        _note(by, task, one)
    return task


def _named(by: Actor, task: Task, keys: Collection[str]) -> list[Suggestion]:
    """What is suggested now under these names, in the order in which it is done."""
    must_be_on(by)
    by.must("task.edit", task)
    if not keys:
        raise Refused("Name a suggestion.", "suggestion")
    found = [one for one in suggested(by, task).suggestions if one.id in keys]
    if len(found) < len(set(keys)):
        raise Settled("This is not suggested any more.", "suggestion")
    return sorted(found, key=lambda one: FIELDS.index(one.field))


def _note(by: Actor, task: Task, one: Suggestion, change: UUID | None = None) -> None:
    """A yes has its act; the last word counts."""
    facts = {
        "source": one.source, "change_id": change, "stems": sorted(stems(telling_words(task.title))), "user": by.user,
        "created_at": by.at or timezone.now(),
    }  # fmt: skip
    rows = TriageVerdict.objects.within(by.workspace)
    rows.update_or_create(workspace=by.workspace, task=task, field=one.field, value=one.value, defaults=facts)


def _add_label(voice: Actor, task: Task, value: str) -> None:
    ids = {row.label_id for row in task.task_labels.all()} | {as_uuid(value)}
    update_task(voice, task, labels=list(Label.objects.within(voice.workspace).filter(pk__in=ids, deleted_at=None)))


def _assign(voice: Actor, task: Task, value: str) -> None:
    people = find_people(voice, task.project, [key for key in [as_uuid(value)] if key], "assignees", task)
    update_task(voice, task, assignees=people)


def _rank(voice: Actor, task: Task, value: str) -> None:
    update_task(voice, task, priority=int(value))


def _move(voice: Actor, task: Task, key: str) -> None:
    transfer_task(voice, task, project=find_project(voice, key))


def _put_away(voice: Actor, task: Task, ref: str) -> None:
    mark_duplicate(voice, task, of=find_task(voice, ref))


DO: dict[str, Callable[[Actor, Task, str], None]] = {
    "label": _add_label, "assignee": _assign, "priority": _rank, "project": _move, "duplicate": _put_away,
}  # fmt: skip
