"""Whom a text mentions: @ and a name, as one word (@AnnaSchmidt), in words (@Anna Schmidt), or by first name or address.

Code is no speech: what stands in backticks mentions nobody. A first name that two people share mentions neither.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.S)
WORDS = 4  # of a name that is written in words
WORD = r"[^\W_][\w.'’-]{0,60}"
AT = re.compile(rf"(?<![\w/@.])@({WORD}(?: {WORD}){{0,{WORDS - 1}}})")
END = ".'’-_"


class Named(NamedTuple):
    """What a person can be called by."""

    id: UUID
    name: str
    email: str


def handles(people: Iterable[Named]) -> dict[str, frozenset[UUID]]:
    """What may follow the @, and whom it means; whole names before parts of names."""
    whole, part = defaultdict(set), defaultdict(set)
    for one in people:
        words = one.name.casefold().split()
        for name in {" ".join(words), "".join(words)} - {""}:
            whole[name].add(one.id)
        for name in {*words, one.email.casefold().partition("@")[0]} - {""}:
            part[name.rstrip(END)].add(one.id)
    alone = {name: ids for name, ids in part.items() if len(ids) == 1}
    return {name: frozenset(ids) for name, ids in {**alone, **whole}.items()}


def handle(name: str) -> str:
    """How a person is written: @AnnaSchmidt."""
    return "".join(name.split())


def mentioned(text: str, known: Mapping[str, frozenset[UUID]]) -> set[UUID]:
    """Everybody whom the text mentions."""
    found: set[UUID] = set()
    for at in AT.finditer(CODE.sub(" ", text)) if "@" in text else ():
        found |= known.get(longest(at[1], known).casefold(), frozenset())
    return found


def longest(words: str, known: Container[str]) -> str:
    """The longest name that these words begin with, as it is written there; "" for none."""
    parts = words.split(" ")
    for count in range(len(parts), 0, -1):
        name = " ".join(parts[:count])
        for tried in (name, name.rstrip(END), re.split("['’]", name)[0]):  # Bob's
            if tried.casefold() in known:
                return tried
    return ""
