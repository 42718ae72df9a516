"""The back-office's base: reads tenants' rows through the `ops` role, and changes none of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import BinaryField, GeneratedField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.contrib.filters.forms import AutocompleteDropdownForm

from accounts.backoffice import REASON, LookedAt, ReasonForm, act_page
from accounts.long_lists import NewestFirst
from accounts.staff import note_look, why_looking

from .actions.staff import look_in
from .actions.support import staff_actor
from .models import Workspace

SECRETS = {"token_hash", "password"}
WORKSPACE = "workspace"


class WorkspaceChoice(forms.Form):
    """One workspace, found by its name or address while typing."""

    class Media(AutocompleteDropdownForm.Media):
        pass

    def __init__(self, site: Any, model: type[Model], value: UUID | None) -> None:
        super().__init__({WORKSPACE: value})
        widget = AutocompleteSelect(
            model._meta.get_field(WORKSPACE), site, attrs={"class": "unfold-filter-autocomplete"}, using="ops"
        )
        rows = Workspace._base_manager.using("ops")
        self.fields[WORKSPACE] = forms.ModelChoiceField(rows, label="Workspace", required=False, widget=widget)


class WorkspaceFilter(admin.SimpleListFilter):
    """Of one workspace alone, by the index that each tenant's table has."""

    title = parameter_name = WORKSPACE
    template = "unfold/filters/filters_field.html"
    form_class = WorkspaceChoice

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.model, self.site = model, model_admin.admin_site

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, str]]:
        return ()

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        key = uuid_in(self.value())
        return queryset.filter(workspace_id=key) if key else queryset

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        yield {"form": WorkspaceChoice(self.site, self.model, uuid_in(self.value()))}


def uuid_in(text: str | None) -> UUID | None:
    """The id that a parameter holds."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        blobs = [field.name for field in self.opts.concrete_fields if isinstance(field, BinaryField | GeneratedField)]
        return self.model._base_manager.using("ops").defer(*blobs).order_by("-pk")

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
    """A table of tenants' rows. `asks_why`: whether they are the customer's, and not the staff's own."""

    asks_why = True

    list_select_related = ("workspace",)
    list_filter: Any = (WorkspaceFilter,)
    list_filter_submit = True

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Why is asked once an hour and customer; each row that is opened is noted before it is shown."""
        row = self._looked_at(request, object_id)
        if row is not None and self.asks_why:
            why = why_looking(request.user, row.workspace_id)  # type: ignore[arg-type]
            if why is None:
                return self._ask_why(request, row)
            note_look(request.user, str(self.opts.verbose_name), str(row.pk), tenant=row.workspace_id, reason=why)  # type: ignore[arg-type]
        answer: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return answer

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Its history is the workspace's record: Django's own page would only show what the row is called."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)

    def _looked_at(self, request: HttpRequest, object_id: str) -> Any:
        """The row, for somebody who may see it; a change, which nobody may post, is refused by Django."""
        asked = request.method == "GET" or REASON in request.POST
        return self.get_object(request, object_id) if asked and self.has_view_permission(request) else None

    def _ask_why(self, request: HttpRequest, row: Any) -> HttpResponse:
        kind, workspace = str(self.opts.verbose_name), row.workspace

        def act(given: dict[str, Any]) -> dict[str, str]:
            workspace._state.db = "default"  # read by the back-office's role, written about by the application's
            look_in(staff_actor(workspace, request.user), kind=kind, reason=given[REASON])  # type: ignore[arg-type]
            return {}

        return act_page(
            self, request, ReasonForm(request.POST or None), title="Why do you look?", act=act, back=request.path, button="Look",
            done=f"For an hour you may look at rows of {workspace}.", cancel=reverse("admin:workspaces_workspace_change", args=[workspace.pk]),
            words=f"What you open is a {kind} of {workspace}. Say why: it holds for an hour and all rows of this customer, and its owners read it in their record.",
        )  # fmt: skip

    def keyed(self, rows: QuerySet[Any], page: NewestFirst) -> QuerySet[Any]:
        key = uuid_in(page.params.get(WORKSPACE)) or self._named(page.query)
        return rows.filter(workspace_id=key) if key else rows

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """A workspace's address finds all rows of that workspace; any other word is looked for in the columns."""
        if key := self._named(search_term):
            return queryset.filter(workspace_id=key), False
        return super().get_search_results(request, queryset, search_term)

    def _named(self, words: str) -> UUID | None:
        rows = Workspace._base_manager.using("ops").filter(slug=words.strip())
        return rows.values_list("pk", flat=True).first() if words else None


def show(
    model: type[Model], *, columns: str, search: str, filters: Iterable[Any] = (), joins: str = "",
    cells: Mapping[str, Callable[[Any, Any], Any]] | None = None,
) -> None:  # fmt: skip
    """Register a tenant's table: what its list shows, finds and filters by; `cells` are columns that are reckoned."""
    options: dict[str, Any] = {
        "list_display": (*columns.split(), "workspace"),
        "search_fields": search.split(),
        "list_filter": (WorkspaceFilter, *filters),
        "list_select_related": ("workspace", *joins.split()),
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (TenantAdmin,), options | dict(cells or {})))
