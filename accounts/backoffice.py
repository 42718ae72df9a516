"""The back-office's bases: rows that nobody types, rows that are changed for a reason, and pages on which something is done."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from unfold import widgets
from unfold.admin import ModelAdmin

from .long_lists import LongList
from .staff import LONGEST_REASON, SHORTEST_REASON, note

REASON = "reason"


class LookedAt(LongList):
    """For rows that only the program writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Noted(ModelAdmin):
    """What is added or changed here stands in the list of what the staff did."""

    def reason_of(self, request: HttpRequest, obj: Model) -> str:
        """Why, in the staff's words."""
        raise NotImplementedError

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._note(request, "add", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._note(request, "change", obj, message)
        return super().log_change(request, obj, message)

    def _note(self, request: HttpRequest, verb: str, obj: Model, message: Any) -> None:
        facts = {"what": message} if isinstance(message, str) else {"changed": _fields(message)}
        reason = self.reason_of(request, obj)
        note(request.user, f"{verb} {self.opts.verbose_name}", obj, reason=reason, **facts)  # type: ignore[arg-type]


def _fields(message: list[dict[str, Any]]) -> list[str]:
    """Which fields were changed, out of Django's own message."""
    names = [name for part in message for name in part.get("changed", {}).get("fields", ())]
    return [name for name in names if name.lower() != REASON]


def reason_field() -> forms.CharField:
    """Why: asked for whatever the staff does."""
    return forms.CharField(
        label="Reason",
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="kept with your name; whom it touches may read it",
        error_messages={"required": f"Say why, in at least {SHORTEST_REASON} characters."},
    )


class ReasonedForm(forms.ModelForm):
    """A row, and why it is changed."""

    reason = reason_field()


class Reasoned(Noted, LongList):
    """For rows that the staff types: each save says why. Nothing is deleted here."""

    form = ReasonedForm

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        given = [
            (title, {**options, "fields": [name for name in options["fields"] if name != REASON]})
            for title, options in super().get_fieldsets(request, obj)
        ]
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [*given, (None, {"fields": [REASON]})] if may else given

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        if change and not self.has_change_permission(request, obj):
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change=change, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def reason_of(self, request: HttpRequest, obj: Model) -> str:
        return request.POST.get(REASON, "")


class ReasonForm(forms.Form):
    """What every act of the staff asks for."""

    reason = reason_field()


def act_page(
    page: ModelAdmin, request: HttpRequest, form: forms.Form, *, title: str, words: str, done: str, back: str,
    act: Callable[[dict[str, Any]], dict[str, str]], button: str = "", cancel: str = "",
) -> HttpResponse:  # fmt: skip
    """Says what is going to happen and asks why; POST does it. `act` answers what was wrong, by field."""
    if request.method == "POST" and form.is_valid():
        faults = act(form.cleaned_data)
        if not faults:
            messages.success(request, done)
            return redirect(back)
        for field, fault in faults.items():
            form.add_error(field if field in form.fields else None, fault)
    context = {
        "opts": page.opts,
        "title": title,
        "words": words,
        "form": form,
        "button": button or title,
        "back": cancel or back,
    }
    return render(request, "admin/staff_act.html", page.admin_site.each_context(request) | context)
