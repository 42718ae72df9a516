"""All cases, made from the addresses that there are and the answers that are declared."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import api, pages
from .asking import NARROW, OUTSIDERS
from .declared import Asked, filled
from .doors import API, PAGE, VERBS, Address, addresses, operation_at
from .rules import OUTSIDE, RULES
from .world import World

WRONG_VERB = ("anonymous", "eve", "owner")  # who may most is refused: so is who may less
NO_VERB = Asked("no such verb")


@dataclass(frozen=True)
class Case:
    """One request of one role, and what it must be answered."""

    who: str
    door: str
    verb: str
    name: str
    url: str
    expected: tuple[int | str, ...]
    asked: Asked
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.who}: {self.verb.upper()} {self.name}"


def declared(address: Address, verb: str) -> Asked | None:
    """What is said of the operation; None where nothing is."""
    if address.door == "page":
        return pages.ANSWERS.get(f"{verb} {address.path.removeprefix(PAGE)}", NO_VERB)
    if operation_at(address.path, verb) is None:
        return NO_VERB
    below = address.path.removeprefix(API + "{workspace}/")
    return api.ANSWERS.get(f"{verb} {below}") or api.ANSWERS.get(f"{verb} {below.removesuffix('/')}")


def undeclared() -> list[str]:
    """The operations of which nobody has said who may."""
    return [f"{verb} {one.path}" for one in tenant_addresses() for verb in VERBS if declared(one, verb) is None]


def tenant_addresses() -> list[Address]:
    return [one for one in addresses() if one.path.startswith((PAGE, API + "{workspace}/"))]


def cases(world: World, who: str) -> Iterator[Case]:
    """Every address × every verb as this role."""
    for address in tenant_addresses():
        if set(address.slots) - set(world.ids):
            continue  # `test_every_slot_has_an_id` names it
        for verb in VERBS:
            asked = declared(address, verb)
            if asked is not None and (asked is not NO_VERB or who in WRONG_VERB):
                yield case(world.ids, who, address, verb, asked, expected(who, address.door, verb, asked))


def hidden_cases(world: World, who: str) -> Iterator[Case]:
    """The same addresses, where they lead into the private project: 404 to all but its owner."""
    for address in tenant_addresses():
        if not {"key", "ref"} & set(address.slots) or set(address.slots) - set(world.ids):
            continue
        for verb in VERBS:
            if (asked := declared(address, verb)) not in (None, NO_VERB):
                answer: tuple[int | str, ...] = ("ok",) if who == "owner" else (404,)
                yield case(world.hidden, who, address, verb, asked, answer)  # type: ignore[arg-type]  (neither, as just asked)


def expected(who: str, door: str, verb: str, asked: Asked) -> tuple[int | str, ...]:
    """By the rule; who is outside is answered the same everywhere. A `reader` reads as the owner and writes nothing."""
    if who == "reader" and door == "api":
        return (RULES[asked.rule]["owner"] if verb == "get" else (403,)) if asked is not NO_VERB else (403, 405)
    if who in (*OUTSIDERS, *NARROW):
        answers = OUTSIDE[door][who]
        answers = answers if len(answers) == 1 else answers[:1] if verb == "get" else answers[1:]
        return (*answers, 405) if asked is NO_VERB else answers
    return (405,) if asked is NO_VERB else RULES[asked.rule][who]


def case(
    ids: dict[str, str], who: str, address: Address, verb: str, asked: Asked, answer: tuple[int | str, ...]
) -> Case:
    ids = ids | filled(asked.ids, ids)
    url, body, query = address.path.format(**ids), filled(asked.body, ids), filled(asked.query, ids)
    return Case(who, address.door, verb, address.path, url, answer, asked, body, query)
