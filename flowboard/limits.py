"""How often one may knock: sign-in, sign-up, codes, resets, invitations and the AI, by address and by account.

django-ratelimit counts in Redis. Without Redis nobody gets past the entrance, since nobody would be counted; who is
signed in already goes on. Wrong passwords of an account are counted by accounts/guesses.py besides.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import get_usage

from accounts.addresses import client_address, neighbourhood
from accounts.guesses import TooManyTries
from workspaces.answers import refusal
from workspaces.errors import Busy, Limited

log = logging.getLogger(__name__)
PAUSE = 5  # seconds, of Retry-After
CLOSED = (
    "Nobody can sign in or sign up for a moment: what counts wrong tries does not answer. "
    "Whoever is signed in stays signed in. Please try again in a few seconds."
)


@dataclass(frozen=True)
class Rate:
    """So many POSTs in so long, of one `address`, `account` (the e-mail address that is given) or `person` who is signed in."""

    per: str
    rate: str


ADDRESS = Rate("address", "300/5m")
CODES = (Rate("address", "60/15m"),)
MAILS = (Rate("address", "20/m"), Rate("account", "5/15m"))  # what sends a mail to whoever is named
ONESELF = (Rate("person", "20/15m"),)
ENTRANCE: dict[str, tuple[Rate, ...]] = {
    "account_login": (ADDRESS,),
    "/api/v1/auth/sign-in/": (ADDRESS,),
    "/api/v1/auth/refresh/": (ADDRESS,),
    "account_signup": (Rate("address", "20/m"), Rate("address", "300/h"), Rate("account", "5/15m")),
    "account_request_login_code": MAILS,
    "account_reset_password": MAILS,
    "account_reset_password_from_key": CODES,
    "account_confirm_login_code": CODES,
    "mfa_authenticate": CODES,
    "/api/v1/auth/second-factor/": CODES,
    "mfa_login_webauthn": CODES,
    "account_reauthenticate": ONESELF,
    "mfa_reauthenticate": ONESELF,
    "mfa_reauthenticate_webauthn": ONESELF,
    "account_change_password": ONESELF,
    "account_email": ONESELF,
}
INVITING = (Rate("person", "600/h"),)
ASKING = (Rate("person", "60/m"), Rate("address", "600/m"))  # of the AI; what it costs is the budget's to hold
INSIDE = {"invitations": INVITING, "member_invitation": INVITING, "ai": ASKING}
# of the AI, but nothing is asked there: its settings and connections; trying a connection is a question
UNASKED = ("ai_settings", "ai_connections", "ai_connection", "ai_place", "settings", "connections")


class EntranceLimits:
    """Counts what is posted to these addresses, before anything is looked up for it."""

    closed = False  # of the whole process

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST":
            return None
        name = place(request)
        for rate in ENTRANCE.get(name) or INSIDE.get(name, ()):
            usage = get_usage(
                request, group=name, key=lambda _, one, rate=rate: value(rate, one), rate=rate.rate, increment=True
            )
            if usage["time_left"] < 0:
                return self._uncounted(request, name)
            if usage["should_limit"]:
                return refusal(request, Limited(words(usage["time_left"]), max(usage["time_left"], 1)))
            self._counted()
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, TooManyTries):
            return refusal(request, Limited(error.words, error.seconds))
        return None

    def _uncounted(self, request: HttpRequest, name: str) -> HttpResponse | None:
        """Closed for who would come in, open for who is in."""
        if name not in ENTRANCE:
            return None
        if not self.closed:
            EntranceLimits.closed = True
            log.warning("limits: Redis is away: nobody can sign in or sign up until it is back")
        no = Busy(CLOSED)
        no.headers = {"Retry-After": str(PAUSE)}
        return refusal(request, no)

    def _counted(self) -> None:
        if self.closed:
            EntranceLimits.closed = False
            log.warning("limits: Redis is back: people can sign in again")


def place(request: HttpRequest) -> str:
    """The name of the page, or the address where it has none."""
    if request.path_info.startswith("/api/v1/workspaces/"):
        return inside(request.path_info)
    match = request.resolver_match
    name = (match and match.url_name) or request.path_info
    ours = match is not None and not match.namespaces  # the back-office names its pages by their app too
    return "ai" if ours and name.startswith("ai_") and name not in UNASKED else name


def inside(path: str) -> str:
    """Of the API's addresses in a workspace, which have no names."""
    area, part, *rest = [*path.split("/")[5:], "", ""]
    unasked = area == "ai" and part in UNASKED and "check" not in rest
    return area if area in INSIDE and not unasked else path


def value(rate: Rate, request: HttpRequest) -> str:
    """Whom a request is counted for."""
    if rate.per == "account":
        return account(request)
    if rate.per == "person" and request.user.is_authenticated:
        return str(request.user.pk)
    return neighbourhood(client_address(request))


def account(request: HttpRequest) -> str:
    """The e-mail address that a form or a JSON body names."""
    if request.content_type == "application/json":
        try:
            given = orjson.loads(request.body)
        except orjson.JSONDecodeError:
            return ""
        return str(given.get("email", "")).strip().lower() if isinstance(given, dict) else ""
    return (request.POST.get("email") or request.POST.get("login") or "").strip().lower()


def words(seconds: int) -> str:
    """When it is worth trying again."""
    minutes = max(round(seconds / 60), 1)
    return f"Too many tries in a short time. Wait {minutes} minute{'' if minutes == 1 else 's'}, then try again."
