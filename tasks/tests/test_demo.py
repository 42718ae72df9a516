"""The demo: seeded once by the importer, lived in by its people, in the order of time."""

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from tasks.demo.seeding import BOARD, PASSWORD, seed
from tasks.demo.story import STORY
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.events import says
from workspaces.finding import actor_in
from workspaces.models import ActivityLog, ChangeSet
from workspaces.tests.people import browser

pytestmark = pytest.mark.django_db


def actor(name: str) -> Actor:
    return actor_in("initech" if name == "eve" else "demo", f"{name}@example.com")


def record(by: Actor) -> list[ActivityLog]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(ActivityLog.objects.within(by.workspace).order_by("seq"))


def test_who_is_there_and_what_each_sees() -> None:
    assert seed() is True
    for name, role, key in (
        ("alice", "owner", "BOAT"),
        ("bob", "member", "BOAT"),
        ("gus", "guest", "BOAT"),
        ("eve", "owner", "WEB"),
    ):
        by = actor(name)
        assert (by.role.key, by.user.check_password(PASSWORD)) == (role, True)
        assert by.user.emailaddress_set.get().verified
        with tenancy.workspace(by.workspace.pk, atomic=True):
            assert list(Project.objects.visible_to(by).values_list("key", flat=True)) == [key]
    assert browser(actor("gus")).get("/w/demo/p/BOAT/board/").status_code == 200
    assert browser(actor("eve")).get("/w/demo/p/BOAT/board/").status_code == 404
    before = len(record(actor("alice")))
    call_command("seed_demo", verbosity=0)
    assert (seed(), len(record(actor("alice")))) == (False, before)


def test_the_board_came_through_the_importer_and_the_story_happened_since() -> None:
    seed()
    alice = actor("alice")
    rows = record(alice)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        changes = Counter(ChangeSet.objects.within(alice.workspace).values_list("kind", flat=True))
        assert ChangeSet.objects.within(alice.workspace).get(kind="import").created_at < timezone.now() - timedelta(
            days=28
        )
        titles = set(Task.objects.within(alice.workspace).values_list("title", flat=True))
        for status in Project.objects.within(alice.workspace).get().statuses.all():
            assert status.tallies.get().open == status.tasks.open().count()
    imported = {row.subject_label for row in rows if row.via == "import" and row.event == "task:created"}
    assert imported == {card["name"] for card in json.loads(BOARD.read_bytes())["cards"]}
    assert titles == imported | {step.card for step in STORY if step.verb == "add"}
    assert (changes["import"], changes["edit"]) == (1, len(STORY) + 3)
    assert all(was.created_at <= row.created_at for was, row in pairwise(rows))
    assert (timezone.now() - rows[0].created_at).days >= 28
    assert {"Alice", "Bob", "Gus"} == {str(User.objects.get(pk=row.actor_id)) for row in rows}
    assert all(says(row) for row in rows)
