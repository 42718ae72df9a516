"""Reminders of due dates: at the person's hour, in their time zone, each once, also over a change of the clock and a standstill."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from tasks.actions import archive_task, move_task, update_task
from tasks.actions.preferences import prefer
from tasks.actions.reminding import remind
from tasks.models import NotificationSchedule, ReminderClock, Task
from tasks.notices.hours import at_hour, next_digest, reminders
from tasks.tests.boards import column
from tasks.tests.inboxes import items, told
from workspaces import tenancy
from workspaces.actor import Actor

WEDNESDAY = date(2027, 3, 10)
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


def at(words: str, zone: Any = UTC) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=zone)


def runs(by: Actor, *moments: datetime) -> None:
    for moment in moments:
        remind(by.workspace.pk, now=moment)


def days(hour: int = 8, **fields: Any) -> NotificationSchedule:
    return NotificationSchedule(hour=hour, **fields)


def test_the_day_before_and_the_morning_after_each_once(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], due=WEDNESDAY, assignees=[bob.user])
    runs(alice, at("2027-03-08T00:00"), at("2027-03-09T07:59"))
    assert told(bob) == [("assigned", "FLOW-1")]
    runs(alice, at("2027-03-09T08:01"), at("2027-03-09T08:06"), at("2027-03-09T08:06"))
    assert told(bob)[0] == ("due", "FLOW-1") and len(told(bob)) == 2
    assert items(bob)[0].needs_me and items(bob)[0].once == "before:2027-03-10"
    runs(alice, at("2027-03-10T20:00"), at("2027-03-11T08:05"), at("2027-03-12T08:05"), at("2027-03-14T08:05"))
    assert (
        told(bob)[0] == ("overdue", "FLOW-1") and len(told(bob)) == 2
    )  # it took the place of the first, which was not read


def test_each_in_their_own_time_zone(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    User.objects.filter(pk=bob.user.pk).update(time_zone="Asia/Tokyo")
    User.objects.filter(pk=alice.user.pk).update(time_zone="America/Los_Angeles")
    update_task(alice, cards[0], due=WEDNESDAY, assignees=[alice.user, bob.user])
    runs(alice, at("2027-03-08T00:00"), at("2027-03-09T07:55", TOKYO), at("2027-03-09T08:00", TOKYO))
    assert ("due", "FLOW-1") in told(bob) and told(alice) == []
    runs(alice, at("2027-03-09T08:00", ZoneInfo("America/Los_Angeles")))
    assert told(alice) == [("due", "FLOW-1")]


def test_where_nobody_is_on_it_whoever_made_it_is_told(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(bob, cards[0], due=WEDNESDAY)
    runs(alice, at("2027-03-08T00:00"), at("2027-03-09T08:01"))
    assert [one for one in told(alice) if one[0] == "due"] == [("due", "FLOW-1")] and told(bob) == []


@pytest.mark.parametrize("over", ["done", "archived", "postponed", "muted", "gone"])
def test_what_is_over_is_not_recalled(alice: Actor, bob: Actor, gus: Actor, cards: list[Task], over: str) -> None:
    who = gus if over == "gone" else bob  # a guest with whom nothing is shared
    update_task(alice, cards[0], due=WEDNESDAY)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        cards[0].assignments.create(workspace=alice.workspace, user=who.user)
    runs(alice, at("2027-03-08T00:00"))
    match over:
        case "done":
            move_task(alice, cards[0], to=column(cards[0].project, "Done"))
        case "archived":
            archive_task(alice, cards[0])
        case "postponed":
            update_task(alice, cards[0], due=WEDNESDAY + timedelta(days=1))
        case "muted":
            prefer(bob, reason="due", muted=True)
    runs(alice, at("2027-03-09T08:01"))
    assert "due" not in [reason for reason, _ in told(who)]
    if over == "postponed":
        runs(alice, at("2027-03-10T08:01"))
        assert told(bob)[0] == ("due", "FLOW-1")


def test_a_reminder_of_what_is_done_meanwhile_is_taken_back(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], due=WEDNESDAY, assignees=[bob.user])
    update_task(alice, cards[1], due=WEDNESDAY, assignees=[bob.user])
    runs(alice, at("2027-03-08T00:00"), at("2027-03-09T08:01"))
    assert sorted(one for one in told(bob) if one[0] == "due") == [("due", "FLOW-1"), ("due", "FLOW-2")]
    move_task(bob, cards[0], to=column(cards[0].project, "Done"))
    runs(alice, at("2027-03-09T08:06"))
    assert [one for one in told(bob) if one[0] == "due"] == [("due", "FLOW-2")]


def test_a_standstill_is_made_up_for_a_day_and_no_longer(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    for card, due in zip(cards, (WEDNESDAY, WEDNESDAY + timedelta(days=1), WEDNESDAY + timedelta(days=2)), strict=True):
        update_task(alice, card, due=due, assignees=[bob.user])
    runs(alice, at("2027-03-08T00:00"), at("2027-03-11T07:00"))  # down for three days
    assert [ref for reason, ref in told(bob) if reason == "due"] == ["FLOW-2"]


def test_a_due_date_set_in_the_afternoon_is_not_recalled_for_the_morning(
    alice: Actor, bob: Actor, cards: list[Task]
) -> None:
    runs(alice, at("2027-03-09T14:00"))
    update_task(alice, cards[0], due=WEDNESDAY, assignees=[bob.user])
    runs(alice, at("2027-03-09T14:05"), at("2027-03-09T14:10"))
    assert told(bob) == [("assigned", "FLOW-1")]
    runs(alice, at("2027-03-11T08:01"))
    assert told(bob)[0] == ("overdue", "FLOW-1")


def test_the_clock_goes_when_nothing_is_due_any_more(alice: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], due=WEDNESDAY)
    runs(alice, at("2027-03-08T00:00"))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert ReminderClock.objects.within(alice.workspace).count() == 1
    update_task(alice, cards[0], due=None)
    runs(alice, at("2027-03-08T00:05"))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert ReminderClock.objects.within(alice.workspace).count() == 0


def test_who_works_from_monday_to_friday_hears_of_monday_on_friday() -> None:
    told = [(moment.date(), which) for moment, _, which in reminders(days(), BERLIN, date(2027, 3, 15))]
    assert told == [(date(2027, 3, 12), "before"), (date(2027, 3, 16), "overdue")]
    told = [
        (moment.date(), which) for moment, _, which in reminders(days(remind_on_day=True), BERLIN, date(2027, 3, 14))
    ]
    assert told == [(date(2027, 3, 12), "before"), (date(2027, 3, 15), "overdue")]
    every = days(days="every", remind_before=False, remind_on_day=True)
    told = [(moment.date(), which) for moment, _, which in reminders(every, BERLIN, date(2027, 3, 14))]
    assert told == [(date(2027, 3, 14), "day"), (date(2027, 3, 15), "overdue")]


def test_the_hour_stays_when_the_clock_changes() -> None:
    """In Berlin the clock skips 2:00 on 28 March 2027, and shows it twice on 31 October."""
    every = days(days="every")
    before, after = at("2027-03-27T12:00"), at("2027-10-30T12:00")
    assert next_digest(every, BERLIN, before).isoformat() == "2027-03-28T06:00:00+00:00"
    assert next_digest(every, BERLIN, after).isoformat() == "2027-10-31T07:00:00+00:00"
    assert at_hour(date(2027, 3, 28), 2, BERLIN).isoformat() == "2027-03-28T01:00:00+00:00"
    assert at_hour(date(2027, 10, 31), 2, BERLIN).isoformat() == "2027-10-31T00:00:00+00:00"
    skipped = days(2, days="every")
    first = next_digest(skipped, BERLIN, at("2027-03-28T00:30"))
    assert first.isoformat() == "2027-03-28T01:00:00+00:00"
    assert next_digest(skipped, BERLIN, first).isoformat() == "2027-03-29T00:00:00+00:00"
    twice = next_digest(skipped, BERLIN, at("2027-10-30T23:00"))
    assert next_digest(skipped, BERLIN, twice).isoformat() == "2027-11-01T01:00:00+00:00"


def test_the_digest_waits_for_the_next_working_day() -> None:
    friday_noon = at("2027-03-12T12:00")
    assert next_digest(days(), BERLIN, friday_noon).isoformat() == "2027-03-15T07:00:00+00:00"
    paused = days(paused_until=at("2027-03-20T00:00"))
    assert next_digest(paused, BERLIN, friday_noon).isoformat() == "2027-03-22T07:00:00+00:00"
