"""…/presence/: who is here now, for whoever holds no socket."""

from typing import Any

import redis
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.errors import Busy
from workspaces.feed import eyes_of
from workspaces.rest.fields import Nothing
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from .here import LISTED
from .known import known_by
from .people import Place
from .sharing import stored


class PlaceOut(serializers.Serializer[Any]):
    """What one of their tabs shows."""

    page = serializers.CharField(help_text="board, list, task, home …")
    project = serializers.CharField(allow_null=True, help_text="its key")
    task = serializers.CharField(allow_null=True, help_text="open, such as FLOW-42")
    field = serializers.CharField(allow_null=True, help_text="that they edit: title, description, comment …")
    away = serializers.BooleanField(help_text="the tab is hidden, or nobody has touched it for long")


class PersonHereOut(serializers.Serializer[Any]):
    """Somebody who is here; several tabs are one person."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    avatar_url = serializers.CharField(allow_blank=True)
    at = PlaceOut(many=True, help_text="as far as you may see it, and at most five")


class PresenceOut(serializers.Serializer[Any]):
    """At most 1,000 people."""

    results = PersonHereOut(many=True)


class Presence(Endpoint):
    """The people who have the workspace open."""

    @describes("list_presence", PresenceOut, query=Nothing)
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Who is here now, and what they have in front of them. 503 while Redis is away: then nobody knows."""
        self.asked(Nothing)
        try:
            people = stored(str(self.by.workspace.pk))
        except (redis.RedisError, OSError):
            raise Busy("Who is here is not known right now. Please try again in a moment.") from None
        known, eyes = known_by(self.by), eyes_of(self.by)
        rows = [(user_id, person) for user_id, person in people.items() if known is None or user_id in known]
        return answer({"results": [
            {
                "id": user_id, "name": person.face.name, "avatar_url": person.face.avatar_url,
                "at": [place_row(place) for place in person.at if place.seen_by(eyes)],
            }
            for user_id, person in rows[:LISTED]
        ]})  # fmt: skip


def place_row(place: Place) -> dict[str, Any]:
    return {
        "page": place.page, "project": place.project or None, "task": place.task or None, "field": place.field or None,
        "away": place.away,
    }  # fmt: skip
