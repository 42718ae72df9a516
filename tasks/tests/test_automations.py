"""Rules at work: what sets them off, what they do, what they leave alone, and that it happens once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tasks.actions import (
    add_checklist_item,
    archive_task,
    create_comment,
    create_label,
    create_task,
    delete_label,
    move_task,
    remove_status,
    switch_rule,
    update_rule,
    update_task,
)
from tasks.actions.coming import meet_days
from tasks.actions.running import MOST_FAILURES, TURN, Cause, run_rule, run_rules
from tasks.models import AutomationRule, Project, Task
from workspaces import tenancy
from workspaces.actions import change_role, remove_member, undo_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import ChangeSet, Membership, Role, Workspace
from workspaces.tests.people import browser, log

from .automations import admin, fresh, labels_of, people_on, rule, runs, work  # noqa: F401
from .boards import add, column

DONE = ("moved", "category:done")


def states(by: Actor) -> list[str]:
    return [one.state for one in runs(by)]


def test_a_rule_acts_on_behalf_of_its_keeper(alice: Actor, admin: Actor, project: Project, cards: list[Task]) -> None:  # noqa: F811
    made = rule(admin, project, DONE, ("priority", 0), "unassign_all", name="Clean")
    update_task(alice, cards[0], priority=3, assignees=[alice.user])
    move_task(alice, cards[0], to=column(project, "Done"))
    moved = log(alice, "task:moved")[-1]
    work(alice)
    assert fresh(cards[0]).priority == 0 and people_on(cards[0]) == set()
    (run,) = runs(alice)
    assert (run.state, run.seq, run.rule_id, run.task_id) == ("done", moved.seq, made.pk, cards[0].pk)
    rows = log(alice)[moved.seq :]
    assert [row.event for row in rows] == ["task:updated", "task:updated"]
    for row in rows:
        assert (row.actor_id, row.via, row.on_behalf_of_id) == (admin.user.pk, "automation", admin.user.pk)
        assert (row.cause_seq, row.depth, row.change_id) == (moved.seq, 1, run.change_id)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        change = ChangeSet.objects.within(alice.workspace).get(pk=run.change_id)
    assert change.kind == "automation" and change.title.startswith("Rule “Clean”: Set the priority of FLOW-1")


def test_a_run_is_undone_as_any_act_and_sets_nothing_off(alice: Actor, project: Project, cards: list[Task]) -> None:
    rule(alice, project, ("changed", "priority"), ("comment", "Now {key}"))
    rule(alice, project, DONE, ("priority", 4))
    move_task(alice, cards[0], to=column(project, "Done"))
    work(alice)
    first, second = runs(alice)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        change = ChangeSet.objects.within(alice.workspace).get(pk=first.change_id)
    undo_change(alice, change)
    assert fresh(cards[0]).priority == 0
    work(alice)
    assert len(runs(alice)) == 2, "an undo sets no rule off"
    assert second.depth == 2


@pytest.mark.parametrize(
    ("when", "do"),
    [
        ("created", lambda by, card, project: create_task(by, project, title="New")),
        (("moved", "Done"), lambda by, card, project: move_task(by, card, to=column(project, "Done"))),
        ("finished", lambda by, card, project: move_task(by, card, to=column(project, "Done"))),
        (("changed", "priority"), lambda by, card, project: update_task(by, card, priority=2)),
        (("changed", "assignees"), lambda by, card, project: update_task(by, card, assignees=[by.user])),
        (("changed", "due"), lambda by, card, project: update_task(by, card, due=timezone.localdate())),
        (("changed", "estimate"), lambda by, card, project: update_task(by, card, estimate=3)),
        ("commented", lambda by, card, project: create_comment(by, card, body="Look")),
        ("archived", lambda by, card, project: archive_task(by, card)),
    ],
)
def test_what_sets_a_rule_off(alice: Actor, project: Project, cards: list[Task], when: Any, do: Any) -> None:
    made = rule(alice, project, when, ("checklist", "Look at {title}"))
    update_task(alice, cards[1], title="Another")
    do(alice, cards[0], project)
    work(alice)
    assert [(one.state, one.rule_id) for one in runs(alice)] == [("done", made.pk)]


def test_what_was_before_and_what_is_elsewhere_sets_nothing_off(
    alice: Actor, project: Project, cards: list[Task]
) -> None:
    from tasks.actions import create_project

    other = create_project(alice, name="Other", key="OTHER")
    create_task(alice, project, title="Before")
    made = rule(alice, project, "created", ("priority", 4))
    switch_rule(alice, made, on=False)
    create_task(alice, project, title="While it was off")
    switch_rule(alice, made, on=True)
    create_task(alice, other, title="Elsewhere")
    work(alice)
    assert not runs(alice)


def test_conditions_are_read_when_it_runs(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    bug = create_label(alice, project, name="Bug")
    rule(
        alice, project, ("changed", "priority"), ("assign", "bob@example.com"),
        conditions=[("has_label", "Bug"), ("priority_from", 3), "unassigned", ("title_has", "one")],
    )  # fmt: skip
    update_task(alice, cards[0], priority=4)
    work(alice)
    assert not runs(alice) and not people_on(cards[0])
    update_task(alice, cards[0], labels=[bug])
    update_task(alice, cards[0], priority=3)
    work(alice)
    assert people_on(cards[0]) == {"Bob"}


def test_every_step_does_what_it_says(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    create_label(alice, project, name="Bug")
    update_task(alice, cards[0], title="Say *@Bob* {key} https://example.com")
    first = [("label", "Bug"), ("assign", "creator"), ("due", 3), ("subtask", "Check {key}"), ("checklist", "{title}")]
    said = ("comment", "Look at {key}: {title}")
    rule(alice, project, ("changed", "priority"), *first)
    rule(alice, project, "commented", said, ("move", "category:done"), ("tell", str(bob.user.pk)), "archive")
    update_task(alice, cards[0], priority=1)
    create_comment(bob, cards[0], body="Done?")
    work(alice)
    assert states(alice) == ["done", "done", "skipped"], "it does not hear its own comment"
    card = fresh(cards[0])
    assert labels_of(card) == {"Bug"} and people_on(card) == {"Alice"}
    assert card.due == timezone.localdate() + timedelta(days=3)
    assert card.status.category == "done" and card.archived_at
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert list(card.subtasks.values_list("title", flat=True)) == ["Check FLOW-1"]
        assert card.checklist.get().text == card.title
        said = card.comments.order_by("created_at").last().body
    from tasks.markdown import render
    from tasks.notices.mentions import mentioned

    assert said.startswith("Look at FLOW-1: ") and not mentioned(said, {"bob": frozenset({bob.user.pk})})
    html = render(said, names=frozenset({"bob"}))
    assert "<em>" not in html and "<a" not in html and "mention" not in html
    (told,) = log(alice, "task:brought_up")
    assert (told.after["user"], told.after["rule"]) == (str(bob.user.pk), "Tidy up")


def test_a_chain_ends(alice: Actor, project: Project, cards: list[Task]) -> None:
    """Two rules that undo each other's work: each runs until the chain is five deep."""
    rule(alice, project, ("moved", "To do"), ("move", "Done"), name="There")
    rule(alice, project, ("moved", "Done"), ("move", "To do"), name="Back")
    move_task(alice, cards[0], to=column(project, "Done"))
    work(alice)
    found = runs(alice)
    assert [one.state for one in found] == ["done"] * 5 + ["skipped"]
    assert [one.depth for one in found] == [1, 2, 3, 4, 5, 6]
    assert "the chain ends here" in found[-1].why


