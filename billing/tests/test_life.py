"""A workspace's life at Stripe, step by step: what is paid, what holds, what the record and the mails say."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone

from billing import doing
from billing.actions.subscribing import let_lapse, start_trial
from billing.errors import Away, Declined, Moved, NotSold
from billing.jobs import stop_renewing
from billing.models import Billing, Invoice, Plan
from billing.notices import send_notices
from billing.pulling import pull
from billing.reconciling import reconcile
from workspaces import tenancy
from workspaces.actions import delete_workspace
from workspaces.actor import Actor
from workspaces.errors import Forbidden
from workspaces.spine import acting
from workspaces.tests.people import add_member, log, make_person

from .desk import billing, bought, hear, plan
from .stripe import Stripe

SITE = "https://board.example.com"
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


def offer(by: Actor, interval: str = "month") -> doing.Offer:
    return doing.offer(by, "pro", interval)


def turn(by: Actor, **fields: Any) -> None:
    """The clock, or what Stripe has not told."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        Billing.objects.within(by.workspace).update(**fields)


def mails(by: Actor) -> list[str]:
    send_notices(by.workspace.pk)
    subjects = [one.subject for one in mail.outbox]
    mail.outbox.clear()
    return subjects


def test_a_trial_needs_no_card_and_ends_by_itself(till: Stripe, alice: Actor) -> None:
    row = start_trial(alice)
    assert plan(alice) == "pro" and row.trial_end and 13 <= (row.trial_end - timezone.now()).days <= 14
    assert not till.objects.keys() - {one["id"] for one in [*till.of("price"), *till.of("product")]}
    with pytest.raises(NotSold, match="has had its trial"):
        start_trial(alice)
    turn(alice, trial_end=timezone.now() - timedelta(minutes=1))
    let_lapse(alice)
    let_lapse(alice)
    assert plan(alice) == ""
    assert mails(alice) == ["The trial of Acme has ended"]
    told = [row.event for row in log(alice) if row.event.startswith(("billing", "workspace:plan"))]
    assert told == ["billing:trial_started", "workspace:plan_changed", "billing:trial_ended", "workspace:plan_changed"]


def test_it_is_bought_and_holds_when_stripe_says_so(till: Stripe, alice: Actor, bob: Actor) -> None:
    url = doing.checkout(alice, offer(alice), SITE)
    session = till.of("checkout.session")[0]
    assert url == session["url"] and plan(alice) == ""
    asked = session["_asked"]
    assert asked["line_items"] == [{"price": Plan.objects.get(key="pro").stripe_month, "quantity": "2"}]
    assert asked["allow_promotion_codes"] == asked["tax_id_collection"]["enabled"] == "true"
    assert asked["success_url"] == f"{SITE}/w/acme/billing/returned/"
    till.begin(session)
    hear(till)
    row = billing(alice)
    assert (row.plan, row.status, row.seats, row.interval) == ("pro", "active", 2, "month")
    assert row.period_end and row.period_end > timezone.now() + timedelta(days=29)
    assert plan(alice) == "pro"
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert [(one.total, one.status, one.number) for one in Invoice.objects.within(alice.workspace)] == [(1800, "paid", "FB-0001")]  # fmt: skip
    with pytest.raises(Moved, match="has a subscription already"):
        doing.checkout(alice, offer(alice), SITE)


def test_a_trial_that_is_bought_is_not_lost(till: Stripe, alice: Actor) -> None:
    end = start_trial(alice).trial_end
    sub = bought(alice, till)
    row = billing(alice)
    assert sub["status"] == row.status == "trialing" and plan(alice) == "pro"
    assert end and row.trial_end and abs((row.trial_end - end).total_seconds()) < 1
    till.advance(sub["id"])
    hear(till)
    assert billing(alice).status == "active"


