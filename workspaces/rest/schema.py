"""How the OpenAPI document is made: every operation also names its problems, and nothing is guessed."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

VERBS = ("apply", "archive", "board", "bulk", "discard", "move", "restore", "undo")
PROBLEM = "application/problem+json"
KEYS = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 255},
    OpenApiParameter.HEADER,
    description="The same key gives the same answer for 24 hours, once.",
)
MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "maxLength": 200},
    OpenApiParameter.HEADER,
    description="The ETag you read: 412 with the current row when it has changed.",
)


# the longest that a word of an address can be: what is longer is not there
LONGEST = {"workspace": 40, "key": 8, "ref": 18, "session": 64}


# of operations of these kinds (none: of all)
REFUSALS: tuple[tuple[set[str], int, str], ...] = (
    (set(), 400, "Something of what was sent is malformed; `errors` names it"),
    (set(), 401, "No token or session, or one that has ended"),
    (set(), 403, "Your role or the scopes of the token do not allow it, or the CSRF token is missing"),
    ({"path"}, 404, "There is nothing, or it is not shared with you"),
    ({"write"}, 409, "It was changed since (`conflicts`), cannot be done any more, or the key's answer is not kept"),
    ({"match"}, 412, "The row has changed since it was read; `current` is how it is now"),
    ({"write"}, 413, "The body is too large"),
    ({"write"}, 415, "Not a content type that is taken here"),
    ({"write"}, 422, "Well-formed, and refused by a rule"),
    (set(), 429, "More requests than the plan has room for; `Retry-After` says how long to wait"),
    (set(), 503, "Somebody holds the row, or the database is away; `Retry-After` says how long to wait"),
)


class ConflictOut(serializers.Serializer[Any]):
    """A field that two people changed."""

    field = serializers.CharField()
    base = serializers.JSONField(allow_null=True, help_text="what both began with")
    theirs = serializers.JSONField(allow_null=True, help_text="what it is now")
    yours = serializers.JSONField(allow_null=True, help_text="what was sent")
    by = serializers.CharField(help_text="who was first")
    version = serializers.IntegerField(help_text="of the field now: send it to overrule")


class Problem(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="a sentence for people")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="field → what is wrong with it",
    )
    current = serializers.DictField(required=False, help_text="with 409 and 412: the row as it is now")
    conflicts = ConflictOut(many=True, required=False, help_text="with 409: fields that somebody else changed too")


class Schema(AutoSchema):
    """drf-spectacular's, with a problem for every status that is not told."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        told = super()._get_response_bodies(direction)
        named = {str(status): self._refusal(words, direction) for status, words in self._refusals()}
        return {**told, **(named | told), "default": self._refusal("What was wrong, in words", direction)}

    def _refusal(self, words: str, direction: Any) -> dict[str, Any]:
        response = OpenApiResponse(Problem, words)
        return self._get_response_for_code(response, "default", [PROBLEM], direction)  # type: ignore[no-any-return]

    def _refusals(self) -> Iterator[tuple[int, str]]:
        """The problems that an operation of this kind can answer with, by status."""
        for kinds, status, words in REFUSALS:
            if not kinds or kinds & self._kinds():
                yield status, words

    def _kinds(self) -> set[str]:
        writes = self.method not in ("GET", "HEAD")
        asks = {one["name"] for one in self._get_parameters()}
        return {
            *(["path"] if "{" in self.path else []), *(["write"] if writes else []),
            *(["match"] if "If-Match" in asks or self.method == "PUT" else []),
        }  # fmt: skip

    def _resolve_path_parameters(self, variables: Any) -> list[Any]:
        told = super()._resolve_path_parameters(variables)
        for one in told:
            if one["name"] in LONGEST:
                one["schema"]["maxLength"] = LONGEST[one["name"]]
        return list(told)

    def get_override_parameters(self) -> list[Any]:
        return [KEYS] if self.method not in ("GET", "HEAD") and "{workspace}" in self.path else []

    def get_tags(self) -> list[str]:
        """The last noun of the address."""
        parts = self.path.removeprefix("/api/v1/").strip("/").split("/")
        return [next(part for part in reversed(parts) if "{" not in part and part not in VERBS)]


class StrictShape(OpenApiSerializerExtension):
    """What refuses unknown fields says so."""

    target_class = "workspaces.rest.fields.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        told = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**told, "additionalProperties": False} if direction == "request" else told


class DoorScheme(OpenApiAuthenticationExtension):
    """An access token, or the session's cookie."""

    target_class = "workspaces.rest.authenticate.DoorAuthentication"
    name = ["token", "session"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        words = "`Token fb_…`, made by `manage.py create_token` or POST …/tokens/"
        return [
            {"type": "apiKey", "in": "header", "name": "Authorization", "description": words},
            {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Writes need X-CSRFToken too."},
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{"token": []}, {"session": []}]


@cache
def page_of(shape: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """`{"next", "previous", "results"}`"""
    fields = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": shape(many=True),
        "__doc__": "One page, and where the next and the previous ones are.",
    }
    return type(f"{shape.__name__}Page", (serializers.Serializer,), fields)


def describes(
    name: str,
    shape: Any = None,
    *,
    status: int = 200,
    query: type[serializers.Serializer[Any]] | None = None,
    body: Any = None,
    page: bool = False,
    match: bool = False,
    tag: str = "",
) -> Callable[..., Any]:
    """An operation: its name, what it answers, what it takes. A query without fields is none."""
    asked = [query] if query and query().fields else []
    return extend_schema(
        operation_id=name,
        request=body,
        parameters=[*asked, *([MATCH] if match else [])],
        responses={status: page_of(shape) if page else shape or OpenApiResponse(description="Done")},
        tags=[tag] if tag else None,
    )