def test_a_rule_does_not_run_on_its_own_effect(alice: Actor, project: Project, cards: list[Task]) -> None:
    rule(alice, project, ("changed", "priority"), ("priority", 4))
    update_task(alice, cards[0], priority=1)
    work(alice)
    first, second = runs(alice)
    assert (first.state, second.state) == ("done", "skipped") and "own effect" in second.why
    assert second.change_id is None


def test_a_worker_that_dies_does_it_once(alice: Actor, project: Project, cards: list[Task]) -> None:
    made = rule(alice, project, "finished", ("comment", "Done: {key}"))
    move_task(alice, cards[0], to=column(project, "Done"))
    row = log(alice, "task:moved")[-1]
    cause = Cause(cards[0].pk, row.seq, "", row.actor_id, row.change_id)
    with pytest.raises(KeyboardInterrupt), tenancy.workspace(alice.workspace.pk, atomic=True):
        run_rule(alice.workspace.pk, made.pk, cause)
        raise KeyboardInterrupt  # dies before the commit
    assert not runs(alice) and not log(alice, "comment:created")
    for _ in range(3):  # dies before the cursor moves, and comes back
        run_rule(alice.workspace.pk, made.pk, cause)
    work(alice)
    assert states(alice) == ["done"] and len(log(alice, "comment:created")) == 1


