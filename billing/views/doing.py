"""What owners do about plan and payment: buy, change, cancel, resume, try, pay for more AI."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.outside import Outside
from workspaces.pages import member_page, on_or_off, sent, whole
from workspaces.views.answers import finished

from .. import doing
from ..actions.subscribing import start_trial
from ..pulling import pull
from ..reading.preview import shown


@member_page("POST")
def trial(request: MemberRequest) -> HttpResponse:
    """POST begins the trial."""
    request.by.must("billing.manage")
    sent(request)
    row = start_trial(request.by)
    return finished(
        request, "billing", request.by.workspace.slug, sentence=f"Pro is yours until {row.trial_end:%-d %B}"
    )


@member_page("POST")
def checkout(request: MemberRequest) -> HttpResponse:
    """POST opens Stripe's page for paying, and leads there."""
    request.by.must("billing.manage")
    fields = sent(request, "plan", "interval")
    plan, interval = fields.get("plan", ""), fields.get("interval", "month")
    return Outside(
        lambda: _away(request, doing.checkout(request.by, doing.offer(request.by, plan, interval), site(request)))
    )


@member_page("POST")
def portal(request: MemberRequest) -> HttpResponse:
    """POST leads to Stripe's page for cards, VAT ids and bills."""
    request.by.must("billing.manage")
    sent(request)
    return Outside(lambda: _away(request, doing.portal(request.by, site(request))))


@member_page("GET")
def returned(request: MemberRequest) -> HttpResponse:
    """Back from Stripe: look there at once, so that nobody waits for its word."""
    request.by.must("billing.manage")
    return Outside(lambda: _looked(request))


@member_page("GET", "POST")
def change(request: MemberRequest) -> HttpResponse:
    """GET says what another plan or interval costs today; POST moves there."""
    request.by.must("billing.manage")
    fields = sent(request, "plan", "interval") if request.method == "POST" else request.GET
    plan, interval = fields.get("plan", "")[:40], fields.get("interval", "month")
    if request.method == "POST":
        return _after(request, lambda: doing.change(request.by, doing.offer(request.by, plan, interval)))
    return Outside(lambda: _previewed(request, plan, interval))


@member_page("POST", "DELETE")
def cancellation(request: MemberRequest) -> HttpResponse:
    """POST ends the subscription with its period; DELETE lets it go on (as does a form with `resume`)."""
    request.by.must("billing.manage")
    fields = sent(request, "resume")
    resumes = request.method == "DELETE" or fields.get("resume") == "1"
    return _after(request, lambda: (doing.resume if resumes else doing.cancel)(request.by))


@member_page("POST")
def overage(request: MemberRequest) -> HttpResponse:
    """POST says whether AI goes on beyond the plan, and how far."""
    request.by.must("billing.manage")
    fields = sent(request, "on", "cap")
    on, cap = on_or_off(fields, "on"), whole(fields, "cap")
    return _after(request, lambda: doing.pay_for_more(request.by, on=on, cap=cap))


def site(request: HttpRequest) -> str:
    """Where people reach us, for the way back from Stripe."""
    return settings.SITE_URL.rstrip("/") or f"{request.scheme}://{request.get_host()}"


def _after(request: MemberRequest, work: Callable[[], Any]) -> HttpResponse:
    def done() -> HttpResponse:
        work()
        return redirect("billing", request.by.workspace.slug)

    return Outside(done)


def _away(request: MemberRequest, address: str) -> HttpResponse:
    """A page that goes on by itself: a form of ours may not be answered from elsewhere (form-action)."""
    return render(request, "billing/onward.html", {"address": address})


def _looked(request: MemberRequest) -> HttpResponse:
    try:
        pull(request.by.workspace.pk, request.by)
    except Refused:
        messages.info(
            request, "The payment service does not answer. What you did there will show here in a few minutes."
        )
    return redirect("billing", request.by.workspace.slug)


def _previewed(request: MemberRequest, plan: str, interval: str) -> HttpResponse:
    offer = doing.offer(request.by, plan, interval)
    return render(request, "billing/change.html", {"offer": offer, **shown(doing.preview(request.by, offer))})
