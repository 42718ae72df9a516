"""What a new task may be given: by rule, and by what tasks that read alike were given. No model is needed for it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tasks.models import Project, Task
from tasks.people import people_for
from tasks.reading.finding import labels_of
from tasks.reading.similar import Similar, duplicates, similar_ones, similar_tasks, stems, telling_words
from workspaces.actor import Actor
from workspaces.review import SOURCES

from ..reading.meanings import meaning_alike

FIELDS = ("label", "assignee", "priority", "project", "duplicate")
SHARE = 0.5  # of the likeness of all similar tasks that speaks for a value
ENOUGH = 2  # tasks that have to speak for it
ELSEWHERE = 0.7
MOST_DUPLICATES = 2
URGENT = {
    4: ("outage", "urgent", "asap", "emergency", "security", "breach", "data loss"),
    3: ("crash", "crashes", "crashed", "broken", "blocker", "regression", "fails", "failing"),
}


@dataclass(frozen=True)
class Suggestion:
    """`id` names it: `label:<id>`, `assignee:<id>`, `priority:3`, `project:WEB`, `duplicate:FLOW-7`. `then` is what a yes
    would do besides.
    """

    field: str
    value: str
    words: str
    because: str
    source: str
    then: str = ""

    @property
    def id(self) -> str:
        return f"{self.field}:{self.value}"

    @property
    def moves(self) -> bool:
        """Whether the task would go away from where it is."""
        return self.field in ("project", "duplicate")

    @property
    def comes(self) -> str:
        """Where it comes from, as a proposal says it."""
        return SOURCES[self.source]


@dataclass
class Scene:
    """A task, made or not, and what of its project the actor may choose from."""

    by: Actor
    project: Project
    title: str
    description: str = ""
    task: Task | None = None
    priority: int = 0
    labels: dict[str, str] = field(default_factory=dict)  # id → name
    people: dict[str, str] = field(default_factory=dict)
    projects: dict[UUID, Project] = field(default_factory=dict)  # others in which the actor may make tasks
    has_labels: set[str] = field(default_factory=set)
    has_people: set[str] = field(default_factory=set)
    similar: list[Similar] = field(default_factory=list)
    meant: dict[str, float] = field(default_factory=dict)  # ref → how nearly its title means the same
    unlike: list[Similar] = field(default_factory=list)  # of these, those whose words are others

    @classmethod
    def of(cls, by: Actor, project: Project, title: str, description: str = "", task: Task | None = None) -> "Scene":
        """Read what is known, with the actor's eyes."""
        made = cls(by, project, title, description, task, task.priority if task else 0)
        made.labels = {str(pk): name for pk, name in labels_of(by, project).values_list("pk", "name")}
        made.people = {
            str(row.user_id): str(row.user) for row in people_for(by, project, task) if not row.user.is_program
        }
        others = Project.objects.whole_to(by).filter(archived_at=None).exclude(pk=project.pk)
        made.projects = {row.pk: row for row in others if project.whole_to(by) and by.may("task.create", row)}
        if task:
            made.has_labels = {str(pk) for pk in task.task_labels.values_list("label_id", flat=True)}
            made.has_people = {str(pk) for pk in task.assignments.values_list("user_id", flat=True)}
        made.similar = similar_tasks(by, title, besides=task.pk if task else None)
        if task:
            made._add_meant(task)
        return made

    def _add_meant(self, task: Task) -> None:
        """Those that share no words with it, or few."""
        found = meaning_alike(self.by, task)
        known = {one.id for one in self.similar}
        others = similar_ones(self.by, self.title, [key for key in found if key not in known])
        self.meant = {one.ref: found[one.id] for one in (*self.similar, *others) if one.id in found}
        self.unlike = others

    @property
    def stems(self) -> set[str]:
        return stems(telling_words(self.title))

    @property
    def beside(self) -> list[Similar]:
        """Those in the same project."""
        return [one for one in self.similar if one.project_id == self.project.pk]


def rules_and_likeness(scene: Scene) -> list[Suggestion]:
    """What rules and similar tasks suggest, each once, in the order of the fields."""
    found: dict[str, Suggestion] = {}
    for suggest in (
        _labels_named,
        _priority_named,
        _labels_alike,
        _person_alike,
        _priority_alike,
        _project,
        _duplicates,
    ):
        for one in suggest(scene):
            found.setdefault(one.id, one)
    once: set[str] = set()
    return [
        one for one in sorted(found.values(), key=lambda one: FIELDS.index(one.field))
        if one.field in ("label", "duplicate") or not (one.field in once or once.add(one.field))
    ]  # fmt: skip


def suggestion_of(scene: Scene, field: str, value: str, because: str, source: str) -> Suggestion | None:
    """A suggestion in the actor's terms; None where the value is none that they may choose, or the task has it."""
    words = KNOWN[field](scene, value)
    return Suggestion(field, value, words, because, source) if words else None


def _label(scene: Scene, value: str) -> str:
    return "" if value in scene.has_labels else scene.labels.get(value, "")


