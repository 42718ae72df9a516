"""/stripe/webhook/: believed when it is signed, stored, answered, and dealt with by a worker."""

import logging
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ..actions.hearing import store_event
from ..jobs import take_soon
from ..signing import Forged, check
from ..wire import ready

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Without a key there is no such address. What is not signed leaves nothing but a line in the log."""
    if not ready():
        raise Http404
    secrets = settings.STRIPE_WEBHOOK_SECRET.split(",")
    try:
        check(request.body, request.headers.get("Stripe-Signature", ""), secrets)
        event = read(request.body)
    except Forged as why:
        log.warning("a webhook that is not Stripe's: %s", why)
        return HttpResponse("It is not signed as it should be.\n", status=400, content_type="text/plain")
    with transaction.atomic():
        if store_event(event):
            transaction.on_commit(lambda: take_soon(event["id"]), robust=True)
    return HttpResponse("ok", content_type="text/plain")


def read(body: bytes) -> dict[str, Any]:
    """The event, as far as it is needed. Raises Forged for what is none."""
    try:
        event = orjson.loads(body)
        whole = isinstance(event["data"]["object"], dict) and isinstance(event["created"], int)
        whole = whole and all(isinstance(event[name], str) and 0 < len(event[name]) <= 255 for name in ("id", "type"))
    except (ValueError, TypeError, KeyError) as error:
        raise Forged("it is no event") from error
    if not whole:
        raise Forged("it is no event")
    return dict(event)
