"""The polling endpoint: the same rows as on the socket, and clear words for a bad place."""

import pytest
from django.db import connections
from django.test import Client

from tasks.actions import create_project
from tasks.models import Project
from tasks.tests.boards import add
from workspaces.actor import Actor
from workspaces.tests.people import Program, browser, log

from .server import Server, listening

committed = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
EVENTS = "/api/v1/workspaces/acme/events"


@committed
def test_the_same_rows_as_on_the_socket(running: Server, alice: Actor, bob: Actor, project: Project) -> None:
    add(alice, project, "One", "x" * 300)
    add(alice, create_project(alice, name="Secret", key="SEC", private=True), "Hush")
    last = log(alice)[-1].seq
    for person in (alice, bob):
        page = browser(person).get(f"{EVENTS}?after=2").json()
        with listening(running, person, after=2) as socket:
            assert page["results"] == socket.upto(last)
        assert (page["head"], page["floor"]) == (last, 0)


def test_at_most_500_and_then_the_rest(alice: Actor, project: Project) -> None:
    add(alice, project, *(f"Card {number}" for number in range(600)))
    program = Program(alice)
    last = log(alice)[-1].seq
    first = program.get("events?after=0").json()["results"]
    rest = program.get(f"events/?after={first[-1]['seq']}").json()["results"]
    assert len(first) == 500
    assert [row["seq"] for row in first + rest] == list(range(1, last + 1))


def test_nothing_new(alice: Actor) -> None:
    last = log(alice)[-1].seq
    answer = browser(alice).get(f"{EVENTS}?after={last}").json()
    assert (answer["head"], answer["results"]) == (last, [])


@committed
def test_below_the_floor_is_gone(alice: Actor, project: Project) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE workspaces_stream SET floor = 5 WHERE workspace_id = %s", [alice.workspace.pk])
    answer = browser(alice).get(f"{EVENTS}?after=4")
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert answer.json()["floor"] == 5
    assert browser(alice).get(f"{EVENTS}?after=5").status_code == 200


@pytest.mark.parametrize("after", ["", "x", "-1", "1.5", "1_0", "+1", "999999", "9" * 40, "%00", "%FF", "１"])
def test_a_bad_place_is_named(alice: Actor, after: str) -> None:
    answer = browser(alice).get(f"{EVENTS}?after={after}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_bad_number_names_its_field(alice: Actor) -> None:
    assert "after" in browser(alice).get(f"{EVENTS}?after=x").json()["errors"]


def test_eve_and_strangers(alice: Actor, eve: Actor) -> None:
    assert browser(eve).get(f"{EVENTS}?after=0").status_code == 404
    assert Client().get(f"{EVENTS}?after=0").status_code in (401, 403)
    assert browser(alice).post(EVENTS).status_code == 405
