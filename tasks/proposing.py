"""What can be proposed about projects and tasks: this list and nothing else (workspaces/proposing.py)."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.proposing import HOLDS, Json, Kind, Noun, proposable, shown
from workspaces.rules import line, text

from . import actions
from .actions.board import lock_board
from .actions.dependencies import hold_ties
from .actions.details import comment_words
from .actions.fields import estimate, person_fact, priority, there
from .api.naming import labels_named, people_named, status_named, task_named
from .events import PRIORITIES
from .models import Dependency, Project, Task
from .reading.cards import day
from .reading.finding import find_task, tasks_by_ref


def _project(subject: Project | Task) -> Project:
    return subject if isinstance(subject, Project) else subject.project


def _task(subject: Project | Task) -> Task | None:
    return subject if isinstance(subject, Task) and not subject._state.adding else None


def _fact(row: Project | Task) -> Json:
    ref, label = (row.key, row.name) if isinstance(row, Project) else (row.ref, row.title)
    return {"id": str(row.pk), "ref": ref, "label": label}


def _projects(by: Actor, names: Collection[str]) -> dict[str, Project]:
    rows = Project.objects.visible_to(by)
    return {name: row for row in rows for name in (row.key, str(row.pk)) if name in names} if names else {}


def _tasks(by: Actor, names: Collection[str]) -> dict[str, Task]:
    return tasks_by_ref(by, names) if names else {}


PROJECT = Noun("project", _projects, _fact, lambda row: row.pk, "FLOW")
TASK = Noun("task", _tasks, _fact, lambda row: row.project_id, "FLOW-42")


# -- what the arguments say


def _plain(
    words: str,
    schema: Json,
    clean: Callable[[Any], Any],
    keep: Callable[[Any], Any] = lambda one: one,
    show: Callable[[Any], str] = shown,
) -> Kind:
    return Kind(schema, lambda by, subject, said: clean(said), keep, keep, words, show)


def _words(words: str, field: str, longest: int) -> Kind:
    return _plain(words, {"type": "string"}, lambda said: line(said, field, longest=longest))


def _day(said: Any) -> date | None:
    try:
        return None if said is None else date.fromisoformat(said)
    except (TypeError, ValueError):
        raise Refused("The due date is a date such as 2026-12-31.", "due") from None


def _texts(said: Any) -> list[str]:
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said) or len(said) > 50:
        raise Refused("This is a list of at most 50 texts.")
    return said


def _text(said: Any) -> str:
    if not isinstance(said, str):
        raise Refused("This must be text.")
    return said


def _on_board(by: Actor, subject: Any, said: Any) -> Task | None:
    return None if said is None else task_named(by, _project(subject), _text(said), "task")


def _keys(rows: list[Model]) -> list[str]:
    return [str(row.pk) for row in rows]


def _task_kind(words: str, read: Callable[[Actor, Any, Any], Any], *, none: bool) -> Kind:
    """Kept by what it is called: FLOW-42."""
    schema = {"type": ["string", "null"] if none else "string", "description": "FLOW-42, or $1: what line 1 makes"}
    return Kind(schema, read, lambda row: row and row.ref, lambda row: row and _fact(row), words, noun=TASK.name)


TITLE = _words("title", "title", 300)
DESCRIPTION = _plain(
    "description",
    {"type": "string", "description": "Markdown"},
    lambda said: text(said, "description", longest=100_000),
)
PRIORITY = _plain(
    "priority",
    {"type": "integer", "enum": [0, 1, 2, 3, 4], "description": "0 none to 4 urgent"},
    priority,
    show=lambda fact: PRIORITIES[fact].capitalize(),
)
ESTIMATE = _plain(
    "estimate", {"type": ["integer", "null"], "minimum": 0, "maximum": 1000, "description": "points"}, estimate
)
DUE = _plain(
    "due date",
    {"type": ["string", "null"], "format": "date"},
    _day,
    lambda day: day and day.isoformat(),
    lambda fact: day(date.fromisoformat(fact), timezone.localdate()) if fact else "",
)
PARENT = _task_kind("parent", _on_board, none=True)
AFTER = _task_kind("below", _on_board, none=True)
BLOCKING = _task_kind("waits for", lambda by, subject, said: find_task(by, _text(said)), none=False)
ASSIGNEES = Kind(
    {"type": "array", "items": {"type": "string"}, "description": "ids or e-mail addresses"},
    lambda by, subject, said: people_named(by, _project(subject), _texts(said), task=_task(subject)),
    _keys,
    lambda rows: sorted(map(person_fact, rows), key=str),
    "assignees",
)
LABELS = Kind(
    {"type": "array", "items": {"type": "string"}, "description": "names or ids of the project's labels"},
    lambda by, subject, said: labels_named(by, _project(subject), _texts(said)),
    _keys,
    lambda rows: sorted((row.fact for row in rows), key=str),
    "labels",
)
COLUMN = Kind(
    {"type": "string", "description": "name or id of a column"},
    lambda by, subject, said: status_named(_project(subject), _text(said), "to"),
    lambda row: str(row.pk),
    lambda row: row.fact,
    "column",
)
FIELDS = {
    "title": TITLE, "description": DESCRIPTION, "priority": PRIORITY, "due": DUE, "estimate": ESTIMATE, "parent": PARENT,
    "assignees": ASSIGNEES, "labels": LABELS,
}  # fmt: skip


# -- what can be done


def _fields_now(task: Task, arguments: Json) -> Json:
    now = {name: there(task, name) if name in ("assignees", "labels") else getattr(task, name) for name in arguments}
    return {name: FIELDS[name].fact(value) for name, value in now.items()}


def _tie(by: Actor, task: Task, *, blocking: Task) -> Dependency:
    """Let a task no longer wait for another."""
    found = task.waits_for.filter(blocking=blocking).first()
    if found is None:
        raise Refused(f"{task.ref} does not wait for {blocking.ref}.")
    found.blocked = task
    return actions.remove_dependency(by, found)


def _imagined(project: Project, arguments: Json) -> Task:
    return Task(workspace_id=project.workspace_id, project=project, number=0, title=arguments["title"])


proposable(
    actions.create_task,
    words="New task",
    about=PROJECT,
    takes=FIELDS | {"to": COLUMN},
    like=actions.Draft,
    makes=TASK,
    imagine=_imagined,
)
proposable(
    actions.update_task,
    words="Change",
    about=TASK,
    takes=FIELDS,
    like=actions.Draft,
    before=_fields_now,
    touches=lambda names: [*names, *(["pin"] if "due" in names else [])],
)
proposable(
    actions.move_task,
    words="Move",
    about=TASK,
    takes={"to": COLUMN, "after": AFTER},
    before=lambda task, arguments: {"to": task.status.fact},
    touches=lambda names: ["place"],
)
proposable(actions.add_dependency, words="Make it wait", about=TASK, takes={"blocking": BLOCKING})
proposable(
    _tie,
    name="remove_dependency",
    words="Let it no longer wait",
    about=TASK,
    takes={"blocking": BLOCKING},
    before=lambda task, arguments: {"blocking": _fact(arguments["blocking"])},
    after=lambda task, arguments: {},
)
proposable(
    actions.add_checklist_item, words="Add to the checklist", about=TASK, takes={"text": _words("line", "text", 500)}
)
proposable(
    actions.create_comment,
    words="Comment",
    about=TASK,
    takes={"body": _plain("comment", {"type": "string", "description": "Markdown"}, comment_words)},
)
proposable(actions.archive_task, words="Archive", about=TASK, takes={}, touches=lambda names: ["place"])


def _hold(by: Actor, lines: list[Json]) -> None:
    """New dependencies, then boards, then tasks: the order in which the actions take them."""
    if any(line["action"] == "add_dependency" for line in lines):
        hold_ties(by.workspace.pk)
    about: dict[str, set[Any]] = {"create_task": set(), "move_task": set(), "": set()}
    for one in lines:
        about[one["action"] if one["action"] in about else ""].add(one["subject"]["id"])
    tasks = Task.objects.within(by.workspace)
    moved = tasks.filter(pk__in=about["move_task"] - {None}).values("project")
    boards = Project.objects.within(by.workspace).filter(Q(pk__in=about["create_task"]) | Q(pk__in=moved))
    for project in boards.order_by("pk"):
        lock_board(project)
    touched = tasks.filter(pk__in=(about["move_task"] | about[""]) - {None})
    list(touched.select_for_update(no_key=True).order_by("pk").values_list("pk"))


HOLDS.append(_hold)
