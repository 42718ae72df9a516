"""The back-office's lists of what failed, was mailed, was slow, and who was turned away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from kombu.exceptions import OperationalError

from accounts.admin import StaffActAdmin
from accounts.backoffice import LookedAt, ReasonForm, act_page
from accounts.long_lists import NewestFirst
from accounts.mails import About
from accounts.models import StaffAct
from accounts.staff import is_staff
from workspaces.backoffice import one_of, uuid_in
from workspaces.models import Workspace

from .failing import known, try_again
from .models import FailedJob, MailSent, SlowPage, Tombstone, TurnedAway

MAY_RETRY = "office.change_failedjob"


class OfTenants(LookedAt):
    """Rows that know a workspace by its id."""

    def get_list_display(self, request: HttpRequest) -> Any:
        return [*self.list_display, workspace_of]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The workspaces of a page are read at once."""
        page = super().get_changelist_instance(request)
        there = Workspace._base_manager.using("ops").in_bulk({row.tenant for row in page.result_list if row.tenant})
        for row in page.result_list:
            row.workspace = there.get(row.tenant)
        return page


@admin.display(description="workspace")
def workspace_of(row: Any) -> str:
    """Its name, leading to its page."""
    workspace = getattr(row, "workspace", None)
    if not workspace:
        return "–"
    return format_html('<a href="{}">{}</a>', reverse("admin:workspaces_workspace_change", args=[workspace.pk]), workspace)  # fmt: skip


admin.site.unregister(StaffAct)


@admin.register(StaffAct)
class StaffActOfTenantAdmin(OfTenants, StaffActAdmin):
    """With the name of the workspace, which accounts/ does not know."""

    list_display = ("created_at", "staff", "verb", "subject", "reason")


@admin.register(FailedJob)
class FailedJobAdmin(OfTenants):
    """Jobs that ended in a fault. Their arguments are shown nowhere: some could be secrets."""

    list_display = ("created_at", "name", "fault", "queue", "retried_at")
    search_fields = ("name", "fault")
    list_filter = (("retried_at", admin.EmptyFieldListFilter), "created_at")
    exclude = ("arguments",)
    change_form_outer_before_template = "admin/retry_job.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.retry)
        return [path("<uuid:pk>/retry/", view, name="office_failedjob_retry"), *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> Any:
        return [*super().get_list_display(request), *([retry_link] if is_staff(request.user, MAY_RETRY) else [])]

    def retry(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Into the queue once more: every job may run twice."""
        job = get_object_or_404(FailedJob, pk=pk)
        if not is_staff(request.user, MAY_RETRY):
            raise PermissionDenied

        def act(given: dict[str, Any]) -> dict[str, str]:
            if not known(job):
                return {"": "This version has no such job any more."}
            try:
                try_again(job, staff=request.user, reason=given["reason"])  # type: ignore[arg-type]
            except OperationalError:
                return {"": "The queue is away at the moment. Nothing was tried; please try again in a minute."}
            except TypeError:
                return {"": "In this version the job takes other arguments: it cannot be tried again."}
            return {}

        return act_page(
            self, request, ReasonForm(request.POST or None), title="Try again", act=act, done="It is in the queue.", back=reverse("admin:office_failedjob_changelist"),
            words=f"{job.name} ended on {job.created_at:%-d %b %Y, %H:%M} UTC in {job.fault}. It goes into the queue once more, as it was.",
        )  # fmt: skip


@admin.display(description="")
def retry_link(job: FailedJob) -> str:
    """Leads to the page that asks why."""
    return format_html('<a href="{}">Try again</a>', reverse("admin:office_failedjob_retry", args=[job.pk]))


@admin.register(MailSent)
class MailSentAdmin(LookedAt):
    """To whom, of which kind, and whether the mail server took it."""

    list_display = ("created_at", "recipient", "kind", "state", "fault")
    search_fields = ("recipient", "kind")
    list_filter = ("state", one_of("kind", [*About], "what it is about"), "created_at")

    def keyed(self, rows: QuerySet[Any], page: NewestFirst) -> QuerySet[Any]:
        return rows.filter(recipient=page.query.lower()) if "@" in page.query else rows

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """A whole address by its index; any other word in the columns."""
        if "@" in search_term:
            return queryset.filter(recipient=search_term.strip().lower()), False
        return super().get_search_results(request, queryset, search_term)


@admin.register(SlowPage)
class SlowPageAdmin(LookedAt):
    """Answers that took longer than SLOW_PAGE_MS."""

    list_display = ("created_at", "milliseconds", "method", "route", "status", "slug")
    search_fields = ("route", "slug")
    list_filter = ("method", "created_at")


@admin.register(TurnedAway)
class TurnedAwayAdmin(OfTenants):
    """How many requests a limit refused, by day."""

    list_display = ("day", "kind", "count")
    search_fields = ("kind",)
    list_filter = ("kind", "day")

    def keyed(self, rows: QuerySet[Any], page: NewestFirst) -> QuerySet[Any]:
        key = uuid_in(page.params.get("tenant"))
        return rows.filter(tenant=key) if key else rows


@admin.register(Tombstone)
class TombstoneAdmin(LookedAt):
    """Workspaces of which nothing else is left."""

    list_display = ("slug", "deleted_at", "by", "removed", "gone")
    list_select_related = ("deleted_by",)
    search_fields = ("slug", "tenant")
    list_filter = ("by_staff", "deleted_at", ("purged_at", admin.EmptyFieldListFilter))
    looks_through = None

    @admin.display(description="deleted by")
    def by(self, stone: Tombstone) -> str:
        return f"{stone.deleted_by or 'nobody known'}{' of the staff' if stone.by_staff else ''}"

    @admin.display(description="what there was")
    def removed(self, stone: Tombstone) -> str:
        return f"{stone.rows:,} rows, {stone.files:,} files"

    @admin.display(description="gone since", empty_value="under way")
    def gone(self, stone: Tombstone) -> datetime | None:
        return stone.purged_at
