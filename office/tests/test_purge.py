"""A workspace that was deleted 30 days ago goes for good: all of it, nothing else, and whatever dies in between."""

import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import redis
from django.apps import apps
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connections, models, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.ids import uuid7
from accounts.models import StaffAct, User
from billing.models import Billing, StripeEvent
from billing.tests.stripe import Stripe
from office import ending, jobs
from office.actions import purging
from office.models import Announcement, FailedJob, SlowPage, Tombstone, TurnedAway
from tasks.actions import create_project, create_task
from tasks.models import Project, Task
from workspaces.actions import create_workspace, create_workspace_token, delete_workspace, restore_workspace
from workspaces.actions.support import staff_actor
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import AccessToken, Role, TenantModel, Workspace
from workspaces.spine import acting
from workspaces.tests.people import browser, make_staff
from workspaces.verifying import faults

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
TENANTS = [model for model in apps.get_models() if issubclass(model, TenantModel)]
TOLD = {("Watch", "task")}  # may be empty by itself, but not together with another
FOREVER = float("inf")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def full(alice: Actor, bob: Actor, cards: list[Task], eve: Actor) -> Actor:
    """Alice's workspace with a row in every table there is, and so has Eve's."""
    theirs = create_project(eve, name="Rockets", key="ROCK")
    for title in ("One", "Two"):
        create_task(eve, theirs, title=title)
    for by in (alice, eve):
        with acting(by):
            role = Role.objects.within(by.workspace).get(key="member")
        create_workspace_token(by, name=f"Nightly of {by.user}", role=role)
        fill(by)
    return alice


def fill(by: Actor) -> None:
    """A row of each kind that there is none of, parents first."""
    for model in reversed(ending.tables()):
        if not model._base_manager.using("owner").filter(workspace=by.workspace).exists():
            made = {field.attname: value(field, by) for field in model._meta.concrete_fields if needed(field)}
            model._base_manager.using("owner").bulk_create([model(workspace_id=by.workspace.pk, **made)])


def needed(field: Any) -> bool:
    if (field.model.__name__, field.name) in TOLD:
        return True
    given = field.has_default() or field.null or field.generated or field.name in ("id", "workspace")
    return not given and (field.is_relation or not field.blank)


def value(field: Any, by: Actor) -> Any:
    """Something that the column takes."""
    if field.is_relation:
        rows = field.related_model._base_manager.using("owner")
        if field.related_model is User:
            return by.user.pk
        rows = rows.filter(workspace=by.workspace) if issubclass(field.related_model, TenantModel) else rows
        keys = rows.order_by("pk").values_list("pk", flat=True)
        return keys.last() if field.name == "blocking" else keys.first()
    if isinstance(field, models.UUIDField):
        return uuid7()
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return timezone.now().date()
    return 1 if isinstance(field, models.IntegerField) else b"x" if isinstance(field, models.BinaryField) else "x"


def held_over(by: Actor, days: float = 31) -> UUID:
    """Deleted so long ago, and its owners know."""
    delete_workspace(by, confirm=by.workspace.slug)
    age(by, days)
    return by.workspace.pk


def age(by: Actor, days: float, *, warned: bool = True) -> None:
    """As the owner of the tables alone can."""
    was = timezone.now() - timedelta(days=days)
    told = was + timedelta(days=1) if warned else None
    Workspace._base_manager.using("owner").filter(pk=by.workspace.pk).update(deleted_at=was, warned_at=told)


def purged(workspace_id: UUID, at_once: int = purging.AT_ONCE) -> None:
    assert purging.purge(workspace_id, until=FOREVER, at_once=at_once)


