"""The inverse of each change to projects and tasks, refused where somebody has changed the same thing since."""

from datetime import date
from functools import reduce
from typing import Any

from django.db.models import F

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Stale
from workspaces.models import ActivityLog, ChangeSet
from workspaces.undo import undoes

from . import actions
from .actions.meeting import TEXTS
from .actions.sharing import grant_of
from .merging import merge
from .models import Attachment, ChecklistItem, Comment, Label, Project, Status, Task
from .rank import followed


def find(model: Any, by: Actor, row: Any, *related: str) -> Any:
    """What a row is about. Raises Stale where it is gone."""
    found = model.objects.within(by.workspace).select_related(*related).filter(pk=row.subject_id).first()
    if found is None:
        raise Stale(f"{row.subject_key} {row.subject_label} is gone.")
    return found


def still(now: Any, then: Any, words: str) -> None:
    """The field must hold what the change left there."""
    if now != then:
        raise Stale(f"{words} was changed again since.")


@undoes("task:moved")
def move_back(by: Actor, row: Any) -> None:
    task = find(Task, by, row, "project", "status")
    still(str(task.status_id), row.after["status"]["id"], row.subject_key)
    if row.after["status"] == row.before["status"]:
        still(task.rank, _rank_now(by, row, row.after), f"The place of {row.subject_key}")
    to = Status.objects.within(by.workspace).select_related("project").get(pk=row.before["status"]["id"])
    rank = _rank_now(by, row, row.before)
    above = Task.objects.filter(workspace=by.workspace, status=to, rank__lt=rank).exclude(pk=task.pk)
    actions.move_task(by, task, to=to, after=above.order_by("-rank").first(), rank=rank)


def _rank_now(by: Actor, row: Any, fact: dict[str, Any]) -> str:
    """A rank of the record, as it would be had its card been there whenever the column was ranked anew since."""
    anew = ActivityLog.objects.within(by.workspace).filter(
        subject_id=fact["status"]["id"], event="status:ranked", seq__gt=row.seq
    )
    facts = anew.filter(before__has_key="ranks").order_by("seq").values_list("before", flat=True)
    return reduce(lambda rank, then: followed(then["ranks"], rank), facts, fact["rank"])


@undoes("status:ranked")
def stay(by: Actor, row: Any) -> None:
    """No card stands elsewhere by it."""


@undoes("task:updated")
def set_back(by: Actor, row: Any) -> None:
    task = find(Task, by, row, "project", "status")
    fields = {}
    for name, was in row.before.items():
        words = f"The {name} of {row.subject_key}"
        if name in TEXTS:
            fields[name] = _taken_out(getattr(task, name), row, name, words)
            continue
        still(current(task, name), ids(row.after[name]), words)
        fields[name] = loaded(by, name, was)
    actions.update_task(by, task, **fields)


def _taken_out(now: str, row: Any, name: str, words: str) -> str:
    """A text without what the change brought; paragraphs that were written since stay."""
    merged = merge(row.after[name], now, row.before[name])
    still(merged.clashes, False, words)
    return merged.text


def current(task: Task, name: str) -> Any:
    """A field as a fact of the record names it."""
    if name == "assignees":
        return sorted(str(pk) for pk in task.assignments.values_list("user_id", flat=True))
    if name == "labels":
        return sorted(str(pk) for pk in task.task_labels.values_list("label_id", flat=True))
    value = task.parent_id if name == "parent" else getattr(task, name)
    return value if value is None or isinstance(value, int | str) else str(value)


def ids(fact: Any) -> Any:
    """People and labels are the same whatever they are called now."""
    return sorted(one["id"] for one in fact) if isinstance(fact, list) else fact


def loaded(by: Actor, name: str, was: Any) -> Any:
    """A fact of the record as the action takes it."""
    if name == "assignees":
        return list(User.objects.filter(pk__in=ids(was)))
    if name == "labels":
        return list(
            Label.objects.within(by.workspace).filter(pk__in=ids(was), deleted_at=None).select_related("project")
        )
    if name == "parent":
        return was and Task.objects.within(by.workspace).select_related("project").get(pk=was)
    return date.fromisoformat(was) if name == "due" and was else was


@undoes("task:created")
def unmake(by: Actor, row: Any) -> None:
    task = find(Task, by, row, "project", "status")
    if _touched_since(by, row):
        raise Stale(f"{row.subject_key} was changed since it was made: delete it by hand if it should go.")
    actions.delete_task(by, task)


def _touched_since(by: Actor, row: Any) -> bool:
    """Whether an act other than this one, that still stands, has a row about the task."""
    later = (
        ActivityLog.objects.within(by.workspace)
        .filter(seq__gt=row.seq, subject_key=row.subject_key)
        .exclude(change_id=row.change_id)
    )
    standing = later.exclude(change__kind=ChangeSet.Kind.UNDO).exclude(change__state=ChangeSet.State.UNDONE)
    return bool(standing.exists())


@undoes("task:pinned", "task:unpinned")
def pin_back(by: Actor, row: Any) -> None:
    task = find(Task, by, row, "project", "status")
    now, then = (current(task, "pin_start"), current(task, "pin_due")), row.after["pin"] or {}
    still(now, (then.get("start"), then.get("due")), f"The pin of {row.subject_key}")
    if was := row.before["pin"]:
        actions.pin_task(by, task, **{name: day and date.fromisoformat(day) for name, day in was.items()})
    else:
        actions.unpin_task(by, task)


