"""…/ai/connections/: models that the workspace asks with keys of its own; for who manages it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.rest.cursor import Key, PageQuery, uuid, whole
from workspaces.rest.fields import Choice, Nothing, Strict, Text, Whole
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import connections as verbs
from ..models import AIConnection
from ..models.settings import KINDS
from ..probing import STATES, ask_probe, last_probe
from ..views.connections import find

IN_ORDER = [Key("order", whole), Key("pk", uuid)]
KIND_NAMES = [kind for kind, _ in KINDS]


class ConnectionIn(Strict):
    """A model and where it answers."""

    name = Text(max_length=80)
    kind = Choice(choices=KIND_NAMES)
    model = Text(max_length=120, help_text="as the provider names it")
    base_url = Text(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="empty: the provider's own; https, and no private network",
    )
    key = Text(
        max_length=verbs.LONGEST_KEY,
        required=False,
        allow_blank=True,
        help_text="kept encrypted; its last four characters are shown",
    )
    purpose = Text(
        max_length=40, required=False, allow_blank=True, help_text="empty: everything; or a purpose, or its first word"
    )
    timeout = Whole(min_value=1, max_value=60, required=False, help_text="seconds without a word")


class ConnectionChange(ConnectionIn):
    """What changes; another kind or address needs the key again."""

    order = Whole(max_value=verbs.MOST, required=False, help_text="its place: 0 is asked first")


class ConnectionOut(serializers.Serializer[Any]):
    """A connection, without its key."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KIND_NAMES)
    model = serializers.CharField()
    base_url = serializers.CharField()
    key_end = serializers.CharField(
        help_text="the last characters of its key; empty where there is none, or it is short"
    )
    purpose = serializers.CharField()
    timeout = serializers.IntegerField()
    order = serializers.IntegerField()


class ProbeOut(serializers.Serializer[Any]):
    """How the last try went."""

    state = serializers.ChoiceField(choices=STATES)
    ms = serializers.IntegerField(allow_null=True, help_text="until it had answered")
    words = serializers.CharField(help_text="what was wrong")


class Connections(Endpoint):
    """Models with keys of the workspace's own."""

    @describes("list_ai_connections", ConnectionOut, query=PageQuery, page=True, tag="ai")
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """In the order asked."""
        self.by.must("workspace.manage")
        return self.page(AIConnection.objects.within(self.by.workspace), IN_ORDER, connection_row)

    @describes("add_ai_connection", ConnectionOut, status=201, body=ConnectionIn, tag="ai")
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Add one; it is asked after all others."""
        return answer(connection_row(verbs.add_ai_connection(self.by, **self.given(ConnectionIn))), 201)


class OneConnection(Endpoint):
    """One connection."""

    @describes("get_ai_connection", ConnectionOut, query=Nothing, tag="ai")
    def get(self, request: Request, workspace: str, connection: UUID) -> HttpResponse:
        """All but its key."""
        self.asked(Nothing)
        return answer(connection_row(find(self.by, connection)))

    @describes("update_ai_connection", ConnectionOut, body=ConnectionChange, tag="ai")
    def patch(self, request: Request, workspace: str, connection: UUID) -> HttpResponse:
        """Change some of it: all of what you send, or nothing."""
        row = find(self.by, connection)
        said = self.given(ConnectionChange, partial=True)
        to = said.pop("order", None)
        if said:
            row = verbs.update_ai_connection(self.by, row, **said)
        if to is not None:
            row = verbs.move_ai_connection(self.by, row, to=to)
        return answer(connection_row(row))

    @describes("remove_ai_connection", status=204, tag="ai")
    def delete(self, request: Request, workspace: str, connection: UUID) -> HttpResponse:
        """It is asked no more, and its key is gone."""
        verbs.remove_ai_connection(self.by, find(self.by, connection))
        return nothing()


class CheckConnection(Endpoint):
    """Whether it answers."""

    @describes("get_ai_connection_check", ProbeOut, query=Nothing, tag="ai")
    def get(self, request: Request, workspace: str, connection: UUID) -> HttpResponse:
        """How the last try of this hour went."""
        self.asked(Nothing)
        return answer(probe_row(find(self.by, connection)))

    @describes("check_ai_connection", ProbeOut, status=202, body=Nothing, tag="ai")
    def post(self, request: Request, workspace: str, connection: UUID) -> HttpResponse:
        """Try it, with a question of one word that holds nothing of the workspace; GET says how it went."""
        self.given(Nothing)
        row = find(self.by, connection)
        ask_probe(self.by, row)
        return answer(probe_row(row), 202)


def connection_row(row: AIConnection) -> dict[str, Any]:
    """As the API says it."""
    return {name: getattr(row, name) for name in ConnectionOut().fields}


def probe_row(row: AIConnection) -> dict[str, Any]:
    """As the API says it."""
    return {"state": "none", "ms": None, "words": ""} | last_probe(row)
