"""Which browsers a person's pushes go to, and the worker that shows them there."""

import base64
import binascii

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event
from django_ratelimit.core import is_ratelimited

from . import actions, outward, push_keys
from .models import PushSubscription

RATE = "30/m"


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """At the root, so that it may look after every page."""
    return render(request, "sw.js", content_type="text/javascript")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
def push(request: HttpRequest) -> HttpResponse:
    """GET: the key that a browser subscribes with, and a CSRF token for its worker, which sees no page. POST: this browser is one of mine; DELETE (`?endpoint=`): no longer."""
    if request.method in ("GET", "HEAD"):
        return JsonResponse({"key": push_keys.public_key(), "token": get_token(request)})
    if is_ratelimited(request, "push", key="user", rate=RATE, increment=True):
        return _refused("That was tried too often: wait a minute.", 429)
    if request.method == "DELETE":
        actions.unsubscribe_push(request.user, endpoint=request.GET.get("endpoint", ""))
        return HttpResponse(status=204)
    return _subscribe(request)


def _subscribe(request: HttpRequest) -> HttpResponse:
    fields = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth", "key")}
    if words := _fault(**fields):
        return _refused(words, 422)
    agent = request.headers.get("User-Agent", "")
    actions.subscribe_push(request.user, session_key=request.session.session_key, agent=agent, **fields)
    return HttpResponse(status=204)


def _fault(endpoint: str, p256dh: str, auth: str, key: str) -> str:
    """What is wrong with a subscription, in words."""
    try:
        if outward.look(endpoint) != "https" and not settings.OUTWARD_ALLOW_PRIVATE:
            return "The push service must be asked by https."
    except outward.Unfetchable as error:
        return str(error)
    if len(endpoint) > PushSubscription._meta.get_field("endpoint").max_length or not endpoint.isascii():
        return "The address of the push service is too long."
    if _decoded(p256dh)[:1] != b"\x04" or len(_decoded(p256dh)) != 65 or len(_decoded(auth)) != 16:
        return "The keys of the subscription are not those of a browser."
    return "" if key == push_keys.public_key() else "This subscription was made for another key: subscribe again."


def _decoded(words: str) -> bytes:
    try:
        return base64.b64decode(words + "=" * (-len(words) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _refused(sentence: str, status: int) -> HttpResponse:
    facts = {"sentence": sentence, "fields": {}}
    return trigger_client_event(HttpResponse(sentence, "text/plain", status=status), "flowboard:refused", facts)
