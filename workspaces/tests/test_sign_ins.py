"""Sign-ins in the record: each workspace of the person is told, once, whatever dies on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.actions import note_sign_in
from accounts.models import SignIn
from workspaces import jobs, tenancy
from workspaces.actions import sign_ins
from workspaces.actor import Actor

from .people import PASSWORD, add_member, browser, log

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
EVENTS = ("member:signed_in", "member:sign_in_failed", "member:signed_out", "member:security_changed")


def note(outcome: str, path: str = "/accounts/login/", **facts: Any) -> SignIn:
    request = RequestFactory().post(path, REMOTE_ADDR="203.0.113.9", headers={"user-agent": AGENT})
    return note_sign_in(request, outcome, **facts)


@pytest.mark.parametrize(
    ("outcome", "event", "words"),
    [
        ("in", "member:signed_in", "Bob signed in with password"),
        ("failed", "member:sign_in_failed", "Bob failed to sign in with password"),
        ("out", "member:signed_out", "Bob signed out with password"),
        ("changed", "member:security_changed", "Bob changed how they sign in: password"),
    ],
)
def test_what_the_record_says(alice: Actor, bob: Actor, outcome: str, event: str, words: str) -> None:
    row = note(outcome, user=bob.user, method="password")
    jobs.tell_sign_in(str(row.pk))
    (told,) = log(alice, *EVENTS)
    assert (told.event, told.actor_id, told.via, told.created_at) == (event, bob.user.pk, "web", row.created_at)
    assert told.after == {
        "user": str(bob.user.pk), "method": "password", "address": "203.0.113.9", "device": "Firefox on Linux",
    }  # fmt: skip
    html = browser(alice).get(f"/w/acme/audit/?event={event}").content.decode()
    assert words.partition(" ")[2] in html and "203.0.113.9" in html and "Firefox on Linux" in html


def test_each_workspace_of_the_person_and_no_other(alice: Actor, bob: Actor, eve: Actor) -> None:
    add_member(eve, bob.user, "guest")
    row = note("in", user=bob.user)
    for _ in range(3):
        jobs.tell_sign_in(str(row.pk))
    assert len(log(alice, *EVENTS)) == len(log(eve, *EVENTS)) == 1
    jobs.tell_sign_in(str(note("in", user=alice.user).pk))
    assert len(log(eve, *EVENTS)) == 1
    row.refresh_from_db()
    assert row.told_at


def test_a_failed_attempt_finds_its_person_by_the_address(alice: Actor, bob: Actor) -> None:
    jobs.tell_sign_in(str(note("failed", email="BOB@example.com", method="password").pk))
    unknown = note("failed", email="nobody@example.com", method="password")
    jobs.tell_sign_in(str(unknown.pk))
    assert [row.actor_id for row in log(alice, *EVENTS)] == [bob.user.pk]
    unknown.refresh_from_db()
    assert unknown.told_at, "an attempt on an address that nobody has belongs to no workspace"


def test_programs_come_by_their_own_door(alice: Actor) -> None:
    jobs.tell_sign_in(str(note("in", "/api/v1/sign-in/", user=alice.user).pk))
    assert log(alice, "member:signed_in")[0].via == "api"


def test_a_job_that_dies_between_two_workspaces_goes_on(
    alice: Actor, bob: Actor, eve: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member(eve, bob.user, "member")
    row = note("in", user=bob.user)
    first, *_ = sign_ins.workspaces_of(bob.user)
    with tenancy.workspace(first, atomic=True):
        sign_ins._tell(row, bob.user)  # as far as it came
    jobs.tell_sign_in(str(row.pk))
    assert len(log(alice, *EVENTS)) == len(log(eve, *EVENTS)) == 1


def test_the_sweep_tells_what_was_left_and_forgets_what_is_old(alice: Actor, settings: Any) -> None:
    settings.SIGN_IN_DAYS = 90
    left, fresh, old = (note("in", user=alice.user) for _ in range(3))
    SignIn.objects.filter(pk=left.pk).update(created_at=timezone.now() - timedelta(minutes=2))
    SignIn.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=91))
    jobs.sweep_sign_ins()
    assert len(log(alice, *EVENTS)) == 2
    assert set(SignIn.objects.values_list("pk", flat=True)) == {left.pk, fresh.pk}


def test_only_the_audit_page_shows_them(alice: Actor, bob: Actor) -> None:
    jobs.tell_sign_in(str(note("in", user=bob.user).pk))
    for actor in (alice, bob):
        assert "signed in" not in browser(actor).get("/w/acme/activity/").content.decode()
        assert "203.0.113.9" not in browser(actor).get("/api/v1/workspaces/acme/events?after=0").content.decode()
        assert "203.0.113.9" not in browser(actor).get("/api/v1/workspaces/acme/activity/").content.decode()


def test_signing_in_at_the_door(alice: Actor) -> None:
    client = Client(headers={"user-agent": AGENT})
    client.post("/accounts/login/", {"login": "alice@example.com", "password": "wrong"})
    client.post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong"})
    client.post("/accounts/login/", {"login": "alice@example.com", "password": PASSWORD})
    client.post("/accounts/logout/")
    for pk in SignIn.objects.order_by("created_at").values_list("pk", flat=True):
        jobs.tell_sign_in(str(pk))
    assert [row.event.partition(":")[2] for row in log(alice, *EVENTS)] == ["sign_in_failed", "signed_in", "signed_out"]
