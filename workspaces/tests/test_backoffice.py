"""The back-office: every model stands there, staff read it, nobody writes what the spine owns."""

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import StaffAct, User
from accounts.staff import LOOKED
from tasks.actions import create_comment, create_label, update_task
from tasks.models import Task
from workspaces.actions import create_token, invite_member
from workspaces.actor import Actor
from workspaces.backoffice import ReadOnlyAdmin
from workspaces.models import Role, TenantModel, Workspace
from workspaces.spine import acting

from .people import browser, make_staff

OURS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in ("accounts", "workspaces", "tasks", "realtime", "billing", "ai")
]
# the back-office reads through a connection of its own: it sees only what was committed
committed = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
names = pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)


@pytest.fixture
def staff(db: None) -> Client:
    """Signed in as a superuser."""
    return make_staff("Root")


@pytest.fixture
def life(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    """Some of everything that the fixtures do not make."""
    with acting(alice):
        invite_member(alice, email="anna@example.com", role=Role.objects.within(alice.workspace).get(key="member"))
        create_token(alice, name="nightly")
        create_comment(alice, cards[0], body="Look")
        label = create_label(alice, cards[0].project, name="Bug", color="red")
        update_task(alice, cards[0], assignees=[bob.user], labels=[label])


@names
def test_it_is_registered_searchable_and_filtered(model: type) -> None:
    page = admin.site.get_model_admin(model)
    assert page.search_fields
    assert page.list_filter
    assert not page.show_full_result_count


@names
def test_what_the_spine_owns_is_read_only(model: type, rf) -> None:
    page = admin.site.get_model_admin(model)
    if issubclass(model, TenantModel) or model.__name__ == "Workspace":
        assert isinstance(page, ReadOnlyAdmin)
        assert not (
            page.has_add_permission(rf.get("/"))
            or page.has_change_permission(rf.get("/"))
            or page.has_delete_permission(rf.get("/"))
        )


@committed
def test_each_list_and_its_rows_can_be_read(staff: Client, life: None) -> None:
    seen = 0
    for key in Workspace._base_manager.using("ops").values_list("pk", flat=True):
        StaffAct.objects.create(staff=User.objects.get(name="Root"), verb=LOOKED, reason="a look at all", tenant=key)
    for model in OURS:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert staff.get(reverse(f"{base}_changelist")).status_code == 200, model
        assert staff.get(reverse(f"{base}_changelist"), {"q": "acme"}).status_code == 200, model
        if row := model._base_manager.using("ops").first():
            page = staff.get(reverse(f"{base}_change", args=[row.pk]))
            assert page.status_code == 200, model
            assert b"token_hash" not in page.content
            seen += 1
    assert seen > 15


def test_members_are_turned_away(alice: Actor) -> None:
    member, nobody = browser(alice), Client()
    for model in OURS:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert member.get(url).status_code == 302
        assert nobody.get(url).status_code == 302


@committed
def test_filtering_by_workspace(staff: Client, alice: Actor, eve: Actor) -> None:
    page = staff.get(reverse("admin:workspaces_membership_changelist"), {"workspace": str(eve.workspace.pk)})
    assert b"eve@example.com" in page.content or b">Eve<" in page.content
    assert b">Alice<" not in page.content


@committed
def test_the_record_cannot_be_posted_to(staff: Client, alice: Actor, life: None) -> None:
    row = apps.get_model("workspaces", "ActivityLog")._base_manager.using("ops").first()
    assert staff.post(reverse("admin:workspaces_activitylog_change", args=[row.pk]), {"event": "x"}).status_code == 403
    assert staff.post(reverse("admin:workspaces_activitylog_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.django_db
def test_staff_does_not_make_itself_more(bob: Actor) -> None:
    """Who may change people may not hand out the rights of the staff, least of all to themself."""
    bob.user.is_staff = True
    bob.user.save()
    bob.user.user_permissions.add(*Permission.objects.filter(codename__in=["view_user", "change_user"]))
    Authenticator.objects.create(user=bob.user, type="totp", data={})
    page = reverse("admin:accounts_user_change", args=[bob.user.pk])
    client = browser(bob)
    form = client.get(page).context["adminform"].form
    assert not {"is_staff", "is_superuser", "groups"} & set(form.fields)
    client.post(
        page, {"name": "Bob", "is_active": "on", "is_staff": "on", "is_superuser": "on", "reason": "because I can"}
    )
    assert User.objects.values_list("is_staff", "is_superuser").get(pk=bob.user.pk) == (True, False)


@committed
def test_who_opens_a_customers_row_is_noted_without_a_word_of_it(staff: Client, life: None, alice: Actor) -> None:
    task = Task._base_manager.using("ops").first()
    page = reverse("admin:tasks_task_change", args=[task.pk])
    staff.post(page, {"reason": "a fault that they told us of"})
    for _ in range(2):
        assert task.title in staff.get(page).content.decode()
    why, look = StaffAct.objects.order_by("pk")
    assert why.verb == LOOKED and look.reason == why.reason
    assert (look.verb, look.tenant, look.subject_id) == ("look at task", alice.workspace.pk, str(task.pk))
    assert task.title not in f"{look.subject} {look.reason} {look.facts}"
    assert staff.get(reverse("admin:tasks_task_change", args=[alice.workspace.pk])).status_code == 302
    assert StaffAct.objects.count() == 2
