"""Stripe beside a test: the stand-in, the settings that lead to it, and what people and time do there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.jobs import take_event
from billing.models import Billing, Plan, StripeEvent
from billing.pulling import row_of
from workspaces.actor import Actor
from workspaces.owners import system_of

from .stripe import KEY, SECRET, Row, Stripe, header_for, stripe


@pytest.fixture
def till(settings: Any, db: None) -> Iterator[Stripe]:
    """Pro is sold at the stand-in, monthly and yearly, with AI beyond it."""
    with stripe() as up:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
        settings.STRIPE_API_HOST, settings.PLAN = up.url, "free"
        Plan.objects.filter(key="pro").update(
            stripe_month=up.price("pro", "month", 900), stripe_year=up.price("pro", "year", 9000),
            stripe_ai=up.price("pro", "month", 0, metered=True),
        )  # fmt: skip
        yield up


def send(event: Row, *, secret: str = SECRET, at: int | None = None) -> int:
    """Deliver one event, as Stripe does; the status of the answer."""
    body = json.dumps(event).encode()
    return post(body, header_for(body, secret, at=at))


def post(body: bytes, signature: str) -> int:
    """Anything at all to the webhook's address."""
    answer = Client().post(
        reverse("stripe_webhook"), body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return answer.status_code


def work() -> None:
    """What a worker does about the events that wait."""
    for event in StripeEvent.objects.filter(done_at=None).order_by("received_at").values_list("event", flat=True):
        take_event(event)


def hear(up: Stripe) -> None:
    """All that Stripe has told so far arrives, and is dealt with."""
    for event in up.events:
        assert send(event) == 200
    up.events.clear()
    work()


def bought(by: Actor, up: Stripe, interval: str = "month") -> Row:
    """The workspace has bought Pro; its subscription at Stripe."""
    from billing import doing

    doing.checkout(by, doing.offer(by, "pro", interval), "https://board.example.com")
    up.begin(up.of("checkout.session")[0])
    hear(up)
    return up.subscription(billing(by).customer)


def billing(by: Actor) -> Billing:
    """Its row."""
    row = row_of(by.workspace.pk)
    assert row is not None
    return row


def plan(by: Actor) -> str:
    """The plan that holds now, as the next request will read it."""
    found = system_of(by.workspace.pk)
    assert found is not None
    return found.workspace.plan
