"""The audit page: every row of the record, filtered, with its proof; and the same as a file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from .. import checking
from ..actor import Actor
from ..audit import PROGRAMS, SUPPORT, Audit, read_asked
from ..auditing import last_check, plot
from ..errors import Refused
from ..events import EVENTS
from ..exporting import send
from ..faces import face
from ..history import VIA as DOORS
from ..history import Line, line
from ..models import ActivityLog, Membership
from ..pages import member_page
from ..panels import absent
from ..permissions import is_of

LONGEST_SHOWN = 2_000


@dataclass(frozen=True)
class Told:
    """A row as the page shows it."""

    row: ActivityLog
    who: dict[str, Any]
    door: str
    line: Line | None
    changes: list[tuple[str, str, str]]

    @property
    def address(self) -> str:
        """Where a sign-in came from."""
        return str(self.row.after.get("address") or "") if self.line else ""

    @property
    def device(self) -> str:
        return str(self.row.after.get("device") or "") if self.line else ""


@member_page("GET")
def audit(request: HttpRequest) -> HttpResponse:
    """Filtered by person, door, event, days and object, newest first."""
    by = request.by
    audit = Audit(by, read_asked(request.GET))
    try:
        found = audit.page(request.GET.get("cursor", "")[:1000])
    except ValidationError as error:
        raise Refused("The page to go on from is not one of this list.", "cursor") from error
    gone = absent(by, ever=True)
    context = {
        "rows": [_told(audit, row) for row in found.page.rows], "looked_to": found.looked_to, "asked": audit.asked,
        "older": _at(audit, found.page.next), "newer": _at(audit, found.page.previous), "query": urlencode(audit.asked.told),
        "people": _people(by, audit.asked.person), "doors": _doors(gone), "events": _events(gone), "check": last_check(by),
        "zone": timezone.get_current_timezone_name(), "SUPPORT": SUPPORT, "PROGRAMS": PROGRAMS,
        "may_export": by.may("export.run"),
    }  # fmt: skip
    return render(request, "workspaces/audit.html", context)


@member_page("GET")
def days(request: HttpRequest) -> HttpResponse:
    """The bars above the rows, which the page asks for once it stands."""
    audit = Audit(request.by, read_asked(request.GET))
    rest = {name: value for name, value in audit.asked.told.items() if name not in ("since", "until")}
    return render(request, "workspaces/_audit_days.html", {"plot": plot(audit), "rest": urlencode(rest)})


@member_page("GET")
def export(request: HttpRequest) -> HttpResponseBase:
    """The rows that the page shows, as CSV or JSON Lines; `whole` is all of them, which bin/verify_export checks."""
    kind = request.GET.get("format", "")
    if kind not in ("csv", "jsonl"):
        raise Refused("The format is csv or jsonl.", "format")
    audit = Audit(request.by, read_asked({} if request.GET.get("whole") == "1" else request.GET))
    return HttpResponse() if request.method == "HEAD" else send(audit, kind)


@member_page("GET", "POST")
def verification(request: HttpRequest) -> HttpResponse:
    """How far the chain was checked; POST checks it now, a long one in a worker while the page shows how far it is."""
    by = request.by
    by.must("audit.read")
    if request.method != "POST":
        return render(request, "workspaces/_audit_check.html", {"check": last_check(by)})
    checking.ask(by)
    return redirect("audit_check" if request.headers.get("HX-Request") else "audit", by.workspace.slug)


def _told(audit: Audit, row: ActivityLog) -> Told:
    hidden = audit.withheld(row)
    return Told(
        row, face(row.actor), DOORS.get(row.via, ""), None if hidden else line(audit.by, row),
        [] if hidden else list(_changes(row)),
    )  # fmt: skip


def _changes(row: ActivityLog) -> Iterable[tuple[str, str, str]]:
    """Each fact, before and after."""
    for name in dict.fromkeys([*row.before, *row.after]):
        yield name, _shown(row.before.get(name)), _shown(row.after.get(name))


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "name" in value:
        value = value["name"]
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"


def _people(by: Actor, chosen: str) -> list[dict[str, Any]]:
    """The members; and who has left, when the page is about them."""
    rows = Membership.objects.within(by.workspace).select_related("user").order_by("user__name")
    people = [face(row.user) for row in rows]
    if chosen not in ("", SUPPORT, PROGRAMS, *(str(one["id"]) for one in people)):
        gone = ActivityLog.objects.within(by.workspace).filter(actor=chosen).select_related("actor").first()
        people += [face(gone.actor)] if gone and gone.actor else []
    return people


def _doors(gone: frozenset[str]) -> dict[str, str]:
    return {"web": "Web page", **{key: words for key, words in DOORS.items() if key not in gone}}


def _events(gone: frozenset[str]) -> dict[str, list[tuple[str, str]]]:
    """Noun → (event, its words)."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(name for name in EVENTS if not is_of(name, gone)):
        noun, _, verb = name.partition(":")
        groups.setdefault(noun.capitalize(), []).append((name, f"{noun} {verb.replace('_', ' ')}"))
    return groups


def _at(audit: Audit, cursor: str | None) -> str:
    return urlencode(audit.asked.told | {"cursor": cursor}) if cursor else ""
