"""What Stripe tells: forged, late, twice, ten times, in any order. The end is the same, and nothing happens twice."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing import doing
from billing.actions.following import follow_stripe
from billing.actions.hearing import reopen_events
from billing.jobs import sweep_events, take_event
from billing.models import Billing, BillingNotice, Invoice, Plan, StripeEvent
from billing.pulling import look, pull
from billing.signing import TOLERANCE
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Stale
from workspaces.tests.people import add_member, log, make_person, make_staff

from .desk import billing, bought, hear, plan, post, send, work
from .stripe import SECRET, Row, Stripe, header_for

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
FIELDS = ("plan", "status", "interval", "seats", "subscription", "cancel_at_period_end", "period_end", "grace_until")


def life(by: Actor, up: Stripe) -> list[Row]:
    """All events of a life, none of them delivered: bought, more seats, not paid, paid, cancelled, resumed, yearly."""
    doing.checkout(by, doing.offer(by, "pro", "month"), "https://board.example.com")
    up.begin(up.of("checkout.session")[0])
    sub = up.subscription(billing(by).customer)
    item = sub["items"]["data"][0]
    up.change(sub, {"items": [{"id": item["id"], "quantity": "4"}]})
    up.fail_payment(sub["id"])
    up.pay(sub["id"])
    up.change(sub, {"cancel_at_period_end": "true"})
    up.change(sub, {"cancel_at_period_end": "false"})
    year = Plan.objects.get(key="pro").stripe_year
    up.change(sub, {"items": [{"id": item["id"], "price": year}], "proration_behavior": "always_invoice"})
    events, up.events = up.events, []
    return events


def state(by: Actor) -> dict[str, Any]:
    row = billing(by)
    with tenancy.workspace(by.workspace.pk, atomic=True):
        bills = list(
            Invoice.objects.within(by.workspace).order_by("stripe_id").values_list("stripe_id", "status", "due")
        )
    return {name: getattr(row, name) for name in FIELDS} | {"bills": bills, "holds": plan(by)}


def test_a_life_shuffled_a_hundred_ways_ends_the_same(till: Stripe, alice: Actor) -> None:
    events = life(alice, till)
    assert len(events) >= 12
    pull(alice.workspace.pk)
    wanted, rows = state(alice), len(log(alice))
    assert (wanted["status"], wanted["interval"], wanted["seats"], wanted["holds"]) == ("active", "year", 4, "pro")
    dice = random.Random(33)
    for _ in range(100):
        StripeEvent.objects.all().delete()
        for event in dice.sample(events, len(events)):
            assert send(event) == 200
            if dice.random() < 0.2:  # a worker comes by
                take_event(event["id"])
        work()
        assert state(alice) == wanted
    assert len(log(alice)) == rows, "nothing is told again"


def test_duplicates_are_stored_once_and_do_nothing_twice(till: Stripe, alice: Actor) -> None:
    events = [event for event in life(alice, till) for _ in range(10)]
    random.Random(35).shuffle(events)
    for event in events:
        assert send(event) == 200
    work()
    rows, wanted = len(log(alice)), state(alice)
    assert StripeEvent.objects.count() == len(events) // 10
    assert set(StripeEvent.objects.values_list("deliveries", flat=True)) == {10}
    asked = len(till.asked)
    for event in events[:30]:
        take_event(event["id"])
    assert (len(log(alice)), state(alice), len(till.asked)) == (rows, wanted, asked)


def test_three_times_at_once(till: Stripe, alice: Actor) -> None:
    events = life(alice, till)

    def arrive(event: Row) -> int:
        try:
            status = send(event)
            take_event(event["id"])
            return status
        finally:
            for alias in ("default", "ops"):
                connections[alias].close()

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(arrive, [event for event in events for _ in range(3)])) == {200}
    work()
    assert StripeEvent.objects.count() == len(events)
    assert (billing(alice).status, billing(alice).interval, plan(alice)) == ("active", "year", "pro")
    assert len(log(alice, "workspace:plan_changed")) == 1
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert Invoice.objects.within(alice.workspace).count() == len(till.of("invoice"))


def test_what_is_not_signed_is_refused_and_leaves_nothing(till: Stripe, alice: Actor) -> None:
    event = life(alice, till)[0]
    body = json.dumps(event).encode()
    good, now = header_for(body, SECRET), int(timezone.now().timestamp())
    forged = [
        "", "t=1,v1=", "nonsense", good.replace("v1=", "v0="), good[:-1], good.split(",")[0], header_for(body, "whsec_" + "x" * 24),
        header_for(body + b" ", SECRET), header_for(body, SECRET, at=now - TOLERANCE - 5), header_for(body, SECRET, at=now + TOLERANCE + 5),
        header_for(body, ""), f"t=9999999999999,{good.split(',')[1]}", f"t={now},{good}", "t=१,v1=x",
    ]  # fmt: skip
    assert [post(body, one) for one in forged] == [400] * len(forged)
    dice = random.Random(1)
    for _ in range(200):
        changed = bytearray(body)
        changed[dice.randrange(len(body))] ^= 1 << dice.randrange(7)
        assert bytes(changed) == body or post(bytes(changed), good) == 400
    assert not StripeEvent.objects.exists()
    assert send(event, at=now - TOLERANCE + 30) == 200


def test_another_secret_while_one_is_changed(till: Stripe, alice: Actor, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = f"whsec_{'n' * 24},{SECRET}"
    assert send(life(alice, till)[0]) == 200


def test_unknown_types_large_bodies_and_no_events(till: Stripe, db: None) -> None:
    event = {
        "id": "evt_1",
        "type": "person.danced",
        "created": 1,
        "data": {"object": {"id": "x", "note": "n" * 900_000}},
    }
    assert send(event) == 200
    take_event("evt_1")
    assert StripeEvent.objects.get().outcome == "ignored"
    for body in (
        b"[]",
        b"{}",
        b"nonsense",
        b'{"id": "evt_2", "type": "x", "created": 1, "data": {"object": 5}}',
        b"\xff\xfe",
    ):
        assert post(body, header_for(body, SECRET)) == 400
    huge = b"x" * 3_000_000
    assert post(huge, header_for(huge, SECRET)) == 413
    assert StripeEvent.objects.count() == 1
    assert Client().get(reverse("stripe_webhook")).status_code == 405


def test_without_a_key_there_is_no_such_address(db: None) -> None:
    assert post(b"{}", "") == 404


def test_somebody_elses_customer_is_ignored(till: Stripe, alice: Actor) -> None:
    other = till.new("customer", name="Somebody")
    till.tell("customer.updated", other)
    hear(till)
    assert StripeEvent.objects.get().fault == "no workspace has this customer"


def test_stripe_down_while_events_come_loses_none(till: Stripe, alice: Actor) -> None:
    events = life(alice, till)
    till.broken = True
    for event in events:
        assert send(event) == 200
    work()
    assert plan(alice) == "" and set(StripeEvent.objects.values_list("outcome", flat=True)) == {"failed"}
    till.broken = False
    StripeEvent.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    sweep_events()
    work()
    assert plan(alice) == "pro" and not StripeEvent.objects.exclude(outcome="done").exists()


def test_an_older_answer_that_comes_late_is_not_taken_for_news(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    seen, old = billing(alice).version, look(billing(alice).customer)
    till.change(sub, {"cancel_at_period_end": "true"})
    pull(alice.workspace.pk)
    with pytest.raises(Stale):
        follow_stripe(alice, facts=old.facts, invoices=[], seen=seen)
    assert billing(alice).cancel_at_period_end


def test_a_change_of_seats_while_a_webhook_is_dealt_with(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    for number in range(6):
        add_member(alice, make_person(f"P{number}"), "member")
    till.tell("customer.subscription.updated", sub)

    def at_once(number: int) -> None:
        try:
            doing.follow_seats(alice) if number % 2 else pull(alice.workspace.pk)
        finally:
            for alias in ("default", "ops"):
                connections[alias].close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(at_once, range(8)))
    hear(till)
    assert billing(alice).seats == sub["items"]["data"][0]["quantity"] == 7


def test_two_owners_upgrade_at_once_and_it_is_paid_once(till: Stripe, alice: Actor) -> None:
    bought(alice, till)
    cara = add_member(alice, make_person("Cara"), "owner")
    bills = len(till.of("invoice"))
    fell = []

    def upgrade(by: Actor) -> None:
        try:
            doing.change(by, doing.offer(by, "pro", "year"))
        except Exception as error:
            fell.append(type(error).__name__)
        finally:
            for alias in ("default", "ops"):
                connections[alias].close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(upgrade, [alice, cara]))
    hear(till)
    assert billing(alice).interval == "year" and billing(alice).seats == 2
    assert set(fell) <= {"Moved", "Stale"}
    charged = [bill["total"] for bill in till.of("invoice")][: len(till.of("invoice")) - bills]
    assert len([cents for cents in charged if cents > 5000]) == 1


def test_the_staff_have_an_event_done_again(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    till.change(sub, {"cancel_at_period_end": "true"})
    till.events.clear()  # lost on the way
    staff = make_staff("Root")
    event = StripeEvent.objects.order_by("-pk").first()
    assert event is not None
    page = reverse("admin:billing_stripeevent_changelist")
    sent = {"action": "do_again", "_selected_action": [str(event.pk)]}
    assert staff.post(page, sent, follow=True).status_code == 200
    work()
    assert billing(alice).cancel_at_period_end
    assert reopen_events([event.pk]) == 1


def said(*words: str) -> str:
    out = StringIO()
    call_command("reconcile_billing", *words, stdout=out)
    return out.getvalue()


def test_the_nightly_look_says_what_differs_and_mends_it(till: Stripe, alice: Actor, eve: Actor) -> None:
    sub = bought(alice, till)
    assert said() == "Stripe and FlowBoard agree.\n"
    till.change(sub, {"cancel_at_period_end": "true"})
    till.events.clear()  # Stripe told, and nobody heard
    looked = said("--look")
    assert looked == "acme: cancel_at_period_end is False here and True at Stripe\n"
    assert not billing(alice).cancel_at_period_end
    assert said("acme") == f"{looked}acme: mended\n"
    assert billing(alice).cancel_at_period_end and said() == "Stripe and FlowBoard agree.\n"


def test_it_finds_who_pays_unknown_a_second_subscription_and_lost_prices(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    prices = Plan.objects.get(key="pro").prices
    extra = till.subscribe(sub["customer"], [{"price": prices["month"], "quantity": 1}], sub["metadata"])
    till.get("price", prices["year"])["unit_amount"] = 9900
    told = said()
    assert f"acme: {extra['id']} is a second subscription that is paid" in told
    assert extra["status"] == "canceled" and sub["status"] == "active"
    assert "a year costs 9000 here and 9900 at Stripe" in told
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        Billing.objects.within(alice.workspace).delete()
        BillingNotice.objects.within(alice.workspace).delete()
    assert f"acme: {sub['customer']} pays for it and is not known here" in said()
    assert billing(alice).status == "active"
