"""The back-office's door and its list: a second factor opens it, and what is done there is kept with its reason."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import SignIn, StaffAct, User
from workspaces.actor import Actor
from workspaces.tests.people import browser, log, make_person, make_staff

WHY = "the person asked for it by phone"
INDEX = "/admin/"


@pytest.fixture
def staff(db: None) -> Client:
    return make_staff("Root")


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
def test_it_opens_with_a_second_factor_and_leads_to_one(staff: Client) -> None:
    assert staff.get(INDEX).status_code == 200
    Authenticator.objects.all().delete()
    away = staff.get("/admin/accounts/user/")
    assert away.status_code == 302
    page = staff.get(away["Location"])
    assert b"The back-office asks for a second factor" in page.content
    assert reverse("mfa_activate_totp").encode() in page.content
    assert staff.session["onward"] == "/admin/accounts/user/"


def test_only_a_page_of_the_back_office_is_gone_on_to(staff: Client) -> None:
    Authenticator.objects.all().delete()
    for to in ("//evil.example/", "https://evil.example/", "/admin//evil.example", "/w/acme/"):
        staff.get("/admin/login/", {"next": to})
        assert staff.session["onward"] == INDEX


def test_recovery_codes_alone_do_not_open_it(staff: Client) -> None:
    Authenticator.objects.update(type=Authenticator.Type.RECOVERY_CODES)
    assert staff.get(INDEX).status_code == 302


def test_members_are_refused_before_and_after(alice: Actor) -> None:
    client = browser(alice)
    Authenticator.objects.create(user=alice.user, type="totp", data={})
    assert client.get(INDEX).status_code == 302
    assert client.get("/admin/login/").status_code == 403


def test_a_change_says_why_and_is_kept(staff: Client) -> None:
    bob = make_person("Bob")
    page = reverse("admin:accounts_user_change", args=[bob.pk])
    assert b'name="reason"' in staff.get(page).content
    assert staff.post(page, {"name": "Bob", "is_staff": "on"}).status_code == 200, "no reason, no change"
    assert staff.post(page, {"name": "Bob", "is_staff": "on", "reason": "short"}).status_code == 200
    assert not User.objects.get(pk=bob.pk).is_staff
    assert staff.post(page, {"name": "Bob", "is_active": "on", "is_staff": "on", "reason": WHY}).status_code == 302
    act = StaffAct.objects.get()
    assert (act.staff.name, act.verb, act.reason, act.subject_id) == ("Root", "change user", WHY, str(bob.pk))
    assert act.subject == "", "of a person the list keeps no name"
    assert "Staff status" in act.facts["changed"] or "is staff" in str(act.facts).lower()
    assert WHY.encode() in staff.get(reverse("admin:accounts_staffact_changelist")).content


def test_who_may_only_look_is_asked_for_no_reason(db: None) -> None:
    reader, bob = make_staff("Ray", "Support"), make_person("Bob")
    page = reader.get(reverse("admin:accounts_user_change", args=[bob.pk]))
    assert page.status_code == 200 and b'name="reason"' not in page.content


def test_a_lost_factor_is_taken_away_for_a_reason_and_the_person_s_record_tells_of_it(
    staff: Client, alice: Actor
) -> None:
    factor = Authenticator.objects.create(user=alice.user, type="totp", data={})
    page = reverse("admin:mfa_authenticator_take_away", args=[factor.pk])
    assert page.encode() in staff.get(reverse("admin:mfa_authenticator_change", args=[factor.pk])).content
    assert staff.post(page, {"reason": ""}).status_code == 200 and Authenticator.objects.filter(pk=factor.pk).exists()
    assert staff.post(page, {"reason": WHY}).status_code == 302
    assert not Authenticator.objects.filter(pk=factor.pk).exists()
    assert SignIn.objects.get(user=alice.user).outcome == "changed"
    assert StaffAct.objects.get().reason == WHY
    assert make_staff("Ray", "Engineer").post(page, {"reason": WHY}).status_code in (403, 404)


def test_the_list_is_append_only_to_the_application(staff: Client) -> None:
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE flowboard_app; DELETE FROM accounts_staffact")


def test_the_staff_roles_are_there_and_their_permissions_exist(db: None) -> None:
    from flowboard.staff_roles import ROLES

    assert set(Group.objects.values_list("name", flat=True)) >= set(ROLES)
    for name, permissions in ROLES.items():
        group = Group.objects.get(name=name)
        held = {
            f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.select_related("content_type")
        }
        assert held == set(permissions)


def test_no_role_but_superuser_reads_what_customers_write(db: None) -> None:
    from flowboard.staff_roles import ROLES

    theirs = {"tasks.view_task", "tasks.view_comment", "tasks.view_attachment", "workspaces.view_activitylog"}
    assert not [name for name, permissions in ROLES.items() if theirs & set(permissions)]


def test_a_workspace_hears_nothing_of_what_does_not_touch_it(staff: Client, alice: Actor) -> None:
    before = len(log(alice))
    bob = make_person("Bob")
    staff.post(reverse("admin:accounts_user_change", args=[bob.pk]), {"name": "Rob", "is_active": "on", "reason": WHY})
    assert len(log(alice)) == before
