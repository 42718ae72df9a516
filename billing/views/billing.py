"""/w/<slug>/billing/: plan, payment and invoices, and how much is used; to who may see them."""

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.door import MemberRequest
from workspaces.pages import member_page
from workspaces.plans import plan_of

from ..reading.days import charts
from ..reading.desk import desk_of


@member_page("GET")
def billing(request: MemberRequest) -> HttpResponse:
    """Where the workspace stands."""
    request.by.must("billing.manage")
    return render(request, "billing/billing.html", {"desk": desk_of(request.by)})


@member_page("GET")
def usage(request: MemberRequest) -> HttpResponse:
    """The last thirty days against the limits."""
    request.by.must("billing.manage")
    return render(request, "billing/usage.html", {"charts": charts(request.by), "plan": plan_of(request.by.workspace)})
