"""The first address: what FlowBoard is, or on to one's workspace."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from .. import tenancy
from ..door import LAST_SEEN
from ..models import Membership


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Signed out: the public page. Signed in: where one was last, or where a workspace is named."""
    if not request.user.is_authenticated:
        return render(request, "start.html")
    if waiting := request.session.pop("invitation", ""):
        return redirect(waiting)
    with tenancy.person(request.user.pk, atomic=True):
        rows = Membership.objects.of(request.user).filter(workspace__deleted_at=None).order_by("-joined_at")
        slugs = list(rows.values_list("workspace__slug", flat=True))
    if not slugs:
        return redirect("workspace_new")
    last = request.COOKIES.get(LAST_SEEN)
    return redirect("home", last if last in slugs else slugs[0])
