"""A proposal: lines that wait for a yes, applied as one act that one undo takes back."""

import concurrent.futures
from datetime import date
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks import actions
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actions import apply_change, create_role, discard_change, propose_change, undo_change
from workspaces.actions.proposals import sift_lines
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused, Settled, Stale
from workspaces.events import says
from workspaces.models import ChangeSet
from workspaces.proposing import VERBS, tools
from workspaces.tests.people import add_member, log, make_person
from workspaces.tests.test_erasure import erased

from .boards import add, column, tally, titles
from .test_undo import card, picture


def line(action: str, subject: str = "FLOW-1", because: str = "", **arguments: Any) -> dict[str, Any]:
    return {"action": action, "subject": subject, "arguments": arguments, "because": because}


def propose(by: Actor, *lines: dict[str, Any], title: str = "Tidy up") -> ChangeSet:
    return propose_change(by, title=title, lines=lines)


def states(change: ChangeSet) -> list[str]:
    return [one["state"] for one in change.lines]


def fresh(change: ChangeSet) -> ChangeSet:
    with tenancy.workspace(change.workspace_id, atomic=True):
        return ChangeSet.objects.within(change.workspace_id).get(pk=change.pk)


TODAY = date(2026, 12, 1)
DUE = line("update_task", because="It is late", due="2026-12-24")
MANY = [
    DUE,
    line("move_task", "FLOW-2", to="Done"),
    line("add_dependency", "FLOW-3", blocking="FLOW-1"),
    line("add_checklist_item", "FLOW-3", text="Salt"),
    line("create_comment", "FLOW-2", body="Well done"),
    line("create_task", "FLOW", title="New", estimate=3),
    line("update_task", "$6", parent="FLOW-3"),
    line("archive_task", "FLOW-2"),
]


def test_proposing_changes_nothing_and_tells(bob: Actor, project: Project, cards: list[Task]) -> None:
    before, rows = picture(project), len(log(bob))
    change = propose(bob, *MANY)
    assert picture(project) == before and (change.state, change.kind) == ("proposed", "ai")
    (row,) = log(bob)[rows:]
    assert (row.event, row.via, row.on_behalf_of_id, row.project_id) == (
        "change:proposed", "ai", bob.user.pk, project.pk,
    )  # fmt: skip
    assert says(row) == "made a proposal of 8 changes: Tidy up"
    first = change.lines[0]
    assert (first["before"], first["after"]) == ({"due": None}, {"due": "2026-12-24"})
    assert first["subject"] == {"type": "task", "id": str(cards[0].pk), "ref": "FLOW-1", "label": "One"}
    assert (first["because"], first["base_version"], first["state"]) == ("It is late", 1, "open")


