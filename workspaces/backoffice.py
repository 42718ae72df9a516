"""The back-office's base: reads tenants' rows through the `ops` role, and changes none of them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import BinaryField, GeneratedField, Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from accounts.backoffice import LookedAt

from .models import Workspace

SECRETS = {"token_hash", "password"}
MOST = 10_000
NEWEST = 50


class CappedPaginator(Paginator):
    """Counts no further than anybody pages: a full count of the record takes seconds."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list[:MOST].count())  # type: ignore[union-attr,call-overload]


class WorkspaceFilter(admin.SimpleListFilter):
    """The newest workspaces; the search takes the address of any."""

    title = "workspace"
    parameter_name = "workspace"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, str]]:
        rows = Workspace._base_manager.using("ops").order_by("-created_at")[:NEWEST]
        return [(str(row.pk), f"{row.name} ({row.slug})") for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(workspace_id=self.value()) if self.value() in dict(self.lookup_choices) else queryset


def one_of(lookup: str, values: Iterable[str], title: str = "") -> type[admin.SimpleListFilter]:
    """A filter by values that are known beforehand: Django's own would ask the table for them."""
    known = [(value, value or "none") for value in values]

    class OneOf(admin.SimpleListFilter):
        parameter_name = lookup

        def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, str]]:
            return known

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{lookup: self.value()}) if self.value() in dict(known) else queryset

    OneOf.title = title or lookup.rpartition("__")[2].replace("_", " ")
    return OneOf


class ReadOnlyAdmin(LookedAt):
    """For rows that only actions write: everything can be looked at, nothing typed. Default managers refuse unscoped reads."""

    paginator = CappedPaginator
    list_per_page = 50
    ordering = ("-pk",)
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        blobs = [field.name for field in self.opts.concrete_fields if isinstance(field, BinaryField | GeneratedField)]
        return self.model._base_manager.using("ops").defer(*blobs).order_by(*self.ordering or ())

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        hidden = BinaryField | GeneratedField
        return [
            field.name
            for field in self.opts.concrete_fields
            if field.name not in SECRETS and not isinstance(field, hidden)
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return self.get_fields(request, obj)


class TenantAdmin(ReadOnlyAdmin):
    """A table of tenants' rows."""

    list_select_related = ("workspace",)
    list_filter: Any = (WorkspaceFilter,)


def show(model: type[Model], *, columns: str, search: str, filters: Iterable[Any] = (), joins: str = "") -> None:
    """Register a tenant's table: what its list shows, finds and filters by."""
    options = {
        "list_display": (*columns.split(), "workspace"),
        "search_fields": (*search.split(), "workspace__slug"),
        "list_filter": (WorkspaceFilter, *filters),
        "list_select_related": ("workspace", *joins.split()),
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (TenantAdmin,), options))
