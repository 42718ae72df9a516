"""The back-office of billing: plans are edited here; what workspaces pay and what Stripe told is looked at."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db import transaction
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.backoffice import LookedAt, Reasoned, ReasonedForm
from accounts.staff import note
from workspaces.backoffice import one_of, show

from . import limits
from .actions.hearing import reopen_events
from .jobs import fit_soon, take_soon
from .models import Billing, BillingNotice, Invoice, MeterEvent, Plan, RevenueDay, StripeEvent, UsageDay
from .models.plans import MEGABYTE
from .templatetags.billing import money

PRICES = ("month_cents", "year_cents", "currency", "stripe_month", "stripe_year", "stripe_ai", "ai_million_cents")
ROOM = ("seats", "guests", "projects", "storage_mb", "ai_tokens", "history_days", "automation_runs")
RATES = ("per_person", "per_token", "per_workspace")


class Lines(SimpleArrayField):
    """One entry a line: they may hold commas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(forms.CharField(max_length=120), delimiter="\n", required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}), **options)  # fmt: skip

    def to_python(self, value: Any) -> list[str]:
        """Empty lines are none."""
        lines = value.splitlines() if isinstance(value, str) else value
        return super().to_python([line for line in lines or () if line.strip()])  # type: ignore[no-any-return]


class PlanForm(ReasonedForm):
    """Further lines of the pricing page, as they stand there."""

    includes = Lines(help_text="further lines of the pricing page, one a line")


@admin.register(Plan)
class PlanAdmin(Reasoned):
    """What is sold. A change holds in every process within seconds; workspaces on a plan are moved with it."""

    form = PlanForm
    list_display = ("name", "key", "monthly", "yearly", "seats", "projects", "storage", "tokens", "shown")
    search_fields = ("name", "key")
    list_filter = ("shown",)
    fieldsets = (
        (None, {"fields": ("key", "name", "sentence", "order", "shown", "includes")}),
        ("Price", {"fields": PRICES}),
        ("Room; empty means as many as you like", {"fields": ROOM}),
        ("Requests of the API in a minute", {"fields": RATES}),
    )

    @admin.display(description="a seat and month")
    def monthly(self, plan: Plan) -> str:
        return _price(plan.month_cents, plan.currency)

    @admin.display(description="a seat and year")
    def yearly(self, plan: Plan) -> str:
        return _price(plan.year_cents, plan.currency)

    @admin.display(description="storage", empty_value="no limit")
    def storage(self, plan: Plan) -> str | None:
        return plan.storage_mb and filesizeformat(plan.storage_mb * MEGABYTE)

    @admin.display(description="AI tokens a month", empty_value="AI_TOKENS")
    def tokens(self, plan: Plan) -> str | None:
        return None if plan.ai_tokens is None else f"{plan.ai_tokens:,}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("key",) if obj else ()  # workspaces and the setting PLAN name it

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(limits.refresh)
        transaction.on_commit(partial(fit_soon, obj.key), robust=True)


def _price(cents: int | None, currency: str) -> str:
    return "not sold" if cents is None else money(cents, currency)


def in_money(field: str, title: str) -> Callable[[Any, Any], str]:
    """A column of a list: cents as people write them."""

    @admin.display(description=title)
    def shown(_: Any, row: Any) -> str:
        return money(getattr(row, field), row.currency)

    return shown


show(
    Billing,
    columns="plan status a_month seats interval period_end trial_end grace_until cancel_at_period_end began_at ended_at",
    search="customer subscription",
    filters=[
        one_of("status", Billing.Status.values),
        one_of("interval", Billing.Interval.values),
        "began_at",
        "ended_at",
    ],
    cells={"a_month": in_money("month_cents", "a month")},
)
show(
    Invoice,
    columns="number status in_all was_paid is_due issued_at paid_at",
    search="number stripe_id",
    filters=[one_of("status", ["draft", "open", "paid", "void", "uncollectible"]), "paid_at"],
    cells={
        "in_all": in_money("total", "total"),
        "was_paid": in_money("paid", "paid"),
        "is_due": in_money("due", "due"),
    },
)


show(UsageDay, columns="day seats projects storage ai_tokens automation_runs api_calls", search="day", filters=["day"])
show(MeterEvent, columns="month tokens created_at sent_at", search="month", filters=["month"])
show(BillingNotice, columns="kind period created_at mailed_at", search="kind period", filters=["created_at"])


@admin.register(RevenueDay)
class RevenueDayAdmin(LookedAt):
    """What all pay together, day by day."""

    looks_through = None
    list_display = ("day", "currency", "paying", "a_month", "came", "came_with", "left", "left_with", "bills")
    a_month, bills = in_money("month_cents", "a month"), in_money("paid_cents", "bills paid")
    came_with, left_with = in_money("came_cents", "came, a month"), in_money("left_cents", "left, a month")
    search_fields = ("currency",)
    list_filter = ("day", "currency")


@admin.register(StripeEvent)
class StripeEventAdmin(LookedAt):
    """What Stripe told. An event may be done again: it only has us look at Stripe once more."""

    actions = ("do_again",)

    list_display = ("type", "event", "customer", "received_at", "deliveries", "tries", "outcome", "fault")
    search_fields = ("event", "type", "object_id", "customer")
    list_filter = (one_of("outcome", ["", "done", "ignored", "failed"]), "received_at")

    @admin.action(description="Do again", permissions=["replay"])
    def do_again(self, request: HttpRequest, queryset: Any) -> None:
        """As if they had just come."""
        events = list(queryset.values_list("pk", "event"))
        reopen_events(pk for pk, _ in events)
        for _, event in events:
            transaction.on_commit(lambda event=event: take_soon(event), robust=True)  # type: ignore[misc]
        note(request.user, "replay Stripe events", None, reason="Done again", events=[event for _, event in events])  # type: ignore[arg-type]
        self.message_user(request, f"{len(events)} will be done again.")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Finance's and engineers'; it is no permission to type anything."""
        return request.user.has_perm("billing.change_stripeevent")
