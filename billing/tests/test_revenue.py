"""What subscriptions come to a month as Stripe has them, and how that is kept and shown from day to day."""

import re
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from billing import doing
from billing.actions.metering import today
from billing.actions.revenue import note_revenue
from billing.jobs import note_revenue as each_hour
from billing.models import RevenueDay
from billing.pulling import pull
from billing.reconciling import reconcile
from office import revenue
from workspaces.actor import Actor
from workspaces.tests.people import make_staff

from .desk import billing, bought, hear
from .stripe import Stripe
from .test_life import offer, turn

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


def kept(days_ago: int = 0) -> RevenueDay:
    return RevenueDay.objects.get(day=today() - timedelta(days=days_ago))


def test_it_is_what_stripe_holds(till: Stripe, alice: Actor, bob: Actor) -> None:
    sub = bought(alice, till)
    assert (billing(alice).month_cents, billing(alice).currency) == (1800, "usd")
    doing.pay_for_more(alice, on=True, cap=1000)
    assert billing(alice).month_cents == 1800, "what is metered is no part of it"
    doing.change(alice, offer(alice, "year"))
    assert billing(alice).month_cents == 1500
    till.give(sub, percent_off=50)
    till.give(sub, amount_off=1200)
    till.give(sub, percent_off=100, duration="once")
    till.give(sub, amount_off=500, currency="eur")
    pull(alice.workspace.pk)
    assert billing(alice).month_cents == 650, "half of 1500, and a twelfth of 1200 a year"
    turn(alice, month_cents=1)
    assert "acme: month_cents is 1 here and 650 at Stripe" in list(reconcile(mend=True))
    assert billing(alice).month_cents == 650


def test_each_day_is_kept(till: Stripe, alice: Actor, bob: Actor, eve: Actor) -> None:
    sub = bought(alice, till)
    bought(eve, till)
    for _ in range(2):
        each_hour()
    row = kept()
    assert (row.paying, row.month_cents, row.came, row.came_cents, row.left, row.paid_cents) == (
        2,
        2700,
        2,
        2700,
        0,
        2700,
    )
    till.now = lambda: int(time.time()) + 1  # Stripe counts in seconds: what ends in the one it began in was never paid
    till.end(sub)
    hear(till)
    each_hour()
    row = kept()
    assert (row.paying, row.month_cents, row.came, row.left, row.left_cents) == (1, 900, 2, 1, 1800)
    RevenueDay.objects.create(day=today() - timedelta(days=1), currency="usd", paying=7, month_cents=7000)
    turn(eve, began_at=timezone.now() - timedelta(days=1))
    each_hour()
    assert (kept(1).paying, kept(1).month_cents, kept(1).came) == (7, 7000, 1), "how it stood is not known any more"


def test_a_trial_that_ends_unpaid_neither_came_nor_left(till: Stripe, alice: Actor) -> None:
    from billing.actions.subscribing import start_trial

    start_trial(alice)
    sub = bought(alice, till)
    note_revenue(today())
    till.end(sub)
    hear(till)
    note_revenue(today())
    assert not RevenueDay.objects.filter(came__gt=0).exists() and not RevenueDay.objects.filter(left__gt=0).exists()


def test_churn_is_of_those_who_paid_thirty_days_ago(till: Stripe, alice: Actor, eve: Actor) -> None:
    RevenueDay.objects.create(day=today() - timedelta(days=31), currency="usd", paying=10, month_cents=10_000)
    RevenueDay.objects.create(day=today() - timedelta(days=5), currency="usd", paying=9, left=1, left_cents=2_500)
    bought(alice, till)
    (found,) = revenue.read()
    assert (found.paying, found.month_cents, found.left, found.churn, found.lost) == (1, 900, 1, 10.0, 25.0)


def test_the_mornings_page_shows_it_and_each_number_leads_on(till: Stripe, alice: Actor, eve: Actor) -> None:
    cache.delete("office:dashboard")
    bought(alice, till)
    turn(alice, month_cents=123_456)
    bought(eve, till)
    turn(eve, currency="eur")
    each_hour()
    fay = make_staff("Fay", "Finance")
    page = fay.get("/admin/").content.decode()
    card = page[page.index("<h2>Revenue</h2>") :]
    card = card[: card.index("</section>")]
    assert "$1,234.56" in card and "Also, in EUR" in card and "€9" in card and "Churn" in card
    assert "Revenue a month, 90 days" in card
    links = {one.replace("&amp;", "&") for one in re.findall(r'href="([^"]+)"', card)}
    assert len(links) >= 5 and {fay.get(link).status_code for link in links} == {200}
    cache.delete("office:dashboard")