def _person(scene: Scene, value: str) -> str:
    return "" if scene.has_people else scene.people.get(value, "")


def _priority(scene: Scene, value: str) -> str:
    fits = value in ("1", "2", "3", "4") and not scene.priority
    return str(Task.Priority(int(value)).label) if fits else ""


def _other_project(scene: Scene, value: str) -> str:
    return next((row.name for row in scene.projects.values() if row.key == value), "")


def _same(scene: Scene, value: str) -> str:
    known = (*scene.similar, *scene.unlike)
    return next((f"{one.ref} {one.title}" for one in known if one.ref == value and not one.archived), "")


KNOWN: dict[str, Callable[[Scene, str], str]] = {
    "label": _label, "assignee": _person, "priority": _priority, "project": _other_project, "duplicate": _same,
}  # fmt: skip


def _made(scene: Scene, said: Iterable[tuple[str, str, str, str]]) -> list[Suggestion]:
    return [made for one in said if (made := suggestion_of(scene, *one))]


def _labels_named(scene: Scene) -> list[Suggestion]:
    text = {word.removesuffix("s") for word in telling_words(f"{scene.title} {scene.description[:2000]}")}
    named = [(key, name) for key, name in scene.labels.items() if _words(name) and _words(name) <= text]
    return _made(scene, (("label", key, f"“{name}” stands in its text.", "rule") for key, name in named))


def _words(name: str) -> set[str]:
    return {word.removesuffix("s") for word in telling_words(name)}


def _priority_named(scene: Scene) -> list[Suggestion]:
    low = f" {' '.join(scene.title.lower().split())} "
    for value, words in URGENT.items():
        if word := next((word for word in words if f" {word}" in low), ""):
            return _made(scene, [("priority", str(value), f"“{word}” stands in its title.", "rule")])
    return []


def _labels_alike(scene: Scene) -> list[Suggestion]:
    return _made(scene, _votes("label", scene.beside, lambda one: map(str, one.labels), "carry it"))


def _person_alike(scene: Scene) -> list[Suggestion]:
    return _made(scene, _votes("assignee", scene.beside, lambda one: map(str, one.people), "were theirs"))


def _priority_alike(scene: Scene) -> list[Suggestion]:
    return _made(scene, _votes("priority", scene.beside, lambda one: [str(one.priority)], "have it"))


def _votes(
    field: str, similar: list[Similar], values: Callable[[Similar], Iterable[str]], does: str
) -> list[tuple[str, str, str, str]]:
    """Each similar task speaks for its values with its likeness."""
    weight: dict[str, float] = defaultdict(float)
    refs: dict[str, list[str]] = defaultdict(list)
    for one in similar:
        for value in values(one):
            weight[value] += one.likeness
            refs[value].append(one.ref)
    total = sum(one.likeness for one in similar)
    chosen = [value for value in weight if len(refs[value]) >= ENOUGH and weight[value] >= SHARE * total]
    return [(field, value, _counted(refs[value], len(similar), does), "similarity") for value in chosen]


def _counted(refs: list[str], of: int, does: str) -> str:
    return f"{len(refs)} of the {of} most similar tasks {does}: {', '.join(refs[:3])}{' …' if len(refs) > 3 else ''}."


def _project(scene: Scene) -> list[Suggestion]:
    """Where most of what reads alike stands in another project."""
    weight: dict[UUID, float] = defaultdict(float)
    refs: dict[UUID, list[str]] = defaultdict(list)
    for one in scene.similar:
        weight[one.project_id] += one.likeness
        refs[one.project_id].append(one.ref)
    best = max(weight, key=lambda key: weight[key], default=None)
    if best is None or best not in scene.projects or len(refs[best]) < ENOUGH:
        return []
    if weight[best] < ELSEWHERE * sum(weight.values()):
        return []
    because = _counted(refs[best], len(scene.similar), "stand there")
    return _made(scene, [("project", scene.projects[best].key, because, "similarity")])


def _duplicates(scene: Scene) -> list[Suggestion]:
    """By words or by meaning, the nearest first."""
    by_words = {one.ref: one.likeness for one in duplicates(scene.similar)}
    nearest = sorted(by_words | scene.meant, key=lambda ref: -max(by_words.get(ref, 0), scene.meant.get(ref, 0)))
    said = [(ref, _how_alike(by_words.get(ref, 0), scene.meant.get(ref, 0))) for ref in nearest[:MOST_DUPLICATES]]
    return _made(scene, (("duplicate", ref, because, "similarity") for ref, because in said))


def _how_alike(words: float, meaning: float) -> str:
    if words >= meaning:
        return f"The titles are {words * 100:.0f} % alike by words."
    return f"The titles are {meaning * 100:.0f} % alike by meaning."


def told(one: Suggestion) -> dict[str, Any]:
    """As REST says it."""
    return {
        "id": one.id, "field": one.field, "value": one.value, "words": one.words, "because": one.because, "source": one.source,
        "then": one.then,
    }  # fmt: skip
