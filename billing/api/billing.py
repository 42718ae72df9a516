"""…/billing/: plan, payment and usage for programs. What needs a card leads to a page of Stripe's, as on ours."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.outside import Outside
from workspaces.rest.fields import Flag, Nothing, Strict, Whole
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from .. import doing
from ..actions.subscribing import MOST_CAP, start_trial
from ..models import Billing
from ..reading.desk import desk_of
from ..reading.usage import TITLES
from ..views.doing import site

STATUSES, INTERVALS, LIMITS = Billing.Status.values, Billing.Interval.values, list(TITLES)


class LimitOut(serializers.Serializer[Any]):
    """How much of a limit is used."""

    limit = serializers.ChoiceField(choices=LIMITS)
    used = serializers.IntegerField(help_text="of storage, bytes")
    most = serializers.IntegerField(allow_null=True, help_text="null: as many as you like")


class BillingOut(serializers.Serializer[Any]):
    """Where the workspace stands."""

    plan = serializers.CharField(help_text="the name of the plan that holds")
    status = serializers.ChoiceField(choices=STATUSES)
    interval = serializers.ChoiceField(choices=INTERVALS)
    seats = serializers.IntegerField(help_text="that are paid for")
    period_end = serializers.DateTimeField(allow_null=True)
    trial_end = serializers.DateTimeField(allow_null=True)
    cancel_at_period_end = serializers.BooleanField()
    grace_until = serializers.DateTimeField(allow_null=True, help_text="a payment failed: until when the plan holds")
    overage = serializers.BooleanField(help_text="whether AI goes on beyond the plan, for money")
    overage_cap = serializers.IntegerField(allow_null=True, help_text="tokens a month")
    limits = LimitOut(many=True)


class ChoiceIn(Strict):
    """What is to be bought."""

    plan = serializers.SlugField(max_length=20)
    interval = serializers.ChoiceField(choices=INTERVALS, default="month")


class PageOut(serializers.Serializer[Any]):
    """Where a person has to go on."""

    url = serializers.URLField(help_text="a page of the payment service")


class ChargeOut(serializers.Serializer[Any]):
    """A line of what a change costs."""

    words = serializers.CharField()
    cents = serializers.IntegerField()


class PreviewOut(serializers.Serializer[Any]):
    """What a change costs today."""

    currency = serializers.CharField()
    due = serializers.IntegerField(help_text="cents that are charged")
    credit = serializers.IntegerField(help_text="cents that are credited to the next bill")
    lines = ChargeOut(many=True)


class OverageIn(Strict):
    """Whether AI goes on beyond the plan."""

    on = Flag()
    cap = Whole(min_value=1, max_value=MOST_CAP, required=False, allow_null=True, help_text="tokens a month at most")


class Owners(Endpoint):
    """What only who may pay sees."""

    def outside(self, work: Callable[[], Any]) -> HttpResponse:
        """Ask Stripe when the transaction is over; then say where things stand."""
        self.by.must("billing.manage")
        return Outside(lambda: answer(work()))

    def shown(self) -> dict[str, Any]:
        """All of it, as it is now."""
        from workspaces import tenancy

        with tenancy.workspace(self.by.workspace.pk, atomic=True):
            self.by.workspace.refresh_from_db(fields=["plan"])
            desk = desk_of(self.by)
            row = desk.billing
            names = ("status", "interval", "seats", "period_end", "trial_end", "cancel_at_period_end", "grace_until", "overage", "overage_cap")  # fmt: skip
            limits = [{"limit": one.kind, "used": one.used, "most": one.most} for one in desk.meters]
            return {"plan": desk.plan.name, **{name: getattr(row, name) for name in names}, "limits": limits}


class BillingOf(Owners):
    """Plan and payment."""

    @describes("get_billing", BillingOut, query=Nothing, tag="billing")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Where the workspace stands."""
        self.by.must("billing.manage")
        self.asked(Nothing)
        return answer(self.shown())


class Trial(Owners):
    """The trial."""

    @describes("start_trial", BillingOut, tag="billing")
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Begin it: two weeks of Pro without a card, once."""
        self.by.must("billing.manage")
        self.given(Nothing)
        start_trial(self.by)
        return answer(self.shown())


class Checkout(Owners):
    """Buying."""

    @describes("start_checkout", PageOut, body=ChoiceIn, tag="billing")
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Open the page on which a person pays."""
        self.by.must("billing.manage")
        said, where = self.given(ChoiceIn), site(request._request)
        return self.outside(lambda: {"url": doing.checkout(self.by, doing.offer(self.by, **said), where)})


class Portal(Owners):
    """Cards, addresses, VAT ids, invoices."""

    @describes("open_billing_portal", PageOut, tag="billing")
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Open the page on which a person sees to them."""
        self.by.must("billing.manage")
        self.given(Nothing)
        where = site(request._request)
        return self.outside(lambda: {"url": doing.portal(self.by, where)})


class Change(Owners):
    """Another plan or interval."""

    @describes("preview_billing_change", PreviewOut, query=ChoiceIn, tag="billing")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """What it costs today."""
        from ..reading.preview import shown

        self.by.must("billing.manage")
        said = self.asked(ChoiceIn)
        return self.outside(lambda: shown(doing.preview(self.by, doing.offer(self.by, **said))))

    @describes("change_billing", BillingOut, body=ChoiceIn, tag="billing")
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Move there; what is due is charged at once, and if that fails nothing changes."""
        self.by.must("billing.manage")
        said = self.given(ChoiceIn)
        return self.outside(lambda: doing.change(self.by, doing.offer(self.by, **said)) and self.shown())


class Cancellation(Owners):
    """The end of the subscription, with what is paid."""

    @describes("cancel_billing", BillingOut, tag="billing")
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Let it end with its period."""
        self.by.must("billing.manage")
        self.given(Nothing)
        return self.outside(lambda: doing.cancel(self.by) and self.shown())

    @describes("resume_billing", BillingOut, query=Nothing, tag="billing")
    def delete(self, request: Request, workspace: str) -> HttpResponse:
        """Let it go on after all."""
        self.by.must("billing.manage")
        self.asked(Nothing)
        return self.outside(lambda: doing.resume(self.by) and self.shown())


class Overage(Owners):
    """AI beyond the plan."""

    @describes("set_ai_overage", BillingOut, body=OverageIn, tag="billing")
    def put(self, request: Request, workspace: str) -> HttpResponse:
        """Whether it goes on, and for how many tokens a month at most."""
        self.by.must("billing.manage")
        said = self.given(OverageIn)
        return self.outside(lambda: doing.pay_for_more(self.by, **said) and self.shown())
