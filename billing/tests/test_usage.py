"""What is used: counted by day, warned of once, sold beyond the plan exactly once; and a workspace that is over its plan."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from ai.models import AIBudget
from billing import doing
from billing.actions.metering import note_day, note_limits, today
from billing.actions.overage import midnight
from billing.errors import Away
from billing.jobs import sweep_billing
from billing.metering import settle_overage
from billing.models import MeterEvent, UsageDay
from billing.notices import send_notices
from tasks.actions import create_task
from tasks.models import AutomationMonth, Project
from workspaces import limiting, tenancy
from workspaces.actions import choose_plan, remove_member
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.owners import system_of
from workspaces.plans import PLANS, OverPlan
from workspaces.tests.people import Program, add_member, browser, make_person

from .desk import billing, bought, hear, plan
from .stripe import Stripe
from .test_life import turn

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


def use_ai(by: Actor, tokens: int) -> None:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        month = today().replace(day=1)
        AIBudget.objects.update_or_create(workspace=by.workspace, period=month, kind="plan", defaults={"used": tokens})


def fresh(by: Actor) -> Actor:
    """As the next request would find the owner."""
    found = system_of(by.workspace.pk)
    assert found is not None
    return found


def within(by: Actor, do: Any) -> Any:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return do(by)


def on_plan(by: Actor, key: str) -> None:
    choose_plan(by.through("system"), plan=key)


def test_a_day_holds_what_there_is_and_the_calls_of_the_api(alice: Actor) -> None:
    program = Program(alice)
    for _ in range(3):
        program.get("projects/")
    assert limiting.calls(alice.workspace.pk, today()) == 3
    row = within(alice, note_day)
    assert (row.seats, row.projects, row.api_calls) == (1, 0, 3)
    within(alice, note_day)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert UsageDay.objects.within(alice.workspace).count() == 1


def test_the_page_draws_days_limits_and_a_forecast(alice: Actor) -> None:
    on_plan(alice, "free")
    for number in range(7):
        add_member(alice, make_person(f"P{number}"), "member")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        for ago in range(1, 12):
            day = today() - timedelta(days=ago)
            UsageDay(workspace=alice.workspace, day=day, seats=1, storage=(12 - ago) * 10**7, api_calls=40).save(force_insert=True)  # fmt: skip
    page = browser(alice).get(reverse("billing_usage", args=["acme"])).content.decode()
    assert page.count("<rect") == 6 * 30, "of the AI no word where it is off"
    assert (
        "8 of 10" in page
        and f"full on <b>{today() + timedelta(days=3):%-d %B}" in page
        and "600 a minute by one person" in page
    )


def test_owners_are_written_to_once_at_80_and_at_100_percent(alice: Actor) -> None:
    on_plan(alice, "free")
    for number in range(7):
        add_member(alice, make_person(f"P{number}"), "member")
    for wanted in ("Acme has used 80 % of its seats", None, "Acme has used all of its seats", None):
        if wanted and "all" in wanted:
            add_member(alice, make_person("P8"), "member")
            add_member(alice, make_person("P9"), "member")
        within(alice, note_limits)
        send_notices(alice.workspace.pk)
        assert [one.subject for one in mail.outbox] == ([wanted] if wanted else [])
        mail.outbox.clear()


def test_owners_are_told_when_the_runs_of_rules_come_to_an_end(alice: Actor, till: Stripe) -> None:
    on_plan(alice, "free")
    month = today().replace(day=1)
    for runs, wanted in (
        (79, ""),
        (80, "Acme has used 80 % of its automation runs of this month"),
        (100, "Acme has used all of its automation runs of this month"),
        (100, ""),
    ):
        with tenancy.workspace(alice.workspace.pk, atomic=True):
            AutomationMonth.objects.update_or_create(workspace=alice.workspace, month=month, defaults={"runs": runs})
        within(fresh(alice), note_limits)
        send_notices(alice.workspace.pk)
        assert [one.subject for one in mail.outbox] == ([wanted] if wanted else [])
        mail.outbox.clear()
    within(fresh(alice), note_day)
    page = browser(alice).get(reverse("billing_usage", args=["acme"])).content.decode()
    assert "Automation runs this month" in page and "100 of 100" in page and "rules run again on the first" in page
    limits = {one["limit"]: one for one in Program(alice).get("billing/").json()["limits"]}
    assert limits["automation_runs"] == {"limit": "automation_runs", "used": 100, "most": 100}
    assert "Automation runs a month" in Client().get(reverse("pricing")).content.decode()


def test_ai_beyond_the_plan_is_told_once(till: Stripe, alice: Actor) -> None:
    bought(alice, till)
    doing.pay_for_more(alice, on=True, cap=1_000_000)
    use_ai(alice, 5_000_000)
    assert settle_overage(alice) == 0
    use_ai(alice, 5_300_000)
    till.broken = True
    with pytest.raises(Away):
        settle_overage(alice)
    till.broken = False
    settle_overage(alice)
    settle_overage(alice)
    use_ai(alice, 5_700_000)
    sweep_billing(str(alice.workspace.pk))
    assert [one["payload"]["value"] for one in till.meters] == ["300000", "400000"]
    use_ai(alice, 9_000_000)
    settle_overage(alice)
    assert sum(int(one["payload"]["value"]) for one in till.meters) == 1_000_000, "never above the cap"
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        MeterEvent.objects.within(alice.workspace).update(sent_at=None)  # a worker died before it could say so
    settle_overage(alice)
    assert len(till.meters) == 3
    assert till.meters[0]["event_name"] == "flowboard_ai_tokens"


def test_the_cap_is_room_for_the_ai_and_ends_with_the_subscription(till: Stripe, alice: Actor) -> None:
    from ai.budget import limit_of

    sub = bought(alice, till)
    doing.pay_for_more(alice, on=True, cap=250_000)
    assert limit_of(fresh(alice).workspace, "plan", None) == 5_250_000
    till.end(sub)
    hear(till)
    assert limit_of(fresh(alice).workspace, "plan", None) == 100_000


def test_more_members_than_seats_and_nothing_changes_until_they_fit(
    till: Stripe, alice: Actor, project: Project
) -> None:
    sub = bought(alice, till)
    people = [add_member(alice, make_person(f"P{number}"), "member") for number in range(11)]
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        rows = list(Membership.objects.within(alice.workspace).filter(user__in=[one.user for one in people]))
    till.end(sub)
    hear(till)
    assert plan(alice) == ""
    program, page = Program(alice), browser(people[0])
    refused = program.post("projects/FLOW/tasks/", {"title": "One more"})
    assert refused.status_code == 402 and refused.json()["limit"] == "seats" and refused.json()["used"] == 12
    assert "has 12 members, and the Free plan has 10 seats" in page.get(reverse("home", args=["acme"])).content.decode()
    assert program.get("projects/FLOW/tasks/").status_code == 200
    assert program.get("audit/export?format=csv").status_code == 200
    with pytest.raises(OverPlan):
        create_task(fresh(alice), project, title="One more")
    remove_member(alice, rows[0])
    assert program.post("projects/FLOW/tasks/", {"title": "One more"}).status_code == 402
    remove_member(alice, rows[1])
    assert program.post("projects/FLOW/tasks/", {"title": "One more"}).status_code == 201
    assert PLANS["free"].seats == 10 and billing(alice).status == "canceled"


def test_programs_see_and_change_the_plan(till: Stripe, alice: Actor, bob: Actor) -> None:
    program = Program(alice)
    assert program.get("billing/").json()["status"] == "none"
    assert program.post("billing/trial/").json()["status"] == "trialing"
    url = program.post("billing/checkout/", {"plan": "pro", "interval": "month"}).json()["url"]
    session = till.of("checkout.session")[0]
    assert url == session["url"]
    till.begin(session)
    till.advance(till.subscription(session["customer"])["id"])
    hear(till)
    assert program.get("billing/").json() | {"limits": []} == program.get("billing/").json() | {
        "limits": [], "plan": "Pro", "status": "active", "seats": 2, "interval": "month",
    }  # fmt: skip
    assert program.get("billing/change/?plan=pro&interval=year").json()["due"] == 16_200
    assert program.post("billing/change/", {"plan": "pro", "interval": "year"}).json()["interval"] == "year"
    assert program.post("billing/cancellation/").json()["cancel_at_period_end"] is True
    assert program.delete("billing/cancellation/").json()["cancel_at_period_end"] is False
    assert program.call("put", "billing/overage/", {"on": True, "cap": 5}).json()["overage_cap"] == 5
    assert "/portal/" in program.post("billing/portal/").json()["url"]
    assert program.post("billing/checkout/", {"plan": "pro"}).status_code == 409
    till.broken = True
    down = program.post("billing/cancellation/")
    assert down.status_code == 503 and down["Content-Type"] == "application/problem+json"
    assert Program(bob).get("billing/").status_code == 403
    assert Client().get("/api/v1/workspaces/acme/billing/").status_code == 401


def test_the_last_minute_of_a_month_is_told_for_that_month_once(till: Stripe, alice: Actor) -> None:
    bought(alice, till)
    doing.pay_for_more(alice, on=True, cap=1_000_000)
    use_ai(alice, 0)
    settle_overage(alice)
    month = today().replace(day=1)
    ended = (month - timedelta(days=1)).replace(day=1)
    turn(alice, metered_month=ended, metered_included=5_000_000)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        AIBudget.objects.create(workspace=alice.workspace, period=ended, kind="plan", used=5_200_000)
    settle_overage(alice)
    settle_overage(alice)
    (told,) = till.meters
    assert told["payload"]["value"] == "200000"
    assert int(told["timestamp"]) == midnight(month).timestamp() - 1
    use_ai(alice, 5_100_000)
    turn(alice, metered_month=ended, metered_included=5_000_000)
    settle_overage(alice)
    turn(alice, metered_month=ended - timedelta(days=40))
    settle_overage(alice)
    assert [one["payload"]["value"] for one in till.meters] == ["200000", "100000"]
    assert int(till.meters[1]["timestamp"]) >= midnight(month).timestamp()