def counts(workspace_id: UUID) -> dict[str, int]:
    """Rows by table, over every table of the database that has the column."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'workspace_id' AND table_schema = 'public'")  # fmt: skip
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} WHERE workspace_id = %s", [workspace_id])
            found[table] = cursor.fetchone()[0]
    return found


def digest(workspace_id: UUID) -> str:
    """Over every row of a workspace, and its own."""
    words = hashlib.sha256()
    with connections["owner"].cursor() as cursor:
        for table in sorted(counts(workspace_id)):
            cursor.execute(f"SELECT t::text FROM {table} t WHERE workspace_id = %s ORDER BY id", [workspace_id])
            words.update(repr((table, cursor.fetchall())).encode())
        cursor.execute("SELECT w::text FROM workspaces_workspace w WHERE id = %s", [workspace_id])
        words.update(repr(cursor.fetchall()).encode())
    return words.hexdigest()


def test_nothing_of_it_is_left_and_nothing_else_is_touched(full: Actor, eve: Actor, bob: Actor, media: Path) -> None:
    default_storage.save(f"attachments/{full.workspace.pk.hex}/one", ContentFile(b"a plan"))
    kept = default_storage.save(f"attachments/{eve.workspace.pk.hex}/one", ContentFile(b"another"))
    gone, there, theirs = held_over(full), counts(full.workspace.pk), digest(eve.workspace.pk)
    assert set(there) == {model._meta.db_table for model in TENANTS} and all(there.values()), there
    jobs.end_workspaces()
    jobs.purge_workspace(str(gone))
    assert not any(counts(gone).values())
    assert not Workspace._base_manager.using("ops").filter(pk=gone).exists()
    assert not (media / "attachments" / gone.hex).exists() and default_storage.exists(kept)
    assert digest(eve.workspace.pk) == theirs and not list(faults(eve.workspace.pk))
    stone = Tombstone.objects.get()
    assert (stone.tenant, stone.slug, stone.rows, stone.files) == (gone, "acme", sum(there.values()), 1)
    assert stone.deleted_by == full.user and not stone.by_staff and stone.purged_at
    assert set(User.objects.filter(is_program=True).values_list("name", "is_active")) == {("Deleted person", False), ("Nightly of Eve", True)}  # fmt: skip


def test_the_address_is_free_again(alice: Actor, bob: Actor) -> None:
    with pytest.raises(Refused):
        create_workspace(bob.user, name="Other", slug="acme")
    purged(held_over(alice))
    other = create_workspace(bob.user, name="Other", slug="acme")
    assert browser(Actor.of(other)).get("/w/acme/").status_code == 200
    assert browser(alice).get("/w/acme/").status_code == 404


@pytest.mark.parametrize("step", range(0, 200, 23))
def test_killed_anywhere_it_goes_on(full: Actor, eve: Actor, step: int) -> None:
    gone, theirs = held_over(full), digest(eve.workspace.pk)
    whole = sum(counts(gone).values())
    with pytest.raises(KeyboardInterrupt), connections["ops"].execute_wrapper(dying(step)):
        purged(gone, at_once=1)
    connections["ops"].close()
    purged(gone)
    assert not any(counts(gone).values()) and digest(eve.workspace.pk) == theirs
    assert Tombstone.objects.get().rows == whole, "each row is counted once"


def dying(after: int) -> Any:
    """A process that ends with its next-but-so-many statement."""
    left = [after]

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    return run


def test_it_works_for_a_while_and_goes_on_later(full: Actor) -> None:
    gone = held_over(full)
    assert not purging.purge(gone, until=time.monotonic())
    assert Tombstone.objects.get().purged_at is None
    purged(gone)
    assert purging.purge(gone, until=FOREVER), "a second time there is nothing to do"


def test_nobody_purges_what_can_be_brought_back(alice: Actor, eve: Actor) -> None:
    make_staff("Ray", "Support")
    ray = staff_actor(alice.workspace, User.objects.get(name="Ray"))
    held_over(alice, days=29.9)
    jobs.end_workspaces()
    assert not ending.to_purge()
    with pytest.raises(DatabaseError, match="can still be brought back"):
        purged(alice.workspace.pk)
    with pytest.raises(DatabaseError, match="lives"):
        purged(eve.workspace.pk)
    assert not Tombstone.objects.exists()
    restore_workspace(ray, reason="deleted by mistake")
    assert browser(alice).get("/w/acme/").status_code == 200
    held_over(alice)
    with pytest.raises(Refused):
        restore_workspace(ray, reason="deleted by mistake")


@pytest.mark.parametrize("role", ["default", "ops"])
def test_neither_role_removes_a_record_by_itself(alice: Actor, role: str) -> None:
    def run(sql: str) -> None:
        with transaction.atomic(using=role), connections[role].cursor() as cursor:
            cursor.execute("SELECT set_config('flowboard.workspace_id', %s, true)", [str(alice.workspace.pk)])
            cursor.execute("SELECT set_config('flowboard.purging', %s, true)", [str(alice.workspace.pk)])
            cursor.execute(sql, [alice.workspace.pk])

    with pytest.raises(ProgrammingError, match="permission denied"):
        run("DELETE FROM workspaces_activitylog WHERE workspace_id = %s")
    with pytest.raises(DatabaseError, match="now, not in the past"):
        run("UPDATE workspaces_workspace SET deleted_at = now() - interval '31 days' WHERE id = %s")
    with pytest.raises(DatabaseError, match="permission denied|lives"):
        run("SELECT flowboard_purge(%s, 'workspaces_activitylog', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 9)")
    with pytest.raises(DatabaseError, match="permission denied|lives"):
        run("SELECT flowboard_purge_acts(%s)")


def test_the_application_may_not_even_ask(alice: Actor) -> None:
    held_over(alice)
    with pytest.raises(ProgrammingError, match="permission denied for function"), transaction.atomic(), connections["default"].cursor() as cursor:  # fmt: skip
        cursor.execute("SELECT flowboard_purge(%s, 'workspaces_activitylog', %s, 9)", [alice.workspace.pk, purging.TOP])


def test_owners_are_written_to_a_week_before_and_once(alice: Actor, bob: Actor) -> None:
    delete_workspace(alice, confirm="acme")
    age(alice, 22.9, warned=False)
    assert not ending.to_warn()
    age(alice, 23.1, warned=False)
    for pk in ending.to_warn() * 2:
        jobs.warn_owners(str(pk))
    (sent,) = mail.outbox
    assert sent.to == ["alice@example.com"] and "Acme will be deleted for good" in sent.subject
    assert f"{timezone.now() + timedelta(days=7):%-d %B %Y}" in sent.body
    assert not ending.to_warn() and not ending.to_purge()


def test_who_was_told_late_has_their_week(alice: Actor) -> None:
    delete_workspace(alice, confirm="acme")
    age(alice, 100, warned=False)
    assert ending.to_warn() == [alice.workspace.pk] and not ending.to_purge()
    jobs.warn_owners(str(alice.workspace.pk))
    assert not ending.to_purge()
    Workspace._base_manager.using("owner").update(warned_at=timezone.now() - timedelta(days=7))
    assert ending.to_purge() == [alice.workspace.pk]


@pytest.fixture
def clients(settings: Any) -> Iterator[list[redis.Redis]]:
    found = [redis.Redis.from_url(f"{settings.REDIS_URL}/{number}") for number in (0, 1)]
    yield found
    for one in found:
        one.close()


def test_redis_and_the_back_office_forget_it(alice: Actor, eve: Actor, clients: list[redis.Redis]) -> None:
    for client in clients:
        for by in (alice, eve):
            client.set(f"some:{by.workspace.pk}:words", "x", ex=60)
            client.set(f"other:{{{by.workspace.pk.hex}}}", "x", ex=60)
    for by in (alice, eve):
        key, slug = by.workspace.pk, by.workspace.slug
        FailedJob.objects.create(name="x", call=key, tenant=key, fault="x")
        TurnedAway.objects.create(day=timezone.now().date(), tenant=key, kind="person", count=1)
        SlowPage.objects.create(route="x", method="GET", status=200, milliseconds=9, slug=slug)
        Announcement.objects.create(words="x", ends_at=timezone.now(), workspaces=[slug])
        StaffAct.objects.create(staff=by.user, verb="note", reason="likes to be called", tenant=key, subject="Acme")
        StaffAct.objects.create(staff=by.user, verb="suspend", reason="mass mailing", tenant=key, subject="Acme")
    both = Announcement.objects.create(words="both", ends_at=timezone.now(), workspaces=["globex", "acme"])
    gone = held_over(alice)
    purged(gone)
    for client in clients:
        left = [key.decode() for key in client.scan_iter("*")]
        assert not [key for key in left if str(gone) in key or gone.hex in key]
        assert len([key for key in left if str(eve.workspace.pk) in key or eve.workspace.pk.hex in key]) >= 2
        for key in left:
            client.delete(key) if eve.workspace.pk.hex in key.replace("-", "") else None
    for model in (FailedJob, TurnedAway):
        assert [row.tenant for row in model.objects.all()] == [eve.workspace.pk]
    assert [row.slug for row in SlowPage.objects.all()] == ["globex"]
    assert {tuple(row.workspaces) for row in Announcement.objects.all()} == {("globex",)}
    both.refresh_from_db()
    assert both.workspaces == ["globex"]
    acts = StaffAct.objects.filter(tenant=gone)
    assert [(act.verb, act.reason, act.subject) for act in acts] == [("suspend", "mass mailing", "")]
    assert StaffAct.objects.filter(tenant=eve.workspace.pk, subject="Acme").count() == 2


def test_a_row_that_comes_late_is_found_by_the_next_run(alice: Actor, project: Project) -> None:
    gone = held_over(alice)

    def late(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "flowboard_purge_acts" in sql:
            Role(workspace=alice.workspace, name="Late", level=1).save(using="owner", force_insert=True)
        return execute(sql, params, many, context)

    with connections["ops"].execute_wrapper(late):
        jobs.purge_workspace(str(gone))
    assert Workspace._base_manager.using("ops").filter(pk=gone).exists() and Tombstone.objects.get().purged_at is None
    jobs.purge_workspace(str(gone))
    assert not any(counts(gone).values()) and Tombstone.objects.get().purged_at


def test_the_customer_at_stripe_goes_too_and_is_waited_for(alice: Actor, eve: Actor, till: Stripe) -> None:
    subs = {}
    for by in (alice, eve):
        customer = till.new("customer", name=by.workspace.name)["id"]
        subs[by] = till.new("subscription", customer=customer, status="active")["id"]
        Billing(workspace_id=by.workspace.pk, customer=customer, subscription=subs[by], status="active").save(
            using="owner"
        )
        StripeEvent.objects.create(event=f"evt_{customer}", type="x", customer=customer, created_at=timezone.now())
    gone = held_over(alice)
    till.broken = True
    jobs.purge_workspace(str(gone))
    assert counts(gone)["billing_billing"] == 1 and Tombstone.objects.get().purged_at is None
    till.broken = False
    jobs.purge_workspace(str(gone))
    assert not any(counts(gone).values())
    assert till.objects[subs[alice]]["status"] == "canceled" and till.objects[subs[eve]]["status"] == "active"
    assert [row["name"] for row in till.of("customer")] == ["Globex"] and StripeEvent.objects.count() == 1


def test_tables_go_before_what_they_point_at() -> None:
    order = ending.tables()
    assert set(order) == set(TENANTS) and order[-1] is AccessToken
    for model in order:
        later = {field.related_model for field in model._meta.concrete_fields if field.is_relation} - {model}
        assert not later & set(order[: order.index(model)]), model


def test_the_staff_reads_what_has_ended(alice: Actor, eve: Actor) -> None:
    ray = make_staff("Ray", "Support")
    page = reverse("admin:workspaces_workspace_change", args=[alice.workspace.pk])
    held_over(alice, days=3)
    assert "can be brought back until" in ray.get(page).content.decode()
    age(alice, 31)
    shown = ray.get(page).content.decode()
    assert "cannot be brought back" in shown and "Bring back" not in shown
    purged(alice.workspace.pk)
    assert ray.get(page).status_code == 404
    listed = ray.get(reverse("admin:office_tombstone_changelist")).content.decode()
    assert "acme" in listed and "Acme" not in listed and "Alice" in listed


def test_what_an_old_backup_brings_back_ends_again(alice: Actor, eve: Actor, tmp_path: Path) -> None:
    key, people = held_over(alice), alice.user
    purged(key)
    said = StringIO()
    call_command("list_ended", stdout=said)
    lines = tmp_path / "ended.jsonl"
    lines.write_text(said.getvalue())
    Workspace(pk=key, name="Acme", slug="acme").save(using="owner", force_insert=True)
    Role(workspace_id=key, name="Owner", level=40, key="owner").save(using="owner", force_insert=True)
    call_command("purge_again", str(lines), stdout=said)
    assert "1 of 1 were there again, and are gone." in said.getvalue()
    assert not any(counts(key).values()) and not Workspace._base_manager.using("ops").filter(pk=key).exists()
    assert User.objects.filter(pk=people.pk).exists() and browser(eve).get("/w/globex/").status_code == 200
    call_command("purge_again", str(lines), stdout=said)
    assert "0 of 1" in said.getvalue()


@pytest.mark.parametrize("words", ["no json", "[]", '{"id": "x", "deleted_at": "2026-01-01T00:00:00Z"}', '{"id": "01890000-0000-7000-8000-000000000000", "deleted_at": "soon"}'])  # fmt: skip
def test_what_is_no_such_list_ends_nothing(alice: Actor, tmp_path: Path, words: str) -> None:
    lines = tmp_path / "ended.jsonl"
    lines.write_text(words)
    with pytest.raises(CommandError, match="is no list"):
        call_command("purge_again", str(lines))


def test_a_list_that_lies_about_a_fresh_deletion_ends_nothing(alice: Actor, tmp_path: Path) -> None:
    lines = tmp_path / "ended.jsonl"
    lines.write_text(f'{{"id": "{alice.workspace.pk}", "deleted_at": "{timezone.now().isoformat()}"}}')
    with pytest.raises(CommandError, match="less than 30 days ago"):
        call_command("purge_again", str(lines))
    assert counts(alice.workspace.pk)["workspaces_activitylog"] and browser(alice).get("/w/acme/").status_code == 200
