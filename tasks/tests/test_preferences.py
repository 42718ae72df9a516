"""How somebody wants to be told: the page, REST, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tasks.actions import update_task
from tasks.actions.reminding import remind
from tasks.models import Notification, Reason, Task
from tasks.tests.deliveries import planned
from tasks.tests.inboxes import told
from workspaces import tenancy
from workspaces.actions import remove_member
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.tests.people import Program, browser

PAGE = "/w/acme/settings/notifications/"
PATH = "inbox/preferences/"


def wishes(of: Actor) -> dict[str, Any]:
    said = Program(of).get(PATH).json()
    return said | {one["reason"]: (one["muted"], one["mail"], one["push"]) for one in said["reasons"]}


def test_the_page_says_and_saves_all_of_it(bob: Actor, alice: Actor) -> None:
    client = browser(bob)
    page = client.get(PAGE).content.decode()
    assert all(f'name="mail-{reason}"' in page for reason in Reason) and "push-switch" in page
    ticked = {
        "part": "reasons",
        "inbox-assigned": "1",
        "mail-assigned": "digest",
        "inbox-mentioned": "1",
        "mail-mentioned": "never",
        "push-mentioned": "1",
    }
    assert client.post(PAGE, ticked, headers={"HX-Request": "true"}).status_code == 204
    now = wishes(bob)
    assert (now["assigned"], now["mentioned"], now["moved"][0]) == (
        (False, "digest", False),
        (False, "never", True),
        True,
    )
    assert wishes(alice)["assigned"] == (False, "now", True)
    client.post(PAGE, {"part": "schedule", "hour": "6", "days": "every", "remind_on_day": "1"})
    now = wishes(bob)
    assert (now["hour"], now["days"], now["remind_before"], now["remind_on_day"]) == (6, "every", False, True)
    assert client.post(PAGE, {"part": "pause", "until": "week"}).status_code == 302
    assert "Mail and push rest until" in client.get(PAGE).content.decode()
    client.post(PAGE, {"part": "pause", "until": ""})
    assert wishes(bob)["paused_until"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"part": "x"}, {"part": "schedule", "hour": "24", "days": "every"}, {"part": "schedule", "hour": "", "days": "every"}, {"part": "schedule", "hour": "8"},
        {"part": "pause", "until": "never"}, {"part": "reasons", "inbox-assigned": "1", "mail-assigned": "hourly"}, {"part": "reasons", "mail-x": "now"}, {"part": "test", "channel": "sms"},
    ],
)  # fmt: skip
def test_what_the_page_refuses(bob: Actor, wrong: dict[str, str]) -> None:
    before = wishes(bob)
    assert browser(bob).post(PAGE, wrong).status_code in (400, 422)
    assert wishes(bob) == before


def test_rest_changes_what_is_named_and_nothing_else(bob: Actor) -> None:
    program = Program(bob)
    until = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    said = program.patch(
        PATH, {"hour": 7, "paused_until": until.isoformat(), "reasons": [{"reason": "moved", "push": True}]}
    ).json()
    assert (said["hour"], said["days"], said["remind_before"]) == (7, "weekdays", True)
    assert wishes(bob)["moved"] == (False, "digest", True)
    program.patch(PATH, {"reasons": [{"reason": "moved", "muted": True}]})
    assert wishes(bob)["moved"] == (True, "digest", True)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"hour": 24}, 400), ({"hour": "8"}, 400), ({"days": "some"}, 400), ({"colour": 1}, 400), ({"reasons": [{"reason": "x"}]}, 400), ({"reasons": [{}]}, 400),
        ({"reasons": [{"reason": "due", "mail": "x"}]}, 400), ({"reasons": [{"reason": "due"}] * 17}, 400), ({"paused_until": "2001-01-01T00:00:00Z"}, 422),
        ({"hour": 7, "reasons": [{"reason": "due", "sms": True}]}, 400),
    ],
)  # fmt: skip
def test_what_rest_refuses(bob: Actor, wrong: dict[str, Any], status: int) -> None:
    answer = Program(bob).patch(PATH, wrong)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert wishes(bob)["hour"] == 8


def test_what_is_old_news_stays_in_the_inbox(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    assert told(bob)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        Notification.objects.within(bob.workspace).update(told_at=timezone.now() - timedelta(days=3))
    assert planned(bob) == [] and told(bob) == [("assigned", "FLOW-1")]


def test_a_reminder_is_in_the_digest_of_its_own_hour(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    """It is made at that hour, when the next digest would be that of the day after."""
    Program(bob).patch(PATH, {"days": "every", "hour": timezone.now().hour})
    update_task(alice, cards[0], due=timezone.localdate() + timedelta(days=1), assignees=[bob.user])
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    remind(bob.workspace.pk, now=hour - timedelta(minutes=1))
    remind(bob.workspace.pk, now=hour + timedelta(seconds=1))
    (digest,) = planned(bob, kind="digest")
    assert digest.due_at - timezone.now() < timedelta(minutes=2)


def test_who_leaves_takes_their_wishes_along(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    Program(bob).patch(PATH, {"hour": 5})
    update_task(alice, cards[0], assignees=[bob.user])
    assert planned(bob)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        row = Membership.objects.within(bob.workspace).select_related("workspace", "role", "user").get(user=bob.user)
    remove_member(alice, row)
    assert planned(bob) == []
