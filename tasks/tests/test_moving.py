"""Moving cards: it works, it tells, it refuses, it is silent when nothing changed."""

import pytest

from tasks.actions import archive_task, create_project, create_task, move_task
from tasks.models import Project, Task
from tasks.rank import LONG
from workspaces import tenancy
from workspaces.actions import undo_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused, Stale
from workspaces.models import ActivityLog, ChangeSet
from workspaces.tests.people import log

from .boards import add, column, tally, titles


def test_to_another_column_below_a_card(alice: Actor, project: Project, cards: list[Task]) -> None:
    (done,) = add(alice, project, "Old", to="Done")
    move_task(alice, cards[1], to=column(project, "Done"), after=done)
    assert titles(project, "To do") == ["One", "Three"]
    assert titles(project, "Done") == ["Old", "Two"]
    assert (tally(project, "To do"), tally(project, "Done")) == (2, 2)


def test_within_a_column(alice: Actor, project: Project, cards: list[Task]) -> None:
    move_task(alice, cards[2], to=column(project, "To do"))
    assert titles(project, "To do") == ["Three", "One", "Two"]
    move_task(alice, cards[2], to=column(project, "To do"), after=cards[0])
    assert titles(project, "To do") == ["One", "Three", "Two"]
    assert tally(project, "To do") == 3


def test_it_tells(bob: Actor, project: Project, cards: list[Task]) -> None:
    move_task(bob, cards[0], to=column(project, "Done"))
    (row,) = log(bob, "task:moved")
    assert (row.actor_id, row.via, row.subject_id, row.project_id) == (bob.user.pk, "web", cards[0].pk, project.pk)
    assert (row.before["status"]["name"], row.after["status"]["name"]) == ("To do", "Done")
    assert row.version == cards[0].version == 2


def test_silent_when_nothing_changed(alice: Actor, project: Project, cards: list[Task]) -> None:
    move_task(alice, cards[1], to=column(project, "To do"), after=cards[0])
    move_task(alice, cards[0], to=column(project, "To do"))
    assert log(alice, "task:moved") == []


def test_guest_may_not(gus: Actor, project: Project, cards: list[Task]) -> None:
    with pytest.raises(Forbidden, match="Change, move|change, move"):
        move_task(gus, cards[0], to=column(project, "Done"))
    assert titles(project, "Done") == []


def test_foreign_arguments(alice: Actor, project: Project, cards: list[Task]) -> None:
    other = create_project(alice, name="Other", key="OTH")
    with pytest.raises(Refused, match="another project") as no:
        move_task(alice, cards[0], to=column(other, "Done"))
    assert no.value.field == "status"
    with pytest.raises(Refused, match="not in the column"):
        move_task(alice, cards[0], to=column(project, "Done"), after=cards[1])


def test_eve_may_not(eve: Actor, project: Project, cards: list[Task]) -> None:
    with pytest.raises(Forbidden):
        move_task(eve, cards[0], to=column(project, "Done"))


def test_stale(alice: Actor, project: Project, cards: list[Task]) -> None:
    move_task(alice, cards[0], to=column(project, "Done"))
    with pytest.raises(Stale):
        move_task(alice, cards[0], to=column(project, "Review"), base_version=1)


def test_archived_neighbours_keep_their_places(alice: Actor, project: Project, cards: list[Task]) -> None:
    archive_task(alice, cards[1])
    move_task(alice, cards[2], to=column(project, "To do"), after=cards[0])  # is there already
    assert log(alice, "task:moved") == []
    assert tally(project, "To do") == 2


def test_a_column_that_is_ranked_anew_is_told(alice: Actor, project: Project, cards: list[Task]) -> None:
    """As after a thousand moves to its top: places stay, ranks do not, and who keeps ranks hears of it first."""
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        Task.objects.filter(workspace=alice.workspace, pk=cards[0].pk).update(rank="0" * LONG + "1")
    move_task(alice, cards[2], to=column(project, "To do"))
    assert titles(project, "To do") == ["Three", "One", "Two"]
    ranked, moved = log(alice, "status:ranked", "task:moved")
    assert (ranked.event, moved.event) == ("status:ranked", "task:moved")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert max(len(task.rank) for task in Task.objects.filter(workspace=alice.workspace, project=project)) < LONG
        change = ChangeSet.objects.within(alice.workspace).get(pk=moved.change_id)
    undo_change(alice, change)
    assert titles(project, "To do") == ["One", "Two", "Three"]


def _at_its_end(by: Actor, card: Task) -> None:
    """The next move to the top ranks the card's column anew."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        Task.objects.filter(workspace=by.workspace, pk=card.pk).update(rank="0" * LONG + "1")


def _moved_back(by: Actor, row: ActivityLog) -> None:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        change = ChangeSet.objects.within(by.workspace).get(pk=row.change_id)
    undo_change(by, change)


def test_undo_finds_the_place_in_a_column_that_was_ranked_anew_since(
    alice: Actor, project: Project, cards: list[Task]
) -> None:
    to_do, done = column(project, "To do"), column(project, "Done")
    add(alice, project, "Four", "Five")
    move_task(alice, cards[1], to=done)
    _at_its_end(alice, cards[0])
    move_task(alice, cards[2], to=to_do)
    move_task(alice, cards[2], to=to_do, after=cards[0])
    assert len(log(alice, "status:ranked")) == 1
    _moved_back(alice, log(alice, "task:moved")[0])
    assert titles(project, "To do") == ["One", "Two", "Three", "Four", "Five"]


def test_undo_within_a_column_that_was_ranked_anew_since(alice: Actor, project: Project, cards: list[Task]) -> None:
    to_do = column(project, "To do")
    add(alice, project, "Four")
    move_task(alice, cards[1], to=to_do, after=cards[2])
    _at_its_end(alice, cards[0])
    create_task(alice, project, title="New", to=column(project, "To do"), at_top=True)
    assert titles(project, "To do") == ["New", "One", "Three", "Two", "Four"]
    _moved_back(alice, log(alice, "task:moved")[0])
    assert titles(project, "To do") == ["New", "One", "Two", "Three", "Four"]


def test_who_makes_card_after_card_at_the_top_ranks_the_column_anew(
    alice: Actor, project: Project, cards: list[Task]
) -> None:
    _at_its_end(alice, cards[0])
    create_task(alice, project, title="New", to=column(project, "To do"), at_top=True)
    assert titles(project, "To do") == ["New", "One", "Two", "Three"]
    (ranked,) = log(alice, "status:ranked")
    assert (len(ranked.before["ranks"]), ranked.after) == (3, {})
