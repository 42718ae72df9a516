"""Announcements above the pages of workspaces. Each process reads them at most every half minute, so that no page asks for them."""

import logging
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from workspaces.actor import Actor
from workspaces.banners import Banner

from .models import Announcement

log = logging.getLogger(__name__)
PUT_AWAY = "announced"  # the cookie with the keys of those put away
MOST = 20


@dataclass
class _Kept:
    """What this process has read last, and when."""

    at: float = float("-inf")
    rows: list[Announcement] = field(default_factory=list)


_kept = _Kept()


def forget() -> None:
    """Read anew at the next page."""
    _kept.at = float("-inf")


def current() -> list[Announcement]:
    """Those of today; while the database is away, the last ones hold."""
    if time.monotonic() - _kept.at > settings.ANNOUNCEMENTS_FRESH:
        _kept.at = time.monotonic()
        try:
            _kept.rows = list(Announcement.objects.filter(ends_at__gt=timezone.now()).order_by("-pk")[:MOST])
        except DatabaseError as error:
            log.warning("announcements cannot be read: %s", type(error).__name__)
    now = timezone.now()
    return [one for one in _kept.rows if one.starts_at <= now < one.ends_at]


def banner(request: HttpRequest) -> Banner | None:
    """The newest that is for this workspace and was not put away in this browser."""
    by: Actor = request.by  # type: ignore[attr-defined]
    away = request.COOKIES.get(PUT_AWAY, "").split(".")
    for one in current():
        if one.pk.hex not in away and (not one.workspaces or by.workspace.slug in one.workspaces):
            return _as_banner(one, request)
    return None


def _as_banner(one: Announcement, request: HttpRequest) -> Banner:
    link = {"link": "Read more", "address": one.link} if one.link else {}
    action = reverse("announcement_away", args=[one.pk])
    return Banner(one.words, "info", one.kind, "Put away", action, (("next", request.path),), **link)


@login_required
@require_POST
def put_away(request: HttpRequest, announcement: str) -> HttpResponse:
    """For this browser, until the announcement has ended."""
    row = get_object_or_404(Announcement, pk=announcement)
    to = request.POST.get("next", "")
    answer = redirect(to if url_has_allowed_host_and_scheme(to, allowed_hosts=None) else "start")
    keys = [key for key in request.COOKIES.get(PUT_AWAY, "").split(".") if key and key != row.pk.hex][-MOST:]
    answer.set_cookie(PUT_AWAY, ".".join([*keys, row.pk.hex]), max_age=365 * 86400, httponly=True, samesite="Lax", secure=request.is_secure())  # fmt: skip
    return answer
