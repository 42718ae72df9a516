"""Who is told of which row, and why: decided from the row and the scene, without asking the database again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from workspaces.feed import Eyes, person_of, task_of

from ..models import Reason
from .mentions import mentioned
from .reasons import STRENGTH

TEXTS = {
    "task:created": "description",
    "task:updated": "description",
    "comment:created": "body",
    "comment:updated": "body",
}
FOLLOWED = {
    "comment:created": Reason.COMMENTED, "task:archived": Reason.CHANGED, "task:restored": Reason.CHANGED,
    "task:deleted": Reason.CHANGED, "task:recovered": Reason.CHANGED, "task:left": Reason.CHANGED,
    "task:arrived": Reason.CHANGED,
}  # fmt: skip
ABOUT_ME = {
    "task:shared": Reason.SHARED, "project:shared": Reason.SHARED, "member:role_changed": Reason.ROLE,
    "task:brought_up": Reason.RULE, "automation:stopped": Reason.RULE,
}  # fmt: skip
BY_OWN_RULE = frozenset({Reason.RULE, Reason.ASSIGNED, Reason.UNASSIGNED})
IN_THE_WAY = frozenset({"dependency:created", "dependency:reopened"})
FREED = frozenset({"dependency:resolved", "dependency:deleted"})  # nothing is in the way any more: that is taken back
NEW = frozenset({"task:created", "task:arrived"})  # to who watches the project
WORTH_TELLING = frozenset({"due", "priority"})  # of a task's plain fields: the rest is in its history
# the rows that anybody is ever told of
TOLD_OF = frozenset({*TEXTS, *FOLLOWED, *ABOUT_ME, *IN_THE_WAY, *FREED, "task:moved", "comment:deleted"})
DIRECT = frozenset({Reason.ASSIGNED, Reason.MENTIONED, Reason.UNASSIGNED, Reason.SHARED, Reason.ROLE})


@dataclass
class TaskFacts:
    """What decides who follows a task."""

    project_id: UUID
    creator_id: UUID | None  # None for an imported task, which nobody here has written
    assignees: set[UUID] = field(default_factory=set)
    watching: set[UUID] = field(default_factory=set)
    muted: set[UUID] = field(default_factory=set)


@dataclass
class Scene:
    """What the rows of one round are about, read once for all of them."""

    tasks: dict[UUID, TaskFacts] = field(default_factory=dict)
    watchers: dict[UUID, set[UUID]] = field(default_factory=dict)  # of whole projects
    deaf: dict[UUID, set[UUID]] = field(default_factory=dict)  # who has muted a whole project
    done: set[str] = field(default_factory=set)  # columns where work is finished
    known: dict[str, frozenset[UUID]] = field(default_factory=dict)  # names, for mentions
    eyes: dict[UUID, Eyes] = field(default_factory=dict)
    silenced: set[tuple[UUID, str]] = field(default_factory=set)  # reasons that people have muted

    def followers(self, task_id: UUID) -> set[UUID]:
        """Who created it, who is on it, who watches it or its project; who has muted it does not."""
        task = self.tasks[task_id]
        own = task.watching | task.assignees | ({task.creator_id} if task.creator_id else set())
        project = self.watchers.get(task.project_id, set()) | own
        deaf = self.deaf.get(task.project_id, set()) - task.watching
        return project - task.muted - deaf

    def owners(self, task_id: UUID) -> set[UUID]:
        """Whose task it is: who is on it, else who created it; who has muted it does not hear of it."""
        task = self.tasks[task_id]
        return (task.assignees or ({task.creator_id} if task.creator_id else set())) - task.muted

    def follow(self, task_id: UUID, people: Iterable[UUID]) -> None:
        """They follow the task from the next row on."""
        self.tasks[task_id].watching |= set(people)

    def sees(self, person: UUID, row: Any) -> bool:
        """The one rule, as it is now (workspaces/feed.py)."""
        eyes = self.eyes.get(person)
        project = row.project_id and str(row.project_id)
        return eyes is not None and eyes.sees(row.event, project, person_of(row), task_of(row))


def wanted(scene: Scene, row: Any) -> dict[UUID, set[Reason]]:
    """Everybody whom a row concerns, and why; never who did it, nor on whose behalf.

    Of what a rule did, its keeper hears as far as it is meant for them.
    """
    found: dict[UUID, set[Reason]] = {}
    for person, reason in _reasons(scene, row):
        found.setdefault(person, set()).add(reason)
    for author in (row.actor_id, row.on_behalf_of_id if row.via != "support" else None):
        if (meant := found.pop(author, set()) & BY_OWN_RULE) and row.depth:
            found[author] = meant
    return found


def heard(scene: Scene, row: Any, person: UUID, reasons: set[Reason]) -> Reason | None:
    """The strongest reason that they have not muted, if they may see the row."""
    left = [reason for reason in reasons if (person, reason) not in scene.silenced]
    return min(left, key=STRENGTH.__getitem__) if left and scene.sees(person, row) else None


def _reasons(scene: Scene, row: Any) -> Iterator[tuple[UUID, Reason]]:
    if row.event in ABOUT_ME:
        if person := person_of(row):
            yield UUID(person), ABOUT_ME[row.event]
        return
    task_id = UUID(task_of(row) or "0" * 32)
    if task_id not in scene.tasks:
        return
    yield from ((person, Reason.MENTIONED) for person in mentions(scene, row))
    now, before = assigned(row)
    yield from ((person, Reason.ASSIGNED) for person in now - before)
    yield from ((person, Reason.UNASSIGNED) for person in before - now)
    if (why := _for_owners(row)) is not None:
        yield from ((person, why) for person in scene.owners(task_id))
    if (why := _for_followers(scene, row)) is not None:
        yield from ((person, why) for person in scene.followers(task_id))
    if row.event in NEW:
        yield from ((person, Reason.CREATED) for person in scene.watchers.get(scene.tasks[task_id].project_id, ()))


def mentions(scene: Scene, row: Any) -> set[UUID]:
    """Whom a text mentions that it did not mention before."""
    if (name := TEXTS.get(row.event)) is None or "@" not in (text := row.after.get(name) or ""):
        return set()
    return mentioned(text, scene.known) - mentioned(row.before.get(name) or "", scene.known)


def assigned(row: Any) -> tuple[set[UUID], set[UUID]]:
    """Who is on the task after the row, and who was before it."""
    now, before = ({UUID(one["id"]) for one in facts.get("assignees") or ()} for facts in (row.after, row.before))
    return now, before


def _for_owners(row: Any) -> Reason | None:
    """Their task has to wait, or has to wait for nothing any more."""
    if row.event in IN_THE_WAY:
        return Reason.BLOCKING
    return Reason.UNBLOCKED if row.event == "dependency:resolved" and not row.after.get("left") else None


def _for_followers(scene: Scene, row: Any) -> Reason | None:
    if row.event == "task:moved":
        was, now = row.before["status"]["id"], row.after["status"]["id"]
        if was == now:
            return None
        return Reason.COMPLETED if now in scene.done and was not in scene.done else Reason.MOVED
    if row.event == "task:updated":
        return Reason.CHANGED if WORTH_TELLING & row.after.keys() else None
    return FOLLOWED.get(row.event)
