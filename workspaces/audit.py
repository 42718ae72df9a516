"""The record as auditors read it: every row of the workspace, filtered; what stands in projects not theirs is withheld.

Newest first by time. Each page costs the same wherever it is: a filter that no index serves looks at LOOKED rows
and says how far back it looked.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from .actor import VIA, Actor
from .errors import Refused
from .events import EVENTS
from .feed import Eyes, eyes_of
from .models import ActivityLog, Role
from .permissions import OWNER
from .rest.cursor import Key, Page, Place, moment, paged, read_place, whole_long

SUPPORT, PROGRAMS = "support", "programs"
LOOKED = 50_000
SIZE = 50
LONGEST = 100  # characters of what one looks for
NEWEST = [Key("created_at", moment, down=True), Key("seq", whole_long, down=True)]
TASK_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]*-\d+")


@dataclass(frozen=True)
class Asked:
    """What to show: a person's id or one of the two words above, a door, an event, days, and what it is about."""

    person: str = ""
    via: str = ""
    event: str = ""
    since: date | None = None
    until: date | None = None
    about: str = ""

    @property
    def indexed(self) -> bool:
        """Whether an index leads to the rows."""
        person = self.person not in (SUPPORT, PROGRAMS)
        return person and not (self.via or self.event or (self.about and not TASK_KEY.fullmatch(self.about)))

    @property
    def told(self) -> dict[str, str]:
        """The filters that are set, as they are written."""
        return {name: str(value) for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Found:
    """A page of rows; `looked_to` is how far back it looked where it may have stopped short of what there is."""

    page: Page
    looked_to: datetime | None = None


class Audit:
    """The record of a workspace through the eyes of one auditor."""

    def __init__(self, by: Actor, asked: Asked) -> None:
        by.must("audit.read")
        self.by, self.asked = by, asked

    @cached_property
    def eyes(self) -> Eyes:
        return eyes_of(self.by)

    def withheld(self, row: ActivityLog) -> bool:
        """Whether its facts are of a project that the reader does not belong to: the audit is no key to those."""
        return row.project_id is not None and str(row.project_id) not in self.eyes.projects

    def rows(self) -> QuerySet[ActivityLog]:
        """All rows that pass the filters, in no order."""
        asked, rows = self.asked, self._dated()
        if asked.person:
            rows = rows.filter(PEOPLE.get(asked.person) or Q(actor_id=UUID(asked.person)))
        if asked.via:
            rows = rows.filter(via=asked.via)
        if asked.event:
            rows = rows.filter(event=asked.event)
        return self._about(rows, asked.about) if asked.about else rows

    def _dated(self) -> QuerySet[ActivityLog]:
        rows: QuerySet[ActivityLog] = ActivityLog.objects.within(self.by.workspace)
        if self.asked.since:
            rows = rows.filter(created_at__gte=midnight(self.asked.since))
        if self.asked.until:
            rows = rows.filter(created_at__lt=midnight(self.asked.until + timedelta(days=1)))
        return rows

    def _about(self, rows: QuerySet[ActivityLog], words: str) -> QuerySet[ActivityLog]:
        """By key or by a word of the name; what is withheld is not found by it."""
        open_to = Q(project_id=None) | Q(project_id__in=[UUID(one) for one in self.eyes.projects])
        named = Q(subject_key=words.upper())
        if not TASK_KEY.fullmatch(words):
            named |= Q(subject_label__icontains=words)
        return rows.filter(open_to, named)

    def page(self, cursor: str = "", limit: int = SIZE) -> Found:
        """One page, newest first."""
        rows, edge = self.rows(), None
        place = read_place(cursor, "", NEWEST)
        if not self.asked.indexed:
            edge = self._edge(place)
            rows = _within(rows, edge, place.back) if edge else rows
        rows = rows.select_related("actor", "on_behalf_of")
        page = paged(rows, NEWEST, {"cursor": cursor, "limit": limit})
        return _looked(page, edge, place) if edge else Found(page)

    def _edge(self, place: Place) -> tuple[datetime, int] | None:
        """The last row that a page looks at from its place on."""
        rows = self._dated()
        if place.values:
            rows = rows.filter(**{f"created_at__{'gte' if place.back else 'lte'}": place.values[0]})
        rows = rows.order_by(*(key.order(place.back) for key in NEWEST))
        found = list(rows.values_list("created_at", "seq")[LOOKED : LOOKED + 1])
        return found[0] if found else None


PEOPLE: dict[str, Q] = {
    SUPPORT: Q(event__startswith="support:") | Q(via="support"),
    PROGRAMS: Q(actor__is_program=True),
}


def read_asked(given: Mapping[str, str]) -> Asked:
    """The filters of an address; raises Refused for what is none."""
    texts = {name: given.get(name, "").strip() for name in ("person", "via", "event", "about")}
    if texts["person"] not in ("", *PEOPLE):
        _must("person", is_id(texts["person"]), f"The person is an id, {SUPPORT} or {PROGRAMS}.")
    _must("via", texts["via"] in ("", *VIA), f"The door is one of {', '.join(VIA)}.")
    _must("event", not texts["event"] or texts["event"] in EVENTS, "There is no such event.")
    _must("about", len(texts["about"]) <= LONGEST, f"At most {LONGEST} characters.")
    return Asked(**texts, since=_day(given, "since"), until=_day(given, "until"))


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name, "").strip()
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = date.min
    _must(name, found is None or 2000 <= found.year < 2200, "This must be a date such as 2026-12-31.")
    return found


def _must(field: str, holds: bool, words: str) -> None:
    if not holds:
        raise Refused(words, field)


def midnight(day: date) -> datetime:
    """Where a day begins in the reader's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


class ForOwners(Audit):
    """Every row, as an owner without any private project reads it. Who may ask for it has been asked."""

    def __init__(self, by: Actor) -> None:
        self.by, self.asked = by, Asked()

    @cached_property
    def eyes(self) -> Eyes:
        return eyes_of(replace(self.by, role=Role(name="Owner", level=OWNER)))


def _within(rows: QuerySet[ActivityLog], edge: tuple[datetime, int], back: bool) -> QuerySet[ActivityLog]:
    at, seq = edge
    if back:
        return rows.filter(created_at__lte=at).exclude(created_at=at, seq__gt=seq)
    return rows.filter(created_at__gte=at).exclude(created_at=at, seq__lt=seq)


def _looked(page: Page, edge: tuple[datetime, int], place: Place) -> Found:
    """Where the page ended because it had looked far enough, the next one goes on from there."""
    written = Place((edge[0].isoformat(), edge[1]), place.back).written("")
    if place.back:
        return Found(page) if page.previous else Found(Page(page.rows, page.next, written), edge[0])
    return Found(page) if page.next else Found(Page(page.rows, written, page.previous), edge[0])
