"""…/activity/: the record, newest first, through the actor's eyes."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User

from ..events import says
from ..feed import rows_for
from ..horizon import horizon_of, told
from ..models import ActivityLog
from ..rest.cursor import Key, PageQuery, paged, whole_long
from ..rest.schema import describes, page_of
from ..rest.view import Endpoint, answer

NEWEST = [Key("seq", whole_long, down=True)]


class PersonOut(serializers.Serializer[Any]):
    """Somebody, by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class SubjectOut(serializers.Serializer[Any]):
    """What a row is about."""

    type = serializers.CharField()
    id = serializers.UUIDField()
    key = serializers.CharField(help_text="FLOW-42: what people call it")
    label = serializers.CharField()


class ActivityOut(serializers.Serializer[Any]):
    """One row of the record."""

    seq = serializers.IntegerField()
    event = serializers.CharField()
    sentence = serializers.CharField(help_text="what follows the actor's name")
    actor = PersonOut(allow_null=True)
    on_behalf_of = PersonOut(allow_null=True, help_text="the member as whom the support acted")
    via = serializers.CharField()
    subject = SubjectOut()
    version = serializers.IntegerField()
    project_id = serializers.UUIDField(allow_null=True)
    before = serializers.DictField()
    after = serializers.DictField()
    change_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class OlderOut(serializers.Serializer[Any]):
    """What the plan's feed does not show."""

    days = serializers.IntegerField(help_text="that the feed goes back")
    words = serializers.CharField(help_text="where older rows are")


class ActivityPageOut(page_of(ActivityOut)):  # type: ignore[misc]
    """One page; the last one says whether there is more than the plan's feed shows."""

    older = OlderOut(allow_null=True)


class ActivityQuery(PageQuery):
    """What to show of the record."""

    event = serializers.CharField(max_length=40, required=False, help_text="task:moved")
    actor = serializers.UUIDField(required=False)


class Activity(Endpoint):
    """The record of the workspace."""

    @describes("list_activity", ActivityPageOut, query=ActivityQuery)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """What happened, newest first, as far back as the plan's feed goes."""
        asked, horizon = self.asked(ActivityQuery), horizon_of(self.by)
        rows = rows_for(self.by).select_related("actor", "on_behalf_of")
        if "event" in asked:
            rows = rows.filter(event=asked["event"])
        if "actor" in asked:
            rows = rows.filter(actor=asked["actor"])
        page = paged(horizon.cut(rows) if horizon else rows, NEWEST, asked)
        shown = page.shown(request._request, [activity_row(row) for row in page.rows])
        return answer({**shown, "older": None if page.next else told(horizon)})


def activity_page(view: Endpoint, rows: QuerySet[ActivityLog], asked: dict[str, Any]) -> HttpResponse:
    """A page of the record."""
    return view.page(rows, NEWEST, activity_row, asked)


def activity_row(row: ActivityLog) -> dict[str, Any]:
    """As the API says it."""
    return {
        "seq": row.seq, "event": row.event, "sentence": says(row), "actor": person_row(row.actor), "on_behalf_of": person_row(row.on_behalf_of),
        "via": row.via, "version": row.version, "project_id": row.project_id, "before": row.before, "after": row.after,
        "subject": {"type": row.subject_type, "id": row.subject_id, "key": row.subject_key, "label": row.subject_label},
        "change_id": row.change_id, "created_at": row.created_at,
    }  # fmt: skip


def person_row(user: User | None) -> dict[str, Any] | None:
    """Somebody, if it is anybody."""
    return user and {"id": user.pk, "name": str(user)}
