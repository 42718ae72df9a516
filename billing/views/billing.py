"""/w/<slug>/billing/: plan, payment and invoices, to who may see them."""

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.door import MemberRequest
from workspaces.pages import member_page

from ..reading.desk import desk_of


@member_page("GET")
def billing(request: MemberRequest) -> HttpResponse:
    """Where the workspace stands."""
    request.by.must("billing.manage")
    return render(request, "billing/billing.html", {"desk": desk_of(request.by)})