def test_what_it_names_is_gone(alice: Actor, project: Project, cards: list[Task]) -> None:
    bug = create_label(alice, project, name="Bug")
    made = rule(alice, project, "commented", ("label", "Bug"))
    delete_label(alice, bug)
    create_comment(alice, cards[0], body="Look")
    work(alice)
    (run,) = runs(alice)
    assert (run.state, run.why) == ("failed", "The label it names is gone.")
    assert fresh(made).failures == 1 and fresh(made).on
    column(project, "Done")
    other = rule(alice, project, "commented", ("move", "In progress"))
    remove_status(alice, column(project, "In progress"), into=column(project, "To do"))
    create_comment(alice, cards[0], body="Again")
    work(alice)
    assert [one.why for one in runs(alice, rule=other)] == ["The column it names is gone."]


def test_what_is_not_known_any_more_fails_and_crashes_nothing(
    alice: Actor, project: Project, cards: list[Task]
) -> None:
    """As a later version may find it."""
    made = rule(alice, project, "finished", ("priority", 4))
    sound = rule(alice, project, "finished", ("checklist", "Look"), name="Sound")
    odd = rule(alice, project, "finished", "archive", name="Odd")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        rules = AutomationRule.objects.within(alice.workspace)
        rules.filter(pk=made.pk).update(steps=[{"kind": "fly", "value": None}])
        rules.filter(pk=odd.pk).update(when={"kind": "once", "value": None})
    move_task(alice, cards[0], to=column(project, "Done"))
    work(alice)
    assert [(one.rule_id, one.state) for one in runs(alice)] == [(made.pk, "failed"), (sound.pk, "done")]
    for one in (made, odd):
        page = browser(alice).get(f"/w/acme/automations/{one.pk}/")
        assert page.status_code == 200 and b"not known here any more" in page.content


def test_a_fault_of_ours_is_a_failed_run(alice: Actor, project: Project, cards: list[Task]) -> None:
    made = rule(alice, project, "finished", ("priority", 4))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        AutomationRule.objects.within(alice.workspace).filter(pk=made.pk).update(steps=[{"kind": "due", "value": "x"}])
    move_task(alice, cards[0], to=column(project, "Done"))
    work(alice)
    (run,) = runs(alice)
    assert run.state == "failed" and "no fault of the rule" in run.why and fresh(made).failures == 1


def test_a_turn_ends_and_the_next_goes_on(alice: Actor, project: Project) -> None:
    rule(alice, project, "finished", ("priority", 4))
    cards = add(alice, project, *(f"Card {n}" for n in range(TURN + 10)))
    for card in cards:
        move_task(alice, card, to=column(project, "Done"))
    assert run_rules(alice.workspace.pk) and len(runs(alice)) == TURN
    assert not run_rules(alice.workspace.pk) and len(runs(alice)) == TURN + 10


def test_a_card_that_moved_house_meanwhile_is_left(alice: Actor, project: Project, cards: list[Task]) -> None:
    from tasks.actions import create_project, transfer_task

    rule(alice, project, "commented", ("priority", 4))
    create_comment(alice, cards[0], body="Look")
    transfer_task(alice, fresh(cards[0]), project=create_project(alice, name="Else", key="ELSE"))
    work(alice)
    assert not runs(alice) and fresh(cards[0]).priority == 0


def test_ten_failures_running_switch_it_off(alice: Actor, admin: Actor, project: Project, cards: list[Task]) -> None:  # noqa: F811
    bug = create_label(alice, project, name="Bug")
    made = rule(admin, project, "commented", ("label", "Bug"))
    delete_label(alice, bug)
    for _ in range(MOST_FAILURES + 2):
        create_comment(alice, cards[0], body="Look")
    work(alice)
    assert states(alice) == ["failed"] * MOST_FAILURES
    assert not fresh(made).on and "failed 10 times running" in fresh(made).off_why
    (row,) = log(alice, "automation:stopped")
    assert row.after["user"] == str(admin.user.pk)
    from tasks.jobs import tell_people
    from tasks.models import Notification

    tell_people(str(alice.workspace.pk))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert Notification.objects.within(alice.workspace).filter(user=admin.user, reason="rule").count() == 1