def test_applying_is_one_act_and_undo_takes_all_of_it_back(
    alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    before = picture(project)
    change = propose(bob, *MANY)
    done = apply_change(alice, change)
    assert done.state == "applied" and states(done) == ["applied"] * 8
    rows = [row for row in log(alice) if row.change_id == change.pk]
    assert {(row.actor_id, row.via, row.on_behalf_of_id) for row in rows} == {(alice.user.pk, "ai", bob.user.pk)}
    assert rows[-1].event == "change:applied" and len(rows) == 9
    assert done.lines[5]["made"]["ref"] == "FLOW-4" and card(alice, "New").parent_id == cards[2].pk
    after = picture(project)
    undone = undo_change(alice, change)
    assert undone.stale == [] and picture(project) == before
    assert log(alice)[-1].event == "change:undone"
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        redo = ChangeSet.objects.within(alice.workspace).get(pk=undone.redo_id)
    undo_change(alice, redo)
    assert picture(project) == after


# -- what cannot be proposed


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "an unknown action": (line("delete_project"), "no action 'delete_project'", "lines[0].action"),
    "one that is not on the list": (line("delete_task"), "no action 'delete_task'", "lines[0].action"),
    "an unknown argument": (line("update_task", rank="a"), "takes no 'rank'", "lines[0].arguments.rank"),
    "somebody else's words": (line("create_comment", body="x", author_name="Bob"), "takes no", "lines[0].arguments.author_name"),
    "nothing to change": (line("update_task"), "Say what", "lines[0].arguments"),
    "what is needed": (line("move_task"), "needs to", "lines[0].arguments.to"),
    "an unknown task": (line("update_task", "FLOW-99", due=None), "no task FLOW-99", "lines[0].subject"),
    "a column of nowhere": (line("move_task", to="Elsewhere"), "no column Elsewhere", "lines[0].arguments.to"),
    "a broken date": (line("update_task", due="soon"), "such as 2026-12-31", "lines[0].arguments.due"),
    "a number that is none": (line("update_task", priority="high"), "0 \\(none\\) to 4", "lines[0].arguments.priority"),
    "a list that is none": (line("update_task", labels="bug"), "list of", "lines[0].arguments.labels"),
    "a label of nowhere": (line("update_task", labels=["bug"]), "no label bug", "lines[0].arguments.labels"),
    "a task of nowhere": (line("add_dependency", blocking="NONE-1"), "There is no NONE-1", "lines[0].arguments.blocking"),
    "a later line": (line("update_task", "$2", title="x"), "that line 2 makes", "lines[0].subject"),
    "what is so already": (line("update_task", title="One"), "changes nothing", "lines[0].arguments"),
    "a field of no line": (DUE | {"state": "applied"}, "no 'state'", "lines[0].state"),
    "a source that is none": (DUE | {"source": "oracle"}, "one of rule", "lines[0].source"),
    "a version that is none": (DUE | {"base_version": "1"}, "version of the task", "lines[0].base_version"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_proposed_is_refused_by_name(bob: Actor, project: Project, cards: list[Task], name: str) -> None:
    said, words, field = REFUSED[name]
    rows = len(log(bob))
    with pytest.raises(Refused, match=words) as no:
        propose(bob, said)
    assert no.value.field == field and len(log(bob)) == rows


def test_lines_must_be_some_and_have_names_of_their_own(bob: Actor, project: Project, cards: list[Task]) -> None:
    for lines, words in (
        ([], "at least one"),
        ([DUE] * 1001, "too long"),
        ("x", "at least one"),
        (["x"], "is an object"),
    ):
        with pytest.raises(Refused, match=words):
            propose_change(bob, title="x", lines=lines)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="Two lines are called a"):
        propose(bob, DUE | {"id": "a"}, line("archive_task") | {"id": "a"})
    with pytest.raises(Refused, match="Title may not be empty"):
        propose(bob, DUE, title=" ")


def test_the_sound_lines_of_many(bob: Actor, project: Project, cards: list[Task]) -> None:
    bad = line("create_task", "FLOW", title="New", labels=["nope"])
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        good, faults = sift_lines(bob, [DUE, bad, line("archive_task", "$2"), line("archive_task", "FLOW-2")])
    assert [one["subject"] for one in good] == ["FLOW-1", "FLOW-2"]
    assert [no.words[:7] for no in faults] == ["Line 2:", "Line 3:"]
    assert len(propose_change(bob, title="Rest", lines=good).lines) == 2


# -- who may


def test_only_who_may_ask_proposes_and_only_who_may_approve_applies(
    alice: Actor, bob: Actor, gus: Actor, eve: Actor, project: Project, cards: list[Task]
) -> None:
    change = propose(bob, DUE)
    for who in (gus, eve):
        with pytest.raises(Refused):
            propose(who, DUE)
    with pytest.raises(Forbidden):
        apply_change(gus, change)
    with pytest.raises(ChangeSet.DoesNotExist):
        apply_change(eve, change)
    role = create_role(alice, name="Asker", level=25, permissions=["ai.use", "task.edit"])
    asker = Actor(alice.workspace, add_member(alice, make_person("Ann"), "guest").user, role)
    own = propose(asker, DUE)
    for verb in (apply_change, lambda by, one: discard_change(by, change)):
        with pytest.raises(Forbidden):
            verb(asker, own)
    assert discard_change(asker, own).state == "discarded"


def test_who_approves_needs_the_right_of_each_action(
    alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    role = create_role(alice, name="Yes", level=25, permissions=["ai.approve", "comment.create"])
    ann = Actor(alice.workspace, add_member(alice, make_person("Ann"), "guest").user, role)
    change = propose(bob, line("create_comment", body="Look"), DUE)
    rows = len(log(alice))
    with pytest.raises(Forbidden, match="^Line 2: Your role") as no:
        apply_change(ann, change)
    assert no.value.field == "lines[1]" and len(log(alice)) == rows
    assert states(apply_change(ann, change, accepted=["1"])) == ["applied", "left"]


def test_eyes_of_the_asker_and_of_who_approves(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    hidden = actions.create_project(alice, name="Hush", key="HUSH", private=True)
    (secret,) = add(alice, hidden, "Secret", to="Backlog")
    for said in (
        line("update_task", "HUSH-1", due=None),
        line("update_task", str(secret.pk), due=None),
        line("create_task", "HUSH", title="x"),
        line("add_dependency", blocking="HUSH-1"),
    ):
        with pytest.raises(Refused, match="not shared with you"):
            propose(bob, said)
    change = propose(alice, line("update_task", "HUSH-1", priority=2), DUE)
    done = apply_change(bob, change)
    assert states(done) == ["stale", "applied"] and "no longer shared with you" in done.lines[0]["why_stale"]
    assert log(alice, "change:proposed")[-1].project_id is None  # of two projects: its row says no title
    assert says(log(alice, "change:proposed")[-1]) == "made a proposal of 2 changes"


def test_a_part_of_a_project_is_not_enough(alice: Actor, project: Project, cards: list[Task]) -> None:
    role = create_role(alice, name="Helper", level=15, permissions=["ai.use", "ai.approve", "task.edit"])
    ann = add_member(alice, make_person("Ann"), "guest")
    actions.share_task(alice, cards[0], person=ann.user, grant="edit_task")
    with pytest.raises(Forbidden, match="eyes for all of it"):
        propose(Actor(alice.workspace, ann.user, role), DUE)


# -- what has happened meanwhile


def test_what_moved_on_is_left_and_the_rest_applied(
    alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    change = propose(bob, *MANY)
    actions.update_task(alice, cards[0], due=None, priority=2)
    actions.create_comment(alice, cards[0], body="No hindrance")
    actions.update_task(alice, cards[0], due=TODAY)
    actions.move_task(alice, cards[1], to=column(project, "Review"))
    actions.delete_task(alice, cards[2])
    done = apply_change(alice, change)
    assert states(done) == ["stale", "stale", "stale", "stale", "applied", "applied", "stale", "stale"]
    said = [one["why_stale"] for one in done.lines if one["why_stale"]]
    assert said[:3] == [
        "FLOW-1 has moved on: its due was changed since.",
        "FLOW-2 has moved on: its place was changed since.",
        "FLOW-3 is gone, or no longer shared with you.",
    ]
    assert done.state == "partly_applied" and card(alice, "One").due == TODAY
    undo_change(alice, done)
    assert titles(project, "To do") == ["One"] and titles(project, "Review") == ["Two"]


def test_where_nothing_can_be_applied_nothing_is(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    change = propose(bob, DUE)
    actions.update_task(alice, cards[0], due=TODAY)
    rows = len(log(alice))
    with pytest.raises(Stale, match="its due was changed"):
        apply_change(alice, change)
    assert len(log(alice)) == rows and fresh(change).state == "proposed"


def test_a_line_that_is_so_already_and_one_that_a_rule_refuses(
    alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    tie = line("add_dependency", "FLOW-3", blocking="FLOW-1")
    change = propose(bob, tie, line("add_dependency", "FLOW-1", blocking="FLOW-2"), line("remove_dependency", "FLOW-3", blocking="FLOW-2"), DUE)  # fmt: skip
    actions.add_dependency(alice, cards[2], blocking=cards[0])
    actions.add_dependency(alice, cards[1], blocking=cards[0])
    done = apply_change(alice, change)
    assert [one["why_stale"] for one in done.lines] == [
        "It is so already.",
        "FLOW-2 waits for FLOW-1 already: they would wait for each other.",
        "FLOW-3 does not wait for FLOW-2.",
        "",
    ]


def test_a_line_without_the_one_it_needs(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    new = line("create_task", "FLOW", title="New")
    change = propose(bob, new, line("add_checklist_item", "$1", text="Salt"), DUE)
    done = apply_change(alice, change, accepted=["2", "3"])
    assert states(done) == ["left", "stale", "applied"]
    assert done.lines[1]["why_stale"] == "It needs the task that line 1 makes, and there is none."


def test_lines_about_one_field_do_not_stand_in_each_others_way(
    alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    change = propose(
        bob, line("move_task", to="Done"), line("move_task", to="Review"), line("update_task", title="First")
    )
    assert states(apply_change(alice, change)) == ["applied"] * 3
    assert titles(project, "Review") == ["First"]


# -- once


def test_applied_twice_is_applied_once(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    change = propose(bob, DUE, line("archive_task", "FLOW-2"))
    apply_change(alice, change, accepted=["1"])
    rows = len(log(alice))
    again = apply_change(bob, change)
    assert len(log(alice)) == rows and states(again) == ["applied", "left"] and again.decided_by == alice.user
    undo_change(alice, again)
    with pytest.raises(Settled, match="applied and undone"):
        apply_change(alice, change)
    with pytest.raises(Settled, match="applied and undone"):
        discard_change(alice, change)


def test_discarded_is_discarded(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    change = propose(bob, DUE)
    discard_change(alice, change)
    rows = len(log(alice))
    assert log(alice)[-1].event == "change:discarded"
    discard_change(bob, change)
    with pytest.raises(Settled, match="discarded"):
        apply_change(alice, change)
    with pytest.raises(Refused, match="cannot be undone"):
        undo_change(alice, change)
    assert len(log(alice)) == rows


def test_taking_back_what_was_proposed_discards_it(bob: Actor, project: Project, cards: list[Task]) -> None:
    change = propose(bob, DUE)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        act = ChangeSet.objects.within(bob.workspace).get(pk=log(bob)[-1].change_id)
    undo_change(bob, act)
    assert fresh(change).state == "discarded"


def test_which_lines_must_be_lines_of_it(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    change = propose(bob, DUE)
    for accepted, words in ((["2"], "no line 2"), ([], "at least one")):
        with pytest.raises(Refused, match=words):
            apply_change(alice, change, accepted=accepted)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_people_apply_at_once(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    change = propose(bob, *MANY)

    def say_yes(by: Actor) -> list[str]:
        try:
            return states(apply_change(by, change))
        finally:
            connections.close_all()

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(say_yes, (alice, bob)))
    assert answers == [["applied"] * 8] * 2
    assert len(log(alice, "change:applied")) == 1 and len(log(alice, "comment:created")) == 1


def test_five_hundred_lines(alice: Actor, project: Project) -> None:
    actions.create_tasks(alice, project, drafts=[actions.Draft(f"Card {number}") for number in range(250)])
    lines = [line("update_task", f"FLOW-{number}", due="2026-12-24") for number in range(1, 251)]
    lines += [line("create_task", "FLOW", title=f"New {number}") for number in range(250)]
    done = apply_change(alice, propose(alice, *lines))
    assert done.applied == 500 and tally(project, "Backlog") == 500
    assert undo_change(alice, done).stale == []
    assert tally(project, "Backlog") == 250


def test_an_erased_person_is_forgotten_in_lines(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> None:
    change = propose(alice, line("update_task", assignees=["bob@example.com"], because="Bob knows it"))
    assert change.lines[0]["after"]["assignees"][0]["name"] == "Bob"
    erased(bob.user, alice)
    assert "Bob" not in str(fresh(change).lines) and "bob@" not in str(fresh(change).lines)


# -- tools


def test_the_list_and_the_tools_made_of_it() -> None:
    assert set(VERBS) == {
        "create_task", "update_task", "move_task", "add_dependency", "remove_dependency", "add_checklist_item", "create_comment",
        "archive_task",
    }  # fmt: skip
    made = {tool["name"]: tool["parameters"]["properties"]["arguments"] for tool in tools()}
    assert made["create_task"]["required"] == ["title"] and made["update_task"]["required"] == []
    assert made["move_task"]["required"] == ["to"] and set(made["create_comment"]["properties"]) == {"body"}
    assert all(one["additionalProperties"] is False for one in made.values())
    assert [tool["name"] for tool in tools(["archive_task"])] == ["archive_task"]


# -- whatever is proposed


def _some(action: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    subject = (
        st.just("FLOW") if action == "create_task" else st.sampled_from(["FLOW-1", "FLOW-2", "FLOW-3", "$1", "$2"])
    )
    said = (
        st.fixed_dictionaries({}, optional=arguments) if action == "update_task" else st.fixed_dictionaries(arguments)
    )
    return st.builds(lambda about, words: line(action, about, **words), subject, said)


WORDS = st.sampled_from(["One", "Salt", "Pepper, and more of it"])
REFS = st.sampled_from(["FLOW-1", "FLOW-2", "FLOW-3", "$1", "$2"])
COLUMNS = st.sampled_from(["Backlog", "To do", "Review", "Done"])
LINES = st.lists(
    st.one_of(
        _some("create_task", title=WORDS, estimate=st.none() | st.integers(0, 8), to=COLUMNS),
        _some(
            "update_task",
            title=WORDS,
            description=WORDS,
            priority=st.integers(0, 4),
            due=st.sampled_from([None, "2026-12-24", "2027-01-06"]),
            assignees=st.sampled_from([[], ["alice@example.com"], ["bob@example.com", "me"]]),
            labels=st.sampled_from([[], ["bug"]]),
            parent=st.none() | REFS,
        ),
        _some("move_task", to=COLUMNS),
        _some("add_dependency", blocking=REFS),
        _some("remove_dependency", blocking=REFS),
        _some("add_checklist_item", text=WORDS),
        _some("create_comment", body=WORDS),
        _some("archive_task"),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def board(alice: Actor, project: Project, cards: list[Task]) -> Project:
    actions.create_label(alice, project, name="bug")
    return project


@settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(lines=LINES)
def test_applied_and_undone_every_row_is_as_before(
    alice: Actor, bob: Actor, board: Project, lines: list[dict[str, Any]]
) -> None:
    before = picture(board)
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        sound, _ = sift_lines(bob, lines)
    if sound:
        change = propose_change(bob, title="Whatever", lines=sound)
        try:
            done = apply_change(alice, change)
        except Stale:
            assert picture(board) == before
        else:
            assert {one["state"] for one in done.lines} <= {"applied", "stale"}
            assert undo_change(alice, done).stale == []
    assert picture(board) == before
