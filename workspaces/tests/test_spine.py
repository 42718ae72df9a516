"""One act, one ChangeSet, rows without a gap, chained; nothing half-written."""

import concurrent.futures
from itertools import pairwise

import pytest
from django.db import connections

from tasks.actions import create_task, move_task, update_task
from tasks.models import Project, Task
from tasks.tests.boards import column, tally
from workspaces import chain, tenancy
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import ActivityLog, ChangeSet, Stream
from workspaces.spine import ACTIONS, acting, attempt
from workspaces.tests.people import log


def stream(by: Actor) -> Stream:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Stream.objects.within(by.workspace).get()


def test_seq_has_no_gap_and_the_chain_holds(alice: Actor, project: Project, cards: list[Task]) -> None:
    update_task(alice, cards[0], title="First", priority=3)
    rows = log(alice)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0].prev_hash == chain.GENESIS
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(rows))
    assert all(chain.holds(row) for row in rows)
    assert (stream(alice).head, stream(alice).hash) == (rows[-1].seq, rows[-1].hash)


def test_an_act_of_many_verbs_is_one_change(alice: Actor, project: Project, cards: list[Task]) -> None:
    with acting(alice, kind="bulk") as act:
        for card in cards:
            move_task(alice, card, to=column(project, "Done"))
    rows = log(alice, "task:moved")
    assert {row.change_id for row in rows} == {act.change_id} and len(rows) == 3
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        change = ChangeSet.objects.within(alice.workspace).get(pk=act.change_id)
    assert (change.kind, change.actor_id, change.state) == ("bulk", alice.user.pk, "applied")
    assert change.title.startswith("Moved FLOW-1 One from To do to Done and 2 more")


def test_an_act_that_fails_leaves_nothing(alice: Actor, project: Project) -> None:
    before = log(alice)
    with pytest.raises(Refused), acting(alice):
        create_task(alice, project, title="Kept?")
        create_task(alice, project, title="")
    assert len(log(alice)) == len(before) and tally(project, "Backlog") == 0


def test_an_attempt_takes_its_rows_with_it(alice: Actor, project: Project) -> None:
    with acting(alice):
        create_task(alice, project, title="Kept")
        with pytest.raises(Refused), attempt():
            create_task(alice, project, title="Gone")
            create_task(alice, project, title="")
    assert [row.subject_label for row in log(alice, "task:created")] == ["Kept"]
    assert tally(project, "Backlog") == 1


def test_a_changed_row_is_found(alice: Actor, project: Project, cards: list[Task]) -> None:
    row = log(alice)[2]
    row.after = {"title": "Never said"}
    assert not chain.holds(row)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_sixteen_writers_leave_no_gap(alice: Actor, project: Project) -> None:
    def write(number: int) -> None:
        try:
            create_task(alice, project, title=f"Card {number}", at_top=bool(number % 2))
        finally:
            connections.close_all()

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(96)))
    rows = log(alice)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(rows))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        tasks = Task.objects.filter(project=project)
        assert sorted(tasks.values_list("number", flat=True)) == list(range(1, 97))
        assert len(set(tasks.values_list("rank", flat=True))) == 96
    assert tally(project, "Backlog") == 96


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_movers_in_one_column_never_share_a_place(alice: Actor, project: Project) -> None:
    for number in range(8):
        create_task(alice, project, title=f"Card {number}")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        cards = list(Task.objects.filter(project=project).select_related("project", "status"))

    def shuffle(place: int) -> None:
        try:
            for turn in range(12):
                name = ("Backlog", "Done")[(place + turn) % 2]
                with tenancy.workspace(alice.workspace.pk, atomic=True):
                    card = Task.objects.select_related("project", "status").get(
                        workspace=alice.workspace, pk=cards[place].pk
                    )
                move_task(alice, card, to=column(project, name))
        finally:
            connections.close_all()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(shuffle, range(8)))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        rows = list(Task.objects.filter(project=project).values_list("status_id", "rank"))
    assert len(set(rows)) == 8
    assert tally(project, "Backlog") + tally(project, "Done") == 8


def test_the_record_is_append_only(alice: Actor) -> None:
    with pytest.raises(Exception, match="permission denied"), tenancy.workspace(alice.workspace.pk, atomic=True):
        ActivityLog.objects.within(alice.workspace).update(event="x")


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_not_even_the_owner_of_the_tables_changes_it(alice: Actor) -> None:
    with pytest.raises(Exception, match="append-only"), connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM workspaces_activitylog")


def test_every_verb_is_registered() -> None:
    import tasks.actions
    import workspaces.actions

    verbs = set(tasks.actions.__all__) | set(workspaces.actions.__all__)
    assert verbs - set(ACTIONS) == {"Draft", "create_task", "undo_change"}  # a value, a shorthand, and an act of acts
