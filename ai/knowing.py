"""All that a question needs to know before it is asked, in one query: it is the wait before the first word."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Q
from django.db.models.functions import JSONObject

from workspaces.actor import Actor
from workspaces.compiled import compiled

from .budget import period
from .models import AIBudget, AIChoice, AIConnection, AISettings, ModelPrice, PromptVersion

SETTINGS = ("pk", "guests", "keep_texts", "keep_days", "own_tokens")
CONNECTION = ("name", "kind", "model", "base_url", "key", "timeout", "purpose", "order")
VERSION = ("prompt_id", "number", "system", "template", "schema", "max_output")
PRICE = ("provider", "model", "input", "output", "cached")


@dataclass(frozen=True)
class Known:
    """`settings` are None where the workspace has the AI off; `mine`: the person has it on; `budgets` are this month's, by kind."""

    settings: AISettings | None
    mine: bool
    connections: list[AIConnection]
    version: PromptVersion | None
    prices: dict[tuple[str, str], ModelPrice]
    budgets: dict[str, UUID]


def known(by: Actor, purpose: str) -> Known:
    """Inside the workspace."""
    pk = by.workspace.pk
    rows = _known(pk, by.user.pk, purpose, settings.AI_MODEL, settings.AI_FALLBACK_MODEL)
    if not rows:
        return Known(None, False, [], None, {}, {})
    chosen, mine, own, versions, prices, budgets = rows[0]
    month = str(period())
    return Known(
        AISettings(workspace_id=pk, enabled=True, **_read(chosen)), mine,
        [AIConnection(workspace_id=pk, **_read(one)) for one in own],
        next((PromptVersion(**_read(one)) for one in versions), None),
        {(one["provider"], one["model"]): ModelPrice(**one) for one in prices},
        {one["kind"]: UUID(one["pk"]) for one in budgets if one["period"] == month},
    )  # fmt: skip


def known_of_a_check(row: AIConnection) -> Known:
    """Of a word asked to try this connection, whether the AI is on or not."""
    version = PromptVersion.objects.filter(prompt__purpose="check", state=PromptVersion.State.ACTIVE).first()
    prices = ModelPrice.objects.filter(provider=row.kind, model=row.model)
    return Known(None, True, [row], version, {(one.provider, one.model): one for one in prices}, {})


@compiled
def _known(workspace: UUID, user: UUID, purpose: Any, first: Any, second: Any) -> Any:
    """The models are those of the operator, whose prices may be asked for besides those of the workspace's own."""
    own = AIConnection.objects.within(workspace)
    versions = PromptVersion.objects.filter(prompt__purpose=purpose, state=PromptVersion.State.ACTIVE)
    prices = ModelPrice.objects.filter(Q(model=first) | Q(model=second) | Q(model__in=own.values("model")))
    budgets = AIBudget.objects.within(workspace).order_by("-period")[:2]  # of each kind one a month
    return AISettings.objects.within(workspace).filter(enabled=True).values_list(
        _fact(*SETTINGS), Exists(AIChoice.objects.within(workspace).filter(user=user, on=True)),
        ArraySubquery(own.values(fact=_fact("pk", *CONNECTION))), ArraySubquery(versions.values(fact=_fact("pk", *VERSION))),
        ArraySubquery(prices.values(fact=_fact(*PRICE))), ArraySubquery(budgets.values(fact=_fact("pk", "kind", "period"))),
    )  # fmt: skip


def _fact(*names: str) -> JSONObject:
    return JSONObject(**{name: name for name in names})


def _read(fact: dict[str, Any]) -> dict[str, Any]:
    """What JSON makes of an id is made an id again."""
    return {name: UUID(value) if name in ("pk", "prompt_id") else value for name, value in fact.items()}
