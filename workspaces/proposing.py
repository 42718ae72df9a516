"""What may stand in the lines of a proposal: actions with their arguments, each registered by the app that owns it.

A line names an action, what it is about, and its arguments as JSON. What is not registered here cannot be proposed.
"""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from .actor import Actor

Json = dict[str, Any]
MODEL = ("", "model")  # lines that do not say where they come from come from one
SOURCES = ("rule", "similarity", "model", "solver", "form")  # what a line can come from


@dataclass(frozen=True)
class Kind:
    """What an argument may say.

    `read` finds it with the actor's eyes, raising Refused; `keep` says it again, by id; `fact` says it as the record does.
    """

    schema: Json
    read: Callable[[Actor, Any, Any], Any]  # (by, the line's subject, what is said)
    keep: Callable[[Any], Any]
    fact: Callable[[Any], Any]
    words: str
    show: Callable[[Any], str] = lambda fact: shown(fact)  # a fact as a page says it
    noun: str = ""  # of a row that an earlier line of the proposal may make: it may be called $1


@dataclass(frozen=True)
class Noun:
    """What a line can be about. `find` takes ids and what people say (FLOW-42), and leaves out what the actor does not see."""

    name: str
    find: Callable[[Actor, Collection[str]], dict[str, Any]]
    fact: Callable[[Any], Json]  # id, ref, label
    project: Callable[[Any], UUID]
    example: str


@dataclass(frozen=True)
class Verb:
    """An action that may stand in a line."""

    name: str
    words: str
    about: Noun
    run: Callable[..., Any]
    takes: Mapping[str, Kind]
    needed: frozenset[str]
    sentence: str
    before: Callable[[Any, Json], Json]  # (subject, arguments) -> facts that the action would change
    after: Callable[[Any, Json], Json]
    touches: Callable[[Iterable[str]], Iterable[str]]  # the versioned fields that make a line stale
    makes: Noun | None
    imagine: Callable[[Any, Json], Any] | None  # (subject, arguments) -> what it would make


VERBS: dict[str, Verb] = {}
# (the lines that are about to be applied) -> None: takes the locks of all of them, in the order in which locks are taken
HOLDS: list[Callable[[Actor, list[Json]], None]] = []


def proposable(
    run: Callable[..., Any],
    *,
    words: str,
    about: Noun,
    takes: Mapping[str, Kind],
    like: Callable[..., Any] | None = None,
    name: str = "",
    before: Callable[[Any, Json], Json] = lambda subject, arguments: {},
    after: Callable[[Any, Json], Json] | None = None,
    touches: Callable[[Iterable[str]], Iterable[str]] = lambda names: (),
    makes: Noun | None = None,
    imagine: Callable[[Any, Json], Any] | None = None,
) -> None:
    """Let an action stand in lines. `like` has the signature of what the action takes by **keywords."""
    name = name or run.__name__
    asked = dict(inspect.signature(run).parameters) | (dict(inspect.signature(like).parameters) if like else {})
    assert name not in VERBS and set(takes) <= set(asked), name
    open_ended = like is not None and makes is None  # a change of fields: any of them, none by need
    needed = frozenset(one for one in takes if asked[one].default is inspect.Parameter.empty and not open_ended)
    sentence = (inspect.getdoc(run) or "").partition("\n")[0]

    def facts(subject: Any, arguments: Json) -> Json:
        return {one: takes[one].fact(value) for one, value in arguments.items()}

    VERBS[name] = Verb(
        name, words, about, run, takes, needed, sentence, before, after or facts, touches, makes, imagine
    )  # fmt: skip


def by_model(lines: Iterable[Json]) -> bool:
    """Whether a model had a hand in it."""
    return any(line["source"] in MODEL for line in lines)


def shown(fact: Any) -> str:
    """A fact in words; "" for none."""
    if isinstance(fact, list):
        return ", ".join(map(shown, fact))
    if isinstance(fact, dict):
        return fact.get("name") or (f"{fact['ref']} {fact['label']}" if fact["id"] else f"“{fact['label']}” (new)")
    return "" if fact is None else str(fact)


def hold(by: Actor, lines: list[Json]) -> None:
    """Hold until commit whatever the lines change, so that nothing moves on between the look and the act."""
    for take in HOLDS:
        take(by, lines)


def tools(names: Collection[str] = ()) -> list[Json]:
    """The actions as tools of a model: a call's arguments with `action` beside them are a line. `names`: only those."""
    return [_tool(verb) for name, verb in VERBS.items() if not names or name in names]


def _tool(verb: Verb) -> Json:
    said = {
        "type": "object",
        "properties": {name: kind.schema | {"title": kind.words} for name, kind in verb.takes.items()},
        "required": sorted(verb.needed),
        "additionalProperties": False,
    }
    shape: Json = {
        "type": "object",
        "properties": {
            "subject": {"type": "string", "description": f"the {verb.about.name}, such as {verb.about.example}"},
            "arguments": said,
            "because": {"type": "string", "description": "why, in one sentence"},
        },
        "required": ["subject", "arguments", "because"],
        "additionalProperties": False,
    }
    return {"name": verb.name, "description": verb.sentence, "parameters": shape}
