"""A trial that the staff gives: how long, of what, what is told of it, and that nobody who pays gets one."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffAct, User
from billing.actions.granting import grant_trial
from billing.actions.subscribing import let_lapse, warn_of_ends
from billing.errors import NotSold
from billing.notices import send_notices
from billing.pulling import pull
from workspaces.actions.support import staff_actor
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.events import says
from workspaces.support_jobs import tell_owners
from workspaces.tests.people import log, make_staff

from .desk import billing, bought, hear, plan
from .stripe import Stripe
from .test_life import turn

WHY = "they try it with a second team"
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


@pytest.fixture
def ray(db: None) -> Client:
    return make_staff("Ray", "Support")


def by(alice: Actor, name: str = "Ray") -> Actor:
    return staff_actor(alice.workspace, User.objects.get(name=name))


def address(alice: Actor) -> str:
    return reverse("admin:workspaces_workspace_act", args=[alice.workspace.pk, "trial"])


def days_left(alice: Actor) -> int:
    end = billing(alice).trial_end
    assert end is not None
    return round((end - timezone.now()) / timedelta(days=1))


def test_it_is_given_on_the_workspaces_page_and_told_to_its_owners(ray: Client, alice: Actor) -> None:
    page = reverse("admin:workspaces_workspace_change", args=[alice.workspace.pk])
    assert "Grant a trial" in ray.get(page).content.decode()
    form = ray.get(address(alice)).content.decode()
    assert ">Pro<" in form and ">Enterprise<" in form and ">Free<" not in form
    assert ray.post(address(alice), {"plan": "pro", "days": "91", "reason": WHY}).status_code == 200
    assert ray.post(address(alice), {"plan": "pro", "days": "30", "reason": WHY}).status_code == 302
    assert plan(alice) == "pro" and days_left(alice) == 30
    (row,) = log(alice, "billing:trial_granted")
    assert (row.via, str(row.actor)) == ("support", "Ray")
    assert says(row) == f"gave a trial of pro until {row.after['until']:.10}: “{WHY}”"
    act = StaffAct.objects.get(verb="billing:trial_granted")
    tell_owners(str(alice.workspace.pk), str(act.pk))
    assert mail.outbox[-1].to == ["alice@example.com"] and mail.outbox[-1].subject == "FlowBoard gave Acme a trial"


def test_it_may_be_longer_and_never_shorter_and_ends_by_itself(ray: Client, alice: Actor) -> None:
    grant_trial(by(alice), plan="pro", days=3, reason=WHY)
    grant_trial(by(alice), plan="enterprise", days=60, reason=WHY)
    assert plan(alice) == "enterprise" and days_left(alice) == 60
    with pytest.raises(Refused, match="The trial that runs lasts until"):
        grant_trial(by(alice), plan="enterprise", days=59, reason=WHY)
    turn(alice, trial_end=timezone.now() + timedelta(days=2))
    warn_of_ends(alice)
    send_notices(alice.workspace.pk)
    assert "is trying Enterprise" in mail.outbox[-1].body
    turn(alice, trial_end=timezone.now() - timedelta(minutes=1))
    let_lapse(alice)
    assert plan(alice) == ""


def test_who_pays_gets_none_and_who_has_left_may(ray: Client, till: Stripe, alice: Actor) -> None:
    sub = bought(alice, till)
    assert ray.post(address(alice), {"plan": "pro", "days": "30", "reason": WHY}).status_code == 404
    with pytest.raises(NotSold, match="has a subscription"):
        grant_trial(by(alice), plan="pro", days=30, reason=WHY)
    till.end(sub)
    hear(till)
    assert plan(alice) == ""
    grant_trial(by(alice), plan="pro", days=30, reason=WHY)
    pull(alice.workspace.pk)
    assert plan(alice) == "pro" and billing(alice).status == "trialing"


def test_what_is_no_trial_is_refused(ray: Client, alice: Actor, bob: Actor) -> None:
    for given in ({"days": 0}, {"days": 91}, {"plan": "free"}, {"plan": "gold"}, {"reason": "short"}):
        with pytest.raises(Refused):
            grant_trial(by(alice), **{"plan": "pro", "days": 14, "reason": WHY, **given})  # type: ignore[arg-type]
    make_staff("Eli", "Engineer")
    for who in (alice, bob, by(alice, "Eli")):
        with pytest.raises(Forbidden):
            grant_trial(who, plan="pro", days=14, reason=WHY)
    assert plan(alice) == "" and not log(alice, "billing:trial_granted")
