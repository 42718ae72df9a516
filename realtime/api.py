"""The events of a workspace for whoever holds no socket: the same rows, in the same order."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workspaces.actor import Actor
from workspaces.answers import problem
from workspaces.feed import Eyes, eyes_of, person_of
from workspaces.models import ActivityLog, Stream

from .envelope import envelope

PAGE = 500
NEWEST = 2**63 - 1
ANSWER = inline_serializer(
    "Events",
    {
        "head": serializers.IntegerField(help_text="the newest seq of the workspace"),
        "floor": serializers.IntegerField(help_text="rows below this seq have been pruned"),
        "epoch": serializers.UUIDField(help_text="another one after a restore: start from a fresh page"),
        "results": serializers.ListField(
            child=serializers.DictField(),
            help_text="rows as on the socket; `cursor` stands for one that you may not see",
        ),
    },
)
PROBLEM = OpenApiTypes.OBJECT


class EventsView(APIView):
    """GET …/events?after=<seq>"""

    @extend_schema(
        operation_id="workspaces_events_list",
        tags=["events"],
        summary="What has happened after a seq",
        description="At most 500 rows in order. When the last one's `seq` is below `head`, ask again after it.",
        parameters=[
            OpenApiParameter("workspace", str, OpenApiParameter.PATH, description="The workspace's slug"),
            OpenApiParameter(
                "after", int, OpenApiParameter.QUERY, description="The last seq that you have; 0 for the beginning"
            ),
        ],
        responses={
            200: ANSWER,
            (400, "application/problem+json"): OpenApiResponse(PROBLEM, "`after` is no number, or above `head`"),
            (404, "application/problem+json"): OpenApiResponse(PROBLEM, "No such workspace, or not yours"),
            (410, "application/problem+json"): OpenApiResponse(
                PROBLEM, "Rows after `after` have been pruned: start afresh"
            ),
        },
    )
    def get(self, request: Request, workspace: str) -> HttpResponse:
        by: Actor = request.by  # type: ignore[attr-defined]
        after = _number(request.query_params.get("after", "0"))
        if after is None:
            return _refuse(400, f"`after` must be a seq: a whole number from 0 to {NEWEST}.")
        stream = Stream.objects.within(by.workspace).get()
        place = {"head": stream.head, "floor": stream.floor, "epoch": str(stream.epoch)}
        if after > stream.head:
            return _refuse(400, f"`after` is {after}, but the newest seq of this workspace is {stream.head}.", **place)
        if after < stream.floor:
            return problem(
                410, f"The rows after {after} have been pruned up to {stream.floor}: start from a fresh page.", **place
            )
        return Response({**place, "results": _rows(by, after, stream.head)})


class SlashedEventsView(EventsView):
    """The same address with a slash at its end, as all others have it."""

    schema = None


def _rows(by: Actor, after: int, head: int) -> list[dict[str, Any]]:
    """Cursors too: without them a page on which nothing is yours would have no end to go on from."""
    eyes = eyes_of(by)
    rows = ActivityLog.objects.within(by.workspace).filter(seq__gt=after, seq__lte=head).select_related("actor")
    return [_shown(row, eyes) for row in rows.order_by("seq")[:PAGE]]


def _shown(row: ActivityLog, eyes: Eyes) -> dict[str, Any]:
    seen = eyes.sees(row.event, row.project_id and str(row.project_id), person_of(row))
    return envelope(row, str(row.actor or "")) if seen else {"event": "cursor", "seq": row.seq}


def _number(text: str) -> int | None:
    fits = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if fits and int(text) <= NEWEST else None


def _refuse(status: int, words: str, **members: Any) -> HttpResponse:
    return problem(status, words, errors={"after": [words]}, **members)
