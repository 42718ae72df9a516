"""Rules and their runs through somebody's eyes: members read those of projects that they see whole, and those for all projects."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.http import Http404
from django.utils import timezone

from workspaces.actor import Actor
from workspaces.errors import Forbidden
from workspaces.permissions import MEMBER
from workspaces.plans import this_month

from ..models import AutomationRule, AutomationRun, Project, Task

DAYS = 30


def must_read(by: Actor) -> None:
    """Members may know what moves their cards; guests know only their cards."""
    if by.level < MEMBER and not by.holds("automation.manage"):
        raise Forbidden(f"Your role ({by.role.name}) may not read automation rules.")


def rules_of(by: Actor) -> QuerySet[AutomationRule]:
    """Those that the actor may read, with when each ran last and how often this month."""
    must_read(by)
    rows = AutomationRule.objects.within(by.workspace).filter(
        Q(project=None) | Q(project__in=Project.objects.whole_to(by)), deleted_at=None
    )
    runs = AutomationRun.objects.within(by.workspace).filter(rule=OuterRef("pk"))
    last = runs.order_by("-created_at", "-pk")
    since = runs.filter(created_at__date__gte=this_month(), state=AutomationRun.State.DONE).values("rule")
    return rows.select_related(
        "project", "keeper"
    ).annotate(  # type: ignore[no-any-return]
        last_at=Subquery(last.values("created_at")[:1], output_field=DateTimeField()),
        last_state=Subquery(last.values("state")[:1]),
        done_this_month=Subquery(since.annotate(count=Count("pk")).values("count")[:1]),
    )


def find_rule(by: Actor, key: UUID) -> AutomationRule:
    """One of them; 404 for what is not there and for what is not theirs."""
    rule = rules_of(by).filter(pk=key).first()
    if rule is None:
        raise Http404
    return rule


def may_keep(by: Actor, rule: AutomationRule) -> bool:
    """Whether to show the buttons; the verbs decide."""
    return by.may("automation.manage") and (rule.project is None or by.may("task.edit", rule.project))


def rule_names(by: Actor, changes: Iterable[UUID]) -> dict[UUID, str]:
    """By which rule these acts were done, where one did them (RULE_NAMES in flowboard/panels.py)."""
    rows = AutomationRun.objects.within(by.workspace).filter(change_id__in=[*changes])
    return dict(rows.values_list("change_id", "rule__name"))


def runs_of(by: Actor, rule: AutomationRule) -> QuerySet[AutomationRun]:
    """What it met, on cards that the actor sees."""
    rows = AutomationRun.objects.within(by.workspace).filter(rule=rule)
    return rows.filter(task__in=Task.objects.visible_to(by)).select_related("task__project")  # type: ignore[no-any-return]


def days_of(by: Actor, rules: Any) -> dict[UUID, dict[date, dict[str, int]]]:
    """Of each rule how many runs of each state there were on each of the last days."""
    since = timezone.now() - timedelta(days=DAYS)
    rows = AutomationRun.objects.within(by.workspace).filter(rule__in=[one.pk for one in rules], created_at__gte=since)
    counted = rows.annotate(day=TruncDate("created_at")).values_list("rule", "day", "state").annotate(count=Count("pk"))
    found: dict[UUID, dict[date, dict[str, int]]] = {}
    for rule, day, state, count in counted:
        found.setdefault(rule, {}).setdefault(day, {})[state] = count
    return found
