"""The pages of billing: what they say at each step, and where they lead."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Billing, Plan
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.tests.people import browser, log

from .desk import billing, bought, hear, plan
from .stripe import Stripe

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


def at(name: str) -> str:
    return reverse(f"billing_{name}" if name else "billing", args=["acme"])


def text(client: Client, name: str = "", **query: str) -> str:
    answer = client.get(at(name), query, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_life_by_its_pages(till: Stripe, alice: Actor, bob: Actor) -> None:
    page = browser(alice)
    assert "Try Pro for 14 days" in text(page) and "Nothing is paid." in text(page)
    assert page.post(at("trial")).status_code == 302
    assert "Trial until" in text(page) and "Try Pro" not in text(page)
    onward = page.post(at("checkout"), {"plan": "pro", "interval": "month"})
    session = till.of("checkout.session")[0]
    assert onward.status_code == 200 and session["url"] in onward.content.decode()
    assert "no-store" in onward["Cache-Control"]
    till.begin(session)
    assert "The first bill comes then" in text(page, "returned")
    till.advance(till.subscription(billing(alice).customer)["id"])
    hear(till)
    assert "2 seats, monthly. Goes on with" in text(page) and "FB-0002" in text(page)
    seen = text(page, "change", plan="pro", interval="year")
    assert "Charged today" in seen and "Pay $162 and change" in seen
    assert page.post(at("change"), {"plan": "pro", "interval": "year"}).status_code == 302
    assert "2 seats, yearly" in text(page)
    assert page.post(at("cancellation")).status_code == 302
    assert "Ends on" in text(page) and "Resume" in text(page)
    assert page.post(at("cancellation"), {"resume": "1"}).status_code == 302
    assert "Goes on with" in text(page)
    moved = page.post(at("portal"))
    assert "/portal/bps_" in moved.content.decode()


def test_nobody_but_owners(till: Stripe, alice: Actor, bob: Actor, eve: Actor) -> None:
    bought(alice, till)
    for who, status in ((bob, 403), (eve, 404)):
        client = browser(who)
        for name in ("trial", "checkout", "portal", "change", "cancellation", "overage"):
            assert client.post(at(name), {"plan": "pro", "interval": "year", "on": "0"}).status_code == status
        for name in ("", "returned", "change"):
            assert client.get(at(name)).status_code == status


def test_stripe_down_is_a_clear_page(till: Stripe, alice: Actor) -> None:
    page = browser(alice)
    till.broken, before = True, len(log(alice))
    answer = page.post(at("checkout"), {"plan": "pro", "interval": "month"})
    assert answer.status_code == 503 and "nothing was charged" in answer.content.decode()
    assert "does not answer" in text(page, "returned") or "Nothing is paid." in text(page)
    assert len(log(alice)) == before and plan(alice) == ""


def test_a_declined_card_is_a_clear_page(till: Stripe, alice: Actor) -> None:
    bought(alice, till)
    till.declines = True
    answer = browser(alice).post(at("change"), {"plan": "pro", "interval": "year"})
    assert answer.status_code == 402 and "Your card was declined" in answer.content.decode()


def test_what_is_not_sold(till: Stripe, alice: Actor, settings: Any) -> None:
    page = browser(alice)
    Plan.objects.filter(key="pro").update(stripe_year="")
    assert page.post(at("checkout"), {"plan": "pro", "interval": "year"}).status_code == 409
    assert page.post(at("checkout"), {"plan": "gold", "interval": "year"}).status_code == 422
    assert page.post(at("checkout"), {"plan": "pro", "interval": "week"}).status_code == 422
    assert page.post(at("checkout"), {"plan": "pro", "color": "red"}).status_code == 422
    settings.STRIPE_SECRET_KEY = ""
    assert page.post(at("checkout"), {"plan": "pro"}).status_code == 409
    assert page.post(at("trial")).status_code == 409
    assert "operator of this server chooses" in text(page)


def test_a_payment_that_failed_is_said_above_every_page(till: Stripe, alice: Actor, bob: Actor) -> None:
    sub = bought(alice, till)
    till.fail_payment(sub["id"])
    hear(till)
    home = reverse("home", args=["acme"])
    assert "The last payment failed" in browser(alice).get(home).content.decode()
    assert "The last payment failed" not in browser(bob).get(home).content.decode()
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        Billing.objects.within(alice.workspace).update(grace_until=timezone.now() - timedelta(days=1))
    assert "limits of the free plan" in browser(alice).get(home).content.decode()


def test_more_ai_for_money(till: Stripe, alice: Actor) -> None:
    page = browser(alice)
    assert page.post(at("overage"), {"on": "1", "cap": "1000"}).status_code == 409
    sub = bought(alice, till)
    assert page.post(at("overage"), {"on": "1", "cap": "0"}).status_code == 422
    assert page.post(at("overage"), {"on": "1", "cap": "2000000"}).status_code == 302
    assert page.post(at("overage"), {"on": "1", "cap": "2000000"}).status_code == 302
    assert billing(alice).overage and billing(alice).overage_cap == 2_000_000
    assert [one["price"]["recurring"]["usage_type"] for one in sub["items"]["data"]] == ["licensed", "metered"]
    assert [row.event for row in log(alice, "billing:overage_changed")] == ["billing:overage_changed"]
    assert page.post(at("overage"), {"on": "0"}).status_code == 302
    assert not billing(alice).overage
