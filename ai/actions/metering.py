"""Reserve, settle, sweep: each one short transaction, and the budget is moved by one statement that asks and takes at once.

Metering is no change of the product, so it records nothing (docs/adr/0011).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection as database
from django.db.models import Case, F, When
from django.utils import timezone

from accounts.ids import uuid7
from workspaces import tenancy
from workspaces.actor import Actor

from ..asking import Ask
from ..budget import WARN_AT, period
from ..connections import Connection
from ..errors import OverBudget
from ..models import AIAnswer, AIBudget, AIReservation, AIUsage, PromptVersion

# takes the tokens only if they fit, and notes what they are held for; whoever comes at the same time waits for it
RESERVE = """
WITH taken AS (
    UPDATE ai_aibudget SET reserved = reserved + %(tokens)s
    WHERE workspace_id = %(workspace)s AND id = %(budget)s AND (%(limit)s::bigint IS NULL OR used + reserved + %(tokens)s <= %(limit)s::bigint)
    RETURNING id
)
INSERT INTO ai_aireservation
    (id, workspace_id, budget_id, tokens, usage_id, user_id, purpose, provider, model, prompt_id, via, created_at, expires_at)
SELECT %(id)s, %(workspace)s, id, %(tokens)s, %(usage)s, %(user)s, %(purpose)s, %(provider)s, %(model)s, %(prompt)s, %(via)s, %(now)s, %(ends)s
FROM taken
"""
COMING = 2  # deadlines more, for an answer that is coming: a small model on a slow machine writes for long
GRACE = 60  # seconds beyond the deadline after which a process counts as dead


@dataclass
class Held:
    """What is held for one call, and what it must say when it is settled."""

    reservation: UUID
    budget: UUID
    usage: UUID
    tokens: int
    kind: str
    limit: int | None


def reserve(
    by: Actor,
    ask: Ask,
    version: PromptVersion,
    connection: Connection,
    *,
    tokens: int,
    kind: str,
    limit: int | None,
    month: UUID | None = None,
) -> Held:
    """Take the tokens out of what is left of the month, or raise OverBudget. Inside the caller's transaction, whose last act
    it should be: everybody who asks waits for this row. `month` is the budget's id, if it is known.
    """
    held = Held(uuid7(), month or _budget(by.workspace.pk, period(), kind).pk, uuid7(), tokens, kind, limit)
    said = {
        "workspace": by.workspace.pk, "id": held.reservation, "budget": held.budget, "usage": held.usage, "tokens": tokens, "limit": limit,
        "user": by.user.pk, "purpose": ask.purpose, "provider": connection.kind, "model": connection.model, "prompt": version.pk, "via": by.via,
        "now": timezone.now(), "ends": _expiry(),
    }  # fmt: skip
    with database.cursor() as cursor:
        cursor.execute(RESERVE, said)
        if not cursor.rowcount:
            raise OverBudget(_full(by.workspace.pk, held.budget, tokens, limit or 0))
    return held


def extend(workspace_id: UUID, held: Held, tokens: int) -> None:
    """Hold more for another try of the same call. Raises OverBudget, and what was held stays held."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = AIReservation.objects.within(workspace_id).filter(pk=held.reservation)
        rows.update(tokens=F("tokens") + tokens, expires_at=_expiry())
        _take(workspace_id, held.budget, tokens, held.limit)
    held.tokens += tokens


def settle(by: Actor, held: Held, usage: AIUsage, *, keep: AIAnswer | None = None) -> None:
    """Give back what was held and charge what was used; once. What the sweep has charged meanwhile stays charged."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        mine, _ = AIReservation.objects.within(by.workspace).filter(pk=held.reservation).delete()
        if keep is not None:
            _keep(keep)
        if mine:
            usage.save(force_insert=True)
            _charge(by.workspace.pk, held.budget, held.tokens, usage.input_tokens + usage.output_tokens, held.limit)


def mark_full(by: Actor, kind: str) -> None:
    """A call was refused for the first time this month. Not in the transaction that was refused, which is undone."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        row = _budget(by.workspace.pk, period(), kind)
        AIBudget.objects.within(by.workspace).filter(pk=row.pk, full_at=None).update(full_at=timezone.now())


