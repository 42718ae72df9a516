"""Deleting one's own account: what goes, what stays, and the workspaces that stand in the way."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ..actions import erase_person
from ..actions.people import last_owner_of
from ..errors import Refused
from ..forms import EraseForm
from .answers import blame


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
def account(request: HttpRequest) -> HttpResponse:
    """POST deletes, from whoever has shown once more that it is them."""
    if request.method != "POST":
        return _page(request, EraseForm())
    form = EraseForm(request.POST)
    if form.is_valid():
        try:
            erase_person(request.user, **form.cleaned_data)
        except Refused as no:
            blame(form, no)
        else:
            return _gone(request)
    return _page(request, form, status=422)


def _gone(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    messages.success(request, "Your account is deleted. A mail confirms it.")
    return redirect("start")


def _page(request: HttpRequest, form: EraseForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "last_owner_of": last_owner_of(request.user)}
    return render(request, "accounts/delete.html", context, status=status)
