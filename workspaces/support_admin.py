"""The back-office page of support access: asking for it, and acting as a member once an owner has agreed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold import widgets
from unfold.decorators import action

from . import support, tenancy
from .actions.support import (
    HOURS,
    LONGEST_REASON,
    SHORTEST_REASON,
    is_support,
    request_support,
    staff_actor,
    start_support,
)
from .backoffice import TenantAdmin, WorkspaceFilter
from .errors import Refused
from .models import Membership, SupportAccess, Workspace


class RequestForm(forms.Form):
    """Where, as whom, why, and for how long."""

    workspace = forms.SlugField(max_length=40, help_text="its address", widget=widgets.UnfoldAdminTextInputWidget)
    email = forms.EmailField(
        max_length=254, label="Member", help_text="the e-mail address of the member to act as", widget=widgets.UnfoldAdminTextInputWidget
    )  # fmt: skip
    reason = forms.CharField(
        min_length=SHORTEST_REASON, max_length=LONGEST_REASON, widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 3}), help_text="the owners read it and decide by it"
    )  # fmt: skip
    hours = forms.TypedChoiceField(
        coerce=int,
        widget=widgets.UnfoldAdminSelectWidget,
        choices=[(one, f"{one} hour{'s' if one > 1 else ''}") for one in HOURS],
    )


@admin.register(SupportAccess)
class SupportAccessAdmin(TenantAdmin):
    """Every request; the staff sees all of them and acts by their own."""

    asks_why = False

    list_display = ("staff", "person", "workspace", "state", "reason", "requested_at", "expires_at", "ended_at")
    search_fields = ("staff__email", "person__email", "reason")
    list_filter = (WorkspaceFilter, "state", "requested_at")
    list_select_related = ("workspace", "staff", "person")
    actions_list = ("ask",)

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(self.act_as)
        return [path("<uuid:pk>/act/", act, name="workspaces_supportaccess_act"), *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The last column leads on, for the one who asked."""

        @admin.display(description="")
        def act(access: SupportAccess) -> str:
            if not access.running or access.staff_id != request.user.pk:
                return ""
            address = reverse("admin:workspaces_supportaccess_act", args=[access.pk])
            return format_html('<a href="{}">Act as {}</a>', address, access.person)

        return [*self.list_display, act]

    def has_ask_permission(self, request: HttpRequest) -> bool:
        return is_support(request.user)  # type: ignore[arg-type]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_ask_permission(request) or super().has_view_permission(request, obj)

    @action(description="Ask for support access", url_path="ask", permissions=["ask"])
    def ask(self, request: HttpRequest) -> HttpResponse:
        """Where, as whom, why, for how long; the owners are asked."""
        form = RequestForm(request.POST or None, initial={"workspace": request.GET.get("workspace", "")[:40]})
        if request.method == "POST" and form.is_valid() and self._asked(request, form):
            messages.success(request, "The owners have been asked. You will see here when one of them agrees.")
            return redirect("admin:workspaces_supportaccess_changelist")
        return self._page(request, "admin/support_request.html", "Ask for support access", form=form)

    def _asked(self, request: HttpRequest, form: RequestForm) -> bool:
        asked = form.cleaned_data
        workspace = Workspace._base_manager.using("ops").filter(slug=asked["workspace"], deleted_at=None).first()
        if workspace is None:
            form.add_error("workspace", "There is no such workspace.")
            return False
        people = Membership._base_manager.using("ops").filter(workspace_id=workspace.pk).select_related("user")
        member = people.filter(user__email__iexact=asked["email"]).first()
        if member is None:
            form.add_error("email", "There is no such member.")
            return False
        try:
            by = staff_actor(_ours(workspace), request.user)  # type: ignore[arg-type]
            request_support(by, _ours(member.user), reason=asked["reason"], hours=asked["hours"])
        except Refused as no:
            form.add_error(no.field if no.field in form.fields else None, no.words)
        return form.is_valid()

    def act_as(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Says what is going to happen; POST begins it and leads into the workspace."""
        rows = SupportAccess._base_manager.using("ops").select_related("workspace", "person", "staff")
        access = get_object_or_404(rows, pk=pk, staff=request.user)
        if request.method == "POST":
            try:
                with tenancy.workspace(access.workspace_id):
                    start_support(staff_actor(_ours(access.workspace), request.user), access)  # type: ignore[arg-type]
            except Refused as no:
                messages.error(request, no.words)
                return redirect("admin:workspaces_supportaccess_changelist")
            support.begin(request, access, access.workspace.slug)
            return redirect("home", access.workspace.slug)
        return self._page(request, "admin/support_act.html", f"Act as {access.person}", access=access)

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        common = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return render(request, template, common | context)


def _ours(row: Any) -> Any:
    """Read by the back-office's role, written about by the application's."""
    row._state.db = "default"
    return row
