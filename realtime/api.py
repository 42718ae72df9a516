"""…/events?after=<seq>: what happened, for whoever holds no socket: the same rows, in the same order."""

import re
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.answers import problem
from workspaces.events import author
from workspaces.feed import Eyes, eyes_of, person_of, task_of
from workspaces.models import ActivityLog, Stream
from workspaces.rest.fields import Strict
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from .envelope import envelope

PAGE = 500
NEWEST = 2**63 - 1
WHOLE = re.compile(r"[0-9]{1,19}")


class Seq(serializers.IntegerField):
    """Digits and nothing else: int() would also take "1_0" and "１"."""

    def to_internal_value(self, data: Any) -> int:
        if not WHOLE.fullmatch(str(data)) or int(data) > NEWEST:
            raise serializers.ValidationError(f"This must be a seq: a whole number from 0 to {NEWEST}.")
        return int(data)


class EventsQuery(Strict):
    """Where you stand."""

    after = Seq(
        min_value=0,
        max_value=NEWEST,
        required=False,
        default=0,
        help_text="the last seq that you have; 0 for the beginning",
    )


class EventsOut(serializers.Serializer[Any]):
    """At most 500 rows in order. When the last one's seq is below `head`, ask again after it."""

    head = serializers.IntegerField(help_text="the newest seq of the workspace")
    floor = serializers.IntegerField(
        help_text="rows below this seq have been pruned: `after` below it is answered by 410"
    )
    epoch = serializers.UUIDField(help_text="another one after a restored backup: start from a fresh page")
    results = serializers.ListField(
        child=serializers.DictField(), help_text="rows as on the socket; `cursor` stands for one that you may not see"
    )


class Events(Endpoint):
    """The stream of the workspace's events."""

    @describes("list_events", EventsOut, query=EventsQuery)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """What has happened after a seq."""
        after = self.asked(EventsQuery)["after"]
        stream = Stream.objects.within(self.by.workspace).get()
        place = {"head": stream.head, "floor": stream.floor, "epoch": str(stream.epoch)}
        if after > stream.head:
            words = f"The newest seq of this workspace is {stream.head}."
            return problem(400, f"after: {words}", errors={"after": [words]}, **place)
        if after < stream.floor:
            words = f"The rows below {stream.floor} have been pruned: start from a fresh page."
            return problem(410, words, **place)
        return answer({**place, "results": self.rows(after, stream.head)})

    def rows(self, after: int, head: int) -> list[dict[str, Any]]:
        """Cursors too: a page on which nothing is yours would have no end to go on from."""
        eyes = eyes_of(self.by)
        rows = ActivityLog.objects.within(self.by.workspace).filter(seq__gt=after, seq__lte=head)
        return [shown(row, eyes) for row in rows.select_related("actor", "on_behalf_of").order_by("seq")[:PAGE]]


class SlashedEvents(Events):
    """The same address with a slash at its end, as all others have it."""

    schema = None


def shown(row: ActivityLog, eyes: Eyes) -> dict[str, Any]:
    """The row, or its number alone."""
    seen = eyes.sees(row.event, row.project_id and str(row.project_id), person_of(row), task_of(row))
    return envelope(row, author(row.via, row.actor, row.on_behalf_of)) if seen else {"event": "cursor", "seq": row.seq}
