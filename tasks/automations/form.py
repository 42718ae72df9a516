"""The builder: a rule as the lines of a form, read from what was sent, drawn again with one line more or less."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from workspaces.actor import Actor
from workspaces.errors import Refused

from ..models import AutomationRule, Project
from . import conditions as ifs
from . import steps as thens
from .conditions import CONDITIONS
from .parts import Json, Kind
from .recipes import RECIPES
from .steps import STEPS
from .triggers import TRIGGERS
from .values import PLACES, Around

PLAIN = ("name", "project", "when", "when_value", "version", "do", "card")
LINE = re.compile(r"(?:if|then)-\d{1,2}(?:-value)?")
LISTS: dict[str, tuple[str, Mapping[str, Kind], str]] = {
    "conditions": ("if", CONDITIONS, "assigned"), "steps": ("then", STEPS, "assign"),
}  # fmt: skip
MOST = {"conditions": ifs.MOST, "steps": thens.MOST}


def sent_names(fields: Mapping[str, Any]) -> list[str]:
    """The names that the builder sends."""
    return [*PLAIN, *(name for name in fields if LINE.fullmatch(name))]


def said_in(fields: QueryDict) -> Json:
    """The rule as it was sent: nothing of it is checked yet."""
    return {
        "name": fields.get("name", ""), "project": fields.get("project", ""), "when": _part(fields, "when", "when_value", TRIGGERS),
        **{name: _lines(fields, start, kinds) for name, (start, kinds, _) in LISTS.items()},
    }  # fmt: skip


def said_of(rule: AutomationRule) -> Json:
    """A rule that is kept."""
    parts = {name: getattr(rule, name) for name in ("name", "when", "conditions", "steps")}
    return parts | {"project": rule.project.key if rule.project else ""}


def said_at_first(recipe: str, project: str) -> Json:
    """A recipe, or the simplest rule there is."""
    if (one := RECIPES.get(recipe)) is not None:
        return {
            "name": one.name,
            "project": project,
            "when": one.when,
            "conditions": one.conditions,
            "steps": one.steps,
        }
    steps = [{"kind": "assign", "value": "actor"}]
    return {
        "name": "",
        "project": project,
        "when": {"kind": "created", "value": None},
        "conditions": [],
        "steps": steps,
    }


def altered(said: Json, do: str) -> Json:
    """With one line more or less: add:steps, drop:conditions:0."""
    verb, _, rest = do.partition(":")
    name, _, place = rest.partition(":")
    if name not in LISTS:
        return said
    lines = list(said[name])
    if verb == "add" and len(lines) < MOST[name]:
        lines.append({"kind": LISTS[name][2], "value": None})
    if verb == "drop" and place.isdecimal() and int(place) < len(lines):
        del lines[int(place)]
    return said | {name: lines}


def form_of(by: Actor, said: Json, projects: list[Project], faults: Mapping[str, str]) -> Json:
    """What the template draws; `faults` by field."""
    project = next((one for one in projects if one.key == said["project"]), None)
    around = Around(by, project)
    return {
        "name": said["name"], "faults": faults, "projects": [(one.key, one.name, one.key == said["project"]) for one in projects],
        "when": _drawn(around, TRIGGERS, said["when"], "when", "when_value", "when", faults), "places": PLACES,
        **{
            name: [
                _drawn(around, kinds, one, f"{start}-{n}", f"{start}-{n}-value", f"{name}[{n}]", faults) | {"drop": f"drop:{name}:{n}"}
                for n, one in enumerate(said[name])
            ]
            for name, (start, kinds, _) in LISTS.items()
        },
        "full": {name: len(said[name]) >= MOST[name] for name in LISTS},
        "other": {field: words for field, words in faults.items() if "." not in field and "[" not in field and field not in ("name", "project")},
    }  # fmt: skip


def blame(no: Refused) -> dict[str, str]:
    """The refusal at its field."""
    return {no.field: no.words}


def _part(fields: QueryDict, name: str, value: str, kinds: Mapping[str, Kind]) -> Json:
    kind = fields.get(name, "")
    said = fields.get(value, "").replace("\r\n", "\n")
    known = kinds.get(kind)
    return {"kind": kind, "value": said if said and known and known.value.form else None}


def _lines(fields: QueryDict, start: str, kinds: Mapping[str, Kind]) -> list[Json]:
    numbers = sorted(int(name.split("-")[1]) for name in fields if re.fullmatch(rf"{start}-\d{{1,2}}", name))
    return [_part(fields, f"{start}-{n}", f"{start}-{n}-value", kinds) for n in numbers]


def _drawn(
    around: Around, kinds: Mapping[str, Kind], part: Json, name: str, value: str, field: str, faults: Mapping[str, str]
) -> Json:
    kind = kinds.get(part["kind"]) or next(iter(kinds.values()))
    kept = "" if part["value"] is None else str(part["value"])
    choices = kind.value.choices(around)
    gone = kind.value.form == "select" and bool(kept) and kept not in dict(choices)
    before, _, after = kind.words.partition("{value}")
    return {
        "name": name, "value_name": value, "kinds": [(key, one.words.replace("{value}", "…"), key == part["kind"]) for key, one in kinds.items()],
        "form": kind.value.form, "kept": kept, "choices": choices, "gone": gone, "hint": kind.value.hint, "label": f"{before.strip()} …", "after": after.strip(),
        "fault": faults.get(f"{field}.value") or faults.get(f"{field}.kind") or faults.get(field, ""),
    }  # fmt: skip
