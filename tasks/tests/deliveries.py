"""Hands of the tests of delivery: time passes, a worker comes by."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from tasks.actions.delivery import plan
from tasks.actions.telling import tell_people
from tasks.models import Delivery
from tasks.notices import sending
from workspaces import tenancy
from workspaces.actor import Actor


def planned(of: Actor, **which: Any) -> list[Delivery]:
    """What waits for somebody, after everything was told and planned."""
    tell_people(of.workspace.pk)
    plan(of.workspace.pk)
    with tenancy.workspace(of.workspace.pk, atomic=True):
        rows = Delivery.objects.within(of.workspace).filter(user=of.user, ended_at=None, **which)
        return list(rows.order_by("pk"))


def ended(of: Actor) -> list[str]:
    """What came of those that are over."""
    with tenancy.workspace(of.workspace.pk, atomic=True):
        rows = Delivery.objects.within(of.workspace).filter(user=of.user, ended_at__isnull=False)
        return list(rows.order_by("ended_at").values_list("outcome", flat=True))


def move(of: Actor, to: datetime | None = None, **which: Any) -> None:
    """What waits is due then, or now."""
    with tenancy.workspace(of.workspace.pk, atomic=True):
        rows = Delivery.objects.within(of.workspace).filter(ended_at=None, **which)
        rows.update(due_at=to or timezone.now())


def go_out(of: Actor) -> None:
    """Time passes for all that waits in the workspace, and a worker comes by."""
    planned(of)
    move(of)
    sending._mail_away_until = 0.0
    sending.deliver(of.workspace.pk)
