"""The activity page: sentences out of the record, each to whom it may concern."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tasks.actions import create_project, create_tasks, move_task, share_project
from tasks.actions.tasks import Draft
from tasks.models import Project, Task
from tasks.tests.boards import add, column
from workspaces import tenancy
from workspaces.actions import undo_change
from workspaces.actor import Actor
from workspaces.feed import rows_for
from workspaces.history import entries
from workspaces.models import ChangeSet

from .people import browser, log

URL = "/w/acme/activity/"


def page(actor: Actor, query: str = "") -> str:
    """The feed as words."""
    html = browser(actor).get(URL + query).content.decode()
    feed = html[html.index('id="feed"') :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", feed[: feed.index("</main>")]))


def test_it_says_who_did_what(alice: Actor, bob: Actor, cards: list[Task], project: Project) -> None:
    move_task(bob, cards[0], to=column(project, "Done"))
    words = page(alice)
    assert "Bob moved FLOW-1 One from To do to Done" in words
    assert "Today" in words
    assert words.index("Bob moved") < words.index("created the workspace")


def test_one_act_is_one_entry(alice: Actor, project: Project) -> None:
    add(alice, project, *[f"Card {number}" for number in range(5)])
    assert "and 4 more" in page(alice)


def test_the_door_is_told(alice: Actor, project: Project) -> None:
    create_tasks(alice.through("api"), project, drafts=[Draft("By a program")], to=column(project, "To do"))
    assert "API" in page(alice)


def test_what_can_be_undone_says_so(alice: Actor, cards: list[Task], project: Project) -> None:
    move_task(alice, cards[0], to=column(project, "Done"))
    change = log(alice)[-1].change_id
    assert f'data-undo="{change}"' in browser(alice).get(URL).content.decode()
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        held = ChangeSet.objects.within(alice.workspace).get(pk=change)
    undo_change(alice, held)
    html = browser(alice).get(URL).content.decode()
    assert f'data-undo="{change}"' not in html
    assert "Undone" in html


def test_filters(alice: Actor, bob: Actor, cards: list[Task], project: Project) -> None:
    other = create_project(bob, name="Other", key="OTH")
    assert "Bob" in page(alice, f"?person={bob.user.pk}")
    assert "Alice" not in page(alice, f"?person={bob.user.pk}")
    assert "OTH Other" in page(alice, f"?project={other.pk}")
    assert "FLOW" not in page(alice, f"?project={other.pk}")
    assert "FLOW-1" in page(alice, "?kind=tasks")
    assert "created the project" not in page(alice, "?kind=tasks")
    assert "Nothing fits" in page(alice, f"?person={bob.user.pk}&kind=comments")


@pytest.mark.parametrize(
    "query", ["?person=x", "?project=1;2", "?before=x", "?before=-1", "?before=99999999999999999999"]
)
def test_a_wrong_filter_is_refused(alice: Actor, query: str) -> None:
    assert browser(alice).get(URL + query).status_code == 422


@pytest.mark.parametrize("query", ["?kind=nonsense", "?day=x", "?other=1", "?person=&project=&kind="])
def test_an_empty_or_unknown_filter_is_none(alice: Actor, query: str) -> None:
    assert browser(alice).get(URL + query).status_code == 200


def test_older_pages_go_on_where_the_last_ended(alice: Actor, project: Project) -> None:
    for number in range(45):
        add(alice, project, f"Card {number:02}")
    client, seen, url = browser(alice), [], URL
    while url:
        html = client.get(url).content.decode()
        seen += re.findall(r"Card (\d\d)", html)
        older = re.search(r'hx-get="(\?[^"]+)"', html)
        url = URL + older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"{number:02}" for number in reversed(range(45))]


def test_a_large_act_costs_a_page_no_more(alice: Actor, project: Project, inside: None) -> None:
    add(alice, project, *[f"Card {number}" for number in range(400)])
    add(alice, project, "The last")
    found, older = entries(alice, rows_for(alice))
    assert [entry.count for entry in found][:2] == [1, 400]
    assert found[-1].lead.event == "workspace:created"
    assert older is None


def test_private_projects_and_guests(alice: Actor, bob: Actor, gus: Actor) -> None:
    secret = create_project(alice, name="Secret plan", key="SEC", private=True)
    add(alice, secret, "Buy the island")
    for actor in (bob, gus):
        words = page(actor)
        assert "Secret plan" not in words
        assert "island" not in words
    assert "created the workspace" not in page(gus)
    share_project(alice, secret, person=gus.user)
    assert "island" in page(gus)
    assert "invited" not in page(gus)


def test_eve_finds_nothing(alice: Actor, eve: Actor) -> None:
    assert browser(eve).get(URL).status_code == 404
    assert Client().get(URL).status_code == 302


def test_as_many_queries_for_three_as_for_thirty(alice: Actor, project: Project) -> None:
    client = browser(alice)
    client.get(URL)
    for number in range(30):
        add(alice, project, f"Card {number}")
    with CaptureQueriesContext(connection) as seen:
        client.get(URL)
    assert (
        len([one for one in seen if one["sql"].lstrip().startswith("SELECT") and "set_config" not in one["sql"]]) <= 8
    )
