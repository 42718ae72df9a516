"""A whole rule: read with somebody's eyes when it is saved, and told in words, with what has gone since."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.rules import line

from ..models import AutomationRule, Project
from . import conditions as ifs
from . import steps as thens
from .conditions import CONDITIONS
from .parts import Json, Kind, read, told
from .steps import STEPS
from .triggers import TRIGGERS, due_words
from .values import Around


@dataclass(frozen=True)
class Told:
    """A part in words; `fault` says what it names that is gone."""

    words: str
    fault: str = ""


@dataclass(frozen=True)
class Content:
    """A rule's three parts in words."""

    when: Told
    conditions: list[Told]
    steps: list[Told]

    @property
    def faults(self) -> list[str]:
        """Why it cannot run as it stands."""
        parts = [self.when, *self.conditions, *self.steps]
        return [one.fault for one in parts if one.fault]

    @property
    def sentence(self) -> str:
        """When a card is finished, if …, then move it to Done, and archive it."""
        ifs = f", if {_and([one.words for one in self.conditions])}" if self.conditions else ""
        return f"When {self.when.words}{ifs}, then {_and([one.words for one in self.steps])}."


def cleaned(by: Actor, project: Project | None, said: Json) -> Json:
    """name, when, conditions and steps as they are kept; raises Refused with the field at fault."""
    around = Around(by, project)
    clean = {
        "name": lambda value: line(value, "name", longest=80),
        "when": lambda value: read(TRIGGERS, around, value, "when"),
        "conditions": lambda value: _list(CONDITIONS, around, value, "conditions", 0, ifs.MOST),
        "steps": lambda value: _list(STEPS, around, value, "steps", 1, thens.MOST),
    }
    return {name: clean[name](value) for name, value in said.items()}


def content_of(by: Actor, rule: AutomationRule) -> Content:
    """With the eyes of whoever looks."""
    around = Around(by, rule.project)
    return Content(
        _when(around, rule.when),
        [_told(CONDITIONS, around, one) for one in rule.conditions],
        [_told(STEPS, around, one) for one in rule.steps],
    )


def _list(kinds: Mapping[str, Kind], around: Around, said: Any, field: str, least: int, most: int) -> list[Json]:
    if not isinstance(said, list) or not least <= len(said) <= most:
        count = f"{least} to {most}" if least else f"at most {most}"
        raise Refused(f"A rule has {count} {field}.", field)
    return [read(kinds, around, one, f"{field}[{place}]") for place, one in enumerate(said)]


def _when(around: Around, when: Json) -> Told:
    if when["kind"] == "due":
        return Told(due_words(when["value"]))
    return _told(TRIGGERS, around, when)


def _told(kinds: Mapping[str, Kind], around: Around, part: Json) -> Told:
    if part["kind"] not in kinds:
        return Told("…", "It says what is not known here any more.")
    try:
        return Told(told(kinds, around, part))
    except Refused as no:
        return Told(kinds[part["kind"]].words.format(value="…"), no.words)


def _and(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
