"""Background work of the whole: what beat starts."""

from datetime import timedelta
from random import shuffle
from typing import Any
from uuid import UUID

from celery import shared_task
from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import guesses
from ai.jobs import sweep_ai, tidy_ai
from billing.jobs import due_workspaces, note_revenue, note_use, sweep_billing, sweep_events
from office.actions import keeping
from tasks.actions.delivery import UNPLANNED
from tasks.actions.reminding import AROUND
from tasks.imports.run import left_behind
from tasks.jobs import (
    deliver_workspace,
    meet_days,
    remind_workspace,
    run_import,
    run_rules,
    sweep_inboxes,
    tidy_files,
    tidy_inboxes,
)
from tasks.models import OPEN, AutomationRule, Delivery, Notification, ReminderClock, Task
from workspaces import tenancy
from workspaces.jobs import send_invitation, sweep_erasures, sweep_sign_ins, tidy_drafts
from workspaces.models import IdempotencyKey, Invitation, Workspace
from workspaces.support_jobs import send_support_request, sweep_support  # noqa: F401  (the first is found here)

from .views import WORKER_SEEN

LAST = 9  # of the queue's priorities: 0 is first, and what is said of none


@shared_task
def heartbeat() -> None:
    """Tells /readyz that a worker lives."""
    cache.set(WORKER_SEEN, timezone.now().isoformat(), 60)


@shared_task
def sweep() -> None:
    """Picks up, workspace by workspace, what a dead process or an absent Redis left behind."""
    sweep_sign_ins.delay()
    sweep_events.delay()
    for workspace in due_workspaces():
        sweep_billing.delay(workspace)
    sweep_erasures.delay()
    round_of(sweep_workspace, seconds=60)


@shared_task
def deliver() -> None:
    """Mails and pushes that are due, and what was told and is not planned yet: workspace by workspace."""
    now, rows = timezone.now(), {"workspace_id": OuterRef("pk")}
    due = Delivery.objects.using("ops").filter(**rows, ended_at=None, due_at__lte=now)
    untold = Notification.objects.using("ops").filter(UNPLANNED, **rows)
    waiting = Workspace.objects.using("ops").filter(Exists(due) | Exists(untold), deleted_at=None)
    for pk in waiting.values_list("pk", flat=True):
        deliver_workspace.delay(str(pk))


@shared_task
def remind() -> None:
    """Reminders of due dates, where anything is due around now, or was."""
    today, rows = timezone.now().date(), {"workspace_id": OuterRef("pk")}
    due = Task.objects.using("ops").filter(OPEN, **rows, due__range=(today - AROUND, today + AROUND))
    clocks = ReminderClock.objects.using("ops").filter(**rows)
    waiting = Workspace.objects.using("ops").filter(Exists(due) | Exists(clocks), deleted_at=None)
    for pk in waiting.values_list("pk", flat=True):
        remind_workspace.delay(str(pk))


@shared_task
def come_due() -> None:
    """Each hour: rules that wait for a day, where there are any."""
    rules = AutomationRule.objects.using("ops").filter(workspace_id=OuterRef("pk"), on=True, when__kind="due")
    waiting = Workspace.objects.using("ops").filter(Exists(rules), deleted_at=None)
    for pk in waiting.values_list("pk", flat=True):
        meet_days.apply_async([str(pk)], priority=LAST, expires=3600)


@shared_task
def tidy() -> None:
    """Each hour: files and drafts that nobody needs any more, and tries of passwords that count no more."""
    guesses.forget_old()
    keeping.forget_old()
    note_revenue.delay()
    round_of(tidy_files, tidy_inboxes, tidy_drafts, tidy_ai, note_use, seconds=3600)


def round_of(*jobs: Any, seconds: int) -> None:
    """These jobs for each workspace, behind all that people wait for. What the next round finds undone is dropped, and each
    round goes another way about: with more workspaces than the workers manage in that time, rounds neither pile up nor leave out the same ones.
    """
    keys = list(Workspace.objects.using("ops").filter(deleted_at=None).values_list("pk", flat=True))
    shuffle(keys)
    for pk in keys:
        for job in jobs:
            job.apply_async((str(pk),), priority=LAST, expires=seconds)


@shared_task
def sweep_workspace(workspace_id: str) -> None:
    """Unsent invitations go out; support access ends with its time; unfinished imports and runs are taken up again; answers kept for Idempotency-Keys end after 24 hours."""
    with tenancy.workspace(workspace_id, atomic=True):
        late = timezone.now() - timedelta(minutes=1)
        unsent = Invitation.objects.filter(workspace_id=workspace_id, sent_at=None, revoked_at=None, accepted_at=None)
        waiting = list(unsent.filter(created_at__lt=late, expires_at__gt=timezone.now()).values_list("pk", flat=True))
        imports = left_behind(UUID(workspace_id), late)
        IdempotencyKey.objects.filter(
            workspace_id=workspace_id, created_at__lt=timezone.now() - timedelta(hours=24)
        ).delete()
    sweep_support(workspace_id)
    sweep_inboxes(workspace_id)
    sweep_ai(workspace_id)
    run_rules(workspace_id)
    for pk in waiting:
        send_invitation.delay(workspace_id, str(pk))
    for pk in imports:
        run_import.delay(workspace_id, str(pk))
