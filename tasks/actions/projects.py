"""Projects: making, changing, archiving, deleting."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.plans import must_fit
from workspaces.rules import line, set_fields, text
from workspaces.spine import action, record

from ..models import COLORS, Project, Status, StatusTally
from ..rank import spread
from .fitting import hold_places, must_manage, weigh_projects
from .meeting import TEXTS, Since, together
from .sharing import let_in

KEY = re.compile(r"[A-Z][A-Z0-9]{1,7}")
DEFAULT_COLUMNS = (
    ("Backlog", "backlog"),
    ("To do", "backlog"),
    ("In progress", "started"),
    ("Review", "started"),
    ("Done", "done"),
)


@action
def create_project(
    by: Actor, *, name: str, key: str = "", description: str = "", color: str = "blue", private: bool = False,
    columns: tuple[tuple[str, str], ...] = DEFAULT_COLUMNS, source: str = "",
) -> Project:  # fmt: skip
    """A project with its columns; a private one is shared with its maker first."""
    by.must("project.create")
    name = line(name, "name", longest=80)
    must_fit(by, "projects")
    project = Project(
        workspace=by.workspace, name=name, key=_key(key) if key else free_key(by, name), source=source, private=bool(private),
        description=text(description, "description", longest=5000), color=_color(color), created_at=by.at or timezone.now(),
    )  # fmt: skip
    _insert(project)
    facts = {"name": name, "key": project.key, "private": project.private, "color": project.color}
    record(by, "project:created", project, after=facts, key=project.key, label=name, project_id=project.pk)
    _columns(by, project, columns)
    if private:
        let_in(project, by.user, "edit_project")
    return project


def _insert(project: Project) -> None:
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(f"The key {project.key} is taken by another project of this workspace.", "key") from error


def _columns(by: Actor, project: Project, columns: tuple[tuple[str, str], ...]) -> None:
    rows = [
        Status(
            workspace=by.workspace, project=project, name=line(name, "name", longest=60), category=category, rank=rank
        )
        for (name, category), rank in zip(columns, spread(len(columns)), strict=True)
    ]
    Status.objects.bulk_create(rows)
    StatusTally.objects.bulk_create([StatusTally(workspace=by.workspace, status=row) for row in rows])
    for row in rows:
        facts = {"name": row.name, "category": row.category}
        record(by, "status:created", row, after=facts, key=project.key, label=row.name, project_id=project.pk)


def _key(key: str) -> str:
    key = str(key).strip().upper()
    if not KEY.fullmatch(key):
        raise Refused("The key has 2 to 8 letters and digits and starts with a letter, such as FLOW.", "key")
    return key


def free_key(by: Actor, name: str) -> str:
    """A key made of the name that no project of the workspace has."""
    words = re.findall(r"[A-Z0-9]+", name.upper())
    base = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:4]
    base = re.sub(r"^[0-9]+", "", base)[:5]
    base = base if len(base) > 1 else (base + "PR")[:3]
    taken = set(
        Project.objects.within(by.workspace).filter(deleted_at=None, key__startswith=base).values_list("key", flat=True)
    )
    return next(key for number in range(1, 999) if (key := base if number == 1 else f"{base}{number}") not in taken)


def _color(color: str) -> str:
    if color not in COLORS:
        raise Refused(f"The colour is one of {', '.join(COLORS)}.", "color")
    return color


CLEAN = {
    "name": lambda value: line(value, "name", longest=80),
    "description": lambda value: text(value, "description", longest=5000),
    "color": _color,
    "private": bool,
}


@action
def update_project(by: Actor, project: Project, *, bases: Mapping[str, int] | None = None, **fields: Any) -> Project:
    """Change name, description, color, private. Who makes a project private keeps seeing it.

    `bases` says for single fields which version their new value was made on: see meeting.py.
    """
    must_manage(by, project)
    _hold(project)
    met = {name: _met(by, project, name, value, (bases or {}).get(name)) for name, value in fields.items()}
    before, changed = set_fields(project, CLEAN, met)
    if not changed:
        return project
    if "private" in changed:
        by.in_person()
    project.version += 1
    project.save(update_fields=[*changed, "version"])
    if changed.get("private"):
        let_in(project, by.user, "edit_project")
    record(
        by,
        "project:updated",
        project,
        before=before,
        after=changed,
        key=project.key,
        label=project.name,
        project_id=project.pk,
    )
    return project


def _hold(project: Project) -> None:
    """Hold the row, and read what may have changed since it was found."""
    held = Project.objects.within(project.workspace_id).select_for_update(no_key=True)
    project.refresh_from_db(from_queryset=held, fields=[*CLEAN, "version"])


def _met(by: Actor, project: Project, name: str, value: Any, base: int | None) -> Any:
    """The value to save, where the field may have changed since it was read."""
    if base is None or project.version <= base:
        return value
    since, yours = Since.of(by, project, "project:updated", name, base), CLEAN[name](value)
    if not since.rows:
        return yours
    met = together(since, yours=yours, now=getattr(project, name), version=project.version)
    if name in TEXTS and met != yours:
        project.merged_with = since.who
    return met


def _turn(by: Actor, project: Project, event: str, column: str, value: datetime | None) -> Project:
    by.must("project.manage", project)
    if bool(getattr(project, column)) == bool(value):
        return project
    hold_places(by)
    setattr(project, column, value)
    project.version += 1
    project.save(update_fields=[column, "version"])
    weigh_projects(by)
    record(by, event, project, key=project.key, label=project.name, project_id=project.pk)
    return project


@action
def archive_project(by: Actor, project: Project) -> Project:
    """Put a project away, with all its tasks, readable."""
    return _turn(by, project, "project:archived", "archived_at", timezone.now())


@action
def restore_project(by: Actor, project: Project) -> Project:
    """Bring an archived project back."""
    return _turn(by, project, "project:restored", "archived_at", None)


@action
def delete_project(by: Actor, project: Project) -> Project:
    """Delete a project: hidden everywhere, recoverable for 30 days."""
    return _turn(by, project, "project:deleted", "deleted_at", timezone.now())


@action
def recover_project(by: Actor, project: Project) -> Project:
    """Bring a deleted project back, unless its key was given away."""
    if Project.objects.within(by.workspace).filter(key=project.key, deleted_at=None).exclude(pk=project.pk).exists():
        raise Refused(f"Another project has the key {project.key} now.", "key")
    if project.deleted_at:
        must_fit(by, "projects")
    return _turn(by, project, "project:recovered", "deleted_at", None)
