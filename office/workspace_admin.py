"""The list of workspaces, and the page of each: where it stands, and what the staff can do there."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from accounts.backoffice import ReasonForm, act_page
from accounts.staff import is_staff
from workspaces import tenancy
from workspaces.actions.staff import note_record_taken
from workspaces.actions.support import is_support, staff_actor
from workspaces.actor import Actor
from workspaces.backoffice import ReadOnlyAdmin, one_of, uuid_in
from workspaces.errors import Refused
from workspaces.exporting import send_whole
from workspaces.models import Workspace
from workspaces.plans import PLANS

from . import ending, standing
from .verbs import VERBS, Verb

APP = "workspaces."


@admin.register(Workspace)
class WorkspaceAdmin(ReadOnlyAdmin):
    """Tenants."""

    looks_through = None
    list_display = ("name", "address", "plan", "created_at", "suspended_at", "deleted_at")
    search_fields = ("name", "slug")
    list_filter = (
        one_of("plan", ["", *PLANS]), "created_at", ("suspended_at", admin.EmptyFieldListFilter), ("deleted_at", admin.EmptyFieldListFilter),
    )  # fmt: skip

    @admin.display(description="address")
    def address(self, workspace: Workspace) -> str:
        return workspace.slug

    def get_urls(self) -> list[URLPattern]:
        view, record = self.admin_site.admin_view(self.act), self.admin_site.admin_view(self.take_record)
        return [
            path("<uuid:pk>/record/", record, name="workspaces_workspace_record"),
            path("<uuid:pk>/do/<slug:word>/", view, name="workspaces_workspace_act"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Nothing is typed on it: what can be done stands as buttons."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        workspace = self._found(uuid_in(object_id))
        offered = [verb for verb in VERBS if verb.fits(workspace) and is_staff(request.user, APP + verb.permission)]
        eyes = partial(standing.for_eyes, request.user)
        context = {
            "title": workspace.name, "original": workspace, "workspace": workspace, "opts": self.opts, "verbs": offered, "uses": standing.uses(workspace),
            "people": standing.people(workspace), "life": eyes(standing.life(workspace)), "health": eyes(standing.health(workspace)),
            "money": eyes(standing.money(workspace)), "acts": standing.acts(workspace), "admitted": standing.admitted(workspace, request.user),  # type: ignore[arg-type]
            "back": ending.back_until(workspace), "ends": ending.ends_at(workspace), "warned": ending.warned(workspace), "may_ask": is_support(request.user), "may_take_record": is_staff(request.user, f"{APP}take_record_workspace"),  # type: ignore[arg-type]
        }  # fmt: skip
        return render(request, "admin/workspace.html", self.admin_site.each_context(request) | context)

    def act(self, request: HttpRequest, pk: UUID, word: str) -> HttpResponse:
        """A verb of the list, with its reason."""
        workspace = self._found(pk)
        verb = next((one for one in VERBS if one.word == word and one.fits(workspace)), None)
        if verb is None:
            raise Http404
        by = self._actor(request, workspace, verb.permission)

        def act(given: dict[str, Any]) -> dict[str, str]:
            return done_by(verb, by, given)

        return act_page(
            self, request, verb.form(request.POST or None), title=verb.title, words=f"{workspace}: {verb.words}", done=verb.done,
            back=reverse("admin:workspaces_workspace_change", args=[pk]), act=act,
        )  # fmt: skip

    def take_record(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """The whole record as a file for the owners; that it was taken stands in it."""
        workspace = self._found(pk)
        by, form = self._actor(request, workspace, "take_record_workspace"), ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with tenancy.workspace(workspace.pk):
                note_record_taken(by, reason=form.cleaned_data["reason"])
            return send_whole(by)
        return act_page(
            self, request, form, title="Take out the record", done="", back=reverse("admin:workspaces_workspace_change", args=[pk]), act=lambda given: {},
            words=f"{workspace}: every row of its record as JSON Lines, for its owners who asked for it. They are written to; bin/verify_export checks the file.",
        )  # fmt: skip

    def _actor(self, request: HttpRequest, workspace: Workspace, permission: str) -> Actor:
        if not is_staff(request.user, APP + permission):
            raise PermissionDenied
        workspace._state.db = "default"  # read by the back-office's role, written about by the application's
        return staff_actor(workspace, request.user)  # type: ignore[arg-type]

    def _found(self, pk: UUID | None) -> Workspace:
        workspace = standing.find(pk) if pk else None
        if workspace is None:
            raise Http404
        return workspace


def done_by(verb: Verb, by: Actor, given: dict[str, Any]) -> dict[str, str]:
    """What was wrong, by field; empty when it is done."""
    try:
        verb.run(by, given)
    except Refused as no:
        return {no.field: no.words}
    return {}
