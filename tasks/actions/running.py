"""Rules at work: rows of the record meet rules, each pair once, whoever runs this and however often.

A run is one transaction: the rule's row is held, what the steps do is one act, and the row of the run that says so is
written with it. A worker that dies leaves neither, and the next one does it again; one that dies later finds the row.
The cursor moves when all rows of a round have met all rules.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.feed import task_of
from workspaces.models import ActivityLog, Stream, Workspace
from workspaces.owners import system_of
from workspaces.plans import OverPlan
from workspaces.spine import acting, attempt

from ..automations import limits
from ..automations.conditions import Seen, hold
from ..automations.content import content_of
from ..automations.keeping import keeper_of, why_not
from ..automations.steps import Doing, run_steps
from ..automations.triggers import EVENTS, Categories, meets
from ..models import AutomationCursor, AutomationRule, AutomationRun, Task
from .automations import stop_rule
from .metering import take_run

log = logging.getLogger(__name__)
State = AutomationRun.State
WINDOW = 500  # rows of the record that are read at once
TURN = 50  # runs after which other jobs have their turn
DEEPEST = 5  # acts of rules that set each other off
MOST_FAILURES = 10  # running
FAULT = "It could not be done, through no fault of the rule. The staff see it."
NEEDED = ("workspace_id", "seq", "change_id", "event", "actor_id", "via", "subject_type", "subject_id", "project_id", "before", "after", "depth", "created_at", "change__kind")  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """What sets a rule off: a row, or a day that has come for a card."""

    task_id: UUID
    seq: int | None = None
    once: str = ""
    actor_id: UUID | None = None
    change_id: UUID | None = None
    depth: int = 0

    @property
    def named(self) -> dict[str, Any]:
        """By what its run is known again."""
        return {"seq": self.seq} if self.seq else {"task_id": self.task_id, "once": self.once}


def run_rules(workspace_id: UUID) -> bool:
    """One turn; whether there is more to do. The rules that one row meets stand in one turn."""
    done = 0
    while done < TURN:
        with tenancy.workspace(workspace_id, atomic=True):
            pairs, upto = _round(workspace_id)
        if upto is None:
            return False
        for seq, met in groupby(pairs, key=lambda pair: pair[1].seq):
            if done >= TURN:
                upto = (seq or 1) - 1
                break
            for rule_id, cause in met:
                run_rule(workspace_id, rule_id, cause)
                done += 1
        with tenancy.workspace(workspace_id, atomic=True):
            AutomationCursor.objects.within(workspace_id).filter(seq__lt=upto).update(seq=upto)
    return True


def _round(workspace_id: UUID) -> tuple[list[tuple[UUID, Cause]], int | None]:
    """Which rules meet which rows of the next round and have not done so yet, and where the round ends; None: there is none."""
    begun = _begun(workspace_id)
    head: int = Stream.objects.within(workspace_id).values_list("head", flat=True).get()
    if begun >= head:
        return [], None
    upto = min(begun + WINDOW, head)
    rules = list(rules_on(workspace_id)) if not asleep(workspace_id) else []
    if not rules:
        return [], head
    rows = ActivityLog.objects.within(workspace_id).filter(seq__gt=begun, seq__lte=upto, event__in=EVENTS)
    found = _pairs(workspace_id, rules, list(rows.select_related("change").only(*NEEDED).order_by("seq")))
    met = AutomationRun.objects.within(workspace_id).filter(seq__gt=begun, seq__lte=upto)
    known = set(met.values_list("rule_id", "seq"))
    return [(rule, cause) for rule, cause in found if (rule, cause.seq) not in known], upto


def _begun(workspace_id: UUID) -> int:
    """Where the cursor stands; the first time it begins with the oldest rule, and not with the record."""
    cursors = AutomationCursor.objects.within(workspace_id).values_list("seq", flat=True)
    if (seq := cursors.first()) is not None:
        return int(seq)
    oldest = rules_on(workspace_id).values_list("on_since", flat=True).order_by("on_since").first()
    before = ActivityLog.objects.within(workspace_id).filter(created_at__lt=oldest or timezone.now())
    seq = before.order_by("-created_at", "-seq").values_list("seq", flat=True).first() or 0
    AutomationCursor.objects.bulk_create([AutomationCursor(workspace_id=workspace_id, seq=seq)], ignore_conflicts=True)
    return int(cursors.get())


def asleep(workspace_id: UUID) -> bool:
    """Where nothing may be changed nothing runs, and nothing is made up for later."""
    workspace = Workspace.objects.get(pk=workspace_id)
    return bool(workspace.suspended_at or workspace.deleted_at or workspace.over)


def rules_on(workspace_id: UUID) -> Any:
    """In the order in which they run."""
    return AutomationRule.objects.within(workspace_id).filter(on=True, deleted_at=None).order_by("created_at", "pk")


def _pairs(workspace_id: UUID, rules: list[AutomationRule], rows: list[Any]) -> Iterator[tuple[UUID, Cause]]:
    categories = Categories(workspace_id, rows)
    for row in rows:
        for rule in rules:
            if (
                rule.project_id in (None, row.project_id)
                and row.created_at >= rule.on_since
                and meets(rule.when, row, categories)
            ):
                yield rule.pk, Cause(UUID(task_of(row)), row.seq, "", row.actor_id, row.change_id, row.depth)


def run_rule(workspace_id: UUID, rule_id: UUID, cause: Cause) -> None:
    """Let a rule meet its cause, once. A fault of ours is kept as a failed run; the database's own are raised."""
    try:
        with tenancy.workspace(workspace_id, atomic=True):
            _meet(workspace_id, rule_id, cause)
    except OperationalError:
        raise  # somebody holds the card, or the database is away: the sweep comes back
    except Exception:
        log.exception("a run of the rule %s failed", rule_id)
        with tenancy.workspace(workspace_id, atomic=True):
            if (rule := _held(workspace_id, rule_id, cause)) is not None:
                _failed(_system(rule), rule, cause, FAULT)


