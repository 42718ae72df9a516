"""How a foreign board fits ours: column categories, label colours, people, and texts longer than a field."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from accounts.models import User
from tasks.imports.board import Card, Column, Person, Tag
from tasks.models import COLORS, ChecklistItem, Status, Task

DONE = re.compile(
    r"\b(done|complete[d]?|shipped|released|finished|closed|live|archive[d]?|erledigt|fertig|terminé|hecho)\b", re.I
)
STARTED = re.compile(
    r"\b(doing|progress|started|active|wip|review|test\w*|qa|verif\w*|ready to|deploy\w*|staging|blocked|waiting|in arbeit|en cours)\b",
    re.I,
)
WAITING = re.compile(
    r"\b(backlog|ideas?|icebox|someday|later|future|to[- ]?do|next|inbox|planned|wish\w*|new|offen|à faire)\b", re.I
)
NEAREST = {"black": "gray", "grey": "gray", "cyan": "sky", "sky": "sky", "violet": "purple", "magenta": "pink"}
MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def categories(columns: Sequence[Column]) -> list[str]:
    """A category for each column by its name; a nameless one goes with the columns before it."""
    found, so_far = [], Status.Category.BACKLOG
    for column in columns:
        so_far = _category(column.name) or (Status.Category.BACKLOG if so_far == Status.Category.DONE else so_far)
        found.append(so_far)
    return found


def _category(name: str) -> Status.Category | None:
    if DONE.search(name):
        return Status.Category.DONE
    if STARTED.search(name):
        return Status.Category.STARTED
    return Status.Category.BACKLOG if WAITING.search(name) else None


def color(name: str) -> str:
    """Our colour for another tool's; shades such as `green_dark` are the colour itself."""
    plain = name.split("_")[0].lower()
    plain = NEAREST.get(plain, plain)
    return plain if plain in COLORS else "gray"


def tag_names(tags: Iterable[Tag], taken: Iterable[str] = ()) -> dict[str, str]:
    """A label name by tag id, each fitting and each once: two labels called “Bug” become “Bug” and “Bug 2”."""
    found: dict[str, str] = {}
    used = {name.casefold() for name in taken}
    for tag in tags:
        name, number = shortened(tag.name, 40), 1
        while name.casefold() in used:
            number += 1
            name = f"{shortened(tag.name, 36)} {number}"
        used.add(name.casefold())
        found[tag.id] = name
    return found


def shortened(text: str, at_most: int) -> str:
    """The text, cut with an ellipsis where it is too long for its field."""
    return text if len(text) <= at_most else text[: at_most - 1].rstrip() + "…"


@dataclass
class People:
    """The workspace's members, found by what an export knows of them."""

    members: Sequence[User]
    _asked: dict[str, tuple[Person, User | None]] = field(default_factory=dict)

    def find(self, person: Person) -> User | None:
        """The member with this e-mail, user name or full name, when it is exactly one."""
        if person.id not in self._asked:
            self._asked[person.id] = person, self._match(person)
        return self._asked[person.id][1]

    @property
    def matches(self) -> list[tuple[Person, User]]:
        """Who was asked for and found."""
        return [(person, user) for person, user in self._asked.values() if user]

    @property
    def strangers(self) -> list[Person]:
        """Who was asked for in vain."""
        return [person for person, user in self._asked.values() if not user]

    def _match(self, person: Person) -> User | None:
        for seen, wanted in (
            (lambda user: user.email.lower(), person.email.lower()),
            (lambda user: _plain(user.email.split("@")[0]), _plain(person.username)),
            (lambda user: " ".join(user.name.casefold().split()), " ".join(person.name.casefold().split())),
        ):
            found = [user for user in self.members if wanted and seen(user) == wanted]
            if len(found) == 1:
                return found[0]
        return None


def _plain(name: str) -> str:
    """`jonas_keller` and `Jonas.Keller` are one."""
    return re.sub(r"[^\w]|_", "", name).casefold()


def prose(card: Card, strangers: Sequence[Person]) -> tuple[str, str]:
    """Title and description: what has no field of its own stands below the description, in plain words."""
    title = shortened(card.name, Task._meta.get_field("title").max_length)
    parts = [card.name] if title != card.name else []
    parts += [card.description] if card.description.strip() else []
    notes = _notes(card, strangers)
    if notes:
        parts += ["---", "\n".join(f"*{note}*  " for note in notes).rstrip()]
    return title, shortened("\n\n".join(parts), Task._meta.get_field("description").max_length)


def _notes(card: Card, strangers: Sequence[Person]) -> list[str]:
    notes = []
    if strangers:
        names = ", ".join(escaped(person.name) for person in strangers)
        notes.append(f"Assigned in Trello to {names}")
    if card.due_met:
        notes.append("Due date marked as complete in Trello")
    limit = ChecklistItem._meta.get_field("text").max_length
    long = [step.name for checklist in card.checklists for step in checklist.steps if len(step.name) > limit]
    return notes + [f"Checklist line in full: {escaped(line)}" for line in long]


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return MARKS.sub(r"\\\1", text)


def due_day(card: Card, zone: str) -> object:
    """The day on which the card is due where the importing person lives."""
    return card.due_at.astimezone(ZoneInfo(zone)).date() if card.due_at else None


def kept(columns: Iterable[Column]) -> tuple[list[Column], list[Column]]:
    """The columns to bring, archived ones last since nobody saw them; and the archived empty ones that nobody misses."""
    every = list(columns)
    brought = [column for column in every if not column.closed] + [
        column for column in every if column.closed and column.cards
    ]
    return brought, [column for column in every if column.closed and not column.cards]
