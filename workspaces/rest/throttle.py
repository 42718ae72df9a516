"""How many requests the API takes in a minute: of a person, of a token, of a workspace; of an address where nobody is known.

Asked before the request's work begins. Whoever was refused is refused again from memory until then, so that a
program which does not listen costs next to nothing.
"""

import time
from dataclasses import replace
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS as SAFE

from accounts.addresses import client_address, neighbourhood

from ..actor import Actor
from ..errors import Limited
from ..limiting import OF_WORKSPACE, Count, Standing, hit
from ..plans import plan_of
from . import turned

API = "/api/"
STRANGERS = 6_000  # requests a minute of one address that bring nobody's token or session
MOST_REMEMBERED = 10_000


class TooMany(Limited):
    """More requests than the plan has room for."""

    def __init__(self, standing: Standing) -> None:
        count, wait = standing.count, standing.wait
        words = f"That is more than the {count.most:,} requests a minute {count.words}"
        super().__init__(f"{words}: wait {wait} second{'' if wait == 1 else 's'}.", wait)


class Turned(NamedTuple):
    """Who was refused, and until when."""

    until: float
    standing: Standing


_turned_away: dict[int, Turned] = {}


def recall(request: HttpRequest, slug: str) -> None:
    """Raises TooMany for whoever was told to wait and has not."""
    if not request.path_info.startswith(API) or not _turned_away:
        return
    key = _caller(request, slug)
    if (turned := _turned_away.get(key)) is None:
        return
    if (wait := turned.until - time.monotonic()) <= 0:
        _turned_away.pop(key, None)
        return
    _refuse(request, replace(turned.standing, wait=int(wait) + 1))


def count(request: HttpRequest, slug: str, by: Actor | None = None) -> None:
    """Count a request to the API; raises TooMany."""
    if request.path_info.startswith(API):
        _count(request, slug, counts_of(request, by))


def count_stranger(request: HttpRequest, slug: str) -> None:
    """The same for what brings a token that is none of ours."""
    if request.path_info.startswith(API):
        _count(request, slug, [_stranger(request)])


def _count(request: HttpRequest, slug: str, counts: list[Count]) -> None:
    standing = hit(counts, reads=request.method in SAFE)
    if standing is None:
        return
    if standing.wait:
        _remember(_caller(request, slug), standing)
        _refuse(request, standing)
    request.standing = standing  # type: ignore[attr-defined]


def counts_of(request: HttpRequest, by: Actor | None) -> list[Count]:
    """What a request counts for, the narrowest first."""
    if not request.user.is_authenticated:
        return [_stranger(request)]
    plan, where = plan_of(by and by.workspace), by.workspace.pk.hex if by else "-"
    counts = [Count(f"person:{where}:{request.user.pk.hex}", plan.per_person, "that one person may make")]
    if (token := getattr(request, "access_token", None)) is not None:
        counts.insert(0, Count(f"token:{where}:{token.pk.hex}", plan.per_token, "that one token may make"))
    if by:
        counts.append(
            Count(
                f"{OF_WORKSPACE}{where}",
                plan.per_workspace,
                "that all people and programs of the workspace may make together",
            )
        )
    return counts


def _stranger(request: HttpRequest) -> Count:
    return Count(
        f"address:{neighbourhood(client_address(request))}", STRANGERS, "that an address may make without a token"
    )


def told(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with the headers that say how the tightest count stands."""
    standing = getattr(request, "standing", None)
    if standing is not None:
        response["RateLimit-Limit"] = str(standing.count.most)
        response["RateLimit-Remaining"] = str(standing.left)
        response["RateLimit-Reset"] = str(standing.ends)
    return response


def _refuse(request: HttpRequest, standing: Standing) -> None:
    request.standing = standing  # type: ignore[attr-defined]
    turned.note(standing.count, timezone.now().date())
    raise TooMany(standing)


def _remember(key: int, standing: Standing) -> None:
    if len(_turned_away) >= MOST_REMEMBERED:
        _turned_away.clear()
    _turned_away[key] = Turned(time.monotonic() + standing.wait, standing)


def _caller(request: HttpRequest, slug: str) -> int:
    """Who asks, before anything is looked up: by what they bring."""
    brought = request.META.get("HTTP_AUTHORIZATION") or request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return hash((brought or neighbourhood(client_address(request)), slug))
