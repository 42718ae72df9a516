"""Why a workspace is closed to somebody, how to open it, and back to where they were going."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.factors import has_factor
from accounts.security import ONWARD

from .. import tenancy
from ..models import Membership


@login_required
@require_safe
def second_factor(request: HttpRequest, workspace: str) -> HttpResponse:
    """To its members alone; whoever has a factor by now goes on."""
    with tenancy.person(request.user.pk, atomic=True):
        mine = Membership.objects.of(request.user).filter(workspace__deleted_at=None).select_related("workspace")
        all_mine = [membership.workspace for membership in mine.order_by("workspace__name")]
    here = next((one for one in all_mine if one.slug == workspace), None)
    if here is None:
        raise Http404
    to = _inside(workspace, request.GET.get("next", ""))
    if not here.require_mfa or has_factor(request.user):
        request.session.pop(ONWARD, None)
        return redirect(to)
    request.session[ONWARD] = to
    others = [one for one in all_mine if not one.require_mfa]
    return render(request, "workspaces/second_factor.html", {"asking": here, "others": others})


def _inside(workspace: str, to: str) -> str:
    """Only a page of that workspace is gone on to."""
    home = reverse("home", args=[workspace])
    return to if to.startswith(home) and "\\" not in to and "//" not in to else home