def test_a_success_begins_the_count_anew(alice: Actor, project: Project, cards: list[Task]) -> None:
    bug = create_label(alice, project, name="Bug")
    made = rule(alice, project, "commented", ("label", "Bug"))
    delete_label(alice, bug)
    create_comment(alice, cards[0], body="Look")
    work(alice)
    update_rule(alice, made, steps=[{"kind": "priority", "value": 1}])
    create_comment(alice, cards[0], body="Look")
    work(alice)
    assert states(alice) == ["failed", "done"] and fresh(made).failures == 0


def test_the_keeper_leaves(alice: Actor, admin: Actor, project: Project, cards: list[Task]) -> None:  # noqa: F811
    made = rule(admin, project, "finished", ("priority", 1))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        membership = Membership.objects.within(alice.workspace).get(user=admin.user)
    remove_member(alice, membership)
    assert not fresh(made).on and "has left" in fresh(made).off_why
    move_task(alice, cards[0], to=column(project, "Done"))
    work(alice)
    assert not runs(alice)
    switch_rule(alice, made, on=True)
    assert fresh(made).keeper_id == alice.user.pk


def test_the_keeper_loses_the_right(alice: Actor, admin: Actor, project: Project, cards: list[Task]) -> None:  # noqa: F811
    made = rule(admin, project, "finished", ("priority", 1))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        membership = Membership.objects.within(alice.workspace).select_related("role", "user").get(user=admin.user)
        member = Role.objects.within(alice.workspace).get(key="member")
    change_role(alice, membership, role=member)
    move_task(alice, cards[0], to=column(project, "Done"))
    work(alice)
    assert not runs(alice) and not fresh(made).on
    assert "may no longer keep rules" in fresh(made).off_why
    assert fresh(cards[0]).priority == 0


def test_a_rule_of_all_projects_stays_where_its_keeper_may(alice: Actor, admin: Actor, project: Project) -> None:  # noqa: F811
    from tasks.actions import create_project

    hidden = create_project(alice, name="Hidden", key="HID", private=True)
    rule(admin, None, "created", ("priority", 2))
    secret, open_one = create_task(alice, hidden, title="Secret"), create_task(alice, project, title="Open")
    work(alice)
    assert fresh(secret).priority == 0 and fresh(open_one).priority == 2
    assert len(runs(alice)) == 1


def test_nothing_runs_where_nothing_may_change(alice: Actor, project: Project, cards: list[Task]) -> None:
    rule(alice, project, "finished", ("priority", 1))
    move_task(alice, cards[0], to=column(project, "Done"))
    set_workspace(alice, suspended_at=timezone.now())
    work(alice)
    assert not runs(alice)
    set_workspace(alice, suspended_at=None)
    work(alice)
    assert not runs(alice), "nothing is made up for"
    move_task(alice, cards[1], to=column(project, "Done"))
    work(alice)
    assert states(alice) == ["done"]


def set_workspace(by: Actor, **fields: Any) -> None:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        Workspace.objects.filter(pk=by.workspace.pk).update(**fields)


def test_days_that_come(alice: Actor, project: Project, cards: list[Task]) -> None:
    today = timezone.localdate()
    made = rule(alice, project, ("due", 3), ("label", create_label(alice, project, name="Late").name))
    update_task(alice, cards[0], due=today)
    update_task(alice, cards[1], due=today + timedelta(days=1))
    for _ in range(2):
        meet_days(alice.workspace.pk, now=timezone.now())
    assert not runs(alice)
    for _ in range(2):
        meet_days(alice.workspace.pk, now=timezone.now() + timedelta(days=3))
    assert labels_of(cards[0]) == {"Late"} and not labels_of(cards[1])
    meet_days(alice.workspace.pk, now=timezone.now() + timedelta(days=4))
    assert [(one.once, one.state) for one in runs(alice, rule=made)] == [
        (f"due:{today}", "done"), (f"due:{today + timedelta(days=1)}", "done"),
    ]  # fmt: skip
    row = next(row for row in log(alice) if row.depth)
    assert row.cause_seq is None and row.depth == 1


