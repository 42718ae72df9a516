"""The work of one import: what of a board becomes what in a project, made through the actions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from workspaces.actor import Actor
from workspaces.models import ActivityLog, ChangeSet, Membership

from ..actions.columns import add_status
from ..actions.details import MOST_LINES
from ..actions.hanging import Details, Line, Linked, Said, hang_details
from ..actions.labels import MOST as MOST_LABELS
from ..actions.labels import create_label
from ..actions.projects import create_project
from ..actions.tasks import Draft, create_tasks
from ..models import Attachment, Comment, Label, Project, Status, Task
from ..people import people_of
from . import fitting
from .board import Board, Card, Column, Person, Remark
from .fitting import People, shortened
from .progress import Tell
from .report import Report, counted

AT_ONCE = 500
Thing = TypeVar("Thing")
LONGEST_COMMENT, LONGEST_LINE, LONGEST_NAME = 50_000, 500, 200


class Making:
    """One board on its way into one project."""

    project: Project

    def __init__(self, by: Actor, board: Board, kind: str, tell: Tell) -> None:
        self.by, self.board, self.kind, self.tell = by, board, kind, tell
        self.report = Report.of(board)
        self.brought, left = fitting.kept(board.columns)
        if left:
            self.report.skip(
                counted(len(left), "archived list") + " without cards", ", ".join(column.name for column in left)
            )
        members = Membership.objects.within(by.workspace).select_related("user")
        self.people = People([membership.user for membership in members])

    def make(self, source: str, name: str, key: str) -> None:
        """A new project with the board's lists as its columns."""
        names = [shortened(column.name, 60) for column in self.brought]
        project = create_project(
            self.by, name=shortened(name, 80), key=key, source=source, description=shortened(self.board.description, 5_000),
            columns=tuple(zip(names, fitting.categories(self.brought), strict=True)),
        )  # fmt: skip
        self._fill(project, {})

    def add_to(self, project: Project) -> None:
        """What is new in the file, into the project that an earlier file became."""
        self.report.added_to = True
        known = _known_tasks(project)
        if gone := sum(task.deleted_at is not None for task in known.values()):
            self.report.skip(counted(gone, "card"), "Deleted here since the last import.")
        self._fill(project, known)

    def _fill(self, project: Project, known: dict[str, Task]) -> None:
        self.project, self.report.project = project, project.key
        self.assignable = set(people_of(project).values_list("user_id", flat=True))
        self.tell(5, "Lists and labels")
        labels = self._labels()
        made = self._cards(labels, known)
        self._details(made, known)
        self.report.people(self.people)
        self.tell(95, "Writing the record")

    def _labels(self) -> dict[str, Label]:
        """The board's labels by their id there, made where the project lacks them."""
        used = {tag.id for column in self.brought for card in column.cards for tag in card.tags}
        wanted = [tag for tag in self.board.tags if tag.id in used or tag.name.lower() != tag.colour.split("_")[0]]
        found = {label.name.casefold(): label for label in self.project.labels.filter(deleted_at=None)}
        labels = {}
        for tag_id, name in fitting.tag_names(wanted).items():
            if name.casefold() not in found and len(found) >= MOST_LABELS:
                self.report.skip(f"The label {name}", f"A project has at most {MOST_LABELS} labels.")
                continue
            colour = next(tag.colour for tag in wanted if tag.id == tag_id)
            labels[tag_id] = found[name.casefold()] = found.get(name.casefold()) or self._label(name, colour)
        return labels

    def _label(self, name: str, colour: str) -> Label:
        self.report.labels += 1
        return create_label(self.by, self.project, name=name, color=fitting.color(colour))

    def _cards(self, labels: dict[str, Label], known: dict[str, Task]) -> dict[str, Task]:
        """The new cards, column by column at its foot, by their source."""
        columns = self._columns(known)
        total, made = sum(len(cards) for _, cards, _ in columns) or 1, dict[str, Task]()
        for column, cards, status in columns:
            drafts = [self._draft(card, column, labels) for card in cards]
            tasks = create_tasks(self.by, self.project, drafts=drafts, to=status) if drafts else []
            made |= {task.source: task for task in tasks}
            self.tell(10 + 60 * len(made) // total, f"{len(made):,} of {total:,} cards")
            self.report.count(column, len(cards))
        return made

    def _columns(self, known: dict[str, Task]) -> list[tuple[Column, list[Card], Status]]:
        """Each list with its new cards and our column for it: by its place in a new project, else by its name."""
        statuses = {row.name.casefold(): row for row in reversed(list(self._statuses()))}
        fresh = [] if self.report.added_to else list(self._statuses())
        rows = []
        for place, column in enumerate(self.brought):
            new = [card for card in column.cards if self._source(card) not in known]
            status = fresh[place] if fresh else statuses.get(shortened(column.name, 60).casefold())
            if status or new:
                rows.append((column, new, status or self._status(column)))
        return rows

    def _statuses(self) -> Iterator[Status]:
        for row in self.project.statuses.filter(deleted_at=None).order_by("rank"):
            row.project = self.project
            yield row

    def _status(self, column: Column) -> Status:
        category = fitting.categories([column])[0]
        return add_status(self.by, self.project, name=shortened(column.name, 60), category=category)

    def _source(self, thing: Card | Remark) -> str:
        return f"{self.kind}:{thing.id}"

    def _draft(self, card: Card, column: Column, labels: dict[str, Label]) -> Draft:
        title, description = fitting.prose(card, self._strangers(card))
        assignees = {user.pk: user for person in card.people if (user := self._assignee(person))}
        return Draft(
            title, description, due=fitting.due_day(card, self.by.user.time_zone), source=self._source(card),
            assignees=list(assignees.values()), labels=[labels[tag.id] for tag in card.tags if tag.id in labels],
            archived_at=self._now() if card.closed or column.closed else None, created_at=card.created_at or self._now(),
        )  # fmt: skip

    def _now(self) -> datetime:
        return self.by.at or timezone.now()

    def _assignee(self, person: Person) -> User | None:
        user = self.people.find(person)
        return user if user and user.pk in self.assignable else None

    def _strangers(self, card: Card) -> list[Person]:
        return [person for person in card.people if not self._assignee(person)]

    def _details(self, made: dict[str, Task], known: dict[str, Task]) -> None:
        """Everything that hangs on new cards; on those known before, the comments and links they lack."""
        there = _known_details(known.values())
        details = list(self._hanging(made, known, there))
        for place, some in enumerate(_parts(details)):
            self.tell(70 + 25 * place * AT_ONCE // len(details), "Comments, checklists and links")
            hang_details(self.by, self.project, details=some)
        self.report.comments = sum(len(one.said) for one in details)
        self.report.checklist_items = sum(len(one.lines) for one in details)
        self.report.links = sum(len(one.links) for one in details)

    def _hanging(self, made: dict[str, Task], known: dict[str, Task], there: set[str]) -> Iterator[Details]:
        for card in (card for column in self.brought for card in column.cards):
            new = made.get(self._source(card))
            task = new or known[self._source(card)]
            said = [self._said(remark) for remark in card.remarks if self._source(remark) not in there]
            links = [
                Linked(link.url, shortened(link.name, LONGEST_NAME), f"{self.kind}:{link.id}")
                for link in card.links if f"{self.kind}:{link.id}" not in there
            ]  # fmt: skip
            lines = list(self._lines(card)) if new else []
            if not task.deleted_at and (said or links or lines):
                yield Details(task, said, lines, links)

    def _said(self, remark: Remark) -> Said:
        author = remark.author and self.people.find(remark.author)
        name = "" if author else remark.author.name if remark.author else "Somebody"
        return Said(shortened(remark.text, LONGEST_COMMENT), remark.written_at, author, name, self._source(remark))

    def _lines(self, card: Card) -> Iterable[Line]:
        """One checklist of all the card's: each line knows the heading it stood under, where there were several."""
        several = len(card.checklists) > 1
        lines = [
            Line(shortened(step.name, LONGEST_LINE), step.done, checklist.name if several else "")
            for checklist in card.checklists for step in checklist.steps
        ]  # fmt: skip
        if len(lines) > MOST_LINES:
            self.report.skip(
                counted(len(lines) - MOST_LINES, "checklist line"), f"{card.name} has more than {MOST_LINES}."
            )
        return lines[:MOST_LINES]


def _parts(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    for start in range(0, len(things), AT_ONCE):
        yield things[start : start + AT_ONCE]


def _known_tasks(project: Project) -> dict[str, Task]:
    """The project's imported tasks by source. One that a person deleted stays known and deleted; one undone is new again."""
    rows = Task.objects.within(project.workspace_id).filter(project=project).exclude(source="")
    tasks = list(rows.only("pk", "source", "deleted_at").order_by("-deleted_at"))
    deleted = [task.pk for task in tasks if task.deleted_at]
    undone = _undone(project, deleted) if deleted else set()
    return {task.source: task for task in tasks if task.pk not in undone}


def _undone(project: Project, deleted: list[UUID]) -> set[UUID]:
    """Those of the deleted tasks that went because an import was undone."""
    rows = ActivityLog.objects.within(project.workspace_id).filter(event="task:deleted", subject_id__in=deleted)
    return set(rows.filter(change__kind=ChangeSet.Kind.UNDO).values_list("subject_id", flat=True))


def _known_details(tasks: Iterable[Task]) -> set[str]:
    """The sources of the comments and links that came with earlier imports, deleted ones too."""
    keys = [task.pk for task in tasks]
    return {
        source
        for model in (Comment, Attachment) if keys
        for source in model.objects.filter(task__in=keys).exclude(source="").values_list("source", flat=True)
    }  # fmt: skip
