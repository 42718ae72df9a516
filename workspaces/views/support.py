"""Support access: an owner answers and ends it; the staff who acts stops."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from .. import support as acting
from ..actions import decline_support, end_support, grant_support
from ..actor import Actor
from ..errors import Refused
from ..models import SupportAccess
from ..pages import member_page, sent
from .answers import finished, onward

SHOWN = 50
ANSWERS = {"grant": grant_support, "decline": decline_support, "end": end_support}


@member_page("GET")
def support(request: HttpRequest) -> HttpResponse:
    """Who asks, who is in, and who was."""
    request.by.must("support.grant")
    found = list(_accesses(request.by).order_by("-requested_at")[:SHOWN])
    context = {
        "asking": [one for one in found if one.awaits], "running": [one for one in found if one.running],
        "past": [one for one in found if not (one.awaits or one.running)],
    }  # fmt: skip
    return render(request, "workspaces/support.html", context)


@member_page("POST")
def answer(request: HttpRequest, access: UUID) -> HttpResponse:
    """`answer` is grant, decline or end."""
    said = sent(request, "answer").get("answer", "")
    if said not in ANSWERS:
        raise Refused("The answer is grant, decline or end.", "answer")
    request.by.must("support.grant")
    ANSWERS[said](request.by, get_object_or_404(_accesses(request.by), pk=access))
    return finished(request, "support", request.by.workspace.slug)


@member_page("POST")
def stop(request: HttpRequest) -> HttpResponse:
    """The staff stops acting as the member, which ends the access."""
    if request.by.staff is not None:
        end_support(request.by, request.support_access)
        acting.end(request)
    return onward(request, reverse("admin:workspaces_supportaccess_changelist"))


def _accesses(by: Actor) -> Any:
    return SupportAccess.objects.within(by.workspace).select_related("staff", "person", "answered_by")
