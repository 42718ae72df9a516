"""The page on which somebody decides: the lines of a proposal by what they are about, before and after, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Func, IntegerField
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.times import since

from .actor import Actor
from .faces import face
from .history import UNDO_DAYS
from .lines import is_earlier
from .models import ChangeSet
from .panels import projects_of
from .proposing import VERBS, Json, Kind, by_model
from .reviewing import PROPOSED, current_lines, proposals_for

SOURCES = {
    "rule": "by a rule", "similarity": "like others", "model": "by the model", "solver": "by the planner", "form": "as asked",
}  # fmt: skip
STANDS = (ChangeSet.State.APPLIED, ChangeSet.State.PARTLY_APPLIED)
MOST, LATEST = 200, 30
LONG = 160  # characters of a text that stand in a line; more of it folds open


@dataclass(frozen=True)
class Shift:
    """One thing that a line changes, in words."""

    name: str
    before: str
    after: str

    @property
    def long(self) -> bool:
        return max(len(self.before), len(self.after)) > LONG


@dataclass(frozen=True)
class Row:
    """A line as the page draws it."""

    line: Json
    words: str
    shifts: list[Shift]
    needs: str  # the lines that make what it names, with spaces between

    @property
    def chosen(self) -> bool:
        """Open lines are ticked until somebody unticks them."""
        return bool(self.line["state"] == "open")

    @property
    def source(self) -> str:
        return SOURCES.get(self.line["source"], "")


@dataclass
class Group:
    """The lines about one task."""

    key: str
    ref: str
    label: str
    url: str
    new: bool = False
    rows: list[Row] = field(default_factory=list)


def listed(by: Actor) -> dict[str, Any]:
    """The list: what waits, the oldest first, and what was decided, the newest first."""
    size = Func("lines", function="jsonb_array_length", output_field=IntegerField())
    rows = proposals_for(by).annotate(size=size).defer("lines")
    names = {str(one["id"]): one["name"] for one in projects_of(by)}
    waiting = [_named(one, names) for one in rows.filter(state=PROPOSED).order_by("pk")[:MOST]]
    decided = [_named(one, names) for one in rows.exclude(state=PROPOSED).order_by("-decided_at")[:LATEST]]
    return {"waiting": waiting, "decided": decided}


def _named(change: Any, names: dict[str, str]) -> dict[str, Any]:
    where = [names[str(key)] for key in change.projects if str(key) in names]
    return {"change": change, "who": face(change.actor), "where": ", ".join(where[:3])}


def page_of(by: Actor, change: ChangeSet) -> dict[str, Any]:
    """What the page of one shows."""
    lines = current_lines(by, change)
    return {
        "change": change, "groups": groups(by, lines), "waits": change.state == PROPOSED, "asker": face(change.actor),
        "open": sum(line["state"] == "open" for line in lines), "count": len(lines),
        "made_by": made_by(lines), "stale": sum(line["state"] == "stale" for line in lines), "outcome": outcome(change),
        "undoable": change.state in STANDS and change.done_at > timezone.now() - timedelta(days=UNDO_DAYS),
        "may_apply": by.may("ai.approve"), "may_discard": by.may("ai.approve") or change.actor_id == by.user.pk,
    }  # fmt: skip


def made_by(lines: Iterable[Json]) -> str:
    """`AI` where a model had a hand in it; else by what it was made."""
    if by_model(lines):
        return "AI"
    return "Planner" if all(line["source"] == "solver" for line in lines) else "Rules"


def outcome(change: ChangeSet) -> str:
    """What became of it: 12 of 14 applied by Alice 5 min ago."""
    if change.decided_at is None:
        return ""
    who = f"by {change.decided_by or 'somebody'} {since(change.decided_at)}"
    if change.state == ChangeSet.State.DISCARDED:
        return f"Discarded {who}. Nothing of it was done."
    count = f"{change.applied} of {len(change.lines)}" if change.applied < len(change.lines) else "All of it was"
    undone = ", and undone since" if change.state == ChangeSet.State.UNDONE else ""
    return f"{count} applied {who}{undone}."


def groups(by: Actor, lines: Iterable[Json]) -> list[Group]:
    """In the order of the lines; what is made stands with all that is done to it."""
    found: dict[str, Group] = {}
    made = {f"${line['id']}": line for line in lines if line["action"] in VERBS and VERBS[line["action"]].makes}
    for line in lines:
        key = f"${line['id']}" if f"${line['id']}" in made else line["subject"]["id"] or line["subject"]["ref"]
        if key not in found:
            found[key] = _group(by, key, line, made)
        found[key].rows.append(_row(line, made))
    return list(found.values())


def _group(by: Actor, key: str, line: Json, made: dict[str, Json]) -> Group:
    if key in made:
        result = made[key].get("made")
        ref = result["ref"] if result else ""
        return Group(key.removeprefix("$"), ref, made[key]["after"]["title"], address(by, ref), new=True)
    about = line["subject"]
    return Group(key, about["ref"], about["label"], address(by, about["ref"]))


def _row(line: Json, made: dict[str, Json]) -> Row:
    verb = VERBS.get(line["action"])
    names = dict.fromkeys([*line["before"], *line["after"]])
    if f"${line['id']}" in made:
        del names["title"]  # it stands above
    shifts = [_shift(verb.takes[name], line, name) for name in names] if verb else []
    named = [line["subject"]["ref"], *line["arguments"].values()]
    needs = " ".join(one[1:] for one in named if is_earlier(one) and one in made)
    return Row(line, verb.words if verb else line["action"], shifts, needs)


def _shift(kind: Kind, line: Json, name: str) -> Shift:
    before, after = (kind.show(facts[name]) if name in facts else "" for facts in (line["before"], line["after"]))
    return Shift(kind.words, before, after)


def address(by: Actor, ref: str) -> str:
    """Where a task or a project stands."""
    try:
        return reverse("task" if "-" in ref else "board", args=[by.workspace.slug, ref]) if ref else ""
    except NoReverseMatch:
        return ""
