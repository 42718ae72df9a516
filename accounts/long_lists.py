"""Lists of the back-office that stay fast however many rows there are: newest first by key, no count, a bounded look.

A page is a range of the primary key's index, which grows with time. What no index finds (a word, a filter) is looked for
in so many rows at a time; the page says how far it looked, and leads on from there.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from .ids import moment_of

BEFORE = "before"
LOOKED_THROUGH = 20_000
MOST = 200


class Pages:
    """What the foot of the list is drawn from (Django's own would count)."""

    template_name = "admin/long_list_pages.html"
    per_page = 50


class CappedPaginator(Paginator):
    """For autocomplete: counts no further than anybody scrolls."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list[:MOST].count())  # type: ignore[union-attr,call-overload]


class NewestFirst(ChangeList):
    """A page of rows before a key; `older` is where the next one begins, None at the end."""

    looked_until: Any = None
    older: str | None = None

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str] | None = None) -> QuerySet[Any]:
        self.before = self._key(self.params.pop(BEFORE, None))
        self.filter_params.pop(BEFORE, None)
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        rows, floor = self.queryset.order_by("-pk"), self._floor()
        if self.before is not None:
            rows = rows.filter(pk__lt=self.before)
        if floor is not None:
            rows = rows.filter(pk__gte=floor)
        found = list(rows[: self.list_per_page + 1])
        self.result_list = found[: self.list_per_page]
        last = self.result_list[-1].pk if len(found) > self.list_per_page else floor
        self.older = None if last is None else self.get_query_string({BEFORE: str(last)})
        if len(found) <= self.list_per_page and floor is not None:
            self.looked_until = moment_of(floor) if isinstance(floor, UUID) else floor
        self._without_count()

    @property
    def looked_through(self) -> int:
        return self.model_admin.looks_through or 0

    @property
    def newest(self) -> str | None:
        """The first page, from any other."""
        return self.get_query_string() if self.before is not None else None

    def _floor(self) -> Any:
        """The key of the last row that is looked at, None where that is the last of all."""
        most = self.model_admin.looks_through
        if not most or not (self.query or self.has_active_filters):
            return None
        base = self.model_admin.keyed(self.root_queryset, self).select_related(None).order_by("-pk")
        if self.before is not None:
            base = base.filter(pk__lt=self.before)
        return base.values_list("pk", flat=True)[most - 1 : most].first()

    def _key(self, value: str | None) -> Any:
        try:
            return None if value is None else self.lookup_opts.pk.to_python(value)
        except ValidationError as error:
            raise IncorrectLookupParameters(error) from error

    def _without_count(self) -> None:
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions, self.paginator = True, Pages()


class LongList(ModelAdmin):
    """Base of the back-office's lists. `looks_through` None: words and filters are looked for in the whole table."""

    looks_through: int | None = LOOKED_THROUGH
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = Pages.per_page
    list_max_show_all = 0
    ordering: Any = ("-pk",)
    sortable_by = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[NewestFirst]:
        return NewestFirst

    def keyed(self, rows: QuerySet[Any], page: NewestFirst) -> QuerySet[Any]:
        """The rows among those that an index finds at once; the look is bounded within these."""
        return rows