def test_who_may(alice: Actor, bob: Actor, admin: Actor, project: Project) -> None:  # noqa: F811
    with pytest.raises(Forbidden):
        rule(bob, project, "created", "archive")
    made = rule(alice, project, "created", "archive")
    with pytest.raises(Forbidden):
        switch_rule(bob, made, on=False)
    switch_rule(admin, made, on=False)
    assert fresh(made).keeper_id == alice.user.pk
    switch_rule(admin, made, on=True)
    assert fresh(made).keeper_id == admin.user.pk


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("when.kind", {"when": {"kind": "someday"}}),
        ("when.value", {"when": {"kind": "moved", "value": "Nowhere"}}),
        ("when.value", {"when": {"kind": "created", "value": "x"}}),
        ("when.value", {"when": {"kind": "due", "value": 1000}}),
        ("when", {"when": "created"}),
        ("conditions[1].value", {"conditions": [{"kind": "assigned"}, {"kind": "has_label", "value": "Nope"}]}),
        ("conditions", {"conditions": [{"kind": "assigned"}] * 11}),
        ("steps", {"steps": []}),
        ("steps", {"steps": [{"kind": "archive"}] * 6}),
        ("steps[0].kind", {"steps": [{"kind": "delete"}]}),
        ("steps[0].value", {"steps": [{"kind": "assign", "value": "eve@example.com"}]}),
        ("steps[0].value", {"steps": [{"kind": "comment", "value": "{secret}"}]}),
        ("steps[0].value", {"steps": [{"kind": "priority", "value": 9}]}),
        ("steps[0].extra", {"steps": [{"kind": "archive", "extra": 1}]}),
        ("name", {"name": " "}),
    ],
)
def test_every_fault_names_its_field(
    alice: Actor, eve: Actor, project: Project, field: str, said: dict[str, Any]
) -> None:
    made = rule(alice, project, "created", "archive")
    before = len(log(alice))
    with pytest.raises(Refused) as no:
        update_rule(alice, made, **said)
    assert no.value.field == field
    assert len(log(alice)) == before


def test_nothing_of_another_workspace(alice: Actor, eve: Actor, project: Project, cards: list[Task]) -> None:
    rule(alice, project, "finished", ("priority", 1))
    move_task(alice, cards[0], to=column(project, "Done"))
    run_rules(eve.workspace.pk)
    with tenancy.workspace(eve.workspace.pk, atomic=True):
        assert not AutomationRule.objects.within(eve.workspace).exists()
    assert not runs(alice)


def test_what_changes_nothing_is_silent(alice: Actor, project: Project) -> None:
    made = rule(alice, project, "created", "archive")
    before = len(log(alice))
    switch_rule(alice, made, on=True)
    update_rule(alice, made, name="Tidy up")
    assert len(log(alice)) == before


def test_changes_of_rules_are_told_and_undone(alice: Actor, project: Project) -> None:
    from tasks.actions import delete_rule

    made = rule(alice, project, "created", "archive")
    update_rule(alice, made, name="Put away", project=None)
    assert fresh(made).project is None
    undo_last(alice)
    assert (fresh(made).name, fresh(made).project_id) == ("Tidy up", project.pk)
    delete_rule(alice, made)
    undo_last(alice)
    assert fresh(made).deleted_at is None and not fresh(made).on
    events = [row.event for row in log(alice) if row.event.startswith("automation:")]
    assert events == [
        "automation:created",
        "automation:updated",
        "automation:updated",
        "automation:deleted",
        "automation:recovered",
    ]


def undo_last(by: Actor) -> None:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        change = ChangeSet.objects.within(by.workspace).order_by("-created_at", "-pk").first()
    undo_change(by, change)


def test_a_checklist_that_is_ticked(alice: Actor, project: Project, cards: list[Task]) -> None:
    from tasks.actions import update_checklist_item

    rule(alice, project, "commented", ("move", "Done"), conditions=["checked"])
    item = add_checklist_item(alice, cards[0], text="One")
    create_comment(alice, cards[0], body="Look")
    work(alice)
    assert not runs(alice)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        item = type(item).objects.within(alice.workspace).select_related("task__project").get(pk=item.pk)
    update_checklist_item(alice, item, done=True)
    create_comment(alice, cards[0], body="Look")
    work(alice)
    assert fresh(cards[0]).status.name == "Done"
