"""What the views of pages share: who comes in, what a change answers, which pieces of a page are asked for."""

import json
from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import Any
from urllib.parse import unquote_to_bytes
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.utils.cache import patch_vary_headers

from .answers import problem_or_page
from .errors import Refused
from .spine import current_act
from .undo import undoable

View = Callable[..., HttpResponse]
NOT_OURS = frozenset({"csrfmiddlewaretoken", "next"})


def member_page(*methods: str) -> Callable[[View], View]:
    """A view below /w/<slug>/, which the door has let its person into: `view(request, **rest of the address)`."""

    def wrap(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, workspace: str, **kwargs: Any) -> HttpResponse:
            if not hasattr(request, "by"):
                return sign_in(request)
            if request.method not in (*methods, "HEAD" if "GET" in methods else ""):
                return HttpResponseNotAllowed(methods)
            return view(request, **kwargs)

        return run

    return wrap


def sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a part of a page cannot go there, and says so."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return redirect_to_login(request.get_full_path())
    return problem_or_page(request, 401, "You are signed out. Sign in again in another tab, then retry.")


def done(request: HttpRequest, status: int = 204, *, location: str = "", **extra: Any) -> HttpResponse:
    """The answer to a change: what was done, in words, and the way back. `extra` adds to it (key, statusIds, version)."""
    act = current_act()
    rows = act.rows if act else []
    columns = touched_columns(rows, extra.pop("statusIds", ()))
    told: dict[str, Any] = {
        "change": str(act.change_id) if act and undoable(rows) else None,
        "sentence": act.sentence if act else "",
    }
    response = HttpResponse(status=status)
    if columns:
        told["statusIds"] = columns
    if any(row.subject_type == "project" for row in rows):
        told["sidebar"] = True
    response["HX-Trigger"] = json.dumps({"flowboard:done": told | extra})
    if location:
        response["Location"] = location
    return response


def touched_columns(rows: Iterable[Any], known: Collection[Any]) -> list[str]:
    """The columns whose cards have changed; none where that cannot be told, and the whole board is to be drawn afresh."""
    columns = {str(one) for one in known}
    for row in rows:
        facts = [fact["status"]["id"] for fact in (row.before, row.after) if isinstance(fact.get("status"), dict)]
        columns.update(facts)
        if row.subject_type in ("status", "label", "project") or not (facts or known):
            return []
    return sorted(columns)


def asked_parts(request: HttpRequest) -> dict[str, int]:
    """The pieces that `X-Fragments` names, each with how many rows of it are shown already (0: not said)."""
    parts = [part.strip().partition(":") for part in request.headers.get("X-Fragments", "").split(",")[:200]]
    return {
        name: int(count) if count.isascii() and count.isdecimal() and len(count) < 6 else 0
        for name, _, count in parts
        if name
    }


def with_head(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tell which events the answer includes already: the stream's head as it was before the rows were read."""
    response["X-Head"] = str(request.frame["head"])  # type: ignore[attr-defined]
    patch_vary_headers(response, ["X-Fragments", "Cookie"])
    return response


def sent(request: HttpRequest, *allowed: str) -> QueryDict:
    """The fields of a form, none but the allowed ones: what cannot be read or is not known is refused by name."""
    _check_encoding(request)
    fields = request.POST
    if request.method == "DELETE":
        fields = QueryDict(request.body) if request.body else request.GET
    if unknown := next((name for name in fields if name not in allowed and name not in NOT_OURS), None):
        raise Refused(f"There is no field {unknown[:60]!r} here.", unknown[:60])
    if request.FILES:
        raise Refused("No file is expected here.", next(iter(request.FILES)))
    return fields


def _check_encoding(request: HttpRequest) -> None:
    if request.content_type == "multipart/form-data":
        return
    try:
        unquote_to_bytes(request.body.replace(b"+", b" ")).decode()
    except UnicodeDecodeError as error:
        raise Refused("The form is not valid UTF-8.") from error


def one_id(fields: QueryDict, name: str) -> UUID:
    """The id in a field."""
    try:
        return UUID(fields.get(name, ""))
    except ValueError as error:
        raise Refused(f"The field {name} must be an id.", name) from error


def on_or_off(fields: QueryDict, name: str, default: str = "") -> bool:
    """1 or 0."""
    value = fields.get(name, default)
    if value not in ("0", "1"):
        raise Refused(f"The field {name} must be 1 or 0.", name)
    return value == "1"


def whole(fields: QueryDict, name: str) -> int | None:
    """A whole number, or none where the field is empty."""
    value = fields.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.removeprefix("-").isdecimal() and len(value) < 10):
        raise Refused(f"The field {name} must be a whole number.", name)
    return int(value)
