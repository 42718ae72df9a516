"""Who sees which row is one rule, as a queryset and row by row."""

import pytest
from django.db import connection

from tasks.actions import create_project, delete_project, share_project, unshare_project
from tasks.models import Project
from tasks.tests.boards import add
from workspaces.actions import create_token
from workspaces.actor import Actor
from workspaces.feed import eyes_of, person_of, rows_for

from .people import log

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(alice: Actor, bob: Actor, gus: Actor, project: Project) -> None:
    """Rows of every audience: open, private, shared, deleted, about a person, for managers."""
    add(alice, project, "Open")
    add(alice, create_project(alice, name="Secret", key="SEC", private=True), "Hush")
    shared = create_project(bob, name="Shared", key="SHA", private=True)
    share_project(bob, shared, person=gus.user, grant="view_project")
    add(bob, shared, "For Gus")
    gone = create_project(alice, name="Gone", key="GON")
    share_project(alice, gone, person=gus.user)
    unshare_project(alice, gone, person=gus.user)
    delete_project(alice, gone)
    create_token(bob, name="bot")


def seen(by: Actor) -> list[str]:
    return [f"{row.event} {row.subject_key}".strip() for row in rows_for(by).order_by("seq")]


@pytest.mark.usefixtures("busy", "inside")
def test_the_queryset_and_the_rule_agree(alice: Actor, bob: Actor, gus: Actor) -> None:
    rows = log(alice)
    for by in (alice, bob, gus):
        eyes = eyes_of(by)
        judged = [
            row.seq for row in rows if eyes.sees(row.event, row.project_id and str(row.project_id), person_of(row))
        ]
        assert judged == list(rows_for(by).order_by("seq").values_list("seq", flat=True))


@pytest.mark.usefixtures("busy", "inside")
def test_what_each_sees(alice: Actor, bob: Actor, gus: Actor) -> None:
    assert not any("SHA" in row for row in seen(alice)), "an owner sees no private project that is not shared with them"
    assert any("SEC" in row for row in seen(alice))
    assert not any("SEC" in row for row in seen(bob))
    assert "project:deleted GON" in seen(bob)
    assert {row.split()[-1] for row in seen(gus)} == {"SHA", "SHA-1", "GON"}
    assert [row for row in seen(gus) if "GON" in row] == ["project:shared GON", "project:unshared GON"]


@pytest.mark.usefixtures("busy", "inside")
def test_managers_rows_stay_with_managers(alice: Actor, bob: Actor, gus: Actor) -> None:
    assert "token:created" in seen(alice)
    assert "token:created" in seen(bob), "it is his own"
    assert "token:created" not in seen(gus)


@pytest.mark.usefixtures("busy", "inside")
def test_the_eyes_of_projects_are_those_of_pages(alice: Actor, bob: Actor, gus: Actor) -> None:
    everything = Project.objects.within(alice.workspace).filter(deleted_at=None).values_list("pk", flat=True)
    for by in (alice, bob, gus):
        pages = set(Project.objects.visible_to(by).values_list("pk", flat=True))
        assert pages == {key for key in everything if str(key) in eyes_of(by).projects}


@pytest.mark.usefixtures("inside")
def test_heads_are_told_by_number_only(alice: Actor, eve: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM flowboard_heads(%s::uuid[])", [[alice.workspace.pk, eve.workspace.pk]])
        columns = [column.name for column in cursor.description]
        assert len(cursor.fetchall()) == 2
    assert columns == ["workspace_id", "head", "floor", "epoch"]
