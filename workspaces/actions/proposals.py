"""Proposals: a ChangeSet whose lines wait for a yes. Applying one is one act, and its rows carry the proposal's id."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User

from ..actor import Actor
from ..errors import Forbidden, Refused, Settled, Stale
from ..feed import eyes_of
from ..lines import Found, Reader, at, is_earlier, name_of, shaped
from ..models import ChangeSet
from ..panels import may_propose
from ..proposing import Json, by_model, hold
from ..rules import line as one_line
from ..spine import action, attempt, carry_out, current_act, record

APPLIED = (ChangeSet.State.APPLIED, ChangeSet.State.PARTLY_APPLIED)


@action
def propose_change(by: Actor, *, title: str, lines: Sequence[Json]) -> ChangeSet:
    """Propose a change that others review line by line. Nothing of it is done before somebody applies it.

    A line: `action`, `subject` (FLOW-42, or $1 for what the first line makes), `arguments`, `because`, `source`, and the
    `base_version` of the task when it was read. What cannot stand in it is refused by name; see `sift_lines`.
    """
    must_propose(by)
    sifted = _sift(by, shaped(lines))
    if sifted.faults:
        raise sifted.faults[0]
    _must_see_all(by, sifted.projects)
    change = ChangeSet(
        workspace=by.workspace, kind=_kind(sifted.kept), state=ChangeSet.State.PROPOSED,
        title=one_line(title, "title", longest=300), lines=sifted.kept, projects=sorted(sifted.projects),
        actor=by.author, created_at=by.at or timezone.now(),
    )  # fmt: skip
    change.save(force_insert=True)
    tell(_voice(by, change.lines, by.user), "change:proposed", change, "")
    return change


def sift_lines(by: Actor, lines: Sequence[Json]) -> tuple[list[Json], list[Refused]]:
    """The lines that can be proposed, as `propose_change` takes them, and why each of the others cannot."""
    given = shaped(lines)
    sifted = _sift(by, given)
    good = {line["id"] for line in sifted.kept}
    return [line for line in given if line["id"] in good], sifted.faults


@action
def apply_change(by: Actor, change: ChangeSet, *, accepted: Collection[str] | None = None) -> ChangeSet:
    """Apply the accepted lines of a proposal (None: all), each as its own action, with the right that it asks for.

    A line whose task has moved on is skipped and says why. What was applied already is not applied again.
    """
    by.must("ai.approve")
    held = _held(by, change)
    if held.state in APPLIED:
        return held
    _must_wait(held)
    chosen = _chosen(held, accepted)
    carry_out(held)
    voice = _voice(by, held.lines, held.actor)
    hold(voice, [line for line in held.lines if line["id"] in chosen])
    done = _run(voice, held, chosen)
    if not done:
        first = next(line for line in held.lines if line["id"] in chosen)
        raise Stale(f"Nothing could be applied: {first['why_stale']}")
    _settle(by, held, ChangeSet.State.APPLIED if done == len(held.lines) else ChangeSet.State.PARTLY_APPLIED)
    current_act().title = f"Applied {done} of {len(held.lines)}: {held.title}"[:300]  # type: ignore[union-attr]
    tell(voice, "change:applied", held, ChangeSet.State.PROPOSED)
    return held


@action
def discard_change(by: Actor, change: ChangeSet) -> ChangeSet:
    """Put a proposal away for good: one's own, or any with the right to apply it."""
    if change.actor_id == by.user.pk:
        must_propose(by)
    else:
        by.must("ai.approve")
    held = _held(by, change)
    if held.state == ChangeSet.State.DISCARDED:
        return held
    _must_wait(held)
    _settle(by, held, ChangeSet.State.DISCARDED)
    tell(by, "change:discarded", held, ChangeSet.State.PROPOSED)
    return held


def must_propose(by: Actor) -> None:
    """Raises Forbidden."""
    if not may_propose(by):
        by.must("ai.use")


def tell(by: Actor, event: str, change: ChangeSet, was: str) -> None:
    """With its title where one project is what it is about: whoever hears of the row sees that."""
    one = change.projects[0] if len(change.projects) == 1 else None
    before: dict[str, Any] = {"state": str(was)} if was else {}
    after = {"state": str(change.state), "count": len(change.lines), "applied": change.applied}
    record(by, event, change, before=before, after=after, label=change.title if one else "", project_id=one)


def _kind(lines: Sequence[Json]) -> str:
    return ChangeSet.Kind.AI if by_model(lines) else ChangeSet.Kind.AUTOMATION


def _voice(by: Actor, lines: Sequence[Json], asker: User | None) -> Actor:
    """On behalf of whoever asked: the AI, or where no line comes from a model the rules and planners that made them."""
    return by.through("ai" if by_model(lines) else "automation", on_behalf_of=asker)


