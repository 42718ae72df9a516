"""What the staff sees each morning: a card each for what began, lives, pays, costs and fails; each number leads to its rows.

Read across all workspaces by the ops role, at most every five minutes (REFRESH), since some of it walks a week of the record.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.ids import key_at
from ai.models import AIUsage
from billing.models import Billing, StripeEvent
from billing.templatetags.billing import money as written
from tasks.models import AutomationRule, AutomationRun
from workspaces.models import ActivityLog, Workspace

from . import charts, revenue
from .models import FailedJob, MailSent, SlowPage, TurnedAway

REFRESH = 300  # seconds
LOOKED_AT = 12 * 3600  # seconds for which it is read again after somebody looked
KEPT, ASKED = "office:dashboard", "office:dashboard:asked"
DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
TOP = 8


@dataclass(frozen=True)
class Card:
    """`number` leads to `address`; `rows` are cells, the first perhaps a link; `empty` says what is missing."""

    title: str
    number: str
    note: str
    address: str
    permission: str
    chart: charts.Chart | None = None
    heads: tuple[str, ...] = ()
    rows: list[tuple[tuple[str, str], ...]] = field(default_factory=list)
    bad: bool = False


def panels(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """For django-unfold: the cards that this person may see."""
    cache.set(ASKED, True, LOOKED_AT)
    found: list[Card] = cache.get(KEPT) or read_all()
    return context | {
        "cards": [card for card in found if request.user.has_perm(card.permission)],
        "minutes": REFRESH // 60,
    }  # type: ignore[union-attr]


def read_all() -> list[Card]:
    """Now, and kept until a worker has read them again."""
    found = [read() for read in CARDS]
    cache.set(KEPT, found, 2 * REFRESH)
    return found


def keep_fresh() -> None:
    """While the staff works nobody waits for it: read again for who has looked in the last hours."""
    if cache.get(ASKED):
        read_all()


def new_workspaces() -> Card:
    """Those of 30 days."""
    now = timezone.now()
    rows = _ops(Workspace).filter(pk__gte=key_at(now - MONTH))
    days = _days(rows)
    chart = charts.by_day(days, days=30, today=now.date(), what="New workspaces")
    address = listed("workspaces_workspace", created_at__gte=_stamp(now - MONTH))
    return Card("New workspaces", f"{sum(days.values()):,}", "in 30 days", address, "workspaces.view_workspace", chart)


def active_people() -> Card:
    """Who changed anything, by day."""
    now = timezone.now()
    rows = _ops(ActivityLog).exclude(via__in=("support", "system")).exclude(actor=None)
    week = rows.filter(pk__gte=key_at(now - WEEK))
    total = week.aggregate(week=Count("actor", distinct=True))["week"]
    today = rows.filter(pk__gte=key_at(now - DAY)).aggregate(day=Count("actor", distinct=True))["day"]
    found = week.annotate(day=TruncDate("created_at")).order_by().values_list("day").annotate(count=Count("actor", distinct=True))  # fmt: skip
    chart = charts.by_day(dict(found), days=7, today=now.date(), what="People who changed something")
    address = listed("workspaces_membership")
    return Card("Active people", f"{total:,}", f"in 7 days; {today:,} in 24 hours", address, "workspaces.view_membership", chart)  # fmt: skip


def trials() -> Card:
    """What ends within a week."""
    now = timezone.now()
    rows = _ops(Billing).filter(status=Billing.Status.TRIALING, trial_end__range=(now, now + WEEK))
    shown = [
        ((row.workspace.name, page_of(row.workspace_id)), (f"{row.trial_end:%-d %b}", ""))
        for row in rows.select_related("workspace").order_by("trial_end")[:TOP]
    ]
    address = listed("billing_billing", status="trialing")
    return Card("Trials ending", f"{rows.count():,}", "within 7 days", address, "billing.view_billing", heads=("Workspace", "Ends"), rows=shown)  # fmt: skip


def money() -> Card:
    """What comes in each month, and who came and left."""
    paid = listed("billing_billing", status="active")
    found = revenue.read()
    if not any(one.paying or one.left for one in found):
        return Card("Revenue", "none yet", "No workspace has a subscription.", paid, "billing.view_billing")
    first, *others = found
    chart = charts.standing(
        first.days | {timezone.now().date(): first.month_cents}, days=revenue.SHOWN, today=timezone.now().date(), what="Revenue a month",
        say=partial(written, currency=first.currency),
    )  # fmt: skip
    note = f"a month, from {first.paying:,} workspace{'' if first.paying == 1 else 's'}"
    rows = [*_moves(first), *(_also(one) for one in others)]
    return Card("Revenue", written(first.month_cents, first.currency), note, paid, "billing.view_billing", chart, ("In 30 days", "Workspaces", "A month"), rows)  # fmt: skip


def _moves(one: revenue.Revenue) -> list[tuple[tuple[str, str], ...]]:
    """Who came and left in 30 days, what that is of all, and which bills were paid; each leads to its rows."""
    since, said = _stamp(timezone.now() - MONTH), partial(written, currency=one.currency)
    came = listed("billing_billing", began_at__gte=since)
    left = listed("billing_billing", status="canceled", ended_at__gte=since)
    days, bills = listed("billing_revenueday"), listed("billing_invoice", status="paid", paid_at__gte=since)
    return [
        (("Came", ""), (f"{one.came:,}", came), (said(one.came_cents), days)),
        (("Left", ""), (f"{one.left:,}", left), (said(one.left_cents), days)),
        (("Churn", ""), (f"{one.churn:.1f} %", left), (f"{one.lost:.1f} %", days)),
        (("Bills paid", ""), ("", ""), (said(one.paid_cents), bills)),
    ]  # fmt: skip


def _also(one: revenue.Revenue) -> tuple[tuple[str, str], ...]:
    """What is paid in another currency: nothing is added up across them."""
    return ((f"Also, in {one.currency.upper()}", ""), (f"{one.paying:,}", listed("billing_billing", status="active")), (written(one.month_cents, one.currency), listed("billing_revenueday", currency=one.currency)))  # fmt: skip


def ai_costs() -> Card:
    """Who costs most, beside what they pay."""
    rows = _ops(AIUsage).filter(pk__gte=key_at(timezone.now() - MONTH))
    top = list(rows.order_by().values("workspace").annotate(cost=Sum("cost_micros")).filter(cost__gt=0).order_by("-cost")[:TOP])  # fmt: skip
    total = rows.aggregate(cost=Sum("cost_micros"))["cost"] or 0
    paid = revenue.of_each([one["workspace"] for one in top])
    names = _ops(Workspace).in_bulk([one["workspace"] for one in top])
    shown = [
        ((names[one["workspace"]].name, page_of(one["workspace"])), (written(one["cost"] / 10_000), ""), (written(*paid.get(one["workspace"], (0, "usd"))), ""))
        for one in top
    ]  # fmt: skip
    note = "in 30 days, by the prices of the models" if total else "No question in 30 days had a price."
    return Card("AI cost", written(total / 10_000), note, listed("ai_aiusage"), "ai.view_aiusage", heads=("Workspace", "Cost", "Pays a month"), rows=shown)  # fmt: skip


def failed_jobs() -> Card:
    """Those of a week that nobody has tried again."""
    now = timezone.now()
    rows = _ops(FailedJob).filter(pk__gte=key_at(now - WEEK))
    days, open_ones = _days(rows), rows.filter(retried_at=None).count()
    chart = charts.by_day(days, days=7, today=now.date(), what="Failed jobs")
    address = listed("office_failedjob", retried_at__isempty="1")
    return Card("Failed jobs", f"{open_ones:,}", "in 7 days, not tried again", address, "office.view_failedjob", chart, bad=bool(open_ones))  # fmt: skip


def webhooks() -> Card:
    """Events of Stripe that were not worked off."""
    rows = _ops(StripeEvent).filter(received_at__gte=timezone.now() - WEEK)
    failed = rows.filter(Q(outcome="failed")).count()
    address = listed("billing_stripeevent", outcome="failed")
    return Card("Webhook failures", f"{failed:,}", f"of {rows.count():,} events from Stripe in 7 days", address, "billing.view_stripeevent", bad=bool(failed))  # fmt: skip


def slow_pages() -> Card:
    """Which are slow most often."""
    rows = _ops(SlowPage).filter(pk__gte=key_at(timezone.now() - DAY))
    top = rows.order_by().values_list("route").annotate(count=Count("pk")).order_by("-count")[:TOP]
    shown = [((route or "(none)", listed("office_slowpage", q=route)), (f"{count:,}", "")) for route, count in top]
    return Card("Slow pages", f"{rows.count():,}", "in 24 hours", listed("office_slowpage"), "office.view_slowpage", heads=("Page", "Times"), rows=shown)  # fmt: skip


def mails() -> Card:
    """Those that the mail server did not take."""
    rows = _ops(MailSent).filter(pk__gte=key_at(timezone.now() - WEEK))
    failed = rows.filter(state=MailSent.State.FAILED).count()
    address = listed("office_mailsent", state="failed")
    return Card("Mails not taken", f"{failed:,}", f"of {rows.count():,} in 7 days", address, "office.view_mailsent", bad=bool(failed))  # fmt: skip


def automations() -> Card:
    """Runs of rules that failed, and the rules that fail most; which they are, and not what they say."""
    now = timezone.now()
    rows = _ops(AutomationRun).filter(pk__gte=key_at(now - WEEK))
    today, bad = rows.filter(pk__gte=key_at(now - DAY)), Q(state=AutomationRun.State.FAILED)
    found = today.aggregate(all=Count("pk"), failed=Count("pk", filter=bad))
    chart = charts.by_day(_days(rows.filter(bad)), days=7, today=now.date(), what="Failed runs of rules")
    rules = _ops(AutomationRule).filter(deleted_at=None, failures__gt=0)
    stopped = rules.filter(on=False).count()
    shown = [
        ((rule.workspace.name, page_of(rule.workspace_id)), (f"{rule.failures:,}", reverse("admin:tasks_automationrule_change", args=[rule.pk])), ("on" if rule.on else "off", ""))
        for rule in rules.select_related("workspace").order_by("-failures", "pk")[:TOP]
    ]  # fmt: skip
    note = f"failed, of {found['all']:,} runs in 24 hours; {stopped:,} rule{'' if stopped == 1 else 's'} switched off by failure"
    address = listed("tasks_automationrun", state="failed")
    return Card("Automations", f"{found['failed']:,}", note, address, "tasks.view_automationrun", chart, ("Workspace", "Failures running", "Rule"), shown, bool(found["failed"]))  # fmt: skip


def turned_away() -> Card:
    """Requests over a limit."""
    today = timezone.now().date()
    rows = _ops(TurnedAway).filter(day__gt=today - WEEK)
    days: dict[date, int] = dict(rows.order_by().values_list("day").annotate(count=Sum("count")))
    chart = charts.by_day(days, days=7, today=today, what="Requests turned away")
    return Card("Turned away", f"{days.get(today, 0):,}", "requests over a limit today", listed("office_turnedaway"), "office.view_turnedaway", chart)  # fmt: skip


CARDS: list[Callable[[], Card]] = [
    new_workspaces, active_people, trials, money, ai_costs, failed_jobs, webhooks, automations, slow_pages, mails, turned_away,
]  # fmt: skip


def listed(model: str, **asked: str) -> str:
    """The list of a model, filtered."""
    return reverse(f"admin:{model}_changelist") + (f"?{urlencode(asked)}" if asked else "")


def page_of(workspace: Any) -> str:
    return reverse("admin:workspaces_workspace_change", args=[workspace])


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d} 00:00:00+00:00"


def _days(rows: Any) -> dict[date, int]:
    found = rows.annotate(day=TruncDate("created_at")).order_by().values_list("day").annotate(count=Count("pk"))
    return dict(found)


def _ops(model: Any) -> Any:
    return model._base_manager.using("ops")
