"""Rules that wait for a day: cards whose due date has come, is near or is over, in the days of the rule's keeper."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.times import zone_of
from workspaces import tenancy

from ..models import OPEN, AutomationRule, AutomationRun, Status, Task
from .running import Cause, asleep, rules_on, run_rule

MADE_UP = timedelta(days=2)  # for how long a day is made up for on which no worker was there


def meet_days(workspace_id: UUID, *, now: datetime) -> None:
    """Let these rules meet their cards, each once for each due date."""
    with tenancy.workspace(workspace_id, atomic=True):
        pairs = [] if asleep(workspace_id) else list(_pairs(workspace_id, now))
    for rule_id, cause in pairs:
        run_rule(workspace_id, rule_id, cause)


def _pairs(workspace_id: UUID, now: datetime) -> Iterator[tuple[UUID, Cause]]:
    for rule in rules_on(workspace_id).filter(when__kind="due").select_related("keeper"):
        first, last = _days(rule, now)
        met = set(_met(rule, first))
        for task_id, due in _coming(rule, first, last):
            if (task_id, once := f"due:{due}") not in met:
                yield rule.pk, Cause(task_id, once=once)


def _days(rule: AutomationRule, now: datetime) -> tuple[date, date]:
    """The due dates whose day is today or was a moment ago, and not before the rule was on."""
    zone = zone_of(rule.keeper.time_zone if rule.keeper else "")
    shift = timedelta(days=rule.when["value"])
    today, begun = now.astimezone(zone).date(), rule.on_since.astimezone(zone).date()
    return max(today - MADE_UP, begun) - shift, today - shift


def _coming(rule: AutomationRule, first: date, last: date) -> Any:
    """Open cards that are due then, and not done."""
    rows = Task.objects.within(rule.workspace_id).filter(OPEN, due__range=(first, last))
    rows = rows.filter(project__archived_at=None, project__deleted_at=None)
    rows = rows.exclude(status__category=Status.Category.DONE)
    if rule.project_id:
        rows = rows.filter(project=rule.project_id)
    return rows.order_by("due", "pk").values_list("pk", "due")


def _met(rule: AutomationRule, first: date) -> Any:
    rows = AutomationRun.objects.within(rule.workspace_id).filter(rule=rule, once__gte=f"due:{first}")
    return rows.values_list("task_id", "once")
