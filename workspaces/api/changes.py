"""…/changes/: acts, each of which can be undone."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from ..actions import apply_change, discard_change, undo_change
from ..actor import Actor
from ..answers import problem
from ..errors import Stale
from ..feed import rows_for
from ..lines import MOST
from ..models import ChangeSet
from ..proposing import SOURCES
from ..rest.cursor import Key, PageQuery, uuid
from ..rest.fields import Nothing, Strict, Words
from ..rest.schema import describes
from ..rest.view import Endpoint, answer
from ..reviewing import changes_for, current_lines, find_change
from .activity import ActivityOut, PersonOut, activity_page, person_row

NEWEST = [Key("pk", uuid, down=True)]
LINE_STATES = ("open", "applied", "stale", "left")


class ChangeOut(serializers.Serializer[Any]):
    """One act of one actor, however much it touched."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ChangeSet.Kind.choices)
    state = serializers.ChoiceField(choices=ChangeSet.State.choices)
    title = serializers.CharField()
    actor = PersonOut(allow_null=True)
    undoes = serializers.UUIDField(allow_null=True, help_text="the change that this one undid")
    created_at = serializers.DateTimeField()
    count = serializers.IntegerField(help_text="how many lines a proposal has; 0: it was none")
    applied = serializers.IntegerField(help_text="how many of them were applied")
    decided_by = PersonOut(allow_null=True, help_text="who applied or discarded the proposal")
    decided_at = serializers.DateTimeField(allow_null=True)


class LineSubjectOut(serializers.Serializer[Any]):
    """What a line is about, or has made."""

    type = serializers.CharField()
    id = serializers.UUIDField(allow_null=True, help_text="null for what another line makes")
    ref = serializers.CharField(help_text="FLOW-42; $1 for what line 1 makes")
    label = serializers.CharField()


class LineMadeOut(serializers.Serializer[Any]):
    """What a line has made."""

    id = serializers.UUIDField()
    ref = serializers.CharField()
    label = serializers.CharField()


class LineOut(serializers.Serializer[Any]):
    """One line of a proposal."""

    id = serializers.CharField()
    action = serializers.CharField()
    subject = LineSubjectOut()
    arguments = serializers.DictField()
    before = serializers.DictField(help_text="what it would change, as it was when it was proposed")
    after = serializers.DictField()
    because = serializers.CharField(allow_blank=True)
    source = serializers.ChoiceField(choices=SOURCES, allow_blank=True)
    base_version = serializers.IntegerField(help_text="of the task when the line was made")
    state = serializers.ChoiceField(choices=LINE_STATES)
    why_stale = serializers.CharField(allow_blank=True)
    made = LineMadeOut(allow_null=True)


class WholeChangeOut(ChangeOut):
    """A change with its lines, where it was proposed."""

    lines = LineOut(many=True)


class AcceptedIn(Strict):
    """Which lines to apply."""

    lines = Words(most=MOST, longest=20, allow_null=True, required=False, help_text="null or nothing: all of them")


class ChangeQuery(PageQuery):
    """Which changes."""

    state = serializers.ChoiceField(choices=ChangeSet.State.choices, required=False)


class UndoneOut(ChangeOut):
    """What an undo came to."""

    stale = serializers.ListField(child=serializers.CharField(), help_text="why something was left as it is")
    undo_id = serializers.UUIDField(allow_null=True, help_text="the undo's own change: undo that to do the act again")


class Changes(Endpoint):
    """The acts of the workspace."""

    @describes("list_changes", ChangeOut, query=ChangeQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The acts of which you may see everything, newest first; `?state=proposed` waits for somebody to decide."""
        asked = self.asked(ChangeQuery)
        rows = changes_for(self.by)
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        return self.page(rows, NEWEST, change_row, asked)


class OneChange(Endpoint):
    """One act."""

    @describes("read_change", WholeChangeOut)
    def get(self, request: Request, workspace: str, change: UUID) -> HttpResponse:
        """The act; a proposal with its lines."""
        return answer(whole_change_row(self.by, find_change(self.by, change)))


class Apply(Endpoint):
    """Saying yes to a proposal."""

    @describes("apply_change", WholeChangeOut, body=AcceptedIn)
    def post(self, request: Request, workspace: str, change: UUID) -> HttpResponse:
        """Apply the lines of a proposal, as one change. What has moved on is left and named; 409 when nothing could be applied."""
        found = find_change(self.by, change)
        self.by.must("ai.approve")
        try:
            applied = apply_change(self.by, found, accepted=self.given(AcceptedIn).get("lines"))
        except Stale as stale:
            return problem(409, stale.words)
        return answer(whole_change_row(self.by, applied))


class Discard(Endpoint):
    """Saying no to a proposal."""

    @describes("discard_change", WholeChangeOut)
    def post(self, request: Request, workspace: str, change: UUID) -> HttpResponse:
        """Put a proposal away for good: your own, or any that you could apply."""
        self.given(Nothing)
        return answer(whole_change_row(self.by, discard_change(self.by, find_change(self.by, change))))


class ChangeActivity(Endpoint):
    """What one act did."""

    @describes("list_change_activity", ActivityOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, change: UUID) -> HttpResponse:
        """The rows of the act."""
        found = find_change(self.by, change)
        return activity_page(
            self, rows_for(self.by).filter(change=found).select_related("actor", "on_behalf_of"), self.asked(PageQuery)
        )


class Undo(Endpoint):
    """Undoing an act."""

    @describes("undo_change", UndoneOut)
    def post(self, request: Request, workspace: str, change: UUID) -> HttpResponse:
        """Undo it; what has moved on since is left and named. 409 when nothing could be undone."""
        self.given(Nothing)
        found = find_change(self.by, change)
        try:
            undone = undo_change(self.by, found)
        except Stale as stale:
            return problem(409, stale.words)
        return answer(change_row(undone.change) | {"stale": undone.stale, "undo_id": undone.redo_id or None})


def change_row(change: ChangeSet) -> dict[str, Any]:
    """As the API says it."""
    return {
        "id": change.pk, "kind": change.kind, "state": change.state, "title": change.title, "undoes": change.undoes_id,
        "actor": person_row(change.actor), "created_at": change.created_at, "count": len(change.lines),
        "applied": change.applied, "decided_by": person_row(change.decided_by), "decided_at": change.decided_at,
    }  # fmt: skip


def whole_change_row(by: Actor, change: ChangeSet) -> dict[str, Any]:
    """With its lines; those of an open proposal say what has moved on until now."""
    return change_row(change) | {"lines": [shown_line(line) for line in current_lines(by, change)]}


def shown_line(line: dict[str, Any]) -> dict[str, Any]:
    return {"made": None} | line
