"""Plays the story: every step is an ordinary action of its person, dated as it happened."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from workspaces.actor import Actor

from .. import actions
from ..models import ChecklistItem, Label, Project, Status, Task
from .story import STORY, Step


class Stage:
    """The project, its people, and what the steps name."""

    def __init__(self, project: Project, people: Mapping[str, Actor]) -> None:
        self.project, self.people, self.now = project, people, timezone.now()

    def play(self) -> None:
        """All steps, from the oldest to a few minutes ago."""
        for step in STORY:
            VERBS[step.verb](self, replace(self.people[step.who], at=self.when(step)), step)

    def when(self, step: Step) -> datetime:
        """The moment of a step."""
        if step.day == 0:
            return self.now - timedelta(minutes=int(step.time))
        hour, minute = map(int, step.time.split(":"))
        return workday(self.now, step.day).replace(hour=hour, minute=minute)

    def card(self, step: Step) -> Task:
        """The card whose title begins like that."""
        rows = Task.objects.filter(project=self.project, title__startswith=step.card, deleted_at=None)
        return rows.select_related("project", "status").get()

    def column(self, name: str) -> Status:
        """A column by its name."""
        return Status.objects.select_related("project").get(project=self.project, name=name)

    def labels(self, names: list[str]) -> list[Label]:
        """Labels by their names."""
        return list(Label.objects.select_related("project").filter(project=self.project, name__in=names))


def workday(now: datetime, back: int) -> datetime:
    """That many working days before."""
    day = now.replace(second=0, microsecond=0)
    while back:
        day -= timedelta(days=1)
        back -= day.weekday() < 5
    return day


def _fields(stage: Stage, by: Actor, value: dict[str, Any]) -> dict[str, Any]:
    """What the story writes in words, as the action takes it."""
    fields = dict(value)
    if "assignees" in fields:
        fields["assignees"] = [stage.people[name].user for name in fields["assignees"]]
    if "labels" in fields:
        fields["labels"] = stage.labels(fields["labels"])
    if "due" in fields:
        fields["due"] = _day(by, fields["due"])
    return fields


def _day(by: Actor, after: int) -> date:
    return (by.at or timezone.now()).date() + timedelta(days=after)


def _add(stage: Stage, by: Actor, step: Step) -> None:
    fields = _fields(stage, by, step.value)
    actions.create_task(by, stage.project, title=step.card, to=stage.column(fields.pop("to")), **fields)


def _set(stage: Stage, by: Actor, step: Step) -> None:
    actions.update_task(by, stage.card(step), **_fields(stage, by, step.value))


def _move(stage: Stage, by: Actor, step: Step) -> None:
    actions.move_task(by, stage.card(step), to=stage.column(step.value))


def _say(stage: Stage, by: Actor, step: Step) -> None:
    actions.create_comment(by, stage.card(step), body=step.value)


def _tick(stage: Stage, by: Actor, step: Step) -> None:
    item = ChecklistItem.objects.select_related("task__project").get(task=stage.card(step), text=step.value)
    actions.update_checklist_item(by, item, done=True)


def _line(stage: Stage, by: Actor, step: Step) -> None:
    actions.add_checklist_item(by, stage.card(step), text=step.value)


def _archive(stage: Stage, by: Actor, step: Step) -> None:
    actions.archive_task(by, stage.card(step))


def _limit(stage: Stage, by: Actor, step: Step) -> None:
    actions.update_status(by, stage.column(step.card), wip_limit=step.value)


def _share(stage: Stage, by: Actor, step: Step) -> None:
    actions.share_project(by, stage.project, person=stage.people[step.value].user, grant="comment_project")


VERBS: dict[str, Callable[[Stage, Actor, Step], None]] = {
    "add": _add, "set": _set, "move": _move, "say": _say, "tick": _tick, "line": _line, "archive": _archive, "limit": _limit,
    "share": _share,
}  # fmt: skip