@dataclass
class Sifted:
    """Lines as they are kept, what they are about, and the refusals of the others."""

    kept: list[Json] = field(default_factory=list)
    projects: set[UUID] = field(default_factory=set)
    faults: list[Refused] = field(default_factory=list)


def _sift(by: Actor, lines: list[Json]) -> Sifted:
    """What needs a refused line is refused too."""
    reader, sifted = Reader(by, lines), Sifted()
    for place, line in enumerate(lines):
        try:
            found = reader.read(line)
            sifted.kept.append(_kept(line, found))
        except Refused as no:
            sifted.faults.append(at(place, no))
            continue
        sifted.projects |= found.projects
        if found.verb.imagine:
            reader.makes(line, found, found.verb.imagine(found.subject, found.arguments))
    return sifted


def _must_see_all(by: Actor, projects: set[UUID]) -> None:
    if {str(key) for key in projects} - eyes_of(by).projects:
        raise Forbidden("You see only some tasks of this project: a proposal needs eyes for all of it.", "lines")


def _kept(line: Json, found: Found) -> Json:
    verb, base = found.verb, line["base_version"]
    before, after = verb.before(found.subject, found.arguments), verb.after(found.subject, found.arguments)
    if before and before == after:
        raise Refused("This changes nothing.", "arguments")
    made = {name: value for name, value in line["arguments"].items() if verb.takes[name].noun and is_earlier(value)}
    said = {name: made.get(name) or verb.takes[name].keep(value) for name, value in found.arguments.items()}
    after |= {name: after[name] | {"id": None, "ref": ref} for name, ref in made.items()}
    return line | {
        "subject": {"type": verb.about.name} | _subject(line, found), "arguments": said,
        "base_version": getattr(found.subject, "version", 0) if base is None else base,
        "before": before, "after": after, "state": "open", "why_stale": "",
    }  # fmt: skip


def _subject(line: Json, found: Found) -> Json:
    named = name_of(line["subject"])
    return found.verb.about.fact(found.subject) | ({"id": None, "ref": named} if is_earlier(named) else {})


def _held(by: Actor, change: ChangeSet) -> ChangeSet:
    """The row as it is now, held: of two who decide at once, the second finds it decided."""
    rows = ChangeSet.objects.within(by.workspace).select_for_update(of=("self",)).select_related("actor")
    held: ChangeSet = rows.get(pk=change.pk)
    if not held.lines:
        raise Settled("This is no proposal.")
    return held


def _must_wait(held: ChangeSet) -> None:
    if held.state != ChangeSet.State.PROPOSED:
        words = "discarded" if held.state == ChangeSet.State.DISCARDED else "applied and undone"
        raise Settled(f"This proposal was {words}: propose it anew.")


def _chosen(held: ChangeSet, accepted: Collection[str] | None) -> set[str]:
    known = {line["id"] for line in held.lines}
    chosen = known if accepted is None else set(accepted)
    if unknown := sorted(map(str, chosen - known)):
        raise Refused(f"The proposal has no line {unknown[0][:40]}.", "lines")
    if not chosen:
        raise Refused("Choose at least one line, or discard the proposal.", "lines")
    return chosen


def _run(voice: Actor, held: ChangeSet, chosen: set[str]) -> int:
    """Apply line after line; how many were."""
    reader, done = Reader(voice, held.lines), 0
    moved = {line["id"]: reader.moved_on(line) for line in held.lines}  # before the lines themselves move anything
    for place, line in enumerate(held.lines):
        if line["id"] not in chosen:
            line["state"] = "left"
            continue
        try:
            _apply(voice, reader, line, moved[line["id"]])
        except Forbidden as no:
            raise at(place, no) from no
        except Refused as no:
            line |= {"state": "stale", "why_stale": no.words}
        else:
            line["state"], done = "applied", done + 1
    return done


def _apply(voice: Actor, reader: Reader, line: Json, moved: str) -> None:
    """Raises Stale where the task has moved on, or the line changes nothing any more."""
    if moved:
        raise Stale(moved)
    act = current_act()
    assert act is not None
    found = reader.read(line)
    with attempt():
        rows = len(act.rows)
        made = found.verb.run(voice, found.subject, **found.arguments)
        if len(act.rows) == rows:
            raise Stale("It is so already.")
    reader.makes(line, found, made)
    if found.verb.makes:
        line["made"] = found.verb.makes.fact(made)


def _settle(by: Actor, held: ChangeSet, state: str) -> None:
    held.state, held.decided_by, held.decided_at = state, by.author, by.at or timezone.now()
    held.save(update_fields=["state", "lines", "decided_by", "decided_at"])