PAIRS = {
    "task:archived": (Task, actions.restore_task, ("project", "status")),
    "task:restored": (Task, actions.archive_task, ("project", "status")),
    "task:deleted": (Task, actions.recover_task, ("project", "status")),
    "task:recovered": (Task, actions.delete_task, ("project", "status")),
    "checklist:created": (ChecklistItem, actions.remove_checklist_item, ("task__project",)),
    "checklist:deleted": (ChecklistItem, actions.recover_checklist_item, ("task__project",)),
    "checklist:recovered": (ChecklistItem, actions.remove_checklist_item, ("task__project",)),
    "comment:created": (Comment, actions.delete_comment, ("task__project",)),
    "comment:deleted": (Comment, actions.recover_comment, ("task__project",)),
    "comment:recovered": (Comment, actions.delete_comment, ("task__project",)),
    "link:created": (Attachment, actions.remove_link, ("task__project",)),
    "link:deleted": (Attachment, actions.recover_link, ("task__project",)),
    "link:recovered": (Attachment, actions.remove_link, ("task__project",)),
    "file:created": (Attachment, actions.remove_file, ("task__project",)),
    "file:deleted": (Attachment, actions.recover_file, ("task__project",)),
    "file:recovered": (Attachment, actions.remove_file, ("task__project",)),
    "status:deleted": (Status, actions.recover_status, ("project",)),
    "status:created": (Status, actions.remove_status, ("project",)),
    "status:recovered": (Status, actions.remove_status, ("project",)),
    "label:created": (Label, actions.delete_label, ("project",)),
    "label:deleted": (Label, actions.recover_label, ("project",)),
    "label:recovered": (Label, actions.delete_label, ("project",)),
    "project:archived": (Project, actions.restore_project, ()),
    "project:restored": (Project, actions.archive_project, ()),
    "project:created": (Project, actions.delete_project, ()),
    "project:deleted": (Project, actions.recover_project, ()),
    "project:recovered": (Project, actions.delete_project, ()),
}


@undoes(*PAIRS)
def turn_back(by: Actor, row: Any) -> None:
    """What was switched one way is switched the other."""
    model, verb, related = PAIRS[row.event]
    verb(by, find(model, by, row, *related))


@undoes("checklist:updated", "comment:updated", "status:updated", "label:updated", "project:updated")
def change_back(by: Actor, row: Any) -> None:
    """Plain fields get their old values."""
    model, verb, related = {
        "checklist": (ChecklistItem, actions.update_checklist_item, ("task__project",)),
        "comment": (Comment, actions.update_comment, ("task__project",)),
        "status": (Status, actions.update_status, ("project",)),
        "label": (Label, actions.update_label, ("project",)),
        "project": (Project, actions.update_project, ()),
    }[row.event.split(":")[0]]
    found = find(model, by, row, *related)
    fields = {name: was for name, was in row.before.items() if name != "taskId"}
    for name in fields:
        words = f"The {name} of {row.subject_label}"
        if name in TEXTS:
            fields[name] = _taken_out(getattr(found, name), row, name, words)
        else:
            still(getattr(found, name), row.after[name], words)
    if "rank" in fields:
        _reorder(by, found, fields["rank"])
        return
    verb(by, found, **fields)


def _reorder(by: Actor, status: Status, rank: str) -> None:
    left = status.project.statuses.filter(rank__lt=rank).exclude(pk=status.pk).order_by(F("rank").desc()).first()
    actions.move_status(by, status, after=left)


@undoes("dependency:created", "dependency:deleted")
def untie(by: Actor, row: Any) -> None:
    """Tied again, or untied; whoever may not see the other task does neither."""
    facts = row.after or row.before
    rows = (
        Task.objects.visible_to(by)
        .select_related("project", "status")
        .filter(pk__in=(facts["blocked"], facts["blocking"]))
    )
    found = {str(task.pk): task for task in rows}
    if len(found) < 2:
        raise Stale(f"What {row.subject_key} waits for is gone, or not shared with you.")
    blocked, blocking = found[facts["blocked"]], found[facts["blocking"]]
    if row.event == "dependency:deleted":
        actions.add_dependency(by, blocked, blocking=blocking)
    elif there := blocked.waits_for.filter(blocking=blocking).first():
        there.blocked = blocked
        actions.remove_dependency(by, there)


@undoes("dependency:resolved", "dependency:reopened")
def follow(by: Actor, row: Any) -> None:
    """They follow what is done with the other task, there and back."""


@undoes("project:shared", "project:unshared", "task:shared", "task:unshared")
def share_back(by: Actor, row: Any) -> None:
    """The grant that the person had before is given again, or taken where they had none."""
    task = row.event.startswith("task:")
    found = find(Task, by, row, "project", "status") if task else find(Project, by, row)
    person = User.objects.filter(pk=(row.after or row.before).get("user")).first()
    if person is None:
        raise Stale("That person is gone.")
    still(grant_of(found, person), row.after.get("grant", ""), f"What {person} may do with {row.subject_key}")
    share, unshare = (
        (actions.share_task, actions.unshare_task) if task else (actions.share_project, actions.unshare_project)
    )
    if was := row.before.get("grant"):
        share(by, found, person=person, grant=was)
    elif row.before:
        raise Stale("The record does not say how far it was shared.")  # rows older than that fact
    else:
        unshare(by, found, person=person)
