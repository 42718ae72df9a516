"""Counting the runs of rules against the plan: in the transaction of the run, so that what fails is not counted."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.plans import OverPlan, plan_of, room

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
        raise OverPlan(
            words, limit="automation_runs", most=most, used=most, plan=plan_of(by.workspace).name,
            upgrade=f"/w/{by.workspace.slug}/billing/",
        )  # fmt: skip


def runs_used(workspace_id: UUID) -> int:
    """How many of this month's are used (USAGE in flowboard/panels.py)."""
    rows = AutomationMonth.objects.within(workspace_id).filter(month=this_month())
    return int(rows.values_list("runs", flat=True).first() or 0)


def bury_runs(workspace_id: UUID, *, now: datetime) -> None:
    """What a rule did is told for 90 days; the record tells of it for good."""
    AutomationRun.objects.within(workspace_id).filter(created_at__lt=now - KEPT).delete()


def this_month() -> date:
    """Its first day, by UTC."""
    return timezone.now().astimezone(UTC).date().replace(day=1)
