"""…/ai/complete/: a draft, a rewriting, a summary, a translation."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from realtime.later import STREAM
from workspaces.rest.fields import Choice, Flag, Strict, Text
from workspaces.rest.render import JSONRenderer
from workspaces.rest.schema import PROBLEM, Problem
from workspaces.rest.view import Endpoint

from ..opening import must_be_on
from ..streaming import later
from ..writing import HOW, LONGEST, LONGEST_LANGUAGE, LONGEST_WISH, PLACES, PURPOSES, Wanted, ask_of


class WriteIn(Strict):
    """What to write. A draft needs `wanted`; a rewriting `text` and `how`; a translation `text` and `language`; a summary `task`."""

    purpose = Choice(choices=PURPOSES)
    task = Text(
        max_length=20, required=False, help_text="FLOW-42: a draft is written from it, a summary of its comments"
    )
    place = Choice(choices=PLACES, required=False, help_text="what a draft is for")
    text = Text(max_length=LONGEST, required=False, allow_blank=True, help_text="what there is already")
    wanted = Text(max_length=LONGEST_WISH, required=False, help_text="what a draft is to say")
    how = Choice(choices=list(HOW), required=False)
    language = Text(max_length=LONGEST_LANGUAGE, required=False, help_text="into which, by its name")
    again = Flag(required=False, help_text="ask the model although the answer is known")


class ReceiptOut(serializers.Serializer[Any]):
    """What an answer took, and which data went out for it."""

    id = serializers.UUIDField()
    provider = serializers.CharField()
    model = serializers.CharField()
    prompt = serializers.CharField(help_text="the wording and its version")
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField(help_text="of the input, those that the provider had kept")
    cost_micros = serializers.IntegerField(allow_null=True, help_text="millionths of a dollar; null: no price is known")
    latency_ms = serializers.IntegerField()
    cached_at = serializers.DateTimeField(allow_null=True, help_text="when it was answered, where it was known already")
    sent = serializers.ListField(child=serializers.CharField(), help_text="which data went out, in words")


class WrittenOut(serializers.Serializer[Any]):
    """The text, as Markdown, and its receipt."""

    text = serializers.CharField()
    usage = ReceiptOut()


STREAMED = 'with `Accept: text/event-stream`: `delta` {"text"} as it is written, then `usage`, the receipt; `problem` where it breaks'
TROUBLE = {
    402: "The month's tokens are used up",
    502: "The model answered nothing that can be used",
}


class Streamed(JSONRenderer):
    """May be asked for; the answer itself is no renderer's (realtime/streams.py)."""

    media_type = STREAM


class Complete(Endpoint):
    """Writing, asked for by a program."""

    renderer_classes = (JSONRenderer, Streamed)

    @extend_schema(
        operation_id="write_text",
        request=WriteIn,
        responses={
            (200, "application/json"): WrittenOut,
            (200, STREAM): OpenApiResponse(OpenApiTypes.STR, STREAMED),
            **{(status, PROBLEM): OpenApiResponse(Problem, words) for status, words in TROUBLE.items()},
        },
    )
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Write a text. Nothing is changed: what to do with it is the caller's."""
        given = self.given(WriteIn)
        must_be_on(self.by)
        again = given.pop("again", False)
        return later(request._request, self.by, ask_of(self.by, Wanted(**given)), again=again)
