"""The labels of a project."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.rules import line, set_fields
from workspaces.spine import action, record

from ..models import COLORS, Label, Project
from .fitting import must_manage

MOST = 500


@action
def create_label(by: Actor, project: Project, *, name: str, color: str = "gray") -> Label:
    """Make a label; who may edit tasks may."""
    by.must("task.edit", project)
    if project.labels.filter(deleted_at=None).count() >= MOST:
        raise Refused(f"A project has at most {MOST} labels.", "name")
    label = Label(workspace=by.workspace, project=project, name=line(name, "name", longest=40), color=_color(color))
    _save(label, insert=True)
    facts = {"name": label.name, "color": label.color}
    record(by, "label:created", label, after=facts, key=project.key, label=label.name, project_id=project.pk)
    return label


def _color(color: str) -> str:
    if color not in COLORS:
        raise Refused(f"The colour is one of {', '.join(COLORS)}.", "color")
    return color


def _save(label: Label, *, insert: bool = False) -> None:
    try:
        with transaction.atomic():
            label.save(force_insert=insert)
    except IntegrityError as error:
        raise Refused(f"The project has a label {label.name} already.", "name") from error


@action
def update_label(by: Actor, label: Label, **fields: Any) -> Label:
    """Change name or color."""
    must_manage(by, label.project)
    clean = {"name": lambda value: line(value, "name", longest=40), "color": _color}
    before, changed = set_fields(label, clean, fields)
    if not changed:
        return label
    _save(label)
    project = label.project
    record(
        by,
        "label:updated",
        label,
        before=before,
        after=changed,
        key=project.key,
        label=label.name,
        project_id=project.pk,
    )
    return label


def _turn(by: Actor, label: Label, event: str, value: datetime | None) -> Label:
    must_manage(by, label.project)
    if bool(label.deleted_at) == bool(value):
        return label
    label.deleted_at = value
    _save(label)
    project = label.project
    record(by, event, label, key=project.key, label=label.name, project_id=project.pk)
    return label


@action
def delete_label(by: Actor, label: Label) -> Label:
    """Remove a label from the project and so from all its tasks."""
    return _turn(by, label, "label:deleted", timezone.now())


@action
def recover_label(by: Actor, label: Label) -> Label:
    """Bring a removed label back, on the tasks that had it."""
    return _turn(by, label, "label:recovered", None)
