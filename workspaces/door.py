"""The door: finds the workspace of a request, checks the membership, and opens the one transaction of the request.

A reading request is one snapshot; a writing one is one act. An answer of 400 or more undoes all of it, so that
nothing is half-written. No membership: 404, as if there were no such workspace.
"""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from psycopg.errors import LockNotAvailable
from psycopg_pool import PoolTimeout
from rest_framework.permissions import SAFE_METHODS as SAFE

from . import second_factor, support, suspension, tenancy, tokens, viewing
from .actor import Actor
from .admission import Admitted, membership_of
from .answers import problem_or_page, refusal
from .errors import Busy, Refused
from .rest import idempotency, throttle
from .scopes import for_reading, must_allow, scope_of_address
from .spine import acting
from .staging import put_back, staged

log = logging.getLogger(__name__)
STUCK = (
    2.0  # seconds in which a workspace whose rows are held refuses writers at once, so that their threads serve others
)
_stuck_until: dict[UUID, float] = {}
API = "/api/v1/workspaces/"
LAST_SEEN = "workspace"


class MemberRequest(HttpRequest):
    """A request that came through the door."""

    by: Actor


class Door:
    """Middleware for /w/<slug>/ and /api/v1/workspaces/<slug>/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self._answer(request, workspace_slug(request.path_info))
        except Refused as no:
            response = refusal(request, no)
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            response = unavailable(request, error)
        except UnreadablePostError:
            response = cut_off(request)
        return throttle.told(request, response)

    def _answer(self, request: HttpRequest, slug: str) -> HttpResponse:
        throttle.recall(request, slug)
        with snapshot(request) if slug else nullcontext():
            try:
                tokens.authenticate(request)
            except Refused:
                throttle.count_stranger(request, slug)
                raise
            if slug:
                return self._through(request, slug)
            throttle.count(request, slug)
            within_scopes(request, slug)
            return self.get_response(request)

    def _through(self, request: HttpRequest, slug: str) -> HttpResponse:
        user_id = request.user.pk if request.user.is_authenticated else None
        if user_id is None:
            throttle.count(request, slug)
            return self.get_response(request)  # the view asks to sign in
        # a token is of one workspace, so what is asked of the person's others is no business of its requests
        with nullcontext() if hasattr(request, "admitted") else tenancy.person(user_id):
            by = admit(request, slug)
            throttle.count(request, slug, by)
            if by is None:
                return not_here(request)
            within_scopes(request, slug)
            if (instead := second_factor.closed(request, by)) is not None:
                return instead
            if (instead := suspension.closed(request, by)) is not None:
                return instead
            request.by = by  # type: ignore[attr-defined]
            return self._read(request, by) if request.method in SAFE else self._write(request, by)

    def _read(self, request: HttpRequest, by: Actor) -> HttpResponse:
        if by.staff is not None:
            support.note_look(request, by)
        with tenancy.workspace(by.workspace.pk), transaction.atomic(savepoint=False):
            return remember(request, self.get_response(request), by)

    def _write(self, request: HttpRequest, by: Actor) -> HttpResponse:
        if time.monotonic() < _stuck_until.get(by.workspace.pk, 0):
            raise Busy(
                "Somebody else is changing this workspace for long. Nothing was changed; please try again in a moment."
            )
        with staged(request), acting(by) as act:
            response = idempotency.answer(request, by, self.get_response)
            if response.status_code >= 400:
                act.rows.clear()
                transaction.set_rollback(True)
                put_back(request)
        if by.staff is not None and not act.rows:
            support.note_look(request, by)  # nothing was changed, but something was shown
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Refusals of actions, raised out of page views (the API has its own handler)."""
        if isinstance(error, Refused):
            return refusal(request, error)
        if isinstance(error, OperationalError | InterfaceError):
            return unavailable(request, error)
        return cut_off(request) if isinstance(error, UnreadablePostError) else None


def snapshot(request: HttpRequest) -> AbstractContextManager[None]:
    """Reading with a token: one transaction from the token to the answer, for each begins and ends with a message."""
    workspace_id = tokens.workspace_in(request) if request.method in SAFE else None
    return tenancy.workspace(workspace_id, atomic=True) if workspace_id else nullcontext()


def workspace_slug(path: str) -> str:
    """The slug in an address below a workspace, else ""."""
    parts = path.split("/")
    if parts[1] == "w" and len(parts) > 3:
        return parts[2]
    return parts[4] if path.startswith(API) and len(parts) > 5 else ""


def admit(request: HttpRequest, slug: str) -> Actor | None:
    """The actor of this request in that workspace; a token was admitted to one workspace and no other."""
    if (admitted := getattr(request, "admitted", None)) is not None:
        return by_token(request, admitted) if admitted.membership.workspace.slug == slug else None
    if (by := support.admit(request, slug)) is not None:
        return by
    with transaction.atomic():
        membership = membership_of(request.user, slug)  # type: ignore[arg-type]
    if membership is None:
        return None
    return viewing.eyes(request, Actor.of(membership, via="api" if request.path_info.startswith("/api/") else "web"))


def within_scopes(request: HttpRequest, slug: str) -> None:
    """An access token may do what it was made for: asked here for each operation, by Actor.may for each verb."""
    if (admitted := getattr(request, "admitted", None)) is not None:
        needed = scope_of_address(request.path_info, slug, reads=request.method in SAFE)
        must_allow(admitted.token.scopes, needed)


def by_token(request: HttpRequest, admitted: Admitted) -> Actor:
    """A token's person, within its scopes."""
    scopes = frozenset(admitted.token.scopes)
    by = Actor.of(admitted.membership, via="api")
    return replace(
        by, scopes=for_reading(scopes) if request.method in SAFE else scopes, until=admitted.token.expires_at
    )


def remember(request: HttpRequest, response: HttpResponse, by: Actor) -> HttpResponse:
    """Which workspace this browser was in last: `/` leads back there."""
    slug = by.workspace.slug
    if by.via == "web" and request.COOKIES.get(LAST_SEEN) != slug and response.status_code == 200:
        response.set_cookie(
            LAST_SEEN, slug, max_age=365 * 86400, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


def not_here(request: HttpRequest) -> HttpResponse:
    """The same words for what is not there and for what is not yours."""
    return problem_or_page(request, 404, "There is nothing here, or it is not shared with you.")


def cut_off(request: HttpRequest) -> HttpResponse:
    """The line ended in the middle of the body: there is hardly anybody left to read this."""
    return problem_or_page(request, 400, "The request was cut off on its way. Nothing was changed; please try again.")


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """PostgreSQL is away, or a row is locked for too long: 503, try again; nothing was written."""
    locked = isinstance(error.__cause__, LockNotAvailable)
    if locked and hasattr(request, "by"):
        _stuck_until[request.by.workspace.pk] = time.monotonic() + STUCK
    log.warning("503 on %s: %s", request.path, error)
    words = "Somebody else is changing this right now." if locked else "The database is not answering."
    return problem_or_page(request, 503, f"{words} Nothing was changed; please try again in a moment.")
