"""Whatever the staff does to a workspace, its owners read on the audit page: who, what, and why."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffAct, User
from billing.models import Billing
from office.verbs import VERBS
from tasks.models import Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.audit import SUPPORT
from workspaces.models import Membership, Workspace
from workspaces.tests.people import browser, log, make_staff

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
# in an order in which each can be done
GIVEN: dict[str, dict[str, str]] = {
    "plan": {"plan": "pro"}, "grant": {"tokens": "500"}, "trial": {"plan": "pro", "days": "14"}, "suspend": {}, "resume": {},
    "flag": {"flag": "invitations_off", "on": "on"}, "hold": {"confirm": "acme"}, "restore": {}, "note": {},
}  # fmt: skip
STAFFS_OWN = {"note"}


def why(word: str) -> str:
    return f"because of ticket {word}-77"


def task_page(task: Task) -> str:
    return reverse("admin:tasks_task_change", args=[task.pk])


@pytest.fixture
def root(db: None) -> Client:
    return make_staff("Root")


def test_every_verb_stands_on_the_audit_page_with_its_reason(root: Client, alice: Actor, cards: list[Task]) -> None:
    assert {verb.word for verb in VERBS} == set(GIVEN), "each verb is walked"
    for word, given in GIVEN.items():
        address = reverse("admin:workspaces_workspace_act", args=[alice.workspace.pk, word])
        answer = root.post(address, given | {"reason": why(word)})
        assert answer.status_code == 302, (word, answer.content.decode()[-2000:])
    root.post(reverse("admin:workspaces_workspace_record", args=[alice.workspace.pk]), {"reason": why("record")})
    root.post(task_page(cards[0]), {"reason": why("look")})
    given = {"workspace": "acme", "email": "alice@example.com", "reason": why("access"), "hours": "1"}
    assert root.post(reverse("admin:workspaces_supportaccess_ask"), given).status_code == 302
    page = browser(alice).get("/w/acme/audit/").content.decode()
    for word in [*GIVEN, "record", "look", "access"]:
        assert (why(word) in page) == (word not in STAFFS_OWN), word
    by_support = browser(alice).get("/w/acme/audit/", {"person": SUPPORT}).content.decode()
    assert all(why(word) in by_support for word in [*GIVEN, "record", "look", "access"] if word not in STAFFS_OWN)
    told = set(StaffAct.objects.filter(tenant=alice.workspace.pk).values_list("reason", flat=True))
    assert told >= {why(word) for word in [*GIVEN, "record", "look"]}


def test_a_row_is_shown_when_why_was_said_once_an_hour(root: Client, alice: Actor, eve: Actor, cards: list[Task]) -> None:  # fmt: skip
    page = task_page(cards[0])
    asked = root.get(page)
    assert asked.status_code == 200 and b"Why do you look?" in asked.content and b"its owners read it" in asked.content
    assert cards[0].title.encode() not in asked.content and not StaffAct.objects.exists()
    assert b"at least 10" in root.post(page, {"reason": "short"}).content and not StaffAct.objects.exists()
    assert root.post(page, {"reason": why("look")})["Location"] == page
    shown = root.get(page)
    assert b"Why do you look?" not in shown.content and cards[0].title.encode() in shown.content
    assert b"Why do you look?" not in root.get(task_page(cards[1])).content, "it holds for all rows of the workspace"
    (row,) = log(alice, "workspace:looked_into")
    assert (row.via, row.after) == ("support", {"kind": "task", "reason": why("look")})
    looks = StaffAct.objects.filter(verb="look at task").order_by("pk")
    assert [(act.reason, act.subject_id) for act in looks] == [(why("look"), str(card.pk)) for card in cards[:2]]
    theirs = Membership._base_manager.using("ops").get(workspace=eve.workspace)
    assert b"Why do you look?" in root.get(reverse("admin:workspaces_membership_change", args=[theirs.pk])).content
    other = make_staff("Ruth")
    assert b"Why do you look?" in other.get(page).content, "each says it for themself"


def test_after_an_hour_it_is_asked_again(root: Client, alice: Actor, cards: list[Task]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from accounts.ids import key_at

    staff = User.objects.get(name="Root")
    for age, asked in ((timedelta(minutes=61), True), (timedelta(minutes=59), False)):
        at = timezone.now() - age
        StaffAct.objects.create(pk=key_at(at), staff=staff, verb="workspace:looked_into", reason=why("x"), tenant=alice.workspace.pk)  # fmt: skip
        assert (b"Why do you look?" in root.get(task_page(cards[0])).content) == asked


def test_a_members_role_shows_no_row_however_good_the_reason(alice: Actor, cards: list[Task]) -> None:
    ray = make_staff("Ray", "Support")
    assert ray.get(task_page(cards[0])).status_code == 403
    assert ray.post(task_page(cards[0]), {"reason": why("look")}).status_code == 403
    assert browser(alice).post(task_page(cards[0]), {"reason": why("look")}).status_code == 302, "to the sign-in"
    assert not StaffAct.objects.exists() and not log(alice, "workspace:looked_into")


def test_its_history_page_names_nothing(root: Client, alice: Actor, cards: list[Task]) -> None:
    answer = root.get(reverse("admin:tasks_task_history", args=[cards[0].pk]))
    assert answer.status_code == 302 and answer["Location"] == task_page(cards[0])


def test_a_plan_is_given_by_finance_and_not_against_a_subscription(alice: Actor) -> None:
    address = reverse("admin:workspaces_workspace_act", args=[alice.workspace.pk, "plan"])
    fay, ray = make_staff("Fay", "Finance"), make_staff("Ray", "Support")
    assert ray.post(address, {"plan": "pro", "reason": why("plan")}).status_code == 403
    assert fay.post(address, {"plan": "gold", "reason": why("plan")}).status_code == 200
    assert fay.post(address, {"plan": "pro", "reason": why("plan")}).status_code == 302
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert Workspace.objects.get(pk=alice.workspace.pk).plan == "pro"
    (row,) = log(alice, "workspace:plan_changed")
    assert row.after == {"plan": "pro", "reason": why("plan")}
    assert fay.post(address, {"plan": "", "reason": why("plan")}).status_code == 302
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        Billing.objects.update_or_create(workspace=alice.workspace, defaults={"plan": "pro", "status": "active", "subscription": "sub_1"})  # fmt: skip
    assert fay.post(address, {"plan": "free", "reason": why("plan")}).status_code == 404
