"""…/changes/: acts, each of which can be undone."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from ..actions import undo_change
from ..actor import Actor
from ..answers import problem
from ..errors import Stale
from ..feed import rows_for
from ..models import ActivityLog, ChangeSet
from ..rest.cursor import Key, PageQuery, uuid
from ..rest.fields import Nothing
from ..rest.schema import describes
from ..rest.view import Endpoint, answer
from .activity import ActivityOut, PersonOut, activity_page

NEWEST = [Key("pk", uuid, down=True)]


class ChangeOut(serializers.Serializer[Any]):
    """One act of one actor, however much it touched."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ChangeSet.Kind.choices)
    state = serializers.ChoiceField(choices=ChangeSet.State.choices)
    title = serializers.CharField()
    actor = PersonOut(allow_null=True)
    undoes = serializers.UUIDField(allow_null=True, help_text="the change that this one undid")
    created_at = serializers.DateTimeField()


class UndoneOut(ChangeOut):
    """What an undo came to."""

    stale = serializers.ListField(child=serializers.CharField(), help_text="why something was left as it is")
    undo_id = serializers.UUIDField(allow_null=True, help_text="the undo's own change: undo that to do the act again")


class Changes(Endpoint):
    """Acts, newest first."""

    @describes("list_changes", ChangeOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The acts of which you may see everything, newest first."""
        return self.page(changes_for(self.by), NEWEST, change_row)


class OneChange(Endpoint):
    """One act."""

    @describes("read_change", ChangeOut)
    def get(self, request: Request, workspace: str, change: UUID) -> HttpResponse:
        """The act."""
        return answer(change_row(get_object_or_404(changes_for(self.by), pk=change)))


class ChangeActivity(Endpoint):
    """What one act did."""

    @describes("list_change_activity", ActivityOut, query=PageQuery, page=True)
    def get(self, request: Request, workspace: str, change: UUID) -> HttpResponse:
        """The rows of the act."""
        found = get_object_or_404(changes_for(self.by), pk=change)
        return activity_page(
            self, rows_for(self.by).filter(change=found).select_related("actor", "on_behalf_of"), self.asked(PageQuery)
        )


class Undo(Endpoint):
    """Undoing an act."""

    @describes("undo_change", UndoneOut)
    def post(self, request: Request, workspace: str, change: UUID) -> HttpResponse:
        """Undo it; what has moved on since is left and named. 409 when nothing could be undone."""
        self.given(Nothing)
        found = get_object_or_404(changes_for(self.by), pk=change)
        try:
            undone = undo_change(self.by, found)
        except Stale as stale:
            return problem(409, stale.words)
        return answer(change_row(undone.change) | {"stale": undone.stale, "undo_id": undone.redo_id or None})


def changes_for(by: Actor) -> QuerySet[ChangeSet]:
    """The acts whose every row the actor sees: a title may name what one of them is about."""
    rows = ActivityLog.objects.within(by.workspace).filter(change=OuterRef("pk"))
    hidden = rows.filter(~Exists(rows_for(by).filter(pk=OuterRef("pk"))))
    changes = ChangeSet.objects.within(by.workspace).filter(Exists(rows), ~Exists(hidden))
    return changes.select_related("actor")  # type: ignore[no-any-return]


def change_row(change: ChangeSet) -> dict[str, Any]:
    """As the API says it."""
    return {
        "id": change.pk, "kind": change.kind, "state": change.state, "title": change.title, "undoes": change.undoes_id,
        "actor": change.actor and {"id": change.actor.pk, "name": str(change.actor)}, "created_at": change.created_at,
    }  # fmt: skip
