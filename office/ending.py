"""Which workspaces end for good, when, and what is theirs: found from the models, so that no table can be forgotten."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from workspaces.actions.staff import HELD
from workspaces.models import AccessToken, TenantModel, Workspace

WARNING = timedelta(days=7)  # that owners know of it before
SLACK = timedelta(
    hours=1
)  # by which the clocks of program and database may differ: nothing goes while it can come back


def ends_at(workspace: Workspace) -> datetime | None:
    """When it goes for good, at the earliest; None of one that lives."""
    if workspace.deleted_at is None:
        return None
    told = workspace.warned_at if warned(workspace) else timezone.now()
    return max(workspace.deleted_at + HELD, told + WARNING) if told else workspace.deleted_at + HELD


def back_until(workspace: Workspace) -> datetime | None:
    """Until when it can be brought back; None when that is over, or nothing was deleted."""
    end = workspace.deleted_at and workspace.deleted_at + HELD
    return end if end and end > timezone.now() else None


def warned(workspace: Workspace) -> bool:
    """Whether its owners were told, since it was deleted this time."""
    return bool(workspace.warned_at and workspace.deleted_at and workspace.warned_at >= workspace.deleted_at)


def to_warn() -> list[UUID]:
    """Whose owners are to be told now that it ends in a week."""
    untold = Q(warned_at=None) | Q(warned_at__lt=F("deleted_at"))
    rows = _deleted().filter(untold, deleted_at__lte=timezone.now() - HELD + WARNING)
    return list(rows.values_list("pk", flat=True))


def to_purge() -> list[UUID]:
    """Which can be brought back no more, and whose owners have known for a week."""
    now = timezone.now()
    rows = _deleted().filter(deleted_at__lte=now - HELD - SLACK, warned_at__gte=F("deleted_at"), warned_at__lte=now - WARNING)  # fmt: skip
    return list(rows.values_list("pk", flat=True))


def tables() -> list[type[TenantModel]]:
    """Every tenant's table, each before those that it points at; access tokens, which tell whose the programs are, last."""
    left = {model: _pointed_at(model) for model in apps.get_models() if issubclass(model, TenantModel)}
    left.pop(AccessToken)
    found: list[type[TenantModel]] = []
    while left:
        free = [model for model in left if not any(model in targets for targets in left.values())]
        found += free
        for model in free:
            del left[model]
    return [*found, AccessToken]


def _pointed_at(model: type[TenantModel]) -> set[Any]:
    targets = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
    return targets - {model}


def _deleted() -> QuerySet[Workspace]:
    return Workspace._base_manager.using("ops").exclude(deleted_at=None).order_by("deleted_at")
