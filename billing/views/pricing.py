"""/pricing/: what the plans cost and include; for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..reading import pricing as reading


@require_safe
def pricing(request: HttpRequest) -> HttpResponse:
    """The table, as the back-office has it."""
    return render(request, "billing/pricing.html", reading.pricing())
