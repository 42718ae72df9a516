"""Deleting an account: what goes, what stays, and a record that forgets a name and still verifies."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, connection, connections
from django.test import Client

from accounts.actions import GONE
from accounts.models import Erasure, SignIn, User
from tasks.actions import create_task, update_task
from tasks.models import Project
from workspaces import jobs, tenancy
from workspaces.actions import change_role, create_token, erase_person, forgetting, invite_member, leave_workspace
from workspaces.actions.forgetting import forget_in
from workspaces.actions.members import add_member as member_added
from workspaces.actions.support import grant_support, request_support, staff_actor
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import ActivityLog, ChangeSet, Membership, Role
from workspaces.verifying import faults

from .people import PASSWORD, browser, log, make_person, make_workspace
from .test_audit_export import taken, verify

PAGE = "/profile/delete/"


@pytest.fixture
def zoe(alice: Actor, project: Project) -> Actor:
    """Zoe Quill, named in rows of every kind."""
    user = make_person("Zoe")
    user.name = "Zoe Quill"
    user.save()
    return joined(alice, user)


def joined(by: Actor, user: User, role: str = "member") -> Actor:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        held = Role.objects.within(by.workspace).get(key=role)
    return Actor.of(member_added(by, user, role=held))


def busy(alice: Actor, zoe: Actor, project: Project) -> None:
    task = create_task(zoe, project, title="Ask Zoe Quill", assignees=[zoe.user, alice.user])
    update_task(alice, task, assignees=[alice.user])
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        held = Membership.objects.within(alice.workspace).get(user=zoe.user)
        admin = Role.objects.within(alice.workspace).get(key="admin")
    change_role(alice, held, role=admin)
    create_token(zoe, name="Zoe's laptop")
    sign_in = SignIn.objects.create(
        user=zoe.user, email=zoe.user.email, outcome="in", method="password", address="203.0.113.9"
    )
    jobs.tell_sign_in(str(sign_in.pk))


def erased(user: User, *places: Actor) -> None:
    """The account deleted, and the worker through with these workspaces."""
    kept = erase_person(user, confirm=user.email)
    for by in places:
        forget_in(by.workspace.pk, kept)


def forgotten(user: User) -> None:
    """The account deleted, and the worker done."""
    jobs.forget_person(str(erase_person(user, confirm=user.email).pk))


def whole(by: Actor) -> list[str]:
    return list(faults(by.workspace.pk))


COMMITTED = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])


@COMMITTED
def test_the_account_is_nobodys(alice: Actor, zoe: Actor, project: Project) -> None:
    busy(alice, zoe, project)
    client = browser(zoe)
    SignIn.objects.create(email="Zoe@Example.com", outcome="failed", method="password")  # as it was typed
    forgotten(zoe.user)
    user = User.objects.get(pk=zoe.user.pk)
    assert not SignIn.objects.filter(email__iexact="zoe@example.com").exists()
    assert (str(user), user.is_active, user.has_usable_password()) == (GONE, False, False)
    assert "zoe" not in user.email and user.erased_at
    assert not user.emailaddress_set.exists() and not SignIn.objects.filter(user=user).exists()
    assert client.get("/w/acme/").status_code in (302, 404)
    assert not Client().login(username="zoe@example.com", password=PASSWORD)
    assert not Erasure.objects.exists()
    (sent,) = mail.outbox
    assert sent.to == ["zoe@example.com"] and "was deleted" in sent.body
    assert make_person("Zoe"), "the address is free again"


def test_the_record_forgets_the_name_and_verifies(alice: Actor, zoe: Actor, project: Project, tmp_path: Path) -> None:
    busy(alice, zoe, project)
    before = {row.seq: row.hash for row in log(alice)}
    erased(zoe.user, alice)
    rows = log(alice)
    said = json.dumps([[row.subject_label, row.before, row.after] for row in rows]).replace("Ask Zoe Quill", "")
    assert "Zoe Quill" not in said and "zoe@" not in said and "203.0.113.9" not in said
    (created,) = [row for row in rows if row.event == "task:created"]
    assert created.subject_label == "Ask Zoe Quill", "free text is somebody's own words"
    assert [one["name"] for one in created.after["assignees"]] == [GONE, "Alice"]
    assert next(row for row in rows if row.event == "token:created").subject_label == "Zoe's laptop"
    assert {row.seq: row.hash for row in rows if row.seq in before} == before
    (tells,) = [row for row in rows if row.event == "person:erased"]
    gone = [row for row in rows if row.erased_seq]
    assert {row.erased_seq for row in gone} == {tells.seq} and tells.after["count"] == len(gone) >= 5
    assert whole(alice) == []
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        titles = (
            ChangeSet.objects.within(alice.workspace)
            .exclude(rows__event="task:created")
            .values_list("title", flat=True)
        )
        assert not [title for title in titles if "Zoe Quill" in title]
    code, words = verify(tmp_path, taken(alice))
    assert code == 0 and f"of {len(gone)} that a person was erased from" in words
    html = browser(alice).get("/w/acme/audit/").content.decode()
    assert GONE in html and "name erased" in html and "Zoe Quill" not in html.replace("Ask Zoe Quill", "")


def test_the_record_forgets_the_staff_too(alice: Actor, zoe: Actor) -> None:
    ray = make_person("Ray")
    ray.name, ray.is_staff, ray.is_superuser = "Ray Marlowe", True, True
    ray.save()
    asked = request_support(staff_actor(alice.workspace, ray), zoe.user, reason="A card will not move.", hours=1)
    grant_support(alice, asked)
    assert len([row for row in log(alice) if "Marlowe" in json.dumps(row.after)]) == 1
    erased(ray, alice)
    told = log(alice)
    assert "Marlowe" not in json.dumps([[row.subject_label, row.before, row.after] for row in told])
    assert [row.after["staff"] for row in told if "staff" in row.after] == [{"id": str(ray.pk), "name": GONE}]
    assert {row.subject_label for row in told if row.event == "support:granted"} == {"Zoe Quill"}
    assert whole(alice) == []


def test_a_second_person_in_the_same_rows(
    alice: Actor, zoe: Actor, bob: Actor, project: Project, tmp_path: Path
) -> None:
    create_task(alice, project, title="Both", assignees=[zoe.user, bob.user])
    erased(zoe.user, alice)
    erased(bob.user, alice)
    assert whole(alice) == []
    assert verify(tmp_path, taken(alice))[0] == 0
    (row,) = log(alice, "task:created")
    assert [one["name"] for one in row.after["assignees"]] == [GONE, GONE]


@COMMITTED
def test_workspaces_left_long_ago_and_invitations_forget_too(alice: Actor, zoe: Actor, eve: Actor) -> None:
    leave_workspace(zoe)
    with tenancy.workspace(eve.workspace.pk, atomic=True):
        guest = Role.objects.within(eve.workspace).get(key="guest")
    invite_member(eve, email=zoe.user.email, role=guest)
    forgotten(zoe.user)
    for by in (alice, eve):
        assert "zoe@" not in str([(row.subject_label, row.before, row.after) for row in log(by)])
        assert "Zoe Quill" not in str([(row.subject_label, row.before, row.after) for row in log(by)])
        assert log(by, "person:erased") and whole(by) == []


@COMMITTED
def test_a_worker_that_dies_is_followed_by_another(
    alice: Actor, zoe: Actor, project: Project, monkeypatch: Any
) -> None:
    busy(alice, zoe, project)
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    kept = erase_person(zoe.user, confirm=zoe.user.email)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        forgetting._some(alice.workspace.pk, kept, 0)  # as far as it came
    jobs.forget_person(str(kept.pk))
    jobs.forget_person(str(kept.pk))
    assert "Zoe Quill" not in str([row.subject_label for row in log(alice, "member:joined", "member:role_changed")])
    assert len(log(alice, "person:erased")) >= 2 and whole(alice) == []
    assert len(mail.outbox) == 1


def test_the_last_owner_hands_on_first(alice: Actor, bob: Actor) -> None:
    with pytest.raises(Refused, match="last owner of Acme"):
        erase_person(alice.user, confirm=alice.user.email)
    html = browser(alice).get(PAGE).content.decode()
    assert "Acme" in html and "/w/acme/members/" in html and "Delete my account" not in html
    assert User.objects.get(pk=alice.user.pk).is_active and log(alice, "member:left") == []


def test_nothing_goes_when_one_workspace_refuses(alice: Actor, zoe: Actor) -> None:
    make_workspace(zoe.user, "Own", "own")
    with pytest.raises(Refused):
        erase_person(zoe.user, confirm=zoe.user.email)
    assert log(alice, "member:left") == []


def test_the_page_wants_the_password_and_the_address(alice: Actor, zoe: Actor) -> None:
    client = Client()
    assert client.get(PAGE).status_code == 302
    client.force_login(zoe.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    html = client.get(PAGE).content.decode()
    assert "What goes" in html and "What stays" in html and "Delete my account" in html
    asked = client.post(PAGE, {"confirm": zoe.user.email})
    assert asked.status_code == 302 and asked["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.get(pk=zoe.user.pk).is_active
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    wrong = client.post(PAGE, {"confirm": "somebody@example.com"})
    assert wrong.status_code == 422 and "type your e-mail address" in wrong.content.decode()
    gone = client.post(PAGE, {"confirm": zoe.user.email.upper()}, follow=True)
    assert "Your account is deleted" in gone.content.decode()
    assert client.get(PAGE).status_code == 302


LISTED = {"accounts", "account", "mfa", "socialaccount", "usersessions"}


def test_every_table_of_a_person_is_emptied(alice: Actor, zoe: Actor) -> None:
    """Rows of the apps that know people belong to the account; a new one must be thought of in accounts.actions.erase."""
    erase_person(zoe.user, confirm=zoe.user.email)
    for model in apps.get_models():
        if model._meta.app_label in LISTED and model is not Erasure:
            for field in model._meta.get_fields():
                if field.is_relation and field.concrete and field.related_model is User and not field.many_to_many:
                    assert not model.objects.filter(**{field.name: zoe.user}).exists(), model
    erase = Path(erase_person.__code__.co_filename).parents[2] / "accounts" / "actions.py"
    named = [
        model.__name__ for model in apps.get_models() if model._meta.app_label in LISTED and _is_of_a_person(model)
    ]
    assert [name for name in named if name not in erase.read_text()] == []


def _is_of_a_person(model: Any) -> bool:
    return any(
        field.is_relation and field.concrete and field.related_model is User for field in model._meta.get_fields()
    )


ERASE = "SELECT flowboard_erase(%s, %s, %s, 'x', '{}', '{}', '')"


def test_the_database_lets_nothing_through_but_an_erasure(alice: Actor, bob: Actor, project: Project) -> None:
    row = log(alice)[0]
    for person, telling in ((alice.user.pk, 2), (bob.user.pk, row.seq)):
        with pytest.raises((ProgrammingError, InternalError)), tenancy.workspace(alice.workspace.pk, atomic=True):
            with connection.cursor() as cursor:
                cursor.execute(ERASE, [row.pk, person, telling])
    Erasure.objects.create(user=alice.user, email=alice.user.email, name="Alice")  # of somebody whose account lives
    with pytest.raises((ProgrammingError, InternalError)), tenancy.workspace(alice.workspace.pk, atomic=True):
        with connection.cursor() as cursor:
            cursor.execute(ERASE, [row.pk, alice.user.pk, 2])
    with pytest.raises((ProgrammingError, InternalError)), tenancy.workspace(alice.workspace.pk, atomic=True):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL flowboard.erasing = %s", [str(row.pk)])
            cursor.execute("UPDATE workspaces_activitylog SET subject_label = 'x'")
    assert whole(alice) == []


def test_a_row_that_no_erasure_names_is_not_erased(alice: Actor, zoe: Actor, project: Project) -> None:
    """Rewriting another row under the cloak of a real erasure."""
    busy(alice, zoe, project)
    create_task(alice, project, title="Evidence")
    kept = erase_person(zoe.user, confirm=zoe.user.email)
    forget_in(alice.workspace.pk, kept)
    evidence = log(alice, "task:created")[-1]
    with pytest.raises((ProgrammingError, InternalError)), tenancy.workspace(alice.workspace.pk, atomic=True):
        with connection.cursor() as cursor:
            cursor.execute(ERASE, [evidence.pk, zoe.user.pk, log(alice, "person:erased")[0].seq])
    assert whole(alice) == []


@COMMITTED
def test_tampering_under_the_cloak_of_an_erasure_is_found(alice: Actor, zoe: Actor, project: Project) -> None:
    busy(alice, zoe, project)
    erased(zoe.user, alice)
    row = next(row for row in log(alice) if row.erased_seq)
    other = next(row for row in log(alice) if not row.erased_seq)
    for statement, words in (
        (f'SET after = \'{{"title": "Never said"}}\' WHERE seq = {row.seq}', f"seq {row.seq} was changed after"),
        (f"SET erased_seq = {row.erased_seq} WHERE seq = {other.seq}", "says nothing of it"),
        (f"SET erased_seq = NULL WHERE seq = {row.seq}", f"seq {row.seq} was changed"),
    ):
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE workspaces_activitylog DISABLE TRIGGER append_only")
            cursor.execute(f"UPDATE workspaces_activitylog {statement}")
            cursor.execute("ALTER TABLE workspaces_activitylog ENABLE TRIGGER append_only")
        out = StringIO()
        with pytest.raises(CommandError):
            call_command("verify_log", "--workspace", "acme", stdout=out, stderr=out)
        assert words in out.getvalue()
        _restore(row if "Never" in statement or "NULL" in statement else other)
    assert whole(alice) == []


def _restore(row: ActivityLog) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE workspaces_activitylog DISABLE TRIGGER append_only")
        cursor.execute(
            "UPDATE workspaces_activitylog SET after = %s, erased_seq = %s WHERE id = %s",
            [json.dumps(row.after), row.erased_seq, row.pk],
        )
        cursor.execute("ALTER TABLE workspaces_activitylog ENABLE TRIGGER append_only")
