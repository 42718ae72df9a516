"""…/ai/usage/: what was used; everybody's to who manages the workspace, else one's own."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.rest.cursor import PageQuery, paged
from workspaces.rest.fields import Strict
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..models import AIUsage
from ..reading.desk import settings_of, stands
from ..reading.export import send
from ..reading.months import Month
from ..reading.receipts import NEWEST, Receipts, prompt_names
from ..reading.usage import LONGEST, Usage, read_asked
from .settings import BUDGETS, BudgetOut


class UsageFilters(Strict):
    """Which month, and what of it."""

    month = serializers.CharField(
        max_length=7, required=False, help_text="2026-12, in UTC; the one that runs unless told"
    )
    person = serializers.CharField(max_length=36, required=False, help_text="an id")
    purpose = serializers.CharField(max_length=LONGEST, required=False)
    model = serializers.CharField(max_length=LONGEST, required=False)
    day = serializers.DateField(required=False, help_text="of the month, in UTC")


class UsageQuery(UsageFilters, PageQuery):
    """The same, a page at a time."""


class Person(serializers.Serializer[Any]):
    """Who asked."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class UsageOut(serializers.Serializer[Any]):
    """One call."""

    id = serializers.UUIDField()
    person = Person(allow_null=True, help_text="null: their account was deleted")
    purpose = serializers.CharField()
    provider = serializers.CharField()
    model = serializers.CharField()
    prompt = serializers.CharField(help_text="the version of the wording: write.draft 3")
    budget = serializers.ChoiceField(choices=BUDGETS)
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField(help_text="of the input, those the provider had kept")
    cost_micros = serializers.IntegerField(allow_null=True, help_text="millionths of a dollar; null: no price is known")
    latency_ms = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=AIUsage.Outcome.values)
    fault = serializers.CharField()
    sent = serializers.ListField(child=serializers.CharField(), help_text="which data went out, in words")
    created_at = serializers.DateTimeField()


class ShareOut(serializers.Serializer[Any]):
    """What one person, purpose, model or day used."""

    key = serializers.CharField(help_text="a person's id, the purpose, the model, the day")
    name = serializers.CharField()
    calls = serializers.IntegerField()
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cost_micros = serializers.IntegerField()


class BudgetForecast(BudgetOut):
    """A budget, and when it will be used up."""

    reached_at = serializers.DateTimeField(
        allow_null=True,
        help_text="when the limit is reached at the pace of the last week; null: not this month, or not to be said yet",
    )


class UsageSummary(serializers.Serializer[Any]):
    """The figures of a month."""

    month = serializers.CharField()
    calls = serializers.IntegerField()
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cost_micros = serializers.IntegerField(help_text="of calls whose price is known")
    people = ShareOut(many=True)
    purposes = ShareOut(many=True)
    models = ShareOut(many=True)
    days = ShareOut(many=True)
    budgets = BudgetForecast(many=True, help_text="of the month that runs; empty for others")


class UsageRows(Endpoint):
    """Calls to models."""

    @describes("list_ai_usage", UsageOut, query=UsageQuery, page=True, tag="ai")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The calls of a month, newest first: yours, or everybody's where you manage the workspace."""
        asked = self.asked(UsageQuery)
        usage = Usage(self.by, read_asked(texts(asked)))
        page = paged(usage.rows().select_related("user"), NEWEST, asked)
        receipts, prompts = Receipts(self.by), prompt_names(page.rows)
        return answer(
            page.shown(request._request, [usage_row(row, prompts.get(row.prompt_id, ""), receipts.sent(row)) for row in page.rows])
        )  # fmt: skip


class UsageTotals(Endpoint):
    """Figures of a month."""

    @describes("get_ai_usage_summary", UsageSummary, query=UsageFilters, tag="ai")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """By person, purpose, model and day, and when the budget will be used up."""
        usage = Usage(self.by, read_asked(texts(self.asked(UsageFilters))))
        total = usage.total
        return answer(
            {
                "month": str(usage.asked.month), "calls": total["calls"], "input_tokens": total["input"],
                "output_tokens": total["output"], "cost_micros": total["cost"],
                **{name: [share_row(one) for one in read()] for name, read in (("people", usage.people), ("purposes", usage.purposes), ("models", usage.models), ("days", usage.days))},
                "budgets": _budgets(usage),
            }
        )  # fmt: skip


class UsageExport(Endpoint):
    """Calls as a file."""

    @extend_schema(
        operation_id="export_ai_usage",
        parameters=[UsageFilters],
        tags=["ai"],
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "a line a call")},
    )
    def get(self, request: Request, workspace: str) -> HttpResponseBase:
        """The calls of a month as CSV, streamed."""
        return send(Usage(self.by, read_asked(texts(self.asked(UsageFilters)))))


def texts(asked: dict[str, Any]) -> dict[str, str]:
    """The filters as a query says them."""
    return {name: str(asked[name]) for name in UsageFilters().fields if name in asked}


def _budgets(usage: Usage) -> list[dict[str, Any]]:
    if usage.asked.month != Month.now():
        return []
    told = []
    for one in stands(usage.by, settings_of(usage.by).own_tokens):
        forecast = usage.forecast(one)
        told.append(
            {
                "kind": one.kind,
                "used": one.used,
                "reserved": one.reserved,
                "limit": one.limit,
                "reached_at": forecast and forecast.day,
            }
        )
    return told


def share_row(share: Any) -> dict[str, Any]:
    """As the API says it."""
    return {
        "key": share.key, "name": share.words, "calls": share.calls, "input_tokens": share.input, "output_tokens": share.output,
        "cost_micros": share.cost,
    }  # fmt: skip


def usage_row(row: AIUsage, prompt: str, sent: list[str]) -> dict[str, Any]:
    """As the API says it."""
    person = {"id": row.user_id, "name": str(row.user)} if row.user else None
    named = (
        "id",
        "purpose",
        "provider",
        "model",
        "input_tokens",
        "output_tokens",
        "cached_tokens",
        "cost_micros",
        "latency_ms",
        "outcome",
        "fault",
        "created_at",
    )
    return {name: getattr(row, name) for name in named} | {
        "person": person,
        "prompt": prompt,
        "budget": row.budget_kind,
        "sent": sent,
    }
