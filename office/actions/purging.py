"""The end of a workspace: some rows a transaction, each counted on its tombstone, until nothing of it is left.

It may die anywhere and be run again. The database itself refuses it for a workspace that lives or can be brought back
(flowboard_purge). Writes as the back-office's role: the application's own removes nobody's record.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.db.models import F, Func, Value
from django.utils import timezone

from accounts.actions import forget_programs
from billing.closing import close_customer
from billing.models import Billing, StripeEvent
from workspaces.actions.staff import HELD
from workspaces.models import AccessToken, ActivityLog, TenantModel, Workspace

from .. import elsewhere
from ..ending import tables
from ..models import Announcement, FailedJob, SlowPage, Tombstone, TurnedAway

AT_ONCE = 2_000  # rows a transaction
PAUSE, LONGEST_PAUSE = (
    3.0,
    2.0,
)  # times as long as a transaction took, and seconds: others have the machine most of the time
TOP = UUID(int=2**128 - 1)


def purge(workspace_id: UUID, *, until: float, at_once: int = AT_ONCE) -> bool:
    """Go on with it until it is done, or until that moment (time.monotonic()); whether it is done.

    Raises OperationalError while somebody else is at it, IntegrityError when a late job has added a row, and Refused while
    Stripe does not answer: run it again.
    """
    workspace = Workspace._base_manager.using("ops").filter(pk=workspace_id).first()
    if workspace is None:
        return True
    stone = _begin(workspace)
    for model in tables():
        if model in BEFORE:
            BEFORE[model](workspace_id)
        if not _empty(model, stone, until, at_once):
            return False
    files = elsewhere.forget_files(workspace_id)
    elsewhere.forget_in_redis(workspace_id)
    _end(workspace, stone, files)
    return True


def _begin(workspace: Workspace) -> Tombstone:
    told = ActivityLog._base_manager.using("ops").filter(workspace=workspace, event="workspace:deleted").order_by("-seq").first()  # fmt: skip
    known = {
        "slug": workspace.slug, "deleted_at": workspace.deleted_at, "deleted_by_id": told and told.actor_id,
        "by_staff": bool(told and told.via == "support"),
    }  # fmt: skip
    with transaction.atomic("ops"):
        _ask("SELECT flowboard_hold_is_over(%s)", workspace.pk)
        return Tombstone.objects.using("ops").get_or_create(tenant=workspace.pk, defaults=known)[0]


def _ask(sql: str, *given: Any) -> Any:
    with connections["ops"].cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchone()


def _empty(model: type[TenantModel], stone: Tombstone, until: float, at_once: int) -> bool:
    """One table, newest rows first; whether there was time for all of it."""
    below: UUID | None = TOP
    while below is not None:
        if time.monotonic() > until:
            return False
        began = time.monotonic()
        gone, below = _some(model, stone, below, at_once)
        if gone:
            time.sleep(min(PAUSE * (time.monotonic() - began), LONGEST_PAUSE))
    return True


def _some(model: type[TenantModel], stone: Tombstone, below: UUID, at_once: int) -> tuple[int, UUID | None]:
    """The next rows; how many, and the key to go on below, None at the end."""
    with transaction.atomic("ops"):
        gone, lowest = _ask("SELECT gone, lowest FROM flowboard_purge(%s, %s, %s, %s)", stone.tenant, model._meta.db_table, below, at_once)  # fmt: skip
        if gone:
            Tombstone.objects.using("ops").filter(pk=stone.pk).update(rows=F("rows") + gone)
    return gone, lowest


def _forget_programs(workspace_id: UUID) -> None:
    """Its own tokens each stand for a program, which has a name."""
    rows = AccessToken._base_manager.using("ops").filter(workspace=workspace_id, kind=AccessToken.Kind.WORKSPACE)
    forget_programs(list(rows.values_list("user", flat=True)))


def _forget_customer(workspace_id: UUID) -> None:
    """At Stripe, and what Stripe has told of them."""
    rows = Billing._base_manager.using("ops").filter(workspace=workspace_id).exclude(customer="")
    customers = list(rows.values_list("customer", flat=True))
    close_customer(workspace_id)
    StripeEvent.objects.using("ops").filter(customer__in=customers).delete()


# what is done before a table that tells of it is emptied
BEFORE: dict[type[TenantModel], Callable[[UUID], None]] = {AccessToken: _forget_programs, Billing: _forget_customer}


def _end(workspace: Workspace, stone: Tombstone, files: int) -> None:
    """What the back-office keeps of it, and its row: from now on its address is free."""
    with transaction.atomic("ops"):
        for model in (FailedJob, TurnedAway):
            model.objects.using("ops").filter(tenant=workspace.pk).delete()
        SlowPage.objects.using("ops").filter(slug=workspace.slug).delete()
        _announce_no_more(workspace.slug)
        _ask("SELECT flowboard_purge_acts(%s)", workspace.pk)
        over = Workspace._base_manager.using("ops").filter(pk=workspace.pk, deleted_at__lte=timezone.now() - HELD)
        over._raw_delete("ops")
        Tombstone.objects.using("ops").filter(pk=stone.pk).update(purged_at=timezone.now(), files=F("files") + files)


def _announce_no_more(slug: str) -> None:
    """What was meant for it alone would be for all without it."""
    rows = Announcement.objects.using("ops").filter(workspaces__contains=[slug])
    rows.filter(workspaces=[slug]).delete()
    rows.update(workspaces=Func(F("workspaces"), Value(slug), function="array_remove"))


def condemn(workspace_id: UUID, deleted_at: datetime) -> bool:
    """A backup has brought it back: deleted as it was, as the owner of the tables alone can say; whether it is there."""
    rows = Workspace._base_manager.using("owner").filter(pk=workspace_id)
    return bool(rows.update(deleted_at=deleted_at, warned_at=timezone.now()))


def mark_warned(workspace: Workspace) -> None:
    """Its owners know when it ends; within the transaction that writes to them."""
    workspace.warned_at = timezone.now()
    workspace.save(update_fields=["warned_at"])
