"""What the pages of rules draw."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone

from workspaces.actor import Actor
from workspaces.faces import face
from workspaces.plans import plan_of, room
from workspaces.rules import as_uuid

from ..actions.metering import runs_used
from ..models import AutomationRule, AutomationRun, Project
from .content import Content, content_of
from .parts import Json
from .reading import DAYS, days_of, may_keep, runs_of
from .recipes import RECIPES

SHOWN = 30
STATES = AutomationRun.State
TONES = {STATES.DONE: "is-good", STATES.FAILED: "is-danger", STATES.OVER_PLAN: "is-warn"}


def list_page(by: Actor, rules: Iterable[AutomationRule]) -> Json:
    """All rules, and how much of the plan is used."""
    found = list(rules)
    counted = days_of(by, found)
    most, used = room(by.workspace, "automation_runs"), runs_used(by.workspace.pk)
    return {
        "rules": [_line(by, one, counted.get(one.pk, {})) for one in found], "may_manage": by.may("automation.manage"),
        "recipes": list(RECIPES.values()), "most": most, "used": used, "plan": plan_of(by.workspace).name,
        "percent": min(100, 100 * used // most) if most else 100 if most == 0 else 0,
    }  # fmt: skip


def rule_page(by: Actor, rule: AutomationRule, content: Content, before: str) -> Json:
    """One rule: what it says, its days and its runs."""
    rows = runs_of(by, rule).order_by("-pk")
    if (known := as_uuid(before)) is not None:
        rows = rows.filter(pk__lt=known)
    found = list(rows[: SHOWN + 1])
    return {
        "content": content, "keeper": face(rule.keeper), "bars": bars(days_of(by, [rule]).get(rule.pk, {})),
        "runs": [_run(one) for one in found[:SHOWN]], "older": found[SHOWN - 1].pk if len(found) > SHOWN else "", "first": known is None,
    }  # fmt: skip


def places_for(by: Actor) -> list[Project]:
    """The projects in which they may keep rules."""
    rows = Project.objects.whole_to(by).filter(archived_at=None).order_by("key")
    return [one for one in rows if by.may("task.edit", one)]


def bars(days: dict[date, dict[str, int]]) -> list[Json]:
    """The last days, drawn: what was done below, what was not above it; heights in percent of the highest day."""
    last = timezone.localdate()
    dates = [last - timedelta(days=DAYS - 1 - n) for n in range(DAYS)]
    highest = max([sum(one.values()) for one in days.values()], default=0) or 1
    return [_bar(n, day, days.get(day, {}), highest) for n, day in enumerate(dates)]


def _bar(place: int, day: date, counts: dict[str, int], highest: int) -> Json:
    done = counts.get(STATES.DONE, 0)
    rest = sum(counts.values()) - done
    height, above = 100 * done // highest, 100 * rest // highest
    return {
        "x": 10 * place + 1, "day": day, "done": done, "rest": rest, "height": height, "y": 100 - height, "above": above, "top": 100 - height - above,
    }  # fmt: skip


def _line(by: Actor, rule: AutomationRule, days: dict[date, dict[str, int]]) -> Json:
    content = content_of(by, rule)
    state = rule.last_state  # type: ignore[attr-defined]
    return {
        "rule": rule, "sentence": content.sentence, "faults": content.faults, "keeper": face(rule.keeper), "bars": bars(days) if days else [],
        "may_keep": may_keep(by, rule), "last": STATES(state).label if state else "", "tone": TONES.get(state, ""),
    }  # fmt: skip


def _run(run: AutomationRun) -> Json:
    return {
        "run": run,
        "state": STATES(run.state).label,
        "tone": TONES.get(run.state, ""),
        "over_plan": run.state == STATES.OVER_PLAN,
    }  # type: ignore[call-overload]
