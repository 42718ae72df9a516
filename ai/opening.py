"""Everything before a model is called, in one short transaction: may they, with which words, is it known already, and is there budget."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import ActivityLog
from workspaces.permissions import MEMBER

from . import access, budget
from .actions.metering import KEPT, Held, mark_full, note_usage, reserve
from .asking import Answer, Ask, Count, Receipt, Request
from .checking import checked
from .cleaning import clean
from .connections import Connection, chosen, own
from .cutting import fitting
from .errors import NoModel, Off, OverBudget
from .keys import unseal
from .knowing import Known, known, known_of_a_check
from .models import AIAnswer, AIBudget, AIChoice, AIConnection, AISettings, AIUsage, ModelPrice, PromptVersion
from .wording import block, request_of

UNREAD = ("change:proposed", "change:discarded")  # which change nothing, and go into no question


@dataclass
class Call:
    """One question on its way: what it goes out with, and what is held for it. `kept` is an answer from before."""

    by: Actor
    ask: Ask
    version: PromptVersion
    request: Request
    connections: list[Connection]
    settings: AISettings
    key: str
    prices: dict[tuple[str, str], ModelPrice] = field(default_factory=dict)
    held: Held | None = None
    kept: Answer | None = None

    @property
    def name(self) -> str:
        """The prompt as a receipt names it."""
        return f"{self.ask.purpose} {self.version.number}"


def open_call(by: Actor, ask: Ask, *, again: bool = False) -> Call:
    """Raises Off, NoModel, OverBudget. `again` asks the model although the answer is known."""
    inputs, sent = fitting(replace(ask, inputs=clean(ask.inputs)))
    ask = replace(ask, inputs=inputs, sent=sent)
    kind = AIBudget.Kind.PLAN
    try:
        with tenancy.workspace(by.workspace.pk, atomic=True):
            facts = known(by, ask.purpose)
            row = _on(by, facts.settings, lambda: facts.mine)
            call = _call(by, ask, row, chosen(facts.connections, ask.purpose), facts)
            kind = AIBudget.Kind.OWN if call.connections[0].own else AIBudget.Kind.PLAN
            if not again and (kept := _kept(call)):
                call.kept = kept
                return call
            return _holding(call, kind, facts.budgets.get(kind))
    except OverBudget:
        mark_full(by, kind)
        raise


def open_check(by: Actor, row: AIConnection) -> Call:
    """A question of a word to this one connection, whether the AI is switched on yet or not: it holds nothing of the workspace."""
    by.must("workspace.manage")
    with tenancy.workspace(by.workspace.pk, atomic=True):
        settings = AISettings.objects.within(by.workspace).first() or AISettings(workspace=by.workspace)
        call = _call(by, Ask("check", {}), settings, [own(row)], known_of_a_check(row))
        return _holding(call, AIBudget.Kind.OWN)


def _holding(call: Call, kind: str, month: UUID | None = None) -> Call:
    """With what it may take at most held for it; `month` is the budget's id, where there is one already."""
    limit = budget.limit_of(call.by.workspace, kind, call.settings.own_tokens)
    tokens = budget.most(call.request)
    call.held = reserve(
        call.by, call.ask, call.version, call.connections[0], tokens=tokens, kind=kind, limit=limit, month=month
    )
    return call


def must_be_on(by: Actor) -> AISettings:
    """The workspace's settings. Raises Off with the way out."""
    rows = AISettings.objects.within(by.workspace).filter(enabled=True)
    return _on(by, rows.first(), AIChoice.objects.within(by.workspace).filter(user=by.user, on=True).exists)


def _on(by: Actor, settings: AISettings | None, mine: Callable[[], bool]) -> AISettings:
    if settings is None:
        raise Off("The AI is off in this workspace: an owner can switch it on in Settings.")
    if not access.has(by, settings.guests):
        by.must(access.PERMISSION)
    if not mine():
        raise Off("The AI is off for you: switch it on in Settings.")
    return settings


def _call(by: Actor, ask: Ask, settings: AISettings, connections: list[Connection], facts: Known) -> Call:
    if (version := facts.version) is None:
        raise NoModel(
            f"No wording of “{ask.purpose}” is active: the operator of this server can activate one in the back-office."
        )
    return Call(
        by,
        ask,
        version,
        request_of(version, ask.inputs, ask.most),
        connections,
        settings,
        _key(by, ask, version, connections[0]),
        facts.prices,
    )


def _key(by: Actor, ask: Ask, version: PromptVersion, connection: Connection) -> str:
    """Workspace, wording, model, data, and with whose eyes they were read: a role's as it is now, a guest's own."""
    eyes = by.user.pk if by.level < MEMBER else by.role.pk
    scope = f"{eyes} {by.level} {','.join(sorted(by.role.allowed))}"
    parts = (
        by.workspace.pk,
        version.pk,
        connection.kind,
        connection.base_url,
        connection.model,
        scope,
        block(ask.inputs),
    )
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()


def _kept(call: Call) -> Answer | None:
    """What was answered to the same within a day, unless something that was read for it has changed since."""
    if not call.ask.read_seq:
        return None
    rows = AIAnswer.objects.within(call.by.workspace).filter(key=call.key, created_at__gt=timezone.now() - KEPT)
    row = rows.first()
    if row is None or _changed_since(row):
        return None
    text = unseal(row.text, "ai-texts")
    usage = note_usage(_cached_usage(call))
    receipt = Receipt(usage.pk, usage.provider, usage.model, call.name, 0, 0, 0, 0, 0, row.created_at, call.ask.sent)
    return Answer(text, checked(text, call.version.schema) if call.version.schema else None, receipt)


def _changed_since(row: AIAnswer) -> bool:
    rows = ActivityLog.objects.within(row.workspace_id).filter(seq__gt=row.read_seq).exclude(event__in=UNREAD)
    if row.projects or row.subjects:
        rows = rows.filter(Q(project_id__in=row.projects) | Q(subject_id__in=row.subjects))
    return bool(rows.exists())


def _cached_usage(call: Call) -> AIUsage:
    first = call.connections[0]
    return AIUsage(
        workspace=call.by.workspace, user=call.by.user, purpose=call.ask.purpose, provider=first.kind, model=first.model,
        prompt_id=call.version.pk, budget_kind=AIBudget.Kind.OWN if first.own else AIBudget.Kind.PLAN, via=call.by.via,
        outcome=AIUsage.Outcome.CACHED, sent=[], cost_micros=0,
    )  # fmt: skip


def cost(call: Call, connection: Connection, usage: AIUsage) -> int | None:
    """In millionths of a dollar; None where the operator has entered no price."""
    price = call.prices.get((connection.kind, connection.model))
    return micros(price, Count(usage.input_tokens, usage.output_tokens, usage.cached_tokens))


def micros(price: ModelPrice | None, count: Count) -> int | None:
    """Rounded up."""
    if price is None:
        return None
    fresh = max((count.input or 0) - count.cached, 0)
    total = fresh * price.input + count.cached * price.cached + (count.output or 0) * price.output
    return -(-total // 1_000_000)
