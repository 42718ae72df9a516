"""People and where they are: several tabs of one person are one person, and each reader is told of what they may see."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

from accounts.models import User
from workspaces.faces import initials
from workspaces.feed import Eyes

PLACES = 5  # of one person
NAMELESS = "Somebody"  # an address is not for everybody's eyes


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What one tab shows: ids for judging, names for reading. Nothing in it was written by a client."""

    away: bool
    page: str
    project_id: str = ""
    project: str = ""
    task_id: str = ""
    task: str = ""
    field: str = ""

    def seen_by(self, eyes: Eyes) -> bool:
        """A place without a project tells nothing but that somebody is here."""
        return not self.project_id or eyes.sees("presence", self.project_id, None, self.task_id or None)

    @property
    def wire(self) -> dict[str, Any]:
        told = {
            "page": self.page, "projectId": self.project_id, "project": self.project, "taskId": self.task_id,
            "task": self.task, "field": self.field, "away": self.away,
        }  # fmt: skip
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Face:
    """How a person is drawn."""

    name: str
    initials: str
    color: int
    avatar_url: str

    @classmethod
    def of(cls, user_id: str, name: str, avatar: str) -> "Face":
        shown = name.strip() or NAMELESS
        return cls(shown, initials(shown), UUID(user_id).int % 12, User(avatar=avatar).avatar_url)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is here."""

    face: Face
    at: tuple[Place, ...]

    def wire(self, user_id: str, eyes: Eyes) -> dict[str, Any]:
        """Their places as far as these eyes see them; perhaps none: they are here, on something else."""
        face = self.face
        return {
            "id": user_id, "name": face.name, "initials": face.initials, "color": face.color,
            "avatarUrl": face.avatar_url, "at": [place.wire for place in self.at if place.seen_by(eyes)],
        }  # fmt: skip


People = dict[str, Person]


def merged(groups: Iterable[Mapping[str, Person]]) -> People:
    """One person each, with the places of all their tabs; those they look at come first."""
    found: dict[str, set[Place]] = {}
    faces: dict[str, Face] = {}
    for group in groups:
        for user_id, person in group.items():
            found.setdefault(user_id, set()).update(person.at)
            faces[user_id] = person.face
    return {user_id: Person(faces[user_id], _foremost(places)) for user_id, places in found.items()}


def _foremost(places: set[Place]) -> tuple[Place, ...]:
    return tuple(sorted(places, key=lambda place: (place.away, not place.field, not place.task, place))[:PLACES])


def packed(people: Mapping[str, Person]) -> dict[str, Any]:
    """As processes tell each other."""
    return {
        user_id: [astuple(person.face), [astuple(place) for place in person.at]] for user_id, person in people.items()
    }


def unpacked(said: Mapping[str, Any]) -> People:
    return {
        user_id: Person(Face(*face), tuple(Place(*place) for place in places))
        for user_id, (face, places) in said.items()
    }
