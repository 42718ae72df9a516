"""`Idempotency-Key` on whatever changes something, from pages as from programs: the same key gives the same answer for 24 hours, once.

The answer is kept in the transaction of the change itself, so one cannot exist without the other.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from psycopg.errors import LockNotAvailable

from ..actor import Actor
from ..errors import Busy, Refused
from ..models import IdempotencyKey

WRITES = ("POST", "PUT", "PATCH", "DELETE")  # any other verb is no operation of ours, whatever its key
NOT_KEPT = 0  # the status of an answer that held a secret, or is given later (realtime/later.py)
KEPT = ("Content-Type", "ETag", "Location", "HX-Trigger", "HX-Redirect")


class Spent(Refused):
    """The key's answer cannot be given again."""

    status = 409


def answer(request: HttpRequest, by: Actor, respond: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Respond, or give the answer that this key was given before."""
    key = request.headers.get("Idempotency-Key", "")
    if request.method not in WRITES or not key:
        return respond(request)
    if not _has_verb(request):
        return respond(request)  # which says so: 404 or 405
    if len(key) > 255:
        raise Refused("The Idempotency-Key is longer than 255 characters.", "Idempotency-Key")
    row, first = _claim(request, by, key)
    return _keep(row, respond(request)) if first else _replay(row, fingerprint(request))


def _has_verb(request: HttpRequest) -> bool:
    """Whether there is such an address and it knows the verb, as far as its view tells."""
    try:
        view = getattr(resolve(request.path_info).func, "cls", None)
    except Resolver404:
        return False
    return view is None or hasattr(view, str(request.method).lower())


def fingerprint(request: HttpRequest) -> str:
    """SHA-256 over the verb, the address and the body; of a large one, which is not held twice, over its length."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    length = request.headers.get("Content-Length") or "0"
    if request.content_type == "multipart/form-data":
        _add_form(found, request)
    elif not length.isdigit() or int(length) > settings.MAX_JSON_BODY:
        found.update(length.encode())
    else:
        found.update(request.body)
    return found.hexdigest()


def _add_form(found: Any, request: HttpRequest) -> None:
    """What was filled in and the files, which need not fit in memory; not the boundary, which is another every time."""
    found.update(request.POST.urlencode().encode())
    for name, file in sorted(request.FILES.items()):
        found.update(f"\n{name} {file.name}\n".encode())
        for chunk in file.chunks():
            found.update(chunk)
        file.seek(0)


def _claim(request: HttpRequest, by: Actor, key: str) -> tuple[IdempotencyKey, bool]:
    """Whoever inserts first does the work; the others wait for its commit and then read its answer."""
    try:
        with transaction.atomic():
            row = IdempotencyKey(
                workspace_id=by.workspace.pk, user=by.author, key=key, request_hash=fingerprint(request)
            )
            row.save(force_insert=True)
            return row, True
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):  # it holds up its own copy, and nobody else
            raise Busy("The first of these requests is still being worked on: please try again in a moment.") from error
        raise
    except IntegrityError:
        return IdempotencyKey.objects.within(by.workspace).get(user=by.author, key=key), False


def _keep(row: IdempotencyKey, response: HttpResponse) -> HttpResponse:
    if response.status_code < 400 and response.get("Cache-Control") == "no-store":
        row.status = NOT_KEPT
        row.save(update_fields=["status"])
    elif response.status_code < 400:
        if hasattr(response, "render") and not getattr(response, "is_rendered", True):
            response.render()
        row.status, row.body = response.status_code, response.content
        row.headers = {name: response[name] for name in KEPT if response.has_header(name)}
        row.save(update_fields=["status", "body", "headers"])
    return response


def _replay(row: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if row.request_hash != fingerprint:
        raise Refused("This Idempotency-Key was used for another request.", "Idempotency-Key")
    if row.status == NOT_KEPT:
        raise Spent(
            "This Idempotency-Key was used already, and its answer is not kept: it held a secret, or was written for one reader.",
            "Idempotency-Key",
        )
    response = HttpResponse(bytes(row.body), status=row.status, headers=row.headers)
    response["Idempotent-Replayed"] = "true"
    return response
