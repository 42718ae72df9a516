"""The form of a plan: what it shows, and what it sends as the wishes have it. A rule's fields are called r0-rule, r0-person …"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone

from tasks.models import Project, Task
from tasks.people import people_for
from tasks.reading.finding import tasks_of
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.faces import face

from ..models import AIRun
from ..runs import run_seen_by
from .chips import NAMES
from .wishes import DAYS, RULES, WEEKS, Json

PLAIN = ("start", "end", "deadline", "frozen_until", "most_moves", "moving", "undated", "points_a_day")
OF_RULES = ("rule", "person", "task", "since", "until", "points", "days")
FIELD = re.compile(rf"r(\d{{1,4}})-({'|'.join(OF_RULES)})")
MOST_TASKS = 300  # that are told by name, to the page and to a model
# the rules in the order in which they are offered, and what adds one
OFFERED = {
    "away": "Somebody is away", "points": "Points a day", "days": "Working days", "by": "Done by a day", "not_before": "Not before a day",
    "stays": "A task stays", "first": "A task comes first",
}  # fmt: skip
MOVING = {"low": "Little", "normal": "Normal", "high": "Much"}


def sent_names(fields: QueryDict) -> list[str]:
    """The fields that the form may have."""
    return [*PLAIN, *(name for name in fields if FIELD.fullmatch(name))]


def said_in(fields: QueryDict) -> Json:
    """The wishes that a form sends, not yet checked; a number that is none stays as it was typed, and is refused then."""
    said: Json = {name: value for name in PLAIN[:4] if (value := fields.get(name, "").strip())}
    if moving := fields.get("moving"):
        said["moving"] = moving
    said["undated"] = fields.get("undated") == "1"
    if moves := fields.get("most_moves", "").strip():
        said["most_moves"] = _number(moves, int)
    if points := fields.get("points_a_day", "").strip():
        said["points_a_day"] = _number(points, float)
    return said | {"rules": _rules(fields)}


def _rules(fields: QueryDict) -> list[Json]:
    found: dict[int, Json] = {}
    for name in fields:
        if hit := FIELD.fullmatch(name):
            place, what = int(hit[1]), hit[2]
            found.setdefault(place, {})[what] = fields.getlist(name) if what == "days" else fields[name].strip()
    for rule in found.values():
        if rule.get("points"):
            rule["points"] = _number(rule["points"], float)
    return [found[place] for place in sorted(found)]


def _number(said: str, kind: Callable[[str], Any]) -> Any:
    try:
        return kind(said[:20].replace(",", "."))
    except ValueError:
        return said


def wishes_at_first(by: Actor, project: Project, run: AIRun | None = None) -> Json:
    """What the form begins with: what a run read or planned; else what one last asked of this project, as far as it lies ahead."""
    run = run or _last(by, project)
    kept = dict((run.result.get("wishes") or run.inputs.get("wishes") or {}) if run else {})
    today = timezone.localdate()
    if not kept or str(kept.get("start", "")) < str(today):
        kept |= {"start": str(today), "end": str(today + timedelta(weeks=WEEKS))}
    for name in ("deadline", "frozen_until"):
        if kept.get(name) and kept[name] < str(today):
            kept[name] = None
    kept["rules"] = [rule for rule in kept.get("rules", []) if str(rule.get("until") or today) >= str(today)]
    return kept


def _last(by: Actor, project: Project) -> AIRun | None:
    rows = AIRun.objects.within(by.workspace).filter(user=by.user, kind="reschedule", inputs__project=project.key)
    return rows.order_by("-created_at").first()  # type: ignore[no-any-return]


def run_of(by: Actor, project: Project, said: str) -> AIRun | None:
    """The run that the address names, of this project; none where it names none."""
    try:
        run = run_seen_by(by, UUID(said)) if said else None
    except (ValueError, Http404):
        return None
    return run if run and run.inputs.get("project") == project.key else None


def form_page(by: Actor, project: Project, said: Json, no: Refused | None = None) -> Json:
    """As templates/ai/reschedule.html draws it."""
    people = [face(row.user) for row in people_for(by, project)]
    named = [
        {"ref": f"{project.key}-{number}", "title": title}
        for number, title in tasks_named(by, project).values_list("number", "title")[:MOST_TASKS]
    ]
    field, place, of = _at(no)
    said = said | {"points_a_day": _short(said.get("points_a_day", 1))}
    return {
        "project": project, "given": said, "people": people, "tasks": named,
        "rules": [_drawn(rule, n, of if n == place else "", no) for n, rule in enumerate(said.get("rules", []))],
        "blank": [_drawn({"rule": kind}, "__n__") for kind in RULES], "offered": OFFERED.items(), "moving": MOVING.items(),
        "errors": {field: no.words} if no else {}, "days": NAMES.items(),
    }  # fmt: skip


def tasks_named(by: Actor, project: Project) -> QuerySet[Task]:
    """Those that a rule can be about, the newest first."""
    return tasks_of(by, project).open().filter(completed_at=None).order_by("-number")


def _short(points: Any) -> Any:
    """1 and not 1.0"""
    return f"{points:g}" if isinstance(points, int | float) else points


def _at(no: Refused | None) -> tuple[str, int, str]:
    """The field at fault, and of a rule its place and which part of it."""
    if no and (hit := re.fullmatch(r"rules\[(\d+)\]\.?(\w*)", no.field)):
        return "rules", int(hit[1]), hit[2] or "rule"
    return no.field if no else "", -1, ""


def _drawn(rule: Json, n: int | str, fault: str = "", no: Refused | None = None) -> Json:
    kind = rule.get("rule")
    takes = RULES.get(kind if isinstance(kind, str) else "", ())
    return {
        "n": n, "kind": kind, "takes": takes, "name": OFFERED.get(str(kind), "Rule"), "fault": fault, "words": no.words if no and fault else "",
        **{name: rule.get(name, "") for name in OF_RULES[1:]}, "points": _short(rule.get("points", "")), "days": rule.get("days") or list(DAYS[:5]),
    }  # fmt: skip
