"""Plans of the back-office: what they hold, holds everywhere; and the page that is drawn from them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing import limits
from billing.models import Plan
from billing.shipped import shipped
from workspaces import tenancy
from workspaces.actions import invite_member
from workspaces.actor import Actor
from workspaces.models import Invitation, Role
from workspaces.plans import PLANS, OverPlan, plan_of
from workspaces.spine import acting
from workspaces.tests.people import Program, browser, make_person, make_staff, make_workspace

committed = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


@pytest.fixture
def fresh(settings: Any) -> Iterator[None]:
    """Plans are read from the table, and the code's own hold again afterwards."""
    settings.PLANS_FRESH = 0
    yield
    limits.forget()


def on_plan(by: Actor, key: str) -> Actor:
    by.workspace.plan = key
    with acting(by):
        by.workspace.save(update_fields=["plan"])
    return by


def role(by: Actor, key: str) -> Role:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Role.objects.within(by.workspace).get(key=key)


def test_the_shipped_plans_hold_what_the_code_says(db: None, fresh: None) -> None:
    assert limits.plans() == PLANS
    assert [row["key"] for row in shipped()] == list(Plan.objects.values_list("key", flat=True))


def test_a_changed_plan_holds_at_once(alice: Actor, fresh: None) -> None:
    on_plan(alice, "free")
    Plan.objects.filter(key="free").update(seats=2, name="Start")
    assert plan_of(alice.workspace).seats == 2
    invite_member(alice, email="ann@example.com", role=role(alice, "member"))
    with pytest.raises(OverPlan, match="The Start plan has 2 seats, and 2 are taken") as no:
        invite_member(alice, email="ben@example.com", role=role(alice, "member"))
    assert no.value.members == {
        "limit": "seats", "most": 2, "used": 2, "plan": "Start", "upgrade": "/w/acme/billing/",
    }  # fmt: skip


def test_a_plan_of_the_operators_own(alice: Actor, fresh: None) -> None:
    Plan.objects.create(key="club", name="Club", seats=3, per_person=60, per_token=60, per_workspace=60)
    on_plan(alice, "club")
    assert plan_of(alice.workspace).name == "Club"
    assert Program(alice).get("projects/")["RateLimit-Limit"] == "60"


def test_guests_go_by_the_seats_that_are_taken(alice: Actor) -> None:
    on_plan(alice, "free")
    for number in range(5):
        invite_member(alice, email=f"g{number}@example.com", role=role(alice, "guest"))
    with pytest.raises(OverPlan, match="5 guests for the seats that are taken, and there are 5"):
        invite_member(alice, email="g5@example.com", role=role(alice, "guest"))
    invite_member(alice, email="ann@example.com", role=role(alice, "member"))
    invite_member(alice, email="g5@example.com", role=role(alice, "guest"))


@committed
def test_two_hundred_invite_at_once_and_exactly_ten_fit() -> None:
    """The race for seats: 200 invitations, 16 at a time, one seat of ten is the owner's."""
    alice = on_plan(make_workspace(make_person("Alice"), "Acme", "acme"), "free")
    member = role(alice, "member")

    def invite(number: int) -> bool:
        from django.db import connections

        try:
            invite_member(alice, email=f"p{number}@example.com", role=member)
        except OverPlan:
            return False
        finally:
            connections["default"].close()
        return True

    with ThreadPoolExecutor(16) as threads:
        done = list(threads.map(invite, range(200)))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert Invitation.objects.within(alice.workspace).count() == 9
    assert sum(done) == 9


def test_the_pricing_page_is_drawn_from_the_table(db: None) -> None:
    Plan.objects.filter(key="pro").update(seats=321, month_cents=1250)
    Plan.objects.filter(key="enterprise").update(shown=False)
    page = Client().get(reverse("pricing")).content.decode()
    assert "321" in page and "$12.50" in page and "5,000,000" in page
    assert "Enterprise" not in page


def test_the_billing_page_says_how_much_is_used(alice: Actor, bob: Actor) -> None:
    on_plan(alice, "free")
    page = browser(alice).get(reverse("billing", args=["acme"])).content.decode()
    assert "Free" in page and "2 of 10" in page and "AI tokens" not in page
    assert browser(bob).get(reverse("billing", args=["acme"])).status_code == 403


@committed
def test_the_staff_change_a_plan() -> None:
    client = make_staff("Root")
    row = Plan.objects.get(key="free")
    kept = row.includes
    page = reverse("admin:billing_plan_change", args=[row.pk])
    fields = client.get(page).context["adminform"].form.initial
    sent = {name: "" if value is None else value for name, value in fields.items()}
    sent["includes"] = "With a comma, in one line\r\n\r\nAnother"
    try:
        assert client.post(page, sent | {"seats": 12}).status_code == 200  # why?
        assert client.post(page, sent | {"seats": 12, "reason": "A larger Free, for December"}).status_code == 302
        assert limits.plans()["free"].seats == 12
        row.refresh_from_db()
        assert row.includes == ["With a comma, in one line", "Another"]
        assert "With a comma, in one line\nAnother" in client.get(page).content.decode()
        assert client.post(reverse("admin:billing_plan_delete", args=[row.pk])).status_code == 403
    finally:
        Plan.objects.filter(key="free").update(seats=10, includes=kept)
        limits.forget()
