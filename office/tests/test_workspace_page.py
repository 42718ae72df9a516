"""A workspace's page: where it stands, what the staff does there and why, and what its people see of it."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffAct, User
from ai.budget import limit_of
from tasks.models import Project
from tasks.tests.boards import column
from workspaces import tenancy
from workspaces.actions import delete_workspace, grant_tokens, hold_workspace, restore_workspace, suspend_workspace
from workspaces.actions.support import staff_actor
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.events import says
from workspaces.models import Workspace
from workspaces.plans import plan_of
from workspaces.tests.people import Program, browser, log, make_staff

WHY = "mass mailing through invitations"
committed = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


@pytest.fixture
def ray(db: None) -> Client:
    """Of the support."""
    return make_staff("Ray", "Support")


def by_ray(alice: Actor) -> Actor:
    return staff_actor(fresh(alice), User.objects.get(name="Ray"))


def fresh(by: Actor) -> Workspace:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Workspace.objects.get(pk=by.workspace.pk)


def to(alice: Actor, word: str = "") -> str:
    if word:
        return reverse("admin:workspaces_workspace_act", args=[alice.workspace.pk, word])
    return reverse("admin:workspaces_workspace_change", args=[alice.workspace.pk])


@committed
def test_it_says_where_the_workspace_stands(ray: Client, alice: Actor, bob: Actor, project: Project) -> None:
    page = ray.get(to(alice)).content.decode()
    for words in (
        "Plan and money",
        "Seats",
        "Tokens of the AI this month",
        "Last activity",
        "alice@example.com",
        "Health",
    ):
        assert words in page
    assert "Suspend" in page and "Lift the suspension" not in page and "Bring back" not in page
    assert "Take out the record" not in page, "that is the superuser's"
    assert "Nobody of the staff has done or noted anything here" in page
    assert ray.get(reverse("admin:workspaces_workspace_change", args=[project.pk])).status_code == 404


@committed
def test_suspended_it_is_read_and_not_changed_and_says_why(
    ray: Client, alice: Actor, bob: Actor, project: Project
) -> None:
    program = Program(bob)
    assert ray.post(to(alice, "suspend"), {"reason": "short"}).status_code == 200
    assert ray.post(to(alice, "suspend"), {"reason": WHY}).status_code == 302
    page = browser(alice).get("/w/acme/p/FLOW/board/")
    assert page.status_code == 200 and WHY in page.content.decode()
    refused = browser(bob).post("/w/acme/p/FLOW/tasks/", {"title": "New", "status": column(project, "To do").pk})
    assert refused.status_code == 403 and WHY in refused.content.decode()
    answer = program.post("projects/FLOW/tasks/", {"title": "New"})
    assert answer.status_code == 403 and answer.json()["type"] == "urn:flowboard:workspace-suspended"
    assert program.get("projects/FLOW/tasks/").status_code == 200
    (row,) = log(alice, "workspace:suspended")
    assert (row.via, row.after["reason"], str(row.actor)) == ("support", WHY, "Ray")
    assert StaffAct.objects.get().reason == WHY
    assert "Lift the suspension" in ray.get(to(alice)).content.decode()
    assert ray.post(to(alice, "resume"), {"reason": "they have stopped it"}).status_code == 302
    assert program.post("projects/FLOW/tasks/", {"title": "New"}).status_code == 201


@committed
def test_its_owners_are_written_to(ray: Client, alice: Actor, bob: Actor) -> None:
    from workspaces.support_jobs import tell_owners

    ray.post(to(alice, "suspend"), {"reason": WHY})
    tell_owners(str(alice.workspace.pk), str(StaffAct.objects.get().pk))
    (sent,) = [one for one in mail.outbox if "suspended" in one.subject][-1:]
    assert sent.to == ["alice@example.com"] and WHY in sent.body and "Ray" in sent.body


@committed
def test_deleted_it_is_gone_and_brought_back_within_30_days(ray: Client, alice: Actor) -> None:
    assert b"type its address" in ray.post(to(alice, "hold"), {"reason": WHY, "confirm": "other"}).content
    assert ray.post(to(alice, "hold"), {"reason": WHY, "confirm": "acme"}).status_code == 302
    assert browser(alice).get("/w/acme/").status_code == 404
    page = ray.get(to(alice)).content.decode()
    assert "Bring back" in page and "Suspend" not in page
    assert ray.post(to(alice, "suspend"), {"reason": WHY}).status_code == 404
    assert ray.post(to(alice, "restore"), {"reason": "deleted by mistake"}).status_code == 302
    assert browser(alice).get("/w/acme/").status_code == 200
    assert [row.event for row in log(alice)][-2:] == ["workspace:deleted", "workspace:restored"]


@committed
def test_what_an_owner_deleted_comes_back_too_but_not_after_30_days(ray: Client, alice: Actor) -> None:
    delete_workspace(alice, confirm="acme")
    restore_workspace(by_ray(alice), reason="deleted by mistake")
    hold_workspace(by_ray(alice), confirm="acme", reason=WHY)
    long_ago = timezone.now() - timedelta(days=31)
    Workspace._base_manager.using("owner").filter(pk=alice.workspace.pk).update(deleted_at=long_ago)
    with pytest.raises(Refused):
        restore_workspace(by_ray(alice), reason="deleted by mistake")


def test_granted_tokens_are_on_top_of_the_plan_this_month(ray: Client, alice: Actor) -> None:
    alice.workspace.plan = "free"
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        alice.workspace.save(update_fields=["plan"])
    planned = plan_of(alice.workspace).ai_tokens
    grant_tokens(by_ray(alice), tokens=5_000, reason="a fault of ours took theirs")
    grant_tokens(by_ray(alice), tokens=1_000, reason="and once more of it")
    workspace = fresh(alice)
    assert limit_of(workspace, "plan", None) == planned + 6_000
    assert limit_of(workspace, "own", 70) == 70
    workspace.extra_month = workspace.extra_month.replace(year=2020)
    assert limit_of(workspace, "plan", None) == planned
    assert [row.after["tokens"] for row in log(alice, "workspace:tokens_granted")] == [5_000, 1_000]
    for wrong in (0, -1, 10**10):
        with pytest.raises(Refused):
            grant_tokens(by_ray(alice), tokens=wrong, reason="a fault of ours took theirs")


@committed
def test_a_note_is_the_staffs_alone(ray: Client, alice: Actor) -> None:
    before = len(log(alice))
    assert ray.post(to(alice, "note"), {"reason": "Prefers to be called in the morning"}).status_code == 302
    assert "Prefers to be called" in ray.get(to(alice)).content.decode()
    assert len(log(alice)) == before


@committed
def test_twice_is_once(ray: Client, alice: Actor) -> None:
    for _ in range(2):
        suspend_workspace(by_ray(alice), reason=WHY)
    assert len(log(alice, "workspace:suspended")) == 1 == StaffAct.objects.count()


@committed
def test_who_may_not_is_refused(alice: Actor, bob: Actor) -> None:
    engineer, finance = make_staff("Eli", "Engineer"), make_staff("Fay", "Finance")
    assert engineer.get(to(alice)).status_code == 200
    for word, given in {"suspend": {}, "hold": {"confirm": "acme"}, "grant": {"tokens": "5"}}.items():
        assert engineer.post(to(alice, word), {**given, "reason": WHY}).status_code == 403
    assert finance.post(to(alice, "suspend"), {"reason": WHY}).status_code == 403
    assert finance.post(to(alice, "grant"), {"tokens": "5", "reason": WHY}).status_code == 302
    assert browser(bob).post(to(alice, "suspend"), {"reason": WHY}).status_code == 302, "to the sign-in"
    assert fresh(alice).suspended_at is None
    for by in (alice, bob, staff_actor(fresh(alice), User.objects.get(name="Eli"))):
        with pytest.raises(Forbidden):
            suspend_workspace(by, reason=WHY)


@committed
def test_no_link_leads_where_the_role_may_not_look(alice: Actor) -> None:
    for name, group in (("Ray", "Support"), ("Fay", "Finance"), ("Eli", "Engineer"), ("Root", "")):
        client = make_staff(name, *filter(None, [group]))
        links = set(re.findall(r'href="(/admin/[^"]+)"', client.get(to(alice)).content.decode()))
        assert len(links) > 5
        assert not {link for link in links if client.get(html.unescape(link)).status_code not in (200, 302)}, name


@committed
def test_the_record_is_taken_out_for_its_owners_and_tells_of_it(ray: Client, alice: Actor, project: Project) -> None:
    record = reverse("admin:workspaces_workspace_record", args=[alice.workspace.pk])
    assert ray.post(record, {"reason": WHY}).status_code == 403
    root = make_staff("Root")
    assert root.post(record, {"reason": ""}).status_code == 200
    answer = root.post(record, {"reason": "Alice asked for it, ticket 12"})
    head, *rows = [json.loads(line) for line in answer.getvalue().decode().splitlines()]
    assert head["to"] == len(rows) == len(log(alice))
    assert (
        rows[-1]["event"] == "audit:exported"
        and rows[-1]["facts"]["after"]["reason"] == "Alice asked for it, ticket 12"
    )


@committed
def test_a_flag_is_switched_for_one_workspace(ray: Client, alice: Actor, eve: Actor) -> None:
    given = {"flag": "invitations_off", "on": "on", "reason": WHY}
    assert ray.post(to(alice, "flag"), given | {"flag": "other"}).status_code == 200
    for _ in range(2):
        assert ray.post(to(alice, "flag"), given).status_code == 302
    asked = {"email": "ann@example.com", "role": "member"}
    refused = Program(alice).post("invitations/", asked)
    assert refused.status_code == 422 and "switched off" in refused.json()["detail"]
    assert Program(eve).post("invitations/", asked).status_code == 201
    (row,) = log(alice, "workspace:flag_changed")
    assert says(row) == f"switched invitations_off on: “{WHY}”"
    assert "flags: invitations_off" in ray.get(to(alice)).content.decode()
    assert ray.post(to(alice, "flag"), given | {"on": "off"}).status_code == 302
    assert Program(alice).post("invitations/", asked).status_code == 201
