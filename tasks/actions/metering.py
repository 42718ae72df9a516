"""Counting the runs of rules against the plan: in the transaction of the run, so that what fails is not counted."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from workspaces.actor import Actor
from workspaces.plans import OverPlan, plan_of, room, this_month

from ..models import AutomationMonth, AutomationRun

KEPT = timedelta(days=90)


def take_run(by: Actor) -> None:
    """One run more this month; raises OverPlan where the plan has no more. Whoever takes one at the same time waits."""
    most, month = room(by.workspace, "automation_runs"), this_month()
    rows = AutomationMonth.objects.within(by.workspace).filter(month=month)
    AutomationMonth.objects.bulk_create([AutomationMonth(workspace=by.workspace, month=month)], ignore_conflicts=True)
    free = rows if most is None else rows.filter(runs__lt=most)
    if not free.update(runs=F("runs") + 1):
        words = (
            f"The {plan_of(by.workspace).name} plan has {most:,} runs of rules a month, and all are used. They begin anew on the "
            "first of the month, in UTC; an owner can move the workspace to a larger plan."
        )
        raise OverPlan(words, by.workspace, limit="automation_runs", most=most, used=most)


def runs_used(workspace_id: UUID) -> int:
    """How many of this month's are used (USAGE in flowboard/panels.py)."""
    rows = AutomationMonth.objects.within(workspace_id).filter(month=this_month())
    return int(rows.values_list("runs", flat=True).first() or 0)


def bury_runs(workspace_id: UUID, *, now: datetime) -> None:
    """What a rule did is told for 90 days; the record tells of it for good."""
    AutomationRun.objects.within(workspace_id).filter(created_at__lt=now - KEPT).delete()
