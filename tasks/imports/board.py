"""A board as an export describes it, whatever tool it came from: plain values, in the order people saw them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named by the export; `email` is usually empty, tools seldom export it."""

    id: str
    name: str
    username: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A label of the board, with the other tool's name for its colour."""

    id: str
    name: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a checklist."""

    id: str
    name: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Checklist:
    """A named list of steps on a card."""

    id: str
    name: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """An attachment, kept as the address where the other tool serves it."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment; `author` is None when the export no longer says who wrote it."""

    id: str
    text: str
    written_at: datetime
    author: Person | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One card with everything that hangs on it."""

    id: str
    name: str
    description: str = ""
    due_at: datetime | None = None
    due_met: bool = False
    closed: bool = False
    created_at: datetime | None = None
    creator: Person | None = None
    tags: tuple[Tag, ...] = ()
    people: tuple[Person, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    links: tuple[Link, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A list of the board; `closed` means it was archived with all its cards."""

    id: str
    name: str
    closed: bool = False
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Omission:
    """Something of the file that has no place here, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Board:
    """A whole board: columns from left to right, cards from top to bottom."""

    id: str
    name: str
    description: str = ""
    columns: tuple[Column, ...] = ()
    tags: tuple[Tag, ...] = ()
    people: tuple[Person, ...] = ()
    omissions: tuple[Omission, ...] = ()

    @property
    def card_count(self) -> int:
        """How many cards the file holds, archived ones included."""
        return sum(len(column.cards) for column in self.columns)
