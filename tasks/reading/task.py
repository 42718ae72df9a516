"""One task with all that hangs on it, in four queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.events import by_rule, says
from workspaces.faces import author_face, face
from workspaces.feed import heard_by
from workspaces.models import ActivityLog, ChangeSet
from workspaces.undo import undoable

from ..automations.reading import rule_names
from ..markdown import render as markdown
from ..models import Assignment, Attachment, ChecklistItem, Comment, Task, TaskLabel
from ..models.tasks import shared_with
from ..notices.following import following, watches_of
from ..notices.mentions import Named, handles
from .addresses import former_addresses, rows_about
from .cards import day
from .dependencies import dependencies_shown, ties
from .facts import Facts, facts_of, meet, rights
from .finding import task_of

REMEMBERED = 30  # rows of history
UNDO_FOR = timedelta(days=30)


def task_page(by: Actor, ref: str, keys: frozenset[str]) -> dict[str, Any]:
    """What tasks/_pane.html draws. `keys` name the projects whose tasks are linked in texts."""
    task = task_of(by, ref, _with_details(by))
    task.__dict__["_grants"] = {by.user.pk: set(task.granted)}
    facts = facts_of(by, task.project.key)  # 404 where nothing of the project is theirs to see
    task.project = facts.project
    if facts.part:
        _keep_to(by, task)
    comments = _comments(task)
    meet(facts, set(task.people), task.pk)
    may, history = rights(by, task), _history(by, task)
    texts = (task.description, *(comment.body for comment in comments))
    linked = Linked(_pattern(by), keys, _names(facts, texts))
    return {
        "task": _task(facts, task, linked), "project": facts.project, "may": may,
        "statuses": list(facts.statuses.values()), "priorities": [{"value": v, "name": n} for v, n in reversed(Task.Priority.choices)],
        "people": [one | {"on": one["id"] in task.people} for one in facts.people.values()],
        "all_labels": [one | {"on": one["id"] in task.label_ids} for one in facts.labels.values()],
        "checklist": task.lines, "checklist_done": sum(line["done"] for line in task.lines),
        **_subtasks(facts, task, linked.tasks), **dependencies_shown(by, task, task.ties), "attachments": [_attachment(by, task, one) for one in task.links], "max_file": settings.MAX_FILE,
        "comments": [_comment(by, comment, may, linked) for comment in comments], "history": history,
        "watch": following(by, task), "changed_by": {name: _by(history, name) for name in ("title", "description")},
    }  # fmt: skip


@dataclass(frozen=True)
class Linked:
    """What texts of this page link: tasks at this address, of these projects; and the people they may mention."""

    tasks: str
    keys: frozenset[str]
    names: frozenset[str]

    def html(self, text: str) -> str:
        """Of Markdown."""
        return markdown(text, tasks=self.tasks, keys=self.keys, names=self.names)


def _names(facts: Facts, texts: Iterable[str]) -> frozenset[str]:
    """Whom these texts can mention: who can see the task."""
    if not any("@" in text for text in texts):
        return frozenset()
    return frozenset(handles(Named(key, one["name"], "") for key, one in facts.people.items()))


def _keep_to(by: Actor, task: Task) -> None:
    """Of a project that is seen in part, this task if it is shared with the actor; what stands above and below it, if that is."""
    if not task.seen_by(by):
        raise Http404
    if not (task.parent_id or task.below):
        return
    around = Task.objects.shared_with(by).filter(Q(pk=task.parent_id) | Q(parent=task)).values_list("pk", "number")
    known = dict(around)
    task.parent = task.parent if task.parent_id in known else None
    task.below = [row for row in task.below if row["number"] in known.values()]


def _with_details(by: Actor) -> Any:
    """Tasks with their small details in the same query."""
    here = {"workspace": by.workspace, "task": OuterRef("pk")}
    lines = ChecklistItem.objects.filter(**here, deleted_at=None).order_by("rank")
    links = Attachment.objects.filter(**here, deleted_at=None).order_by("created_at")
    below = Task.objects.within(by.workspace).filter(parent=OuterRef("pk"), deleted_at=None).order_by("number")
    return Task.objects.select_related("project", "status", "parent", "creator").defer("search").annotate(
        lines=ArraySubquery(lines.values(fact=JSONObject(id="id", text="text", done="done", group="group", version="version"))),
        links=ArraySubquery(links.values(fact=JSONObject(id="id", name="name", url="url", file="file", size="size", type="content_type"))),
        below=ArraySubquery(below.values(fact=JSONObject(number="number", title="title", status="status_id", archived="archived_at"))),
        ties=ArraySubquery(ties(by, OuterRef("pk"))), label_ids=ArraySubquery(TaskLabel.objects.filter(**here).values("label_id")),
        people=ArraySubquery(Assignment.objects.filter(**here).values("user_id")),
        watch=ArraySubquery(watches_of(by).values(fact=JSONObject(task="task", level="level", why="why"))),
        former=ArraySubquery(former_addresses(by, OuterRef("pk"))),
        granted=ArraySubquery(shared_with(by).filter(content_object=OuterRef("pk")).values("permission__codename")),
    )  # fmt: skip


def _pattern(by: Actor) -> str:
    return reverse("task", args=[by.workspace.slug, "REF"])


def _task(facts: Facts, task: Task, linked: Linked) -> dict[str, Any]:
    today, status = (
        timezone.localdate(),
        facts.statuses.get(task.status_id)
        or {"id": task.status_id, "name": task.status.name, "category": task.status.category},
    )
    return {
        "ref": task.ref, "title": task.title, "description": task.description, "version": task.version,
        "description_html": linked.html(task.description), "archived": bool(task.archived_at),
        "url": linked.tasks.replace("REF", task.ref), "status": status, "priority": task.priority, "priority_name": task.get_priority_display(),
        "due": task.due.isoformat() if task.due else "", "due_shown": day(task.due, today) if task.due else "",
        "overdue": task.due is not None and task.due < today and status["category"] != "done", "estimate": task.estimate,
        "pin": _pin(task, today),
        "assignees": facts.faces(task.people), "created_at": task.created_at, "updated_at": task.updated_at,
        "labels": [fact for key, fact in facts.labels.items() if key in task.label_ids],
        "created_by": str(task.creator) if task.creator else "", "parent": _parent(task, linked.tasks),
    }  # fmt: skip


def _pin(task: Task, today: date) -> dict[str, Any] | None:
    """Where a planner must leave it, in words; `off`: its due date is another one."""
    start, due = ((one.isoformat(), day(one, today)) if one else ("", "") for one in (task.pin_start, task.pin_due))
    if not (start[0] or due[0]):
        return None
    words = f"{start[1]} to {due[1]}" if start[0] and due[0] else f"Begins {start[1]}" if start[0] else f"Due {due[1]}"
    return {"start": start[0], "due": due[0], "words": words, "off": bool(due[0]) and task.pin_due != task.due}


def _parent(task: Task, pattern: str) -> dict[str, str] | None:
    if task.parent is None or task.parent.deleted_at:
        return None
    ref = f"{task.project.key}-{task.parent.number}"
    return {"ref": ref, "title": task.parent.title, "url": pattern.replace("REF", ref)}


def _subtasks(facts: Facts, task: Task, pattern: str) -> dict[str, Any]:
    rows = []
    for row in task.below:
        ref, status = (
            f"{facts.project.key}-{row['number']}",
            facts.statuses.get(UUID(row["status"])) or {"name": "", "category": "started"},
        )
        rows.append({
            "ref": ref, "title": row["title"], "url": pattern.replace("REF", ref), "done": status["category"] == "done",
            "status": status["name"], "category": status["category"],
        })  # fmt: skip
    return {"subtasks": rows, "subtasks_done": sum(row["done"] for row in rows)}


def _attachment(by: Actor, task: Task, fact: dict[str, Any]) -> dict[str, Any]:
    """A file, with the picture of it where there is one; or a link."""
    here = [by.workspace.slug, task.ref, fact["id"]]
    image = fact["type"].startswith("image/")
    return {
        "id": fact["id"], "name": fact["name"], "is_file": bool(fact["file"]), "size": fact["size"],
        "href": reverse("attachment_file", args=here) if fact["file"] else fact["url"],
        "preview": reverse("attachment_preview", args=here) if image else "",
    }  # fmt: skip


def _comments(task: Task) -> list[Comment]:
    rows = Comment.objects.filter(workspace=task.workspace_id, task=task, deleted_at=None)
    told = ActivityLog.objects.filter(workspace=task.workspace_id, subject_id=OuterRef("pk"))
    with_ai = Exists(told.filter(change__kind=ChangeSet.Kind.AI))
    return list(rows.annotate(with_ai=with_ai).select_related("author").order_by("created_at", "pk"))


def _comment(by: Actor, comment: Comment, may: dict[str, bool], linked: Linked) -> dict[str, Any]:
    mine = comment.author_id == by.user.pk and may["comment"]
    return {
        "id": comment.pk, "body": comment.body, "body_html": linked.html(comment.body),
        "author": face(comment.author, comment.author_name), "created_at": comment.created_at, "edited": bool(comment.edited_at),
        "with_ai": comment.with_ai, "version": comment.version, "mine": mine, "may_delete": mine or may["delete"],
    }  # fmt: skip


def _history(by: Actor, task: Task) -> list[dict[str, Any]]:
    """The latest rows of the record about the task, the newest first."""
    rows = ActivityLog.objects.within(by.workspace).filter(heard_by(by), rows_about(by, task))
    recent = rows.select_related("actor", "on_behalf_of", "change").order_by("-seq")[:REMEMBERED]
    rules = rule_names(by, {row.change_id for row in recent if row.depth})
    return [_told(row, rules.get(row.change_id, "")) for row in recent]


def _told(row: ActivityLog, rule: str) -> dict[str, Any]:
    words = f"{by_rule(str(row.actor or ''), rule)} {says(row)}" if rule else says(row)
    return {
        "sentence": words[:1].upper() + words[1:], "who": author_face(row), "when": row.created_at, "via": row.via, "change_id": row.change_id,
        "undoable": _may_be_undone(row), "fields": list(row.after), "with_ai": row.change.kind == ChangeSet.Kind.AI,
    }  # fmt: skip


def _by(history: list[dict[str, Any]], name: str) -> str:
    """Who changed a field last, as far as is remembered here."""
    return next((str(one["who"]["name"]) for one in history if name in one["fields"]), "")


def _may_be_undone(row: ActivityLog) -> bool:
    """An import is undone as a whole, from its own page."""
    standing = (
        row.change.state in (ChangeSet.State.APPLIED, ChangeSet.State.PARTLY_APPLIED)
        and row.change.kind != ChangeSet.Kind.IMPORT
    )
    return standing and undoable([row]) and row.created_at > timezone.now() - UNDO_FOR
