"""Where two people change one field: what they wrote is brought together, or whoever came second is shown both.

A value comes with the version of the row that it was made on. What the field held then stands in the record: in `before`
of the first row since that changed it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.events import author, says
from workspaces.models import ActivityLog

from ..merging import Part, merge

TEXTS = {"description": "", "body": ""}  # merged by paragraph; what they hold where the record does not say


@dataclass(frozen=True)
class Conflict:
    """A field that two people changed: what both began with, what it is now and at which version, what was to be saved."""

    field: str
    base: Any
    theirs: Any
    yours: Any
    by: str
    version: int
    parts: tuple[Part, ...] = ()

    @property
    def told(self) -> dict[str, Any]:
        """As a problem says it."""
        names = ("field", "base", "theirs", "yours", "by", "version")
        return {name: getattr(self, name) for name in names}


class Conflicting(Refused):
    """Somebody changed the same meanwhile: nothing was saved, and both are shown."""

    status = 409

    def __init__(self, words: str, conflict: Conflict) -> None:
        super().__init__(words, conflict.field)
        self.conflict = conflict
        self.members = {"conflicts": [conflict.told]}


class Elsewhere(Refused):
    """The card no longer stands where it was seen: a newer move is never overridden."""

    status = 409


@dataclass(frozen=True)
class Since:
    """The rows that changed a field of something since a version of it, the oldest first."""

    by: Actor
    name: str
    rows: Sequence[ActivityLog]

    @classmethod
    def of(cls, by: Actor, row: Any, event: str, name: str, version: int) -> "Since":
        """What the record knows; the row must be held."""
        rows = ActivityLog.objects.within(by.workspace).filter(
            subject_id=row.pk, event=event, version__gt=version, before__has_key=name
        )
        return cls(by, name, list(rows.select_related("actor", "on_behalf_of").order_by("seq")))

    @property
    def base(self) -> Any:
        """What the field held at that version."""
        return self.rows[0].before[self.name] if self.rows else TEXTS.get(self.name)

    @property
    def who(self) -> str:
        """Bob and Carol; you, where it was yourself in another window."""
        names = dict.fromkeys(self._name(row) for row in self.rows)
        return " and ".join(filter(None, [", ".join(list(names)[:-1]), *list(names)[-1:]])) or "somebody"

    def _name(self, row: ActivityLog) -> str:
        mine = row.actor_id == self.by.author.pk
        return "you" if mine else author(row.via, row.actor, row.on_behalf_of)

    @property
    def mine(self) -> bool:
        """Only yourself by hand: of one's own choices the later one stands. Two runs of a program are not so sure of that."""
        by_hand = {(row.actor_id, row.via) for row in self.rows} == {(self.by.author.pk, self.by.via)}
        return by_hand and self.by.via == "web"

    @property
    def words(self) -> str:
        """Bob set the due date of FLOW-1 to 2026-12-03 meanwhile."""
        if not self.rows:
            return "This was changed meanwhile."
        last = self.rows[-1]
        name = self._name(last)
        here = " in another window" if name == "you" else ""
        return f"{name[:1].upper()}{name[1:]} {says(last)} meanwhile{here}."


def together(
    since: Since, *, yours: Any, now: Any, version: int, fact: Callable[[Any], Any] = lambda value: value
) -> Any:
    """What to save, where the field has changed since: raises Conflicting where two values cannot both stand."""
    if since.name in TEXTS:
        return _merged(since, yours, now, version)
    if fact(yours) == since.base:
        return now  # sent along as it was read: not changed here
    if fact(yours) != fact(now) and not since.mine:
        raise Conflicting(since.words, Conflict(since.name, since.base, fact(now), fact(yours), since.who, version))
    return yours


def _merged(since: Since, yours: str, now: str, version: int) -> str:
    merged = merge(since.base, now, yours)
    if merged.clashes:
        conflict = Conflict(since.name, since.base, now, yours, since.who, version, merged.parts)
        raise Conflicting(since.words, conflict)
    return merged.text


def both_sets(since: Since, yours: dict[str, Any], now: dict[str, Any]) -> list[Any]:
    """People or labels by id: what each side put on is on, what each took off is off."""
    base = {one["id"] for one in since.base or ()}
    return [one for key, one in (now | yours).items() if (key in now and key in yours) or key not in base]
