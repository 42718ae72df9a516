"""What cannot be done now is not offered: in a suspended workspace, and in one that is over its seats; and what goes on in both."""

import pytest
from django.urls import reverse

from accounts.models import User
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions import invite_member, suspend_workspace
from workspaces.actions.support import staff_actor
from workspaces.actor import Actor
from workspaces.errors import Forbidden
from workspaces.models import Workspace
from workspaces.owners import system_of
from workspaces.permissions import PERMISSIONS, WHILE_SUSPENDED

from .people import Program, browser, log, make_staff

NEW = 'href="/w/acme/projects/new/"'
WHY = "mass mailing through invitations"


def fresh(by: Actor) -> Actor:
    found = system_of(by.workspace.pk)
    assert found is not None
    return Actor(found.workspace, by.user, by.role)


@pytest.fixture
def suspended(alice: Actor, bob: Actor, cards: list[Task]) -> Actor:
    make_staff("Ray", "Support")
    suspend_workspace(staff_actor(alice.workspace, User.objects.get(name="Ray")), reason=WHY)
    return fresh(alice)


@pytest.fixture
def over(alice: Actor, bob: Actor, cards: list[Task]) -> Actor:
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        Workspace.objects.filter(pk=alice.workspace.pk).update(over="seats")
    return fresh(alice)


def test_suspended_only_what_goes_on_may_be_done(suspended: Actor, bob: Actor, project: Project) -> None:
    assert {one for one in PERMISSIONS if suspended.may(one)} == WHILE_SUSPENDED
    assert all(suspended.holds(one) for one in PERMISSIONS)
    with pytest.raises(Forbidden, match=WHY):
        suspended.must("task.create", project)
    with pytest.raises(Forbidden, match="Your role"):
        suspended.through("web", role=suspended.role.narrowed(suspended.role).__class__(name="Guest", level=10)).must(
            "task.create"
        )


@pytest.mark.parametrize("state", ["suspended", "over"])
def test_no_page_offers_what_would_be_refused(
    state: str, request: pytest.FixtureRequest, alice: Actor, bob: Actor, cards: list[Task]
) -> None:
    page = browser(bob).get("/w/acme/p/FLOW/board/").content.decode()
    assert "data-create" in page and NEW in page
    request.getfixturevalue(state)
    for who in (alice, bob):
        page = browser(who).get("/w/acme/p/FLOW/board/").content.decode()
        assert not any(words in page for words in ("data-create", "data-column-new", "column-menu-", NEW))
        pane = browser(who).get("/w/acme/t/FLOW-1/").content.decode()
        assert "comment-new" not in pane and "checklist-add" not in pane


@pytest.mark.parametrize("state", ["suspended", "over"])
def test_what_is_anybodys_goes_on(
    state: str, request: pytest.FixtureRequest, alice: Actor, bob: Actor, gus: Actor
) -> None:
    request.getfixturevalue(state)
    owner = browser(alice)
    for name in (
        "billing",
        "billing_usage",
        "audit",
        "members",
        "activity",
        "security",
        "access_tokens",
        "roles",
        "settings",
    ):
        assert owner.get(reverse(name, args=["acme"])).status_code == 200, name
    assert owner.get(reverse("audit_export", args=["acme"]), {"format": "csv"}).status_code in (200, 405)
    program = Program(alice)
    assert program.delete(f"members/{gus.user.pk}/").status_code == 204
    assert program.post("billing/trial/").status_code == 409, "nothing is sold here, and that is what is said"
    assert browser(bob).post(reverse("leaving", args=["acme"])).status_code == 302


def test_the_door_says_why(suspended: Actor, bob: Actor) -> None:
    no = Program(bob).post("projects/FLOW/tasks/", {"title": "New"})
    assert no.status_code == 403 and no.json()["type"] == "urn:flowboard:workspace-suspended"
    assert browser(bob).get("/w/acme/projects/new/").status_code == 403


def test_over_its_seats_an_invitation_is_taken_back_and_none_is_sent(
    alice: Actor, request: pytest.FixtureRequest
) -> None:
    waiting = [invite_member(alice, email=f"{name}@example.com", role=alice.role) for name in ("una", "vic")]
    request.getfixturevalue("over")
    owner, pages = browser(alice), [reverse("member_invitation", args=["acme", one.pk]) for one in waiting]
    members = owner.get("/w/acme/members/").content.decode()
    assert all(f'hx-delete="{page}"' in members and f'hx-post="{page}"' not in members for page in pages)
    assert owner.post(pages[0]).status_code == 402
    assert owner.delete(pages[0]).status_code < 400
    assert Program(alice).delete(f"invitations/{waiting[1].pk}/").status_code == 204
    assert len(log(alice, "invitation:revoked")) == 2