def note_usage(usage: AIUsage) -> AIUsage:
    """What cost nothing: an answer that was kept. Inside the caller's transaction."""
    usage.save(force_insert=True)
    return usage


def sweep_reservations(workspace_id: UUID) -> int:
    """Charge in full what dead processes left: their calls had begun, and nobody knows how far they came."""
    with tenancy.workspace(workspace_id, atomic=True):
        rows = AIReservation.objects.within(workspace_id).filter(expires_at__lt=timezone.now())
        lost = list(rows.select_for_update(skip_locked=True))
        for row in lost:
            _charge(workspace_id, row.budget_id, row.tokens, row.tokens, None)
            _lost(row).save(force_insert=True)
        AIReservation.objects.within(workspace_id).filter(pk__in=[row.pk for row in lost]).delete()
    return len(lost)


def forget_texts(workspace_id: UUID, *, keep_days: int | None) -> None:
    """Kept answers after a day; what was asked and answered after the workspace's days, at once where it keeps none."""
    now = timezone.now()
    with tenancy.workspace(workspace_id, atomic=True):
        AIAnswer.objects.within(workspace_id).filter(created_at__lt=now - KEPT).delete()
        kept = AIUsage.objects.within(workspace_id).exclude(asked="", answered="")
        if keep_days is not None:
            kept = kept.filter(created_at__lt=now - timedelta(days=keep_days))
        kept.update(asked="", answered="")


KEPT = timedelta(hours=24)


def _budget(workspace_id: UUID, month: date, kind: str) -> AIBudget:
    rows = AIBudget.objects.within(workspace_id).filter(period=month, kind=kind)
    if (found := rows.first()) is None:
        AIBudget.objects.bulk_create(
            [AIBudget(workspace_id=workspace_id, period=month, kind=kind)], ignore_conflicts=True
        )
        found = rows.get()
    return found


def _take(workspace_id: UUID, budget: UUID, tokens: int, limit: int | None) -> None:
    """More of them, for a call that has some."""
    rows = AIBudget.objects.within(workspace_id).filter(pk=budget)
    fits = rows if limit is None else rows.filter(used__lte=limit - tokens - F("reserved"))
    if fits.update(reserved=F("reserved") + tokens):
        return
    raise OverBudget(_full(workspace_id, budget, tokens, limit or 0))


def _full(workspace_id: UUID, pk: UUID, tokens: int, limit: int) -> str:
    budget = AIBudget.objects.within(workspace_id).get(pk=pk)
    left = limit - budget.used
    if tokens <= left:
        return "The AI is busy with other requests of this workspace, which may use up the rest of this month's budget. Try again in a minute."
    return f"This month's AI budget of {limit:,} tokens has {max(left, 0):,} left, and this may take up to {tokens:,}. It begins anew on the first of the month (UTC); an owner can move the workspace to a larger plan or set up a key of its own."


def _charge(workspace_id: UUID, budget: UUID, held: int, used: int, limit: int | None) -> None:
    """By one statement, which notes too when it was time to warn."""
    warned: dict[str, Any] = {}
    if limit is not None:
        low = When(warned_at=None, used__gte=int(limit * WARN_AT) - used, then=timezone.now())
        warned = {"warned_at": Case(low, default=F("warned_at"))}
    rows = AIBudget.objects.within(workspace_id).filter(pk=budget)
    rows.update(used=F("used") + used, reserved=F("reserved") - held, **warned)


def _lost(row: AIReservation) -> AIUsage:
    return AIUsage(
        id=row.usage_id, workspace_id=row.workspace_id, user_id=row.user_id, purpose=row.purpose, provider=row.provider,
        model=row.model, prompt_id=row.prompt_id, budget_kind=row.budget.kind, input_tokens=row.tokens, via=row.via,
        outcome=AIUsage.Outcome.LOST, created_at=row.created_at,
    )  # fmt: skip


def _keep(answer: AIAnswer) -> None:
    AIAnswer.objects.bulk_create(
        [answer], update_conflicts=True, unique_fields=["workspace", "key"],
        update_fields=["usage_id", "text", "read_seq", "projects", "subjects", "created_at"],
    )  # fmt: skip


def _expiry() -> Any:
    return timezone.now() + timedelta(seconds=(1 + COMING) * settings.AI_DEADLINE + GRACE)
