"""The home page: what needs me, what happened since, how the projects stand."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.actions import archive_task, create_project, move_task, update_task
from tasks.models import Project, Task
from tasks.tests.boards import add, column
from workspaces.actor import Actor

from .people import browser

URL = "/w/acme/"


def test_an_empty_workspace_leads_on(alice: Actor, bob: Actor, gus: Actor) -> None:
    for actor in (alice, bob):
        page = browser(actor).get(URL).content.decode()
        assert "/w/acme/projects/new/" in page
        assert "/w/acme/imports/new/" in page
    page = browser(gus).get(URL).content.decode()
    assert "Nothing is shared with you yet" in page
    assert 'class="btn btn-primary" href="/w/acme/projects/new/"' not in page


def test_what_needs_me_stands_by_its_due_date(alice: Actor, cards: list[Task]) -> None:
    today = timezone.localdate()
    for card, days in zip(cards, (3, -1, 0), strict=True):
        update_task(alice, card, assignees=[alice.user], due=today + timedelta(days=days))
    groups = next(panel for template, panel in browser(alice).get(URL).context["panels"] if "mine" in template)[
        "groups"
    ]
    assert [(name, [task.title for task in tasks]) for name, tasks in groups.items()] == [
        ("Overdue", ["Two"]), ("Today", ["Three"]), ("This week", ["One"]),
    ]  # fmt: skip


def test_what_is_done_archived_or_anothers_does_not(
    alice: Actor, bob: Actor, cards: list[Task], project: Project
) -> None:
    for card in cards:
        update_task(alice, card, assignees=[alice.user])
    move_task(alice, cards[0], to=column(project, "Done"))
    archive_task(alice, cards[1])
    update_task(alice, cards[2], assignees=[bob.user])
    page = browser(alice).get(URL).content.decode()
    assert "Nothing is assigned to you" in page


def test_projects_stand_with_the_counts_of_their_columns(alice: Actor, cards: list[Task], project: Project) -> None:
    move_task(alice, cards[0], to=column(project, "Done"))
    panel = next(panel for template, panel in browser(alice).get(URL).context["panels"] if "projects" in template)
    one = panel["projects"][0]
    assert {entry["name"]: entry["count"] for entry in one["columns"] if entry["count"]} == {"To do": 2, "Done": 1}
    assert one["percent"] == 33


def test_private_projects_show_to_their_own(alice: Actor, bob: Actor) -> None:
    create_project(alice, name="Secret plan", key="SEC", private=True)
    assert "Secret plan" in browser(alice).get(URL).content.decode()
    assert "Secret plan" not in browser(bob).get(URL).content.decode()


def test_since_i_was_here(alice: Actor, bob: Actor, project: Project) -> None:
    client = browser(alice)
    assert "Latest" in client.get(URL).content.decode()
    session = client.session
    visits = session["visits"]
    visits[str(alice.workspace.pk)]["at"] -= 3600
    session["visits"] = visits
    session.save()
    add(bob, project, "While you were away")
    add(alice, project, "My own")
    page = client.get(URL)
    assert "Since you were here" in page.content.decode()
    assert [entry.lead.subject_label for entry in page.context["entries"]] == ["While you were away"]
    assert "Since you were here" in client.get(URL).content.decode()


def test_eve_finds_nothing(alice: Actor, eve: Actor) -> None:
    assert browser(eve).get(URL).status_code == 404
    assert Client().get(URL).status_code == 302


def test_queries(alice: Actor, cards: list[Task]) -> None:
    client = browser(alice)
    client.get(URL)
    with CaptureQueriesContext(connection) as seen:
        client.get(URL)
    assert (
        len([one for one in seen if one["sql"].lstrip().startswith("SELECT") and "set_config" not in one["sql"]]) <= 8
    )
