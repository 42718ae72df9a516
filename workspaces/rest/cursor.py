"""Cursor pagination: a page starts after a row's own keys, so it costs the same wherever it is and skips nothing."""

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from .fields import Strict

MOST, DEFAULT = 200, 50
Read = Callable[[QuerySet[Any]], list[Any]]


class PageQuery(Strict):
    """What every list takes."""

    limit = serializers.IntegerField(
        min_value=1, max_value=MOST, required=False, default=DEFAULT, help_text=f"1 to {MOST}, {DEFAULT} unless told"
    )
    cursor = serializers.CharField(
        max_length=1000, required=False, help_text="from `next` or `previous` of another page"
    )


@dataclass(frozen=True)
class Key:
    """One column of an ordering; where it may be null, nulls come last, whichever way it runs."""

    name: str
    load: Callable[[Any], Any]
    down: bool = False
    null: bool = False

    def order(self, back: bool) -> str:
        return f"{'-' if self.down is not back else ''}{self.name}"

    def beyond(self, value: Any, back: bool) -> Q | None:
        """The rows on the other side of this value."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if back else None
        return Q(**{f"{self.name}__{'lt' if self.down is not back else 'gt'}": value})

    def nulls(self, value: Any, back: bool) -> Q | None:
        """The nulls after all values."""
        return Q(**{f"{self.name}__isnull": True}) if self.null and value is not None and not back else None


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**31:
        raise ValueError(value)
    return value


def whole_long(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise ValueError(value)
    return value


def word(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


def moment(value: Any) -> datetime:
    at = datetime.fromisoformat(word(value))
    if at.tzinfo is None:
        raise ValueError(value)
    return at


def day(value: Any) -> date:
    return date.fromisoformat(word(value))


def uuid(value: Any) -> UUID:
    return UUID(word(value))


@dataclass(frozen=True)
class Place:
    """Where a page starts: after this row, or before it."""

    values: tuple[Any, ...] = ()
    back: bool = False

    def written(self, order: str) -> str:
        return base64.urlsafe_b64encode(orjson.dumps([order, self.back, *self.values])).decode().rstrip("=")


def read_place(cursor: str, order: str, keys: Sequence[Key]) -> Place:
    """Raises ValidationError for what we did not write, or wrote for another ordering."""
    if not cursor:
        return Place()
    try:
        said, back, *values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if said != order or not isinstance(back, bool):
            raise ValueError(said)
        loaded = [
            key.load(value) if value is not None or not key.null else None
            for key, value in zip(keys, values, strict=True)
        ]
    except (ValueError, TypeError, binascii.Error) as error:
        raise ValidationError({"cursor": ["This is not a cursor of this list in this order."]}) from error
    return Place(tuple(loaded), back)


@dataclass(frozen=True)
class Page:
    """One page of rows, and the cursors on both sides of it."""

    rows: list[Any]
    next: str | None
    previous: str | None

    def shown(self, request: HttpRequest, results: Sequence[Any]) -> dict[str, Any]:
        """As the API says it, with whole addresses."""
        return {"next": _address(request, self.next), "previous": _address(request, self.previous), "results": results}


def _address(request: HttpRequest, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def paged(
    rows: QuerySet[Any], keys: Sequence[Key], asked: dict[str, Any], *, order: str = "", read: Read = list
) -> Page:
    """One page of a queryset; what `read` makes of it must hold the keys' columns."""
    limit = asked.get("limit", DEFAULT)
    place = read_place(asked.get("cursor", ""), order, keys)
    return page_of(_fetch(rows, keys, place, limit + 1, read), keys, place, limit, order)


def page_of(found: list[Any], keys: Sequence[Key], place: Place, limit: int, order: str = "") -> Page:
    """The page that these rows make, of which one more was asked for than fits."""
    more, found = len(found) > limit, found[:limit]
    if place.back:
        found.reverse()
    first, last = (
        (_cursor(found, 0, True, order, keys), _cursor(found, -1, False, order, keys)) if found else (None, None)
    )
    if place.back:
        return Page(found, last, first if more else None)
    return Page(found, last if more else None, first if place.values else None)


def _cursor(rows: list[Any], at: int, back: bool, order: str, keys: Sequence[Key]) -> str:
    return Place(tuple(_value(rows[at], key.name) for key in keys), back).written(order)


def _value(row: Any, name: str) -> Any:
    value = row[name] if isinstance(row, dict) else reduce(getattr, name.split("__"), row)
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def _fetch(rows: QuerySet[Any], keys: Sequence[Key], place: Place, most: int, read: Read) -> list[Any]:
    """Part by part, so that each part is a range of the index that the ordering stands on, however many rows tie."""
    ordered = rows.order_by(*(key.order(place.back) for key in keys))
    found: list[Any] = []
    for part in _parts(keys, place):
        found += read(ordered.filter(part)[: most - len(found)])
        if len(found) >= most:
            break
    return found


def _parts(keys: Sequence[Key], place: Place) -> Iterator[Q]:
    """(a = x and b > y), then (a > x), then the nulls of a: no part holds both nulls and values."""
    if not place.values:
        name = f"{keys[0].name}__isnull"
        yield from (Q(**{name: False}), Q(**{name: True})) if keys[0].null else (Q(),)
        return
    for at in reversed(range(len(keys))):
        same = Q(
            **{
                _equal(key, value): value if value is not None else True
                for key, value in zip(keys[:at], place.values, strict=False)
            }
        )
        key, value = keys[at], place.values[at]
        for beyond in (key.beyond(value, place.back), key.nulls(value, place.back)):
            if beyond is not None:
                yield same & beyond


def _equal(key: Key, value: Any) -> str:
    return key.name if value is not None else f"{key.name}__isnull"
