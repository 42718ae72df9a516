"""The back-office of the AI's wordings: drafted from one another, activated, rolled back, and compared on saved cases."""

import time
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.http import urlencode
from kombu.exceptions import OperationalError

from accounts.backoffice import LookedAt, Noted
from workspaces.errors import Refused

from . import models
from .actions.prompts import activate_version, draft_version, edit_draft, fit_schema
from .jobs import try_versions
from .reading.comparing import comparison

State = models.PromptVersion.State
AGAIN = 2  # seconds until a page that shows trials under way is loaded anew


@admin.register(models.Prompt)
class PromptAdmin(LookedAt):
    """What the AI is asked for; the code knows which there are."""

    list_display = ("purpose", "description", "active")
    search_fields = ("purpose", "description")
    list_filter = ("versions__state",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Prompt]:
        return super().get_queryset(request).prefetch_related("versions")

    @admin.display(description="active version")
    def active(self, prompt: models.Prompt) -> str:
        return next((str(one.number) for one in prompt.versions.all() if one.state == State.ACTIVE), "none")


class DraftForm(forms.ModelForm):
    """What is wrong is said at its field."""

    def clean_schema(self) -> Any:
        try:
            return fit_schema(self.cleaned_data["schema"])
        except Refused as no:
            raise forms.ValidationError(no.words) from no


@admin.register(models.PromptVersion)
class PromptVersionAdmin(Noted):
    """A draft is changed; what is or was active is copied into a draft, activated again, or compared."""

    form = DraftForm
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_display = ("__str__", "state", "note", "max_output", "created_by", "created_at")
    search_fields = ("prompt__purpose", "note")
    list_filter = ("state", "prompt")
    list_select_related = ("prompt", "created_by")
    fields = (
        "prompt", "number", "state", "note", "system", "template", "schema", "max_output", "created_by", "created_at",
    )  # fmt: skip
    readonly_fields = ("prompt", "number", "state", "created_by", "created_at")
    change_form_outer_before_template = "admin/ai_version_buttons.html"

    def get_urls(self) -> list[URLPattern]:
        views = {"draft": self.draft, "activate": self.activate, "compare": self.compare}
        ours = [
            path(f"<uuid:pk>/{name}/", self.admin_site.admin_view(view), name=f"ai_promptversion_{name}")
            for name, view in views.items()
        ]
        return [*ours, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A version begins as a copy of another."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of a version: whether it is a draft. Without one: whether somebody may draft, activate and compare."""
        return (obj is None or obj.state == State.DRAFT) and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and obj.state == State.DRAFT and bool(super().has_delete_permission(request, obj))

    def reason_of(self, request: HttpRequest, obj: Any) -> str:
        """What its note says of it."""
        return str(obj.note)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        try:
            edit_draft(obj)
        except Refused as no:
            messages.error(request, no.words)

    def draft(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """A new draft that begins as this version."""
        version = self._posted(request, pk)
        if isinstance(version, HttpResponse):
            return version
        made = draft_version(version, staff=request.user)  # type: ignore[arg-type]
        self.log_addition(request, made, f"Drafted from {version.number}")
        return redirect("admin:ai_promptversion_change", made.pk)

    def activate(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """From the next question on; also the way back to an older one."""
        version = self._posted(request, pk)
        if isinstance(version, HttpResponse):
            return version
        self.log_change(request, activate_version(version), "Activated")
        messages.success(request, f"From now on the AI is asked with {version}.")
        return redirect("admin:ai_promptversion_change", version.pk)

    def compare(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Side by side with another version on the saved cases; POST runs both on all of them, by a worker."""
        if not self.has_change_permission(request):
            return redirect("admin:ai_promptversion_changelist")
        version = get_object_or_404(models.PromptVersion.objects.select_related("prompt"), pk=pk)
        found = comparison(version, request.GET.get("with", ""), since=request.GET.get("since", ""))
        if request.method == "POST":
            return self._run(request, [str(one.pk) for one in found.versions])
        context = {**self.admin_site.each_context(request), "title": f"Compare {version}", "found": found, "opts": self.opts}  # fmt: skip
        answer = render(request, "admin/ai_compare.html", context)
        if found.running:
            answer["Refresh"] = str(AGAIN)
        return answer

    def _run(self, request: HttpRequest, ids: list[str]) -> HttpResponse:
        since = int(time.time())
        try:
            try_versions.delay(ids, since)
        except OperationalError:
            messages.error(request, "The queue is away at the moment. Try again in a minute.")
            return redirect(request.get_full_path())
        return redirect(f"{request.path}?{urlencode({'with': ids[0], 'since': since})}")

    def _posted(self, request: HttpRequest, pk: Any) -> Any:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            return redirect("admin:ai_promptversion_changelist")
        return get_object_or_404(models.PromptVersion.objects.select_related("prompt"), pk=pk)
