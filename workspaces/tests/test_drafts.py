"""Drafts: what somebody has typed is there on their next device, for them alone, until it is saved or given up."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions import erase_person, keep_draft, leave_workspace
from workspaces.actions.drafts import MOST, end_old_drafts
from workspaces.actor import Actor
from workspaces.errors import Forbidden
from workspaces.models import Draft, Membership

from .people import Program, browser, log

PLACE = "t:FLOW-1:description"


def drafts(by: Actor) -> list[dict[str, Any]]:
    return list(Program(by).get("drafts/").json()["results"])


def rows(by: Actor) -> list[Draft]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return list(Draft.objects.within(by.workspace).order_by("pk"))


def test_what_is_typed_here_is_there_too_and_goes_when_it_is_saved(alice: Actor) -> None:
    program = Program(alice)
    kept = program.call("put", "drafts/", {"place": PLACE, "text": "Half a sent", "base_version": 3})
    assert kept.status_code == 200
    assert drafts(alice) == [kept.json()]
    assert kept.json().items() >= {"place": PLACE, "text": "Half a sent", "base_version": 3}.items()
    more = program.call("put", "drafts/", {"place": PLACE, "text": "Half a sentence", "base_version": 3})
    assert more.json()["version"] > kept.json()["version"]
    assert program.get(f"drafts/?place={PLACE}").json()["results"] == [more.json()]
    assert program.get("drafts/?place=elsewhere").json()["results"] == []
    for _ in range(2):
        assert program.delete(f"drafts/?place={PLACE}").status_code == 204
    assert drafts(alice) == []
    assert {row.event for row in log(alice)} == {"workspace:created", "token:created"}, "no record tells of drafts"


def test_two_devices_do_not_write_over_each_other(alice: Actor) -> None:
    program = Program(alice)
    first = program.call("put", "drafts/", {"place": PLACE, "text": "At the desk", "version": 0}).json()
    late = program.call("put", "drafts/", {"place": PLACE, "text": "On the phone", "version": 0})
    assert late.status_code == 412
    assert late.json()["current"] == first
    same = program.call("put", "drafts/", {"place": PLACE, "text": "At the desk", "version": 0})
    assert same.json() == first
    chosen = program.call("put", "drafts/", {"place": PLACE, "text": "On the phone", "version": first["version"]})
    assert chosen.status_code == 200
    program.delete(f"drafts/?place={PLACE}")
    again = program.call("put", "drafts/", {"place": PLACE, "text": "New", "version": chosen.json()["version"]})
    assert again.json()["version"] > chosen.json()["version"]


def test_they_are_each_persons_own(alice: Actor, bob: Actor, eve: Actor) -> None:
    keep_draft(bob, place=PLACE, text="What Bob has not said")
    assert drafts(alice) == []
    Program(alice).delete(f"drafts/?place={PLACE}")
    assert [one["text"] for one in drafts(bob)] == ["What Bob has not said"]
    assert browser(eve).get("/api/v1/workspaces/acme/drafts/").status_code == 404


def test_the_support_has_none_of_them(alice: Actor, bob: Actor) -> None:
    keep_draft(bob, place=PLACE, text="Bob's")
    staff = Actor(bob.workspace, bob.user, bob.role, "support", staff=alice.user)
    with pytest.raises(Forbidden):
        keep_draft(staff, place=PLACE, text="Not Bob's")
    assert [row.text for row in rows(bob)] == ["Bob's"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"place": "", "text": "x"}, 400, "place"),
        ({"place": "x" * 201, "text": "x"}, 400, "place"),
        ({"place": "a\nb", "text": "x"}, 422, "place"),
        ({"place": PLACE, "text": "x" * 100_001}, 400, "text"),
        ({"place": PLACE}, 400, "text"),
        ({"place": PLACE, "text": "x", "base_version": -1}, 400, "base_version"),
        ({"place": PLACE, "text": "x", "more": 1}, 400, "more"),
    ],
)
def test_what_is_malformed_is_refused_by_name(alice: Actor, body: dict[str, Any], status: int, field: str) -> None:
    answer = Program(alice).call("put", "drafts/", body)
    assert answer.status_code == status
    assert field in answer.json()["errors"]
    assert rows(alice) == []


def test_the_longest_text_fits(alice: Actor) -> None:
    kept = Program(alice).call("put", "drafts/", {"place": PLACE, "text": "ä" * 100_000})
    assert len(kept.json()["text"]) == 100_000


def test_what_was_left_longest_goes_first(alice: Actor) -> None:
    for number in range(MOST + 2):
        keep_draft(alice, place=f"field {number}", text="x")
    left = {row.place for row in rows(alice)}
    assert len(left) == MOST
    assert not {"field 0", "field 1"} & left


def test_after_thirty_days_they_end(alice: Actor) -> None:
    for place, days in (("old", 31), ("young", 29)):
        keep_draft(alice, place=place, text="x")
        with tenancy.workspace(alice.workspace.pk, atomic=True):
            then = timezone.now() - timedelta(days=days)
            Draft.objects.within(alice.workspace).filter(place=place).update(updated_at=then)
    end_old_drafts(alice.workspace.pk)
    assert [row.place for row in rows(alice)] == ["young"]


def test_they_leave_with_their_person(alice: Actor, bob: Actor, gus: Actor) -> None:
    for person in (alice, bob, gus):
        keep_draft(person, place=PLACE, text="x")
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        membership = Membership.objects.within(bob.workspace).get(user=bob.user)
    leave_workspace(bob)
    assert membership.user_id not in {row.user_id for row in rows(alice)}
    erase_person(gus.user, confirm=gus.user.email)
    assert [row.user_id for row in rows(alice)] == [alice.user.pk]


def test_a_page_sends_with_its_session_and_the_token_of_its_form(alice: Actor, project: Project) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(alice).cookies
    url, body = "/api/v1/workspaces/acme/drafts/", {"place": PLACE, "text": "x"}
    assert client.put(url, body, content_type="application/json").status_code == 403
    client.get("/w/acme/p/FLOW/board/")
    token = client.get("/w/acme/session/").json()["csrf"]
    headers = {"x-csrftoken": token}
    assert client.put(url, body, content_type="application/json", headers=headers).status_code == 200


def test_a_page_of_somebody_else_keeps_nothing_for_who_is_signed_in_by_now(alice: Actor, bob: Actor) -> None:
    url, body, whose = "/api/v1/workspaces/acme/drafts/", {"place": PLACE, "text": "x"}, {"x-user": str(alice.user.pk)}
    refused = browser(bob).put(url, body, content_type="application/json", headers=whose)
    assert refused.status_code == 403
    assert refused.json()["detail"] == "Somebody else is signed in to this browser by now."
    assert rows(bob) == []
    assert browser(alice).put(url, body, content_type="application/json", headers=whose).status_code == 200


def test_who_is_signed_in_and_with_which_token(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    told = browser(bob).get("/w/acme/session/").json()
    assert told["user"] == str(bob.user.pk)
    assert Client().get("/w/acme/session/", headers={"hx-request": "true"}).status_code == 401
