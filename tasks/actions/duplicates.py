"""Two cards of the same thing: the newer one is put away with a word on both, and its people go over to the other."""

from django.db.models import Q

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.spine import action, current_act, record

from ..models import Task, Watch
from ..people import people_of
from .details import create_comment
from .tasks import archive_task, hold_task, update_task

WATCHING = Watch.Level.WATCHING


@action
def mark_duplicate(by: Actor, task: Task, *, of: Task, base_version: int | None = None) -> Task:
    """Archive a task as a duplicate of another: each says so, and its assignees and watchers go over where they see that one."""
    by.must("task.edit", task)
    _check(by, task, of)
    hold_task(task, base_version)
    if task.archived_at:
        return task
    title = f"Archived {task.ref} as a duplicate of {_named(of, task)}"
    if by.may("comment.create", task):
        create_comment(by, task, body=f"A duplicate of {_named(of, task)}.")
    if by.may("comment.create", of):
        create_comment(by, of, body=f"A duplicate of this one is archived: {_named(task, of)}.")
    _bring_people(by, task, of)
    lend_watchers(by, task, to=of)
    archive_task(by, task)
    if (act := current_act()) is not None and not act.title:
        act.title = title
    return task


def _check(by: Actor, task: Task, of: Task) -> None:
    if not of.seen_by(by):
        raise Refused("There is no such task, or it is not shared with you.", "of")
    if of.pk == task.pk:
        raise Refused("A task is no duplicate of itself.", "of")
    if of.archived_at:
        raise Refused(f"{of.ref} is archived: bring it back first.", "of")


def _named(one: Task, other: Task) -> str:
    """By its key, unless people who see the other may not know of its project."""
    hidden = one.project.private and one.project_id != other.project_id
    return "a task of another project" if hidden else one.ref


def _bring_people(by: Actor, task: Task, of: Task) -> None:
    if not by.may("task.edit", of):
        return
    there = [row.user for row in of.assignments.select_related("user")]
    new = task.assignments.exclude(user__in=there).values("user")
    seeing = people_of(of.project, of).filter(user__in=new)
    if people := [row.user for row in seeing]:
        update_task(by, of, assignees=[*there, *people])


@action
def lend_watchers(by: Actor, task: Task, *, to: Task) -> Task:
    """Let who follows a task follow the one that it duplicates, unless they have said otherwise there or do not see it."""
    by.must("task.edit", task)
    known = Watch.objects.within(by.workspace).filter(task=to).values("user")
    seeing = people_of(to.project, to).filter(_following(task)).exclude(user__in=known)
    made = [
        Watch(workspace_id=task.workspace_id, task=to, user_id=row.user_id, why=Watch.Why.DUPLICATE) for row in seeing
    ]
    Watch.objects.bulk_create(made, ignore_conflicts=True)
    _tell(by, "task:duplicated", task, {}, {"of": str(to.pk)})
    return task


@action
def return_watchers(by: Actor, task: Task, *, to: Task) -> Task:
    """Let them follow it no more: the two tasks are told apart."""
    by.must("task.edit", task)
    rows = Watch.objects.within(by.workspace).filter(task=to, why=Watch.Why.DUPLICATE)
    rows.filter(user__in=people_of(task.project, task).filter(_following(task)).values("user")).delete()
    _tell(by, "task:told_apart", task, {"of": str(to.pk)}, {})
    return task


def _following(task: Task) -> Q:
    """Who watches it, is on it or made it; an imported task was made by nobody here."""
    watching = Watch.objects.within(task.workspace_id).filter(task=task, level=WATCHING).values("user")
    on_it = task.assignments.values("user")
    made = Q(user=task.creator_id) if task.creator_id and not task.source else Q()
    return Q(user__in=watching) | Q(user__in=on_it) | made


def _tell(by: Actor, event: str, task: Task, before: dict[str, str], after: dict[str, str]) -> None:
    record(by, event, task, before=before, after=after, key=task.ref, label=task.title, project_id=task.project_id)
