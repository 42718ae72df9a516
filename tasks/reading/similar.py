"""Tasks that read alike: shared words by the search index, then likeness by trigrams. With the actor's eyes, without a model."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, TrigramSimilarity
from django.db.models import OuterRef

from workspaces.actor import Actor

from ..models import Assignment, Task, TaskLabel

WORD = re.compile(r"\w{3,40}")
COMMON = frozenset(
    "about add after all and any are but can could does for from get had has have how into its make more new not now off one our out "
    "please set should some task tasks than that the their them then there they this too update use was were what when where which who "
    "why will with work would you your".split()
)
MOST_WORDS = 12
MOST = 20
ALIKE = 0.2  # likeness of titles below which a task tells nothing
DUPLICATE = 0.5


@dataclass(frozen=True)
class Similar:
    """A task that reads like another; `likeness` is of the titles, 0 to 1."""

    id: UUID
    project_id: UUID
    ref: str
    title: str
    likeness: float
    done: bool
    archived: bool
    priority: int
    labels: tuple[UUID, ...]
    people: tuple[UUID, ...]


def telling_words(text: str) -> list[str]:
    """The words of a text that say what it is about, each once, in order."""
    found = dict.fromkeys(word for word in WORD.findall(text.lower()) if word not in COMMON and not word.isdecimal())
    return list(found)[:MOST_WORDS]


def stems(words: Iterable[str]) -> set[str]:
    """Beginnings that other forms of the same words share: `crashes` and `crashed` are `crash`."""
    return {word[: max(4, len(word) - 2)] if len(word) > 5 else word for word in words}


def similar_tasks(by: Actor, title: str, *, besides: UUID | None = None, most: int = MOST) -> list[Similar]:
    """The tasks that the actor sees whose titles read most like this one, the likest first; archived ones too."""
    if not (wanted := stems(telling_words(title))):
        return []
    shared = SearchQuery(" | ".join(f"'{stem}':*" for stem in sorted(wanted)), config="simple", search_type="raw")
    rows = Task.objects.visible_to(by).filter(search=shared)
    rows = rows.exclude(pk=besides) if besides else rows
    return _read(by, rows, title, ALIKE)[:most]


def similar_ones(by: Actor, title: str, ids: Iterable[UUID]) -> list[Similar]:
    """These tasks, as far as the actor sees them, with how alike their titles are to this one."""
    return _read(by, Task.objects.visible_to(by).filter(pk__in=list(ids)), title, 0)


def _read(by: Actor, rows: Any, title: str, least: float) -> list[Similar]:
    labels = TaskLabel.objects.filter(workspace=by.workspace, task=OuterRef("pk"), label__deleted_at=None)
    people = Assignment.objects.filter(workspace=by.workspace, task=OuterRef("pk"))
    rows = rows.annotate(likeness=TrigramSimilarity("title", title[:300]))
    rows = rows.filter(likeness__gte=least).order_by("-likeness", "-number").values_list(
        "pk", "project_id", "project__key", "number", "title", "likeness", "completed_at", "archived_at", "priority",
        ArraySubquery(labels.values("label_id")), ArraySubquery(people.values("user_id")),
    )  # fmt: skip
    return [_similar(*row) for row in rows[:MOST]]


def _similar(pk: UUID, project_id: UUID, key: str, number: int, title: str, likeness: float, *rest: Any) -> Similar:
    done, archived, priority, labels, people = rest
    return Similar(
        pk, project_id, f"{key}-{number}", title, round(likeness, 2), bool(done), bool(archived), priority, tuple(labels),
        tuple(people),
    )  # fmt: skip


def duplicates(found: Iterable[Similar]) -> list[Similar]:
    """Those that may well be the same thing; an archived one is no use to point at."""
    return [one for one in found if one.likeness >= DUPLICATE and not one.archived]
