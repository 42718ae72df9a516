"""The record as people read it: acts newest first, however many rows each has, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from .actor import Actor
from .events import by_rule, says, subject_words
from .faces import author_face
from .models import ActivityLog, ChangeSet
from .panels import rule_names
from .permissions import MEMBER
from .undo import undoable

BATCH = 120
LISTED = 12  # rows of an act that are told one by one
UNDO_DAYS = 30
VIA = {
    "api": "API",
    "import": "import",
    "ai": "AI",
    "automation": "automation",
    "mcp": "MCP",
    "system": "system",
    "support": "support",
}


@dataclass(frozen=True)
class Line:
    """A row in words: before, the linked subject, after."""

    before: str
    subject: str
    url: str
    after: str


@dataclass
class Entry:
    """One act of one person: the sentence of its newest row, and of some of the others."""

    change: ChangeSet
    rows: list[ActivityLog]
    count: int = 0
    first_seq: int = 0
    whole: bool = True
    who: dict[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    undoable: bool = False
    titled: bool = True

    @property
    def lead(self) -> ActivityLog:
        """The row that stands for the act: the first that was done, as far as read."""
        return self.rows[-1]

    @property
    def title(self) -> str:
        """What the act is called, where one of its rows would not say it."""
        named = self.titled and self.change.kind in (ChangeSet.Kind.IMPORT, ChangeSet.Kind.BULK)
        return self.change.title[:1].lower() + self.change.title[1:] if named else ""

    @property
    def more(self) -> int:
        """How many rows it has beside the one told."""
        return self.count - 1

    @property
    def unlisted(self) -> int:
        """How many rows are counted only."""
        return self.count - len(self.lines)

    @property
    def via(self) -> str:
        """Through which door; the AI too where a person took its words over."""
        return VIA.get("ai" if self.change.kind == ChangeSet.Kind.AI else self.lead.via, "")

    @property
    def when(self) -> datetime:
        """When it was done; the rows of an import carry the dates of what they tell."""
        return self.change.created_at

    @property
    def day(self) -> date:
        return timezone.localtime(self.when).date()

    @property
    def day_name(self) -> str:
        """Today, Yesterday, or the date."""
        days = (timezone.localdate() - self.day).days
        year = "" if self.day.year == timezone.localdate().year else f" {self.day.year}"
        return ("Today", "Yesterday")[days] if days in (0, 1) else f"{self.day:%A}, {self.day.day} {self.day:%B}{year}"


def entries(
    by: Actor, rows: QuerySet[ActivityLog], *, before: int | None = None, size: int = 40
) -> tuple[list[Entry], int | None]:
    """A page of acts, and the seq before which the next page begins (None: there is none)."""
    rows = rows.select_related("actor", "on_behalf_of", "change").order_by("-seq")
    found: list[Entry] = []
    more = True
    while more and len(found) <= size:
        batch = list((rows.filter(seq__lt=before) if before else rows)[:BATCH])
        more = len(batch) == BATCH
        found += _grouped(batch)
        if more:
            _close(found[-1], rows)
        before = found[-1].first_seq if found else None
    page = found[:size]
    rules = rule_names(by, [entry.change.pk for entry in page if entry.lead.depth])
    for entry in page:
        entry.who = author_face(entry.lead)
        if rule := rules.get(entry.change.pk):
            entry.who |= {"name": by_rule(entry.who["name"], rule)}
        entry.lines = [line(by, row) for row in reversed(entry.rows[-LISTED:])]
        entry.undoable = _may_undo(by, entry)
        entry.titled = by.level >= MEMBER  # a title counts tasks, and a guest may see but some of them
    return page, (page[-1].first_seq if len(found) > size else None)


def _grouped(batch: Iterable[ActivityLog]) -> list[Entry]:
    """The rows of one act stand side by side: they were written together, as the last thing before commit."""
    found: list[Entry] = []
    for row in batch:
        if not found or found[-1].change.pk != row.change_id:
            found.append(Entry(row.change, []))
        entry = found[-1]
        entry.rows.append(row)
        entry.count, entry.first_seq = entry.count + 1, row.seq
    return found


def _close(entry: Entry, rows: QuerySet[ActivityLog]) -> None:
    """The act at the foot of a batch may go on (an import has thousands of rows): say how far, without reading them."""
    all_rows = rows.order_by().select_related(None).filter(change_id=entry.change.pk)
    facts = all_rows.aggregate(count=Count("seq"), first=Min("seq"))
    entry.whole = facts["count"] == entry.count
    entry.count, entry.first_seq = facts["count"], facts["first"]


def _may_undo(by: Actor, entry: Entry) -> bool:
    """Whether to show the button; the undo itself decides."""
    fresh = entry.when > timezone.now() - timedelta(days=UNDO_DAYS)
    stands = entry.change.state == ChangeSet.State.APPLIED
    own = entry.lead.actor_id == by.user.pk
    still = by.workspace.suspended_at is not None or by.workspace.over
    return not still and fresh and stands and (own or by.level >= MEMBER) and undoable(entry.rows)


def line(by: Actor, row: ActivityLog) -> Line:
    """The sentence of a row, cut around what it is about so that it can be a link."""
    sentence = says(row)
    subject = next((words for words in (subject_words(row), row.subject_key) if words and words in sentence), "")
    before, _, after = sentence.partition(subject) if subject else (sentence, "", "")
    return Line(before, subject, _url(by, row) if subject else "", after)


def _url(by: Actor, row: ActivityLog) -> str:
    name = "task" if "-" in row.subject_key else "board" if row.subject_type == "project" and row.subject_key else ""
    if not name or row.event in ("task:deleted", "project:deleted"):
        return ""
    try:
        return reverse(name, args=[by.workspace.slug, row.subject_key])
    except NoReverseMatch:
        return ""
