"""What a workspace asks of how its members sign in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.factors import has_factor, with_factor

from ..actions import require_second_factor
from ..errors import Refused
from ..models import Membership
from ..pages import member_page
from .answers import finished


@member_page("GET", "POST")
def security(request: HttpRequest) -> HttpResponse:
    """Whether a second factor is asked for, and who has none yet; POST with `required` switches it."""
    by = request.by
    by.must_hold("workspace.manage")
    if request.method == "POST":
        if (required := request.POST.get("required")) not in ("0", "1"):
            raise Refused("A second factor is required (1) or not (0).", "required")
        require_second_factor(by, required=required == "1")
        return finished(request, "security", by.workspace.slug)
    members = list(Membership.objects.within(by.workspace).filter(user__is_program=False).select_related("user", "role").order_by("user__name"))  # fmt: skip
    have = with_factor(member.user_id for member in members)
    without = [member for member in members if member.user_id not in have]
    shown = {
        "members": members,
        "without": without,
        "own": has_factor(request.user),
        "required": by.workspace.require_mfa,
    }
    return render(request, "workspaces/security.html", shown)
