"""Who is told of what, and why: once, never of their own acts, never of what they may not see."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.actions import (
    archive_task,
    create_comment,
    create_task,
    delete_comment,
    delete_task,
    move_task,
    share_project,
    share_task,
    unshare_task,
    update_comment,
    update_task,
)
from tasks.actions.dependencies import add_dependency, remove_dependency
from tasks.actions.notices import mark_read, snooze_items, watch_project, watch_task
from tasks.actions.preferences import prefer
from tasks.actions.telling import tell_people
from tasks.models import Notification, NotificationCursor, Project, Task
from tasks.notices.drawing import drawn
from tasks.tests.boards import add, column
from tasks.tests.inboxes import items, told
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.spine import acting
from workspaces.tests.people import add_member, make_person


def everything(of: Actor) -> int:
    with tenancy.workspace(of.workspace.pk, atomic=True):
        return int(Notification.objects.within(of.workspace).count())


def test_whoever_is_assigned_is_told_and_the_actor_is_not(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[alice.user, bob.user])
    assert told(bob) == [("assigned", "FLOW-1")]
    assert told(alice) == []
    assert items(bob)[0].needs_me


def test_who_is_taken_off_before_they_read_it_was_never_told(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    assert told(bob) == [("assigned", "FLOW-1")]
    update_task(alice, cards[0], assignees=[])
    assert told(bob) == []
    update_task(alice, cards[0], assignees=[bob.user])
    mark_read(bob, items(bob))
    update_task(alice, cards[0], assignees=[])
    assert told(bob) == [("unassigned", "FLOW-1"), ("assigned", "FLOW-1")]


@pytest.mark.parametrize("words", ["@Bob look", "Look (@bob).", "**@BOB**", "cc @bob@", "@bob's"])
def test_a_name_after_an_at_mentions(alice: Actor, bob: Actor, cards: list[Task], words: str) -> None:
    create_comment(alice, cards[0], body=words)
    assert told(bob) == [("mentioned", "FLOW-1")]


@pytest.mark.parametrize("words", ["Bob", "a@bob", "`@bob`", "```\n@bob\n```", "@bobby", "@/bob", "@ bob"])
def test_what_only_looks_like_it_does_not(alice: Actor, bob: Actor, cards: list[Task], words: str) -> None:
    create_comment(alice, cards[0], body=words)
    assert told(bob) == []


def test_names_of_several_words_and_shared_first_names(alice: Actor, cards: list[Task]) -> None:
    anna, other = (add_member(alice, make_person(name), "member") for name in ("Anna", "Anders"))
    with acting(alice):
        anna.user.name, other.user.name = "Anna María Schmidt", "Anna Berg"
        anna.user.save(), other.user.save()
    create_comment(alice, cards[0], body="@Anna who?")
    assert told(anna) == told(other) == []
    create_comment(alice, cards[0], body="@Anna María Schmidt and @annaberg")
    assert told(anna) == told(other) == [("mentioned", "FLOW-1")]
    create_comment(alice, cards[1], body="@Schmidt")
    assert told(anna)[0] == ("mentioned", "FLOW-2")


def test_a_text_mentions_once_however_often_it_is_edited(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], description="Ask @bob")
    comment = create_comment(alice, cards[1], body="Hm")
    mark_read(bob, items(bob))
    update_task(alice, cards[0], description="Please ask @bob")
    update_comment(alice, comment, body="Hm, @bob")
    update_comment(alice, comment, body="Hm, @bob!")
    assert told(bob) == [("mentioned", "FLOW-2"), ("mentioned", "FLOW-1")]
    assert items(bob)[0].count == 1
    delete_comment(alice, comment)
    assert told(bob) == [("mentioned", "FLOW-1")]


def test_who_may_not_see_is_not_told_and_sees_no_more_what_is_taken_away(
    alice: Actor, gus: Actor, cards: list[Task]
) -> None:
    create_comment(alice, cards[0], body="@gus look")
    assert told(gus) == []
    share_task(alice, cards[0], person=gus.user, grant="comment_task")
    create_comment(alice, cards[0], body="@gus now")
    assert told(gus) == [("mentioned", "FLOW-1"), ("shared", "FLOW-1")]
    unshare_task(alice, cards[0], person=gus.user)
    assert told(gus) == []
    share_task(alice, cards[0], person=gus.user)
    assert len(told(gus)) == 2


def test_creator_assignees_and_who_spoke_follow_a_task(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    cleo = add_member(alice, make_person("Cleo"), "member")
    create_comment(bob, cards[0], body="Mine?")
    assert told(alice) == [("commented", "FLOW-1")]
    create_comment(cleo, cards[0], body="No")
    create_comment(alice, cards[0], body="Yes")
    assert told(bob) == told(cleo) == [("commented", "FLOW-1")]
    assert [one.count for one in items(bob)] == [2]
    move_task(cleo, cards[0], to=column(cards[0].project, "In progress"))
    move_task(cleo, cards[0], to=column(cards[0].project, "Done"))
    assert told(bob)[:2] == [("completed", "FLOW-1"), ("moved", "FLOW-1")]
    update_task(cleo, cards[0], due=date(2031, 1, 1))
    assert told(alice)[0] == ("changed", "FLOW-1")
    update_task(cleo, cards[0], estimate=3)
    assert items(alice)[0].count == 1


def test_an_imported_task_has_no_follower_but_its_people(alice: Actor, bob: Actor, project: Project) -> None:
    task = create_task(alice, project, title="Old", source="trello:1", assignees=[bob.user])
    create_comment(add_member(alice, make_person("Cleo"), "member"), task, body="Ours now")
    assert told(alice) == []
    assert told(bob) == [("commented", "FLOW-1"), ("assigned", "FLOW-1")]


def test_muting_a_task_leaves_only_what_is_meant_for_me(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    create_comment(bob, cards[0], body="I follow")
    watch_task(bob, cards[0], level="muted")
    create_comment(alice, cards[0], body="Quiet")
    assert told(bob) == []
    create_comment(alice, cards[0], body="@bob loud")
    create_comment(alice, cards[0], body="Quiet again")
    assert told(bob) == [("mentioned", "FLOW-1")]
    watch_task(bob, cards[0], level="watching")
    create_comment(alice, cards[0], body="Heard")
    assert told(bob)[0] == ("commented", "FLOW-1")


def test_watching_a_project_and_muting_a_reason(alice: Actor, bob: Actor, project: Project) -> None:
    watch_project(bob, project, level="watching")
    task = add(alice, project, "New")[0]
    create_comment(alice, task, body="Hi")
    assert told(bob) == [("commented", "FLOW-1"), ("created", "FLOW-1")]
    prefer(bob, reason="commented", muted=True)
    create_comment(alice, task, body="Hi again")
    archive_task(alice, task)
    assert told(bob) == [("changed", "FLOW-1"), ("commented", "FLOW-1"), ("created", "FLOW-1")]
    watch_project(bob, project, level="muted")
    prefer(bob, reason="commented", muted=False)
    create_comment(alice, add(alice, project, "Other")[0], body="Silence")
    assert len(told(bob)) == 3


def test_a_bulk_act_is_one_item_and_costs_the_same_whatever_its_size(
    alice: Actor, bob: Actor, project: Project
) -> None:
    def act(*names: str) -> int:
        with acting(alice, kind="bulk"):
            for task in add(alice, project, *names):
                update_task(alice, task, assignees=[bob.user])
        with CaptureQueriesContext(
            connection,
        ) as asked:
            tell_people(alice.workspace.pk)
        return len(asked)

    tell_people(alice.workspace.pk)
    few, many = act("One", "Two"), act(*map(str, range(40)))
    assert few == many
    first, second = reversed(items(bob))
    assert (first.reason, first.count, len(first.task_ids)) == ("assigned", 2, 2)
    assert (second.reason, second.count, len(second.task_ids), second.task) == ("assigned", 40, 40, None)


def test_told_once_however_often_it_runs_and_after_a_dead_worker(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    for _ in range(3):
        tell_people(alice.workspace.pk)
    assert everything(alice) == 1
    with tenancy.workspace(alice.workspace.pk, atomic=True):  # a worker that died had not moved the cursor
        cursor = NotificationCursor.objects.within(alice.workspace).get()
        seq, cursor.seq = cursor.seq, 0
        update_task(alice, cards[1], assignees=[bob.user])
    tell_people(alice.workspace.pk)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert NotificationCursor.objects.within(alice.workspace).get().seq > seq
    assert told(bob) == [("assigned", "FLOW-2"), ("assigned", "FLOW-1")]


def test_what_is_read_or_snoozed_does_not_grow(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    create_comment(bob, cards[0], body="Mine")
    create_comment(alice, cards[0], body="One")
    mark_read(bob, items(bob))
    create_comment(alice, cards[0], body="Two")
    snooze_items(bob, items(bob)[:1], until=timezone.now() + timedelta(hours=1))
    create_comment(alice, cards[0], body="Three")
    assert [(one.count, bool(one.read_at)) for one in items(bob)] == [(1, False), (1, True)]
    assert everything(alice) == 4  # alice follows what she made: she heard of Bob's


def test_others_of_a_grown_item_are_remembered(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    cleo = add_member(alice, make_person("Cleo"), "member")
    for who in (bob, cleo, bob):
        create_comment(who, cards[0], body="Hm")
    (one,) = items(alice)
    assert (one.actor_id, one.others, one.count) == (bob.user.pk, [cleo.user.pk], 3)


def test_a_role_and_a_shared_project(alice: Actor, bob: Actor, gus: Actor, project: Project) -> None:
    share_project(alice, project, person=gus.user)
    assert [(one.reason, one.project_id) for one in items(gus)] == [("shared", project.pk)]
    assert told(bob) == []


def test_a_deleted_task_is_out_of_every_inbox(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    assert told(bob)
    delete_task(alice, cards[0])
    assert told(bob) == []


def test_nobody_elsewhere_is_told(alice: Actor, bob: Actor, eve: Actor, cards: list[Task]) -> None:
    create_comment(alice, cards[0], body="@eve @bob")
    assert told(bob)
    assert everything(eve) == 0


def test_a_task_of_mine_that_has_to_wait_and_then_waits_no_more(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    first, second, mine = cards
    update_task(alice, mine, assignees=[bob.user])
    mark_read(bob, items(bob))
    add_dependency(alice, mine, blocking=first)
    gone = add_dependency(alice, mine, blocking=second)
    assert told(bob)[0] == ("blocking", "FLOW-3")
    assert (items(bob)[0].count, items(bob)[0].needs_me) == (2, True)
    remove_dependency(alice, gone)
    assert told(bob)[0] == ("blocking", "FLOW-3")
    move_task(alice, first, to=column(first.project, "Done"))
    assert told(bob)[0] == ("unblocked", "FLOW-3")
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        assert "finished FLOW-1, the last thing it waited for" in [one["sentence"] for one in drawn(bob, items(bob))]


def test_a_dependency_taken_back_unread_takes_its_item_along(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    update_task(alice, cards[1], assignees=[bob.user])
    mark_read(bob, items(bob))
    made = add_dependency(alice, cards[1], blocking=cards[0])
    assert told(bob)[0] == ("blocking", "FLOW-2")
    remove_dependency(alice, made)
    assert told(bob) == [("assigned", "FLOW-2")]
