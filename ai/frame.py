"""What the frame of each page knows of the AI: read in the frame's own query (flowboard/context.py)."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Subquery
from django.db.models.functions import JSONObject

from workspaces.actor import Actor

from .access import PERMISSION, has
from .budget import Stand, limit_of, period
from .models import AIBudget, AIChoice, AIConnection, AISettings

Kind = AIBudget.Kind
OFF: dict[str, Any] = {
    "ai": False,
    "may_plan": False,
    "may_propose": False,
    "ai_offered": False,
    "ai_stand": None,
    "ai_warned": False,
}


def switched_on(workspace: UUID, user: UUID) -> Any:
    """For the frame's query: null where the workspace has it off, so that the rest is not looked for."""
    mine = AIChoice.objects.within(workspace).filter(user=user)
    budgets = AIBudget.objects.within(workspace).order_by("-period")[:2]
    own = AIConnection.objects.within(workspace)
    fact = JSONObject(
        guests="guests", on=Exists(mine.filter(on=True)), warned=Subquery(mine.values("warned")[:1]), own_tokens="own_tokens",
        own=Exists(own), whole=Exists(own.filter(purpose="")),
        budgets=ArraySubquery(budgets.values(fact=JSONObject(kind="kind", period="period", used="used", reserved="reserved"))),
    )  # fmt: skip
    return Subquery(AISettings.objects.within(workspace).filter(enabled=True).values(fact=fact)[:1])


def facts(by: Actor, known: dict[str, Any] | None) -> dict[str, Any]:
    """`ai`: whether the person has it; `ai_offered`: whether they may have it; where the budget that is nearest its end stands.
    `may_plan`, `may_propose`: a plan and a proposal need no model.
    """
    there = known is not None and has(by, known["guests"])
    may = {"may_plan": by.may(PERMISSION), "may_propose": there or by.may(PERMISSION)}
    if known is None or not there:
        return OFF | may
    return may | {
        "ai": known["on"], "ai_offered": True, "ai_stand": _nearest(by, known) if known["on"] else None,
        "ai_warned": known["warned"] == str(period()),
    }  # fmt: skip


def _nearest(by: Actor, known: dict[str, Any]) -> Stand | None:
    """Of the budgets that the workspace's questions count against."""
    kinds = {*([Kind.OWN] if known["own"] else []), *([] if known["whole"] else [Kind.PLAN])}
    now = str(period())
    stands = [
        Stand(one["kind"], one["used"], one["reserved"], limit_of(by.workspace, one["kind"], known["own_tokens"]))
        for one in known["budgets"] if one["period"] == now and one["kind"] in kinds
    ]  # fmt: skip
    return max((one for one in stands if one.limit), key=lambda one: one.percent, default=None)
