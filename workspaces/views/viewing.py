"""Viewing as a role: beginning and ending it."""

from django.http import HttpRequest, HttpResponse

from .. import viewing
from ..actions import start_viewing, stop_viewing
from ..models import Role
from ..pages import member_page, sent
from ..roles import find
from .answers import onward


@member_page("POST")
def view_as(request: HttpRequest) -> HttpResponse:
    """`role` begins, `stop` ends; at this address one is always oneself."""
    by, fields = request.by, sent(request, "role", "stop")
    if "stop" in fields:
        kept = request.session.get(viewing.KEPT, {})
        role = Role.objects.within(by.workspace).filter(pk=kept.get("role")).first()
        if role and by.holds("role.manage"):
            stop_viewing(by, role)
        viewing.end(request)
        return onward(request, "roles", by.workspace.slug)
    by.must_hold("role.manage")
    role = find(by, fields.get("role", ""))
    start_viewing(by, role, until=viewing.ends())
    viewing.begin(request, role)
    return onward(request, "home", by.workspace.slug)
