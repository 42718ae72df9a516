"""What AI used: the page of a month, its receipts, and the same as a file."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from rest_framework.exceptions import ValidationError

from workspaces.actor import Actor
from workspaces.door import MemberRequest
from workspaces.errors import Refused
from workspaces.pages import member_page
from workspaces.rest.cursor import Page, paged

from ..reading.desk import settings_of, stands
from ..reading.export import send
from ..reading.months import Month
from ..reading.receipts import NEWEST, Receipts
from ..reading.usage import Asked, Usage, read_asked, seen
from .settings import must_see

SIZE = 25


@member_page("GET")
def ai_usage(request: MemberRequest) -> HttpResponse:
    """A month by person, purpose, model and day, and a page of its receipts."""
    usage = _usage(request)
    by, asked = request.by, usage.asked
    page = _page(usage, request.GET.get("cursor", "")[:1000])
    days, runs = usage.days(), asked.month == Month.now()
    context = {
        "asked": asked, "everybody": usage.everybody, "total": usage.total, "runs": runs, "next": asked.month.next.first, "query": urlencode(asked.told),
        "days": [(day, _with(asked, day=None if day.key == str(asked.day) else day.key)) for day in days],
        "per_call": usage.total["tokens"] // max(usage.total["calls"], 1), "most": max(day.tokens for day in days), "chips": list(_chips(usage)),
        "shares": [_shares(usage, *one) for one in SHARES if usage.everybody or one[0] != "person"],
        "receipts": Receipts(by).lines(page.rows), "older": _at(asked, page.next), "newer": _at(asked, page.previous),
        "stands": [(one, usage.forecast(one)) for one in stands(by, settings_of(by).own_tokens)] if runs else [],
    }  # fmt: skip
    return render(request, "ai/usage.html", context)


@member_page("GET")
def ai_receipt(request: MemberRequest, usage: UUID) -> HttpResponse:
    """What was asked and answered, where it is kept and the reader may see all that went into it."""
    _must_see(request.by)
    row = get_object_or_404(seen(request.by), pk=usage)
    return render(request, "ai/_texts.html", {"texts": Receipts(request.by).texts(row)})


@member_page("GET")
def ai_usage_export(request: MemberRequest) -> HttpResponseBase:
    """The calls that the page shows, as CSV."""
    usage = _usage(request)
    return HttpResponse() if request.method == "HEAD" else send(usage)


def _must_see(by: Actor) -> None:
    if not must_see(by):
        raise Http404


def _usage(request: MemberRequest) -> Usage:
    _must_see(request.by)
    return Usage(request.by, read_asked(request.GET))


def _page(usage: Usage, cursor: str) -> Page:
    try:
        return paged(usage.rows().select_related("user"), NEWEST, {"cursor": cursor, "limit": SIZE})
    except ValidationError as error:
        raise Refused("The page to go on from is not one of this list.", "cursor") from error


SHARES = (
    ("person", "By person", Usage.people),
    ("model", "By model", Usage.models),
    ("purpose", "By purpose", Usage.purposes),
)


def _shares(usage: Usage, name: str, title: str, read: Any) -> dict[str, Any]:
    """A table, each line of which leads to its own figures."""
    return {
        "name": name,
        "title": title,
        "lines": [(one, _with(usage.asked, **{name: one.key})) for one in read(usage)],
    }


def _chips(usage: Usage) -> Iterable[tuple[str, str]]:
    """The filters that are set, and what is left without each."""
    for name, words in usage.words().items():
        yield words, _with(usage.asked, **{name: None if name == "day" else ""})


def _with(asked: Asked, **changes: Any) -> str:
    return urlencode(replace(asked, **changes).told)


def _at(asked: Asked, cursor: str | None) -> str:
    return urlencode(asked.told | {"cursor": cursor}) if cursor else ""
