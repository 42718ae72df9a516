"""Support access: never without an owner's consent, never more than the member, never longer than agreed; all of it recorded."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from flowboard.jobs import sweep_workspace
from tasks.actions import share_project, unshare_project, update_project
from tasks.actions.imports import start_import
from tasks.models import Project, Task
from tasks.tests.boards import column
from workspaces import tenancy
from workspaces.actions import (
    change_role,
    create_token,
    decline_support,
    delete_workspace,
    end_support,
    grant_support,
    leave_workspace,
    remove_member,
    request_support,
    start_support,
)
from workspaces.actions.support import is_support, staff_actor
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import ActivityLog, Membership, Role, SupportAccess
from workspaces.support_jobs import send_support_request

from .people import Program, browser, log, make_person

WHY = "Cards of FLOW vanish when they are moved"
BOARD = "/w/acme/p/FLOW/board/"


def staff(name: str) -> User:
    user = make_person(name)
    user.is_staff = True
    user.save()
    Authenticator.objects.create(user=user, type="totp", data={})
    user.user_permissions.add(Permission.objects.get(codename="add_supportaccess"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def ray(db: None) -> User:
    """Of the support."""
    return staff("Ray")


@pytest.fixture
def asked(alice: Actor, bob: Actor, ray: User) -> SupportAccess:
    """Ray asks to act as Bob for an hour."""
    return request_support(staff_actor(alice.workspace, ray), bob.user, reason=WHY, hours=1)


@pytest.fixture
def granted(alice: Actor, asked: SupportAccess) -> SupportAccess:
    """Alice has agreed."""
    return grant_support(alice, asked)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def act(user: User, access: SupportAccess, *, slug: str = "acme", workspace: object = None) -> Client:
    """A browser whose session says what pressing "Act as" leaves in it."""
    client = client_of(user)
    session = client.session
    session["support"] = {"slug": slug, "workspace": str(workspace or access.workspace_id), "access": str(access.pk)}
    session.save()
    return client


def change(access: SupportAccess, **values: object) -> None:
    with tenancy.workspace(access.workspace_id, atomic=True):
        SupportAccess.objects.within(access.workspace_id).filter(pk=access.pk).update(**values)


def membership(of: Actor) -> Membership:
    with tenancy.workspace(of.workspace.pk, atomic=True):
        return Membership.objects.within(of.workspace).select_related("user", "role").get(user=of.user)


# asking and answering


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
def test_the_whole_way(alice: Actor, bob: Actor, ray: User, project: Project, cards: list[Task]) -> None:
    back_office = client_of(ray)
    form = {"workspace": "acme", "email": "Bob@example.com", "reason": WHY, "hours": "4"}
    assert back_office.post(reverse("admin:workspaces_supportaccess_ask"), form).status_code == 302
    access = SupportAccess._base_manager.using("ops").get()
    owner = browser(alice)
    page = owner.get("/w/acme/settings/support/").content.decode()
    assert WHY in page and "Grant for 4 hours" in page
    assert "Ray of FlowBoard support asks to act as Bob" in owner.get("/w/acme/").content.decode()
    owner.post(reverse("support_answer", args=["acme", access.pk]), {"answer": "grant"})
    assert "may act as Bob until" in owner.get(BOARD).content.decode()
    assert "asks to act" not in browser(bob).get("/w/acme/").content.decode()
    assert (
        f"Act as {bob.user}" in back_office.get(reverse("admin:workspaces_supportaccess_changelist")).content.decode()
    )
    assert back_office.get(reverse("admin:workspaces_supportaccess_act", args=[access.pk])).status_code == 200
    assert back_office.post(reverse("admin:workspaces_supportaccess_act", args=[access.pk])).url == "/w/acme/"
    assert "You act as Bob in Acme until" in back_office.get(BOARD).content.decode()
    moved = {"status": column(project, "Done").pk, "after": "end"}
    assert back_office.post("/w/acme/t/FLOW-1/place/", moved).status_code in (204, 302)
    assert back_office.post("/w/acme/support/stop/").url == reverse("admin:workspaces_supportaccess_changelist")
    assert back_office.get(BOARD).status_code == 404
    rows = {row.event: row for row in log(alice) if row.via == "support"}
    assert list(dict.fromkeys(rows)) == [
        "support:requested", "support:started", "support:viewed", "task:moved", "support:ended",
    ]  # fmt: skip
    assert (rows["task:moved"].actor_id, rows["task:moved"].on_behalf_of_id) == (ray.pk, bob.user.pk)
    told = owner.get("/w/acme/activity/").content.decode()
    assert "Ray of FlowBoard support, for Bob" in told
    assert Program(alice).get("activity/?limit=3").json()["results"][1]["on_behalf_of"]["name"] == "Bob"
    events = Program(alice).get("events").json()["results"]
    assert "Ray of FlowBoard support, for Bob" in {one["data"]["by"]["name"] for one in events if "data" in one}


def test_owners_are_written_to_once(alice: Actor, bob: Actor, asked: SupportAccess) -> None:
    for _ in range(2):
        send_support_request(str(alice.workspace.pk), str(asked.pk))
    assert [one.to for one in mail.outbox] == [["alice@example.com"]]
    assert WHY in mail.outbox[0].body and "/w/acme/settings/support/" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("reason", "hours", "field"),
    [("too short", 1, "reason"), ("", 1, "reason"), ("x" * 501, 1, "reason"), (WHY, 2, "hours")],
)
def test_a_request_says_why_and_for_how_long(
    alice: Actor, bob: Actor, ray: User, reason: str, hours: int, field: str
) -> None:
    with pytest.raises(Refused) as no:
        request_support(staff_actor(alice.workspace, ray), bob.user, reason=reason, hours=hours)
    assert no.value.field == field
    assert log(alice, "support:requested") == []


def test_only_members_are_asked_for_and_once(alice: Actor, eve: Actor, ray: User, asked: SupportAccess) -> None:
    by = staff_actor(alice.workspace, ray)
    for person in (eve.user, asked.person):
        with pytest.raises(Refused):
            request_support(by, person, reason=WHY, hours=1)


def test_only_the_support_asks(alice: Actor, bob: Actor, ray: User) -> None:
    plain = make_person("Pat")
    plain.is_staff = True
    plain.save()
    Authenticator.objects.create(user=plain, type="totp", data={})
    for by in (bob, staff_actor(alice.workspace, plain), staff_actor(alice.workspace, bob.user)):
        with pytest.raises(Forbidden):
            request_support(by, bob.user, reason=WHY, hours=1)
    assert client_of(plain).post(reverse("admin:workspaces_supportaccess_ask"), {}).status_code == 403
    assert client_of(bob.user).get(reverse("admin:workspaces_supportaccess_ask")).status_code == 302


def test_only_an_owner_answers(alice: Actor, bob: Actor, ray: User, asked: SupportAccess) -> None:
    for by in (bob, staff_actor(alice.workspace, ray)):
        for verb in (grant_support, decline_support):
            with pytest.raises(Forbidden):
                verb(by, asked)
    assert browser(bob).get("/w/acme/settings/support/").status_code == 403
    answer = browser(bob).post(reverse("support_answer", args=["acme", asked.pk]), {"answer": "grant"})
    assert answer.status_code == 403
    assert (
        browser(alice).post(reverse("support_answer", args=["acme", asked.pk]), {"answer": "always"}).status_code == 422
    )


def test_an_answer_is_given_once_and_not_too_late(alice: Actor, asked: SupportAccess) -> None:
    change(asked, requested_at=timezone.now() - timedelta(days=8))
    with pytest.raises(Refused):
        grant_support(alice, asked)
    change(asked, requested_at=timezone.now())
    decline_support(alice, asked)
    for verb in (grant_support, decline_support):
        with pytest.raises(Refused):
            verb(alice, asked)
    assert len(log(alice, "support:declined")) == 1


# never without consent


def _nothing(alice: Actor, bob: Actor, ray: User, access: SupportAccess) -> None:
    """Only asked."""


def _declined(alice: Actor, bob: Actor, ray: User, access: SupportAccess) -> None:
    decline_support(alice, access)


def _expired(alice: Actor, bob: Actor, ray: User, access: SupportAccess) -> None:
    grant_support(alice, access)
    change(access, expires_at=timezone.now())


def _ended(alice: Actor, bob: Actor, ray: User, access: SupportAccess) -> None:
    end_support(alice, grant_support(alice, access))


def _left(alice: Actor, bob: Actor, ray: User, access: SupportAccess) -> None:
    grant_support(alice, access)
    remove_member(alice, membership(bob))


def _not_staff(alice: Actor, bob: Actor, ray: User, access: SupportAccess) -> None:
    grant_support(alice, access)
    User.objects.filter(pk=ray.pk).update(is_staff=False)


def _no_permission(alice: Actor, bob: Actor, ray: User, access: SupportAccess) -> None:
    grant_support(alice, access)
    ray.user_permissions.clear()


def _switched_off(alice: Actor, bob: Actor, ray: User, access: SupportAccess) -> None:
    grant_support(alice, access)
    User.objects.filter(pk=bob.user.pk).update(is_active=False)


def _deleted(alice: Actor, bob: Actor, ray: User, access: SupportAccess) -> None:
    grant_support(alice, access)
    delete_workspace(alice, confirm="acme")


WITHOUT = [_nothing, _declined, _expired, _ended, _left, _not_staff, _no_permission, _switched_off, _deleted]


@pytest.mark.parametrize("how", WITHOUT)
def test_no_way_in_without_consent(
    alice: Actor, bob: Actor, ray: User, asked: SupportAccess, project: Project, how: Callable[..., None]
) -> None:
    how(alice, bob, ray, asked)
    assert act(ray, asked).get(BOARD).status_code == 404
    assert act(ray, asked).post("/w/acme/p/FLOW/tasks/", {"title": "x"}).status_code == 404
    assert log(alice, "support:viewed", "task:created") == []
    with pytest.raises(Forbidden):
        start_support(staff_actor(alice.workspace, User.objects.get(pk=ray.pk)), asked)


def test_it_ends_while_it_runs(alice: Actor, ray: User, granted: SupportAccess, project: Project) -> None:
    client = act(ray, granted)
    assert client.get(BOARD).status_code == 200
    end_support(alice, granted)
    assert client.get(BOARD).status_code == 404
    assert "support" not in client.session


def test_somebody_who_comes_back_is_asked_for_again(
    alice: Actor, bob: Actor, ray: User, granted: SupportAccess
) -> None:
    remove_member(alice, membership(bob))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        role = Role.objects.within(alice.workspace).get(key="member")
        Membership(workspace=alice.workspace, user=bob.user, role=role).save(force_insert=True)
    assert act(ray, granted).get("/w/acme/").status_code == 404
    assert log(alice, "support:ended")[0].after["why"] == "left"


def test_another_of_the_staff_gains_nothing_by_it(alice: Actor, eve: Actor, ray: User, granted: SupportAccess) -> None:
    sue = staff("Sue")
    assert act(sue, granted).get("/w/acme/").status_code == 404
    with pytest.raises(Forbidden):
        start_support(staff_actor(alice.workspace, sue), granted)


def test_another_workspace_stays_shut(alice: Actor, eve: Actor, ray: User, granted: SupportAccess) -> None:
    assert act(ray, granted).get("/w/globex/").status_code == 404
    for workspace in (eve.workspace, alice.workspace):
        assert act(ray, granted, slug="globex", workspace=workspace.pk).get("/w/globex/").status_code == 404


def test_it_opens_pages_and_nothing_else(ray: User, granted: SupportAccess) -> None:
    client = act(ray, granted)
    assert client.get("/w/acme/").status_code == 200
    assert client.get("/api/v1/workspaces/acme/").status_code == 404
    assert client.get("/api/v1/workspaces/").json()["results"] == []
    profile = client.get("/profile/").content.decode()
    assert "ray@example.com" in profile and "bob@example.com" not in profile


# never more than the member, and less


def test_it_sees_what_the_member_sees(alice: Actor, gus: Actor, ray: User, project: Project) -> None:
    access = grant_support(alice, request_support(staff_actor(alice.workspace, ray), gus.user, reason=WHY, hours=1))
    client = act(ray, access)
    assert client.get(BOARD).status_code == 404
    assert client.get("/w/acme/").status_code == 200


def test_as_an_owner_it_changes_nobodys_rights(alice: Actor, bob: Actor, ray: User, project: Project) -> None:
    access = grant_support(alice, request_support(staff_actor(alice.workspace, ray), alice.user, reason=WHY, hours=1))
    by = Actor(alice.workspace, alice.user, alice.role, "support", staff=ray)
    verbs: list[Callable[[], object]] = [
        lambda: change_role(by, membership(bob), role=alice.role), lambda: remove_member(by, membership(bob)),
        lambda: create_token(by, name="mine"), lambda: leave_workspace(by), lambda: delete_workspace(by, confirm="acme"),
        lambda: grant_support(by, access), lambda: share_project(by, project, person=bob.user),
        lambda: unshare_project(by, project, person=bob.user), lambda: update_project(by, project, private=True),
    ]  # fmt: skip
    for verb in verbs:
        with pytest.raises(Forbidden):
            verb()
    client = act(ray, access)
    for path in ("settings/support/", "audit/", "settings/security/"):
        assert client.get(f"/w/acme/{path}").status_code in (403, 404), path
    assert client.post("/w/acme/settings/", {"name": "Ray's"}).status_code == 403
    assert client.get(BOARD).status_code == 200


def test_a_page_is_one_row_a_minute(alice: Actor, ray: User, granted: SupportAccess, project: Project) -> None:
    client = act(ray, granted)
    for path in (BOARD, BOARD, "/w/acme/", BOARD):
        client.get(path)
    assert [row.after["page"] for row in log(alice, "support:viewed")] == ["/p/FLOW/board/", "/"]
    assert is_support(ray)


def test_a_form_that_changes_nothing_is_a_look(
    alice: Actor, ray: User, granted: SupportAccess, project: Project, cards: list[Task]
) -> None:
    client = act(ray, granted)
    client.post("/w/acme/t/FLOW-1/", {"title": cards[0].title})
    client.post("/w/acme/p/FLOW/people/", {"user": "no id"})
    assert [row.after["page"] for row in log(alice, "support:viewed")] == ["/t/FLOW-1/", "/p/FLOW/people/"]


def test_it_leaves_no_work_behind_that_runs_as_the_member(alice: Actor, ray: User, granted: SupportAccess) -> None:
    """An import is done later, by a worker, in the name of the person: the record would know nothing of the support."""
    assert act(ray, granted).get("/w/acme/imports/new/").status_code == 403
    by = Actor(alice.workspace, alice.user, alice.role, "support", staff=ray)
    with pytest.raises(Forbidden):
        start_import(by, data=b"{}")


def test_its_end_is_told_by_the_sweep(alice: Actor, granted: SupportAccess) -> None:
    change(granted, expires_at=timezone.now())
    for _ in range(2):
        sweep_workspace(str(alice.workspace.pk))
    (row,) = log(alice, "support:ended")
    assert row.after["why"] == "expired"
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert SupportAccess.objects.within(alice.workspace).get().state == "ended"
        assert ActivityLog.objects.within(alice.workspace).filter(actor=granted.staff).exists()
