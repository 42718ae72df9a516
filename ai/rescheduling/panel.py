"""What the page of a proposal says of the plan behind it: what could not be placed, what it keeps to, who has how much."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import User
from workspaces.actor import Actor
from workspaces.faces import face
from workspaces.models import ChangeSet
from workspaces.review import address

from ..models import AIRun, Proposal
from .chips import chips
from .telling import plan_told
from .wishes import Json

HIGH, WIDE, BAR = 40, 10, 4  # of the drawing: its height, a week's width and a bar's


def plan_panel(by: Actor, change: ChangeSet) -> dict[str, Any]:
    """For templates/ai/_plan.html; empty where no plan is behind it."""
    row = Proposal.objects.within(by.workspace).filter(change=change).first()
    if row is None or "plan" not in row.facts:
        return {}
    told = plan_told(row.facts["plan"])
    wishes, people = told["wishes"], _faces(told)
    unplaced = _unplaced(by, told)
    most = _scale([week for load in told["loads"] for week in load["weeks"]])
    weeks = told["loads"][0]["weeks"] if told["loads"] else []
    return {
        "unplaced": unplaced, "chips": chips(wishes, {key: one["name"] for key, one in people.items()}), "notes": told["notes"],
        "loads": [_load(load, people, most) for load in told["loads"]], "form": _form(by, row, unplaced, change),
        "begins": date.fromisoformat(weeks[0]["monday"]) if weeks else None, "ends": date.fromisoformat(weeks[-1]["monday"]) if weeks else None,
    }  # fmt: skip


def _form(by: Actor, row: Proposal, unplaced: list[Json], change: ChangeSet) -> str:
    """The form with the same wishes, for another plan of the same project."""
    key = change.lines[0]["subject"]["ref"].rpartition("-")[0]
    run = f"?run={row.run_id}" if row.run_id else ""
    return reverse("reschedule", args=[by.workspace.slug, key]) + run


def _faces(told: Json) -> dict[str, Json]:
    ids = {load["person"]["id"] for load in told["loads"]}
    ids |= {rule["person"] for rule in told["wishes"]["rules"] if rule.get("person")}
    return {str(user.pk): face(user) for user in User.objects.filter(pk__in=ids)}


def outcome(by: Actor, run: AIRun | None) -> Json | None:
    """What the form says of a plan from which no proposal came; None where there is no such plan."""
    if run is None or "plan" not in run.result or run.change_id:
        return None
    return {"summary": run.result["summary"], "unplaced": _unplaced(by, plan_told(run.result["plan"]))}


def _unplaced(by: Actor, told: Json) -> list[Json]:
    return [one | {"url": address(by, one["task"])} for one in told["unplaced"]]


def _scale(weeks: list[Json]) -> float:
    """The points of a bar as high as the drawing; one week that holds many times what fits does not make all others flat."""
    highest = max((max(week["before"], week["after"], week["capacity"]) for week in weeks), default=0.0)
    return min(highest, 3 * max((week["capacity"] for week in weeks), default=0.0) or highest)


def _load(load: Json, people: dict[str, Json], most: float) -> Json:
    weeks = load["weeks"]
    over = [week for week in weeks if week["after"] > week["capacity"]]
    before, after = (max(weeks, key=lambda week: week[name]) for name in ("before", "after"))
    note = f"fullest week {before['before']:g} → {after['after']:g}"
    return {
        "person": people.get(load["person"]["id"]) or face(None), "width": WIDE * len(weeks), "bars": list(_bars(weeks, most)),
        "lines": [_line(n, week, most) for n, week in enumerate(weeks)],
        "note": f"{note}, {len(over)} over" if over else note, "words": "; ".join(map(_words, weeks)),
    }  # fmt: skip


def _words(week: Json) -> str:
    monday = date.fromisoformat(week["monday"])
    return (
        f"week of {monday.day} {monday:%B}: {week['before']:g} before, {week['after']:g} after, of {week['capacity']:g}"
    )


def _bars(weeks: list[Json], most: float) -> Iterator[Json]:
    for n, week in enumerate(weeks):
        yield _bar("is-before", WIDE * n + 0.5, week["before"], most)
        yield _bar("is-over" if week["after"] > week["capacity"] else "is-after", WIDE * n + 5, week["after"], most)


def _bar(name: str, x: float, points: float, most: float) -> Json:
    height = min(max(HIGH * points / most, 0.8), HIGH) if points else 0
    return {"name": name, "x": f"{x:g}", "y": f"{HIGH - height:.1f}", "width": BAR, "height": f"{height:.1f}"}


def _line(n: int, week: Json, most: float) -> Json:
    return {
        "from": WIDE * n,
        "to": WIDE * (n + 1),
        "y": f"{HIGH - HIGH * week['capacity'] / most:.1f}" if most else HIGH,
    }
