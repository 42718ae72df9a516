"""What a rule would do with a card, done and taken back; and how often it would have run lately."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.events import says
from workspaces.feed import task_of
from workspaces.models import ActivityLog
from workspaces.spine import rehearsing

from ..models import OPEN, Assignment, AutomationRule, Project, Task, TaskLabel
from .conditions import Seen, hold
from .content import content_of
from .steps import Doing, run_steps
from .triggers import TRIGGERS, Categories, meets

DAYS = 30
HANGING = {"assignments": Assignment, "task_labels": TaskLabel}
MOST = 2000  # rows of the record that are looked at
NEEDED = ("workspace_id", "event", "via", "subject_type", "subject_id", "before", "after", "actor_id", "change__kind")


@dataclass(frozen=True)
class Tried:
    """`fits`: whether its conditions hold now. `would`: what it would do, in sentences. `why`: why it could not."""

    fits: bool
    would: list[str]
    why: str = ""


def tried(by: Actor, rule: AutomationRule, task: Task) -> Tried:
    """With the eyes and rights of whoever tries; nothing is kept of it."""
    if faults := content_of(by, rule).faults:
        return Tried(False, [], faults[0])
    fits = hold(rule.conditions, Seen(task, by.user.pk))
    try:
        with rehearsing(by.through("automation", on_behalf_of=by.user, depth=1)) as rows:
            run_steps(Doing(by, task, rule.name, by.user), rule.steps)
    except Refused as no:
        return Tried(fits, [], no.words)
    return Tried(fits, [_capital(says(row)) for row in rows])


def times(by: Actor, rule: AutomationRule) -> tuple[int, bool]:
    """How often it would have run in the last days, of cards as they are now; whether the record was read so far back."""
    if content_of(by, rule).faults:
        return 0, True
    causes, whole = _due(by, rule) if rule.when["kind"] == "due" else _rows(by, rule)
    found = {task.pk: task for task in _tasks(by, rule, {pk for pk, _ in causes})}
    return sum(pk in found and hold(rule.conditions, Seen(found[pk], actor)) for pk, actor in causes), whole


def _rows(by: Actor, rule: AutomationRule) -> tuple[list[tuple[UUID, Any]], bool]:
    since = timezone.now() - timedelta(days=DAYS)
    rows = ActivityLog.objects.within(by.workspace).filter(
        event__in=TRIGGERS[rule.when["kind"]].events, created_at__gte=since, depth=0, **_in_project(rule, "project_id")
    )
    found = list(rows.select_related("change").only(*NEEDED).order_by("-seq")[: MOST + 1])
    categories = Categories(by.workspace.pk, found)
    met = [(UUID(task_of(row)), row.actor_id) for row in found[:MOST] if meets(rule.when, row, categories)]
    return met, len(found) <= MOST


def _due(by: Actor, rule: AutomationRule) -> tuple[list[tuple[UUID, Any]], bool]:
    last = timezone.localdate() - timedelta(days=rule.when["value"])
    rows = Task.objects.visible_to(by).filter(OPEN, due__range=(last - timedelta(days=DAYS), last), completed_at=None)
    return [(pk, None) for pk in rows.filter(**_in_project(rule, "project")).values_list("pk", flat=True)[:MOST]], True


def _tasks(by: Actor, rule: AutomationRule, ids: set[UUID]) -> Iterator[Task]:
    rows = Task.objects.visible_to(by).filter(pk__any=[*ids]).select_related("project", "status")
    hanging = [Prefetch(name, model.objects.within(by.workspace)) for name, model in HANGING.items()]
    for task in rows.prefetch_related(*hanging) if ids else ():
        if by.may("task.edit", task):
            yield task


def _in_project(rule: AutomationRule, name: str) -> dict[str, Any]:
    return {name: rule.project_id} if rule.project_id else {}


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def draft_of(by: Actor, project: Project | None, clean: dict[str, Any]) -> AutomationRule:
    """A rule that is not kept yet."""
    return AutomationRule(workspace=by.workspace, keeper=by.user, project=project, **clean)