def test_seats_follow_the_members(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    add_member(alice, make_person("Bob"), "member")
    add_member(alice, make_person("Gus"), "guest")
    doing.follow_seats(alice)
    assert sub["items"]["data"][0]["quantity"] == billing(alice).seats == 2
    assert doing.follow_seats(alice) is None


def test_it_is_seen_what_a_change_costs_before_it_is_made(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    seen = doing.preview(alice, offer(alice, "year"))
    assert [line["amount"] for line in seen["lines"]["data"]] == [-900, 9000] and seen["total"] == 8100
    assert sub["items"]["data"][0]["price"]["recurring"]["interval"] == "month"
    doing.change(alice, offer(alice, "year"))
    assert billing(alice).interval == "year" and till.of("invoice")[0]["total"] == 8100


def test_a_declined_card_changes_nothing_and_another_one_may_be_tried(till: Stripe, alice: Actor) -> None:
    bought(alice, till)
    till.declines, before = True, len(log(alice))
    with pytest.raises(Declined, match="Your card was declined. Nothing was changed"):
        doing.change(alice, offer(alice, "year"))
    assert billing(alice).interval == "month" and len(log(alice)) == before
    till.declines = False
    doing.change(alice, offer(alice, "year"))
    assert billing(alice).interval == "year"


def test_past_due_grace_and_paid(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    till.fail_payment(sub["id"])
    hear(till)
    row = billing(alice)
    assert row.status == "past_due" and row.grace_until and plan(alice) == "pro"
    assert 13 <= (row.grace_until - timezone.now()).days <= 14
    assert mails(alice) == ["The payment for Acme failed"]
    turn(alice, grace_until=timezone.now() - timedelta(minutes=1))
    let_lapse(alice)
    let_lapse(alice)
    assert plan(alice) == "" and billing(alice).status == "past_due"
    assert mails(alice) == ["Acme now has the limits of the free plan"]
    till.pay(sub["id"])
    hear(till)
    assert plan(alice) == "pro" and billing(alice).grace_until is None
    assert mails(alice) == ["The payment for Acme went through"]


def test_cancel_resume_and_the_end(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    doing.cancel(alice)
    doing.cancel(alice)
    assert sub["cancel_at_period_end"] and billing(alice).cancel_at_period_end and plan(alice) == "pro"
    doing.resume(alice)
    assert not sub["cancel_at_period_end"] and not billing(alice).cancel_at_period_end
    doing.cancel(alice)
    till.advance(sub["id"])
    hear(till)
    assert billing(alice).status == "canceled" and plan(alice) == ""
    assert mails(alice) == ["The subscription of Acme has ended"]
    bought(alice, till)
    assert plan(alice) == "pro"


def test_stripe_down_at_checkout_says_so_and_changes_nothing(till: Stripe, alice: Actor) -> None:
    till.broken, before = True, len(log(alice))
    with pytest.raises(Away, match="Nothing was changed and nothing was charged"):
        doing.checkout(alice, offer(alice), SITE)
    till.broken = False
    assert len(log(alice)) == before and not till.of("customer") and plan(alice) == ""


def test_a_price_that_stripe_does_not_know_any_more(till: Stripe, alice: Actor) -> None:
    Plan.objects.filter(key="pro").update(stripe_month="price_gone")
    with pytest.raises(NotSold, match="does not know its price any more"):
        doing.checkout(alice, offer(alice), SITE)
    assert plan(alice) == ""


def test_one_checkout_at_a_time(till: Stripe, alice: Actor) -> None:
    first = doing.checkout(alice, offer(alice), SITE)
    second = doing.checkout(alice, offer(alice, "year"), SITE)
    assert first != second
    assert [one["status"] for one in till.of("checkout.session")] == ["open", "expired"]
    till.begin(till.of("checkout.session")[0])
    with pytest.raises(Moved, match="has been paid meanwhile"):
        doing.checkout(alice, offer(alice), SITE)
    assert plan(alice) == "pro", "it looks at Stripe on the way"


def test_only_who_may_pay_may(till: Stripe, alice: Actor, bob: Actor) -> None:
    for verb in (start_trial, lambda by: doing.checkout(by, offer(by), SITE)):
        with pytest.raises(Forbidden):
            verb(bob)
    bought(alice, till)
    for verb in (doing.cancel, lambda by: doing.change(by, offer(by, "year"))):
        with pytest.raises(Forbidden):
            verb(bob)


def test_what_the_operator_gave_by_hand_stays(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    alice.workspace.plan = "enterprise"
    with acting(alice):
        alice.workspace.save(update_fields=["plan"])
    add_member(alice, make_person("Bob"), "member")
    doing.follow_seats(alice)
    pull(alice.workspace.pk)
    assert plan(alice) == "enterprise"
    till.end(sub)
    hear(till)
    assert plan(alice) == ""


def test_nobody_goes_on_paying_for_a_workspace_that_was_deleted(till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    delete_workspace(alice, confirm="acme")
    stop_renewing(str(alice.workspace.pk))
    assert sub["cancel_at_period_end"] and sub["status"] == "active"
    sub["cancel_at_period_end"] = False
    assert [line.partition(": ")[2] for line in reconcile(mend=True)] == ["was deleted, and its subscription runs out"]
    assert sub["cancel_at_period_end"] and not list(reconcile(mend=True))


def test_two_owners_who_close_the_same_older_checkout_both_hear_how_it_stands(till: Stripe, alice: Actor) -> None:
    doing.checkout(alice, offer(alice), SITE)
    amy = add_member(alice, make_person("Amy"), "owner")
    said: list[str] = []

    def buy(by: Actor, interval: str) -> None:
        try:
            said.append(doing.checkout(by, offer(by, interval), SITE))
        except Moved as no:
            said.append(no.words)
        finally:
            connections.close_all()

    threads = [Thread(target=buy, args=each) for each in ((alice, "month"), (amy, "year"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 2 and any(one.startswith(till.url) for one in said)
    (session,) = till.of("checkout.session", status="open")
    assert billing(alice).checkout == session["id"] and session["url"] in said
