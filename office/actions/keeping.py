"""Rows of what failed, was mailed or was slow. Written by a connection of their own, so that they stay when the work they tell of is undone.

What cannot be kept is said in the log: nothing ever fails because of these.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils import timezone

from accounts.ids import uuid7
from accounts.models import User
from accounts.staff import note

from ..models import FailedJob, MailSent, SlowPage, TurnedAway

log = logging.getLogger(__name__)
KEPT = timedelta(days=30)
COUNT = """
INSERT INTO office_turnedaway (id, day, tenant, kind, count) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (day, tenant, kind) DO UPDATE SET count = office_turnedaway.count + excluded.count
"""


def careful(keep: Callable[..., None]) -> Callable[..., None]:
    """What cannot be kept is not worth a fault of its own."""

    @wraps(keep)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            keep(*args, **kwargs)
        except Exception as error:
            log.warning("%s was not kept: %s", keep.__name__, type(error).__name__)

    return run


@careful
def keep_failed_job(name: str, call: str, arguments: dict[str, Any], *, queue: str, tenant: UUID | None, fault: str) -> None:  # fmt: skip
    """Once for each call, however often it is told."""
    row = FailedJob(name=name[:120], call=UUID(call), arguments=arguments, queue=queue[:40], tenant=tenant, fault=fault[:300])  # fmt: skip
    FailedJob.objects.using("ops").bulk_create([row], ignore_conflicts=True)


@careful
def keep_mails(recipients: Iterable[str], kind: str, *, fault: str = "") -> None:
    """A row for each address."""
    state = MailSent.State.FAILED if fault else MailSent.State.SENT
    rows = [MailSent(recipient=one[:254], kind=kind[:40], state=state, fault=fault[:200]) for one in recipients]
    MailSent.objects.using("ops").bulk_create(rows)


@careful
def keep_slow_page(route: str, method: str, status: int, milliseconds: int, slug: str) -> None:
    row = SlowPage(route=route[:200], method=method[:8], status=status, milliseconds=milliseconds, slug=slug[:40])
    row.save(using="ops", force_insert=True)


@careful
def keep_turned_away(counts: dict[tuple[date, UUID | None, str], int]) -> None:
    """Added to the days' counts."""
    rows = [[uuid7(), *key, count] for key, count in counts.items()]
    with connections["ops"].cursor() as cursor:
        cursor.executemany(COUNT, rows)


def mark_retried(job: FailedJob, *, staff: User, reason: str) -> None:
    """It is in the queue once more."""
    job.retried_at, job.retried_by = timezone.now(), staff
    job.save(update_fields=["retried_at", "retried_by"])
    note(staff, "retry a job", job, reason=reason, tenant=job.tenant)


def forget_mails(address: str) -> None:
    """Of somebody whose account was deleted."""
    MailSent.objects.filter(recipient__iexact=address).delete()


def forget_old() -> None:
    """What is older than 30 days."""
    edge = timezone.now() - KEPT
    for model in (FailedJob, MailSent, SlowPage):
        model.objects.using("ops").filter(created_at__lt=edge).delete()
    TurnedAway.objects.using("ops").filter(day__lt=date.today() - KEPT).delete()
