"""Web push: a message to a person's browser by way of its push service (RFC 8030, 8291, 8292).

The address of the service is one that somebody gave: it is asked as accounts/outward.py asks. pywebpush costs half a
second and 30 MB, and is imported by whoever sends.
"""

import base64
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from . import outward, push_keys
from .models import PushSubscription

log = logging.getLogger(__name__)
TTL = 24 * 3600  # seconds that a push service keeps what a browser that is away cannot get
LASTS = 12 * 3600  # seconds that a VAPID token is good; services take up to 24 hours
LONGEST_WAIT = 24 * 3600


@dataclass(frozen=True)
class Answer:
    """What came of it. `later`: try again, in `wait` seconds where the service said so; `gone`: nobody is there any more."""

    state: Literal["sent", "later", "gone", "refused"]
    wait: float | None = None
    words: str = ""
    away: bool = False  # nobody answered there: others need not be tried


def signed_in(subscription: PushSubscription) -> bool:
    """Whether its person is still signed in there: the session stands, and began with the password they have."""
    living = Session.objects.filter(session_key=subscription.session_key, expire_date__gt=timezone.now()).first()
    if living is None or not subscription.user.is_active:
        return False
    began = str(living.get_decoded().get(HASH_SESSION_KEY, ""))
    known = (subscription.user.get_session_auth_hash(), *subscription.user.get_session_auth_fallback_hash())
    return any(constant_time_compare(began, one) for one in known)


def send(
    subscription: PushSubscription, message: Mapping[str, Any], *, topic: str = "", urgent: bool = False
) -> Answer:
    """Encrypt and send: at most 3,900 bytes. A later message of the same topic replaces one that was not delivered yet."""
    private = push_keys.private_key(subscription.key)
    if private is None:
        return Answer("gone", words="it was made for a key that is no longer ours")
    try:
        return _answer(_sent(subscription, private, message, topic, urgent))
    except outward.Unfetchable as error:
        return Answer("later", words=str(error), away=True)
    except ValueError as error:  # keys that are none
        return Answer("refused", words=str(error))


def _sent(subscription: PushSubscription, private: Any, message: Mapping[str, Any], topic: str, urgent: bool) -> Any:
    from py_vapid import Vapid02
    from pywebpush import WebPusher

    info = {"endpoint": subscription.endpoint, "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth}}
    claims = {"aud": _origin(subscription.endpoint), "sub": subject(), "exp": int(time.time()) + LASTS}
    headers = {"Urgency": "high" if urgent else "normal", **Vapid02(private).sign(claims)}
    if topic:
        headers["Topic"] = topic
    return WebPusher(info, requests_session=_Guarded()).send(
        json.dumps(message, ensure_ascii=False).encode(), headers, ttl=TTL
    )


def topic_of(key: bytes) -> str:
    """The name of a topic: at most 32 letters."""
    return base64.urlsafe_b64encode(key[:24]).rstrip(b"=").decode()


def subject() -> str:
    """Whom a push service may ask about us."""
    if settings.VAPID_SUBJECT:
        return str(settings.VAPID_SUBJECT)
    return (
        settings.SITE_URL
        if settings.SITE_URL.startswith("https:")
        else f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
    )


def host_of(subscription: PushSubscription) -> str:
    """Whose push service it is."""
    return urlsplit(subscription.endpoint).netloc


def _origin(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def _answer(response: Any) -> Answer:
    status = response.status_code
    if 200 <= status < 300:
        return Answer("sent")
    if status in (404, 410):
        return Answer("gone", words=f"the push service answers {status}")
    if status == 429 or status >= 500:
        return Answer("later", _wait(response.headers.get("Retry-After", "")), f"the push service answers {status}")
    log.warning("push refused with %s by %s: %s", status, response.host, response.text[:200])
    return Answer("refused", words=f"the push service answers {status}")


def _wait(said: str) -> float | None:
    """Retry-After: seconds, or a date."""
    if said.isascii() and said.isdecimal():
        return min(float(said[:9]), LONGEST_WAIT)
    try:
        seconds = parsedate_to_datetime(said).timestamp() - time.time()
    except (ValueError, TypeError):
        return None
    return min(max(0.0, seconds), LONGEST_WAIT)


@dataclass
class _Response:
    """An answer as pywebpush reads one."""

    status_code: int
    text: str
    headers: Mapping[str, str]
    host: str = field(default="")


class _Guarded:
    """In the place of a session of requests: asks where outward.py lets it."""

    def post(self, endpoint: str, *, data: bytes, headers: Mapping[str, str], timeout: float) -> _Response:
        found = outward.fetch(endpoint, method="POST", body=data, headers=headers)
        return _Response(
            found.status, found.body.decode("utf-8", "replace"), found.headers, urlsplit(endpoint).hostname or ""
        )
