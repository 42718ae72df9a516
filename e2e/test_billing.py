"""A whole life in a browser: trial, Pro, more seats, a payment that fails and is made good, yearly, a smaller plan, cancelled, resumed, ended."""

import os
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from billing.jobs import count_workspace
from billing.models import Plan, StripeEvent
from billing.tests.desk import billing, plan, work
from billing.tests.stripe import KEY, SECRET, Stripe
from realtime.tests.server import Server, server
from workspaces.actor import Actor
from workspaces.tests.people import add_member, make_person

from .conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


@pytest.fixture
def shop(transactional_db: None, till: Stripe) -> Iterator[Server]:
    """A web process that sells at the stand-in, which tells it what happens."""
    team = Plan.objects.create(
        key="team", name="Team", order=1, seats=20, guests=5, projects=20, month_cents=500, stripe_month=till.price("team", "month", 500),
        per_person=600, per_token=300, per_workspace=2_400,
    )  # fmt: skip
    before = dict(os.environ)
    os.environ |= {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_HOST": till.url}
    try:
        with server() as up:
            till.hook = f"http://{up.host}/stripe/webhook/"
            yield up
    finally:
        team.delete()
        os.environ.clear()
        os.environ |= before


def heard(up: Stripe) -> None:
    """All that Stripe told has arrived over the wire, and a worker has dealt with it."""
    deadline = time.monotonic() + 20
    while StripeEvent.objects.count() < len(up.events):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    work()


def test_a_whole_life(chromium: Browser, shop: Server, till: Stripe, alice: Actor, bob: Actor) -> None:
    desk = Desk(chromium, shop)
    page = desk.open(alice, "/w/acme/billing/")
    state, badge = page.locator(".billing-plan"), page.locator(".billing .panel .badge").first

    # a trial without a card
    expect(state).to_have_text("Free")
    page.get_by_role("button", name="Try Pro for 14 days").click()
    expect(state).to_have_text("Pro")
    expect(badge).to_have_text("trial")
    assert plan(alice) == "pro"

    # bought before it ends: a declined card first, then one that pays
    buy(page)
    page.get_by_role("button", name="Pay with a bad card").click()
    expect(page.get_by_role("alert")).to_contain_text("declined")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_text("The first bill comes then.")).to_be_visible()
    sub = till.subscription(billing(alice).customer)
    heard(till)
    till.advance(sub["id"])
    heard(till)
    page.reload()
    expect(badge).to_have_text("paid")
    expect(page.get_by_text("2 seats, monthly. Goes on with")).to_be_visible()

    # more people, more seats
    add_member(alice, make_person("Cara"), "member")
    count_workspace(str(alice.workspace.pk))
    page.reload()
    expect(page.get_by_text("3 seats, monthly.")).to_be_visible()
    expect(page.get_by_text("3 of 200")).to_be_visible()

    # the card fails: said everywhere, and everything goes on; then it is paid
    till.fail_payment(sub["id"])
    heard(till)
    page.goto("/w/acme/")
    expect(page.locator("#banners")).to_contain_text("The last payment failed. Everything goes on as before")
    page.get_by_role("link", name="Set it right").click()
    expect(badge).to_have_text("payment failed")
    assert plan(alice) == "pro"
    page.get_by_role("button", name="Payment and invoices").click()
    page.get_by_role("button", name="pay").click()
    expect(badge).to_have_text("paid")
    expect(page.locator("#banners .is-danger")).to_have_count(0)

    # yearly, with what it costs seen first
    page.get_by_role("button", name="Change to Pro, yearly").click()
    expect(page.get_by_role("row", name="Charged today")).to_contain_text("$243")
    assert billing(alice).interval == "month"
    page.get_by_role("button", name="Pay $243 and change").click()
    expect(page.get_by_text("3 seats, yearly. Goes on with")).to_be_visible()

    # a smaller plan: what is left of the year is credited, seen first, and its limits hold at once
    page.get_by_role("button", name="Change to Team, monthly").click()
    expect(page.get_by_role("row", name="Credited to the next bill")).to_contain_text("$")
    assert plan(alice) == "pro"
    page.get_by_role("button", name="Change", exact=True).click()
    expect(state).to_have_text("Team")
    expect(page.get_by_text("3 seats, monthly. Goes on with")).to_be_visible()
    expect(page.get_by_text("3 of 20", exact=True)).to_be_visible()
    assert plan(alice) == "team"

    # cancelled, resumed, cancelled for good
    cancel(page)
    expect(page.get_by_text("3 seats, monthly. Ends on")).to_be_visible()
    assert plan(alice) == "team"
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("3 seats, monthly. Goes on with")).to_be_visible()
    cancel(page)
    expect(badge).to_have_text("ends")
    till.advance(sub["id"])
    heard(till)
    page.reload()
    expect(state).to_have_text("Free")
    expect(page.get_by_text("3 of 10", exact=True)).to_be_visible()
    assert plan(alice) == "" and not StripeEvent.objects.exclude(outcome__in=["done", "ignored"]).exists()
    expect(page.get_by_role("region", name="Invoices").get_by_role("row")).to_have_count(len(till.of("invoice")) + 1)
    desk.close()
    assert not desk.faults


def buy(page: Page) -> None:
    """By way of the page that leads on to the payment service."""
    page.get_by_role("button", name="Buy Pro, monthly").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()


def cancel(page: Page) -> None:
    """Asked once more first."""
    page.get_by_role("button", name="Cancel…").click()
    page.get_by_role("button", name="End it then").click()