def _held(workspace_id: UUID, rule_id: UUID, cause: Cause) -> AutomationRule | None:
    """The rule, held until commit; None where it is off, or has met this already."""
    rows = AutomationRule.objects.within(workspace_id).select_for_update(no_key=True, of=("self",))
    rule: AutomationRule | None = (
        rows.select_related("project", "workspace", "keeper").filter(pk=rule_id, on=True, deleted_at=None).first()
    )
    if rule is None or _runs(rule).filter(**cause.named).exists():
        return None
    return rule


def _meet(workspace_id: UUID, rule_id: UUID, cause: Cause) -> None:
    rule = _held(workspace_id, rule_id, cause)
    if rule is None:
        return
    by = keeper_of(rule)
    if (why := why_not(by, rule)) or by is None:
        with acting(_system(rule)) as act:
            stop_rule(act.by, rule, why)
        return
    by = by.through("automation", on_behalf_of=by.user, cause_seq=cause.seq, depth=cause.depth + 1)
    rows = Task.objects.visible_to(by).filter(pk=cause.task_id)
    task = rows.select_related("project", "status").first()
    elsewhere = task is not None and rule.project_id not in (None, task.project_id)
    if task is None or elsewhere or task.project.archived_at or not by.may("task.edit", task):
        return  # none of this rule's business
    _weigh(by, rule, cause, task)


def _weigh(by: Actor, rule: AutomationRule, cause: Cause, task: Task) -> None:
    """What speaks against it, then the conditions, then the steps."""
    if faults := content_of(by, rule).faults:
        _failed(by, rule, cause, faults[0])
    elif hold(rule.conditions, Seen(task, cause.actor_id)):
        if why := _goes_round(rule, cause):
            _note(rule, cause, State.SKIPPED, why)
        elif limits.too_many(rule):
            _leave(rule, cause)
        else:
            _do(by, rule, cause, task)


def _goes_round(rule: AutomationRule, cause: Cause) -> str:
    """Why a chain of rules ends here, or ""."""
    if cause.depth and _runs(rule).filter(change_id=cause.change_id).exists():
        return "It was set off by what it did itself: a rule does not run on its own effect."
    if cause.depth >= DEEPEST:
        return f"Rules have set each other off {DEEPEST} times in a row: the chain ends here."
    return ""


def _leave(rule: AutomationRule, cause: Cause) -> None:
    """One row says it for all that is left within the hour."""
    if (told := limits.told_already(rule)) is None:
        _note(rule, cause, State.SKIPPED, limits.LEFT)
    else:
        told.left += 1
        told.save(update_fields=["left"])


def _do(by: Actor, rule: AutomationRule, cause: Cause, task: Task) -> None:
    """The steps, all of them or none, as one act."""
    actor = User.objects.filter(pk=cause.actor_id).first() if cause.actor_id else None
    try:
        with acting(by, kind="automation") as act, attempt():
            run_steps(Doing(by, task, rule.name, actor), rule.steps)
            if act.rows:
                take_run(by)
                act.title = f"Rule “{rule.name}”: {act.sentence}"[:300]
    except OverPlan as no:
        _note(rule, cause, State.OVER_PLAN, no.words)
    except Refused as no:
        _failed(by, rule, cause, no.words)
    else:
        done = bool(act.rows)
        _note(
            rule,
            cause,
            State.DONE if done else State.IDLE,
            "" if done else "It was so already.",
            act.change_id if done else None,
        )
        if rule.failures:
            rule.failures = 0
            rule.save(update_fields=["failures"])


def _failed(by: Actor, rule: AutomationRule, cause: Cause, why: str) -> None:
    _note(rule, cause, State.FAILED, why)
    rule.failures += 1
    rule.save(update_fields=["failures"])
    if rule.failures >= MOST_FAILURES:
        with acting(by):
            stop_rule(by, rule, f"It has failed {MOST_FAILURES} times running. The last time: {why}")


def _note(rule: AutomationRule, cause: Cause, state: str, why: str = "", change_id: UUID | None = None) -> None:
    AutomationRun(
        workspace_id=rule.workspace_id, rule=rule, seq=cause.seq, once=cause.once, task_id=cause.task_id, state=state, why=why[:500],
        change_id=change_id, depth=cause.depth + 1, created_at=timezone.now(),
    ).save(force_insert=True)  # fmt: skip


def _system(rule: AutomationRule) -> Actor:
    """In the keeper's name while they are here, else in an owner's."""
    by = keeper_of(rule) or system_of(rule.workspace_id)
    assert by is not None, "a workspace has an owner"
    return by.through("automation", depth=1)


def _runs(rule: AutomationRule) -> Any:
    return AutomationRun.objects.within(rule.workspace_id).filter(rule=rule)
