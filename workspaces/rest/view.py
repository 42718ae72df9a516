"""What an endpoint is: parse, find with the actor's eyes, act, answer."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import orjson
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from ..actor import Actor
from .cursor import Key, PageQuery, paged

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def answer(data: Any, status: int = 200, **headers: str) -> HttpResponse:
    """JSON, ready made."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(
        orjson.dumps(data, default=str, option=OPTIONS), status=status, content_type="application/json", headers=names
    )


def nothing() -> HttpResponse:
    """204"""
    return HttpResponse(status=204)


class Endpoint(APIView):
    """Handlers get the path's words as arguments; `by` is who calls."""

    metadata_class = None  # no OPTIONS: the schema says it all

    @property
    def by(self) -> Actor:
        """The actor that the door has found."""
        return self.request._request.by  # type: ignore[no-any-return]

    def given(self, shape: type[serializers.Serializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """The body, checked; with `partial` only what was sent."""
        return _checked(shape(data=self.request.data, partial=partial))

    def asked(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The query, checked: a filter that is misspelt must not answer with everything."""
        if not self.request._request.META.get("QUERY_STRING"):
            return dict(_unasked(shape))
        params = self.request._request.GET
        twice = {name: ["Say this once."] for name, values in params.lists() if len(values) > 1}
        if twice:
            raise ValidationError(twice)
        return _checked(shape(data=params.dict()))

    def page(
        self,
        rows: QuerySet[Any],
        keys: Sequence[Key],
        show: Callable[[Any], Any],
        asked: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One page of a list, each row as `show` says it."""
        page = paged(rows, keys, self.asked(PageQuery) if asked is None else asked)
        return answer(page.shown(self.request._request, [show(row) for row in page.rows]))


@cache
def _unasked(shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """What holds where nothing is said; raises where something must be."""
    return _checked(shape(data={}))


def _checked(filled: Any) -> dict[str, Any]:
    filled.is_valid(raise_exception=True)
    return dict(filled.validated_data)
