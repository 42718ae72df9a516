"""The lines of a proposal, read with somebody's eyes: what each is about and what its arguments name.

Used twice: when they are proposed, with the eyes of who asked, and when they are applied, with those of who says yes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from .actor import Actor
from .errors import Refused
from .proposing import SOURCES, VERBS, Json, Noun, Verb
from .rules import text

MOST = 1000
GIVEN = {"id", "action", "subject", "arguments", "base_version", "because", "source"}
NAME = re.compile(r"[A-Za-z0-9_-]{1,20}")


@dataclass(frozen=True)
class Found:
    """A line with the rows that it names."""

    verb: Verb
    subject: Any
    arguments: Json

    @property
    def projects(self) -> set[UUID]:
        """Those of all that it names."""
        named = {value.project_id for value in self.arguments.values() if hasattr(value, "project_id")}
        return named | {self.verb.about.project(self.subject)}


class Reader:
    """Reads lines one after another; a later one may name what an earlier one makes: $1."""

    def __init__(self, by: Actor, lines: Iterable[Json]) -> None:
        self.by = by
        self.made: dict[str, tuple[Noun, Any]] = {}
        self.found = {noun.name: noun.find(by, names) for noun, names in _named(lines)}

    def read(self, line: Json) -> Found:
        """Raises Refused with the field of the line that is at fault."""
        verb = VERBS.get(line["action"])
        if verb is None:
            known = ", ".join(VERBS)
            raise Refused(
                f"There is no action {line['action'][:40]!r} that can be proposed; there are {known}.", "action"
            )
        said = line["arguments"]
        if unknown := next((name for name in said if name not in verb.takes), None):
            takes = ", ".join(verb.takes) or "nothing"
            raise Refused(f"{verb.name} takes no {unknown[:40]!r}; it takes {takes}.", f"arguments.{unknown[:40]}")
        if missing := sorted(verb.needed - said.keys()):
            raise Refused(f"{verb.name} needs {missing[0]}.", f"arguments.{missing[0]}")
        if verb.takes and not said:
            raise Refused(f"Say what {verb.name} is to change: {', '.join(verb.takes)}.", "arguments")
        subject = self._subject(verb, name_of(line["subject"]))
        return Found(verb, subject, {name: self._argument(verb, subject, name, said[name]) for name in said})

    def moved_on(self, line: Json) -> str:
        """Why a line that was proposed can no longer be applied, as far as its subject tells; "" where it can."""
        verb, name = VERBS.get(line["action"]), name_of(line["subject"])
        if verb is None or is_earlier(name):
            return ""
        subject, ref = self.found[verb.about.name].get(name), line["subject"]["ref"]
        if subject is None:
            return f"{ref} is gone, or no longer shared with you."
        for field in verb.touches(line["arguments"]):
            if subject.changed_at(field) > line["base_version"]:
                return f"{ref} has moved on: its {field} was changed since."
        return ""

    def makes(self, line: Json, found: Found, made: Any) -> None:
        """What the line has made, or would make, for the lines after it."""
        if found.verb.makes is not None:
            self.made[line["id"]] = found.verb.makes, made

    def _subject(self, verb: Verb, name: str) -> Any:
        if is_earlier(name):
            return self._earlier(name, verb.about.name, "subject")
        found = self.found[verb.about.name].get(name)
        if found is None:
            raise Refused(f"There is no {verb.about.name} {name[:40]}, or it is not shared with you.", "subject")
        return found

    def _argument(self, verb: Verb, subject: Any, name: str, said: Any) -> Any:
        kind, field = verb.takes[name], f"arguments.{name}"
        if kind.noun and is_earlier(said):
            return self._earlier(said, kind.noun, field)
        try:
            return kind.read(self.by, subject, said)
        except Http404:
            raise Refused(f"There is no {str(said)[:40]}, or it is not shared with you.", field) from None
        except Refused as no:
            raise Refused(no.words, field) from no

    def _earlier(self, name: str, noun: str, field: str) -> Any:
        made = self.made.get(name[1:])
        if made is None or made[0].name != noun:
            raise Refused(f"It needs the {noun} that line {name[1:21]} makes, and there is none.", field)
        return made[1]


def _named(lines: Iterable[Json]) -> list[tuple[Noun, set[str]]]:
    """What to look for, all of one noun at once."""
    nouns = {verb.about.name: verb.about for verb in VERBS.values()}
    names: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if (verb := VERBS.get(line["action"])) and not is_earlier(name_of(line["subject"])):
            names[verb.about.name].add(name_of(line["subject"]))
    return [(noun, names[name]) for name, noun in nouns.items()]


def name_of(subject: Any) -> str:
    """FLOW-42, an id, or $1."""
    return str(subject.get("id") or subject.get("ref") or "") if isinstance(subject, dict) else subject


def is_earlier(said: Any) -> bool:
    """Whether it names what an earlier line makes."""
    return isinstance(said, str) and said.startswith("$")


def shaped(lines: Any) -> list[Json]:
    """The lines as they are given, each with all it needs; raises Refused with the place of what is wrong."""
    if not isinstance(lines, Sequence) or isinstance(lines, str) or not lines:
        raise Refused("A proposal needs at least one line.", "lines")
    if len(lines) > MOST:
        raise Refused(f"A proposal of {len(lines):,} lines is too long; at most {MOST:,} fit.", "lines")
    found: dict[str, Json] = {}
    for place, line in enumerate(lines):
        try:
            shape = _shaped(line, str(place + 1))
        except Refused as no:
            raise at(place, no) from no
        if shape["id"] in found:
            raise Refused(f"Two lines are called {shape['id']}.", f"lines[{place}].id")
        found[shape["id"]] = shape
    return list(found.values())


def at(place: int, no: Refused) -> Refused:
    """The refusal of one line of many."""
    return type(no)(f"Line {place + 1}: {no.words}", f"lines[{place}]{'.' if no.field else ''}{no.field}")


def _shaped(line: Any, name: str) -> Json:
    if not isinstance(line, dict):
        raise Refused("A line is an object: action, subject, arguments, because.")
    if unknown := next((one for one in line if one not in GIVEN), None):
        raise Refused(f"A line has no {str(unknown)[:40]!r}; it has {', '.join(sorted(GIVEN))}.", str(unknown)[:40])
    line = {"id": name, "arguments": {}, "base_version": None, "because": "", "source": ""} | line
    for field, kinds in (("id", str), ("action", str), ("subject", str | dict), ("arguments", dict)):
        if not isinstance(line.get(field), kinds):  # type: ignore[arg-type]
            raise Refused(f"Say the {field} of the line.", field)
    if not NAME.fullmatch(line["id"]):
        raise Refused("The id of a line has at most 20 letters, digits, - and _.", "id")
    if line["source"] not in ("", *SOURCES):
        raise Refused(f"A line comes from one of {', '.join(SOURCES)}.", "source")
    base = line["base_version"]
    if base is not None and (isinstance(base, bool) or not isinstance(base, int) or base < 0):
        raise Refused("The base_version is the version of the task that was read.", "base_version")
    return line | {"because": " ".join(text(line["because"], "because", longest=1000).split())}
