"""The back-office of announcements: what is said, to whom, from when to when."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db import transaction
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.backoffice import Reasoned, ReasonedForm
from workspaces.models import Workspace

from . import announcing
from .models import Announcement


class AnnouncementForm(ReasonedForm):
    """What is wrong is said at its field."""

    link = forms.URLField(assume_scheme="https", required=False, widget=UnfoldAdminTextInputWidget, help_text="where more is said; https")  # fmt: skip

    workspaces = SimpleArrayField(
        forms.SlugField(max_length=40), required=False, widget=UnfoldAdminTextInputWidget, help_text="their addresses, with commas between them; empty: all"
    )  # fmt: skip

    def clean_workspaces(self) -> list[str]:
        asked = list(dict.fromkeys(self.cleaned_data["workspaces"] or ()))
        rows = Workspace._base_manager.using("ops").filter(slug__in=asked)
        there = set(rows.values_list("slug", flat=True))
        if missing := [slug for slug in asked if slug not in there]:
            raise forms.ValidationError(f"There is no workspace {', '.join(missing)}.")
        return asked

    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        if link and not link.startswith("https://"):
            raise forms.ValidationError("A link begins with https://.")
        return link

    def clean(self) -> Any:
        given = super().clean()
        starts, ends = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "It ends before it begins.")
        return given


@admin.register(Announcement)
class AnnouncementAdmin(Reasoned):
    """Seen within half a minute; to take one down, end it."""

    form = AnnouncementForm
    list_display = ("words", "kind", "starts_at", "ends_at", "workspaces")
    search_fields = ("words",)
    list_filter = ("kind", "starts_at")
    fields = ("words", "kind", "link", "starts_at", "ends_at", "workspaces")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(announcing.forget)
