"""A queryset of a tenant's model that was not told its workspace refuses to run."""

from typing import Any, Self
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models


class UnscopedQuery(RuntimeError):
    """A query that would read across workspaces: say `within(workspace)` first."""


def _guarded(name: str) -> Any:
    original = getattr(models.QuerySet, name)

    def method(self: "TenantQuerySet", *args: Any, **kwargs: Any) -> Any:
        self._refuse_unscoped()
        return original(self, *args, **kwargs)

    method.__name__ = name
    return method


class TenantQuerySet(models.QuerySet):
    """Runs only when told: `within(workspace)`, a filter on `workspace`, or on a relation to another tenant row."""

    _told = False

    def within(self, workspace: Any) -> Self:
        """The rows of this workspace (a Workspace or its id)."""
        key = workspace if isinstance(workspace, UUID) else workspace.pk
        return self.filter(workspace_id=key)

    def _clone(self) -> Self:
        clone = super()._clone()
        clone._told = self._told
        return clone

    def _filter_or_exclude(self, negate: bool, args: Any, kwargs: dict[str, Any]) -> Self:
        told = self._told or (not negate and any(self._tells(name) for name in kwargs))
        clone = super()._filter_or_exclude(negate, args, kwargs)
        clone._told = told
        return clone

    def _tells(self, lookup: str) -> bool:
        name, _, rest = lookup.partition("__")
        if name in ("workspace", "workspace_id"):
            return True
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        tenant = field.is_relation and issubclass(field.related_model, TenantBase)
        return tenant and rest in ("", "in", "exact")

    def _refuse_unscoped(self) -> None:
        if not self._told and not self.query.is_empty():
            raise UnscopedQuery(f"{self.model.__name__}: this query was not told its workspace")

    _fetch_all = _guarded("_fetch_all")
    _raw_delete = _guarded("_raw_delete")
    _update = _guarded("_update")
    aggregate = _guarded("aggregate")
    aiterator = _guarded("aiterator")
    contains = _guarded("contains")
    count = _guarded("count")
    delete = _guarded("delete")
    exists = _guarded("exists")
    explain = _guarded("explain")
    in_bulk = _guarded("in_bulk")
    iterator = _guarded("iterator")
    raw = _guarded("raw")
    update = _guarded("update")


class TenantBase(models.Model):
    """What scoping recognises a tenant's model by; models/base.py gives it its columns."""

    class Meta:
        abstract = True


TenantManager = models.Manager.from_queryset(TenantQuerySet, "TenantManager")
