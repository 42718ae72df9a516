"""Importing a board: what is made, in one act, once, and gone again after undo."""

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest

from tasks import actions
from tasks.actions.imports import import_board
from tasks.imports.report import Report
from tasks.imports.trello import parse
from tasks.models import Project, Task
from tasks.tests.trello_board import ALICE, as_bytes, card, comment, export, listed
from workspaces import tenancy
from workspaces.actions import undo_change
from workspaces.actor import Actor
from workspaces.errors import Forbidden
from workspaces.models import ChangeSet
from workspaces.tests.people import log


def bring(by: Actor, *, again: bool = False, **changes: Any) -> tuple[Project, Report]:
    return import_board(by.through("import", on_behalf_of=by.user), parse(as_bytes(export(**changes))), again=again)


def inside(by: Actor) -> Any:
    return tenancy.workspace(by.workspace.pk, atomic=True)


def task(by: Actor, title: str) -> Task:
    with inside(by):
        return Task.objects.within(by.workspace).select_related("project", "status").get(title=title, deleted_at=None)


def columns(project: Project) -> list[tuple[str, str, list[str], list[str]]]:
    """Name, category, open and archived titles of each column, from left to right."""
    with tenancy.workspace(project.workspace_id, atomic=True):
        return [
            (status.name, status.category, titles(status, archived=False), titles(status, archived=True))
            for status in project.statuses.filter(deleted_at=None).order_by("rank")
        ]


def titles(status: Any, *, archived: bool) -> list[str]:
    rows = status.tasks.filter(archived_at__isnull=not archived, deleted_at=None).order_by("rank")
    return list(rows.values_list("title", flat=True))


def projects(by: Actor) -> list[str]:
    with inside(by):
        return list(
            Project.objects.within(by.workspace).filter(deleted_at=None).order_by("key").values_list("key", flat=True)
        )


class TestWhatIsMade:
    def test_lists_become_columns_with_their_cards_in_order(self, bob: Actor) -> None:
        project, _ = bring(bob)
        assert (project.name, project.description) == ("Test drive", "A board to **try**.")
        assert columns(project) == [
            ("Backlog", "backlog", ["Ask the users", "Draw the icon", "Write the guide"], []),
            ("In progress", "started", ["Fix the login"], []),
            ("Done", "done", ["Choose a name"], ["First sketch"]),
            ("Old ideas", "backlog", [], ["A blimp", "A second blimp"]),
        ]

    def test_the_kept_count_of_each_column_is_of_its_open_cards(self, bob: Actor) -> None:
        project, _ = bring(bob)
        with inside(bob):
            assert [status.tallies.get().open for status in project.statuses.order_by("rank")] == [3, 1, 1, 0]

    def test_a_card_comes_with_everything_on_it(self, alice: Actor, bob: Actor) -> None:
        bring(bob)
        found = task(bob, "Ask the users")
        with inside(bob):
            assert [row.user for row in found.assignments.select_related("user")] == [alice.user]
            assert sorted(row.label.name + row.label.color for row in found.task_labels.select_related("label")) == [
                "Bugred",
                "Skysky",
            ]
            assert list(found.checklist.order_by("rank").values_list("text", "done")) == [
                ("Ask Dan", True),
                ("Ask Carol", False),
            ]
            assert list(
                found.comments.order_by("created_at").values_list("body", "author", "author_name", "created_at")
            ) == [
                ("First, by Jonas", None, "Jonas Keller", datetime(2026, 2, 2, 10, tzinfo=UTC)),
                ("Second, by Alice", alice.user.pk, "", datetime(2026, 2, 3, 10, tzinfo=UTC)),
            ]
        assert (found.comment_count, found.checklist_count, found.checklist_done) == (2, 2, 1)
        assert (found.created_at, found.updated_at) == (
            datetime(2026, 2, 1, 9, tzinfo=UTC),
            datetime(2026, 2, 3, 10, tzinfo=UTC),
        )
        assert "Assigned in Trello to Jonas Keller" in found.description

    def test_links_due_dates_and_archived_cards(self, bob: Actor) -> None:
        bring(bob)
        with inside(bob):
            assert list(task(bob, "Draw the icon").attachments.values_list("name", "url")) == [
                ("Mock-up", "https://files.example/mock-up.png")
            ]
        assert task(bob, "Fix the login").due == date(2026, 4, 26)
        assert "marked as complete" in task(bob, "Choose a name").description
        assert task(bob, "Choose a name").completed_at
        assert [task(bob, name).is_open for name in ("First sketch", "A blimp", "Choose a name")] == [
            False,
            False,
            True,
        ]

    def test_the_report_counts_and_says_what_was_left_out(self, alice: Actor, bob: Actor) -> None:
        report = bring(bob)[1].as_json()
        assert [(row["name"], row["open"], row["archived"], row["new"]) for row in report["columns"]] == [
            ("Backlog", 3, 0, 3), ("Old ideas", 0, 2, 2), ("In progress", 1, 0, 1), ("Never used", 0, 0, 0), ("Done", 1, 1, 2),
        ]  # fmt: skip
        assert report["summary"] == "Imported 8 cards, 2 comments, 2 labels, 2 checklist items and 1 link."
        assert (report["open"], report["archived"], report["new"]) == (5, 3, 8)
        assert (report["matched"], report["unmatched"]) == ({"Alice": "Alice"}, ["Jonas Keller"])
        assert [one["what"] for one in report["skipped"]] == [
            "An attachment of cards[1]",
            "1 comment",
            "1 archived list without cards",
        ]

    def test_long_texts_fit_and_stay_whole(self, bob: Actor) -> None:
        bring(bob, lists=[listed("x" * 80, 1)], cards=[card("y" * 400, 1, 1)], checklists=[], name="z" * 200)
        found = task(bob, "y" * 299 + "…")
        assert (len(found.status.name), len(found.project.name), found.description) == (60, 80, "y" * 400)

    def test_a_column_of_hundreds_keeps_its_order_with_short_ranks(self, bob: Actor) -> None:
        many = [card(f"Card {number:03}", number, 1) for number in range(1, 401)]
        project, _ = bring(bob, cards=many, checklists=[], actions=[])
        assert columns(project)[0][2] == [one["name"] for one in many]
        with inside(bob):
            assert max(len(rank) for rank in Task.objects.within(bob.workspace).values_list("rank", flat=True)) <= 4


class TestOneAct:
    def test_all_rows_belong_to_one_import(self, bob: Actor) -> None:
        bring(bob)
        rows = [row for row in log(bob) if row.via == "import"]
        with inside(bob):
            change = ChangeSet.objects.within(bob.workspace).get(pk=rows[0].change_id)
        assert {row.change_id for row in rows} == {change.pk}
        assert (change.kind, change.title) == ("import", "Imported Test drive from Trello")
        assert {(row.actor_id, row.on_behalf_of_id) for row in rows} == {(bob.user.pk, bob.user.pk)}
        assert len(log(bob, "task:created")) == 8
        assert log(bob, "comment:created")[0].after["author"] == "Jonas Keller"

    def test_a_worker_that_dies_midway_leaves_nothing(self, bob: Actor) -> None:
        def die(percent: int, step: str) -> None:
            if percent >= 70:
                raise SystemExit

        before = len(log(bob))
        with pytest.raises(SystemExit):
            import_board(bob, parse(as_bytes()), tell=die)
        assert (projects(bob), len(log(bob))) == ([], before)

    def test_progress_rises(self, bob: Actor) -> None:
        told: list[int] = []
        import_board(bob, parse(as_bytes()), tell=lambda percent, step: told.append(percent))
        assert told == sorted(told)
        assert (told[0], told[-1]) == (5, 95)

    def test_undo_takes_the_whole_project_away_and_redo_brings_it_back(self, bob: Actor) -> None:
        project, _ = bring(bob)
        before = columns(project)
        undo_last(bob)
        assert projects(bob) == []
        undo_last(bob)
        assert (projects(bob), columns(project)) == ([project.key], before)

    def test_a_guest_may_not(self, gus: Actor) -> None:
        with pytest.raises(Forbidden, match="import boards"):
            bring(gus)
        assert projects(gus) == []


def undo_last(by: Actor) -> None:
    with inside(by):
        change = ChangeSet.objects.within(by.workspace).get(pk=log(by)[-1].change_id)
    assert undo_change(by, change).stale == []


class TestTheSameBoardAgain:
    def test_the_same_file_changes_nothing(self, alice: Actor, bob: Actor) -> None:
        project, _ = bring(bob)
        before = len(log(bob))
        again, report = bring(alice)
        assert (again, len(log(bob)), report.new) == (project, before, 0)
        assert report.summary == "Everything in the file was here already; nothing was changed."

    def test_a_newer_export_adds_what_is_new(self, bob: Actor) -> None:
        project, _ = bring(bob)
        newer = export()
        newer["cards"] += [card("Say thanks", 20, 5, pos=1), card("Try it out", 21, 9)]
        newer["lists"] += [listed("Testing", 9)]
        newer["actions"] += [comment(9, "Third", 1, ALICE, "2026-03-01T10:00:00.000Z")]
        again, report = import_board(bob, parse(as_bytes(newer)))
        assert (again, report.added_to, report.new, report.comments) == (project, True, 2, 1)
        assert report.summary == "Added 2 cards and 1 comment."
        assert [name for name, _, _, _ in columns(project)] == [
            "Backlog",
            "In progress",
            "Done",
            "Old ideas",
            "Testing",
        ]
        assert columns(project)[2][2] == ["Choose a name", "Say thanks"]
        assert task(bob, "Ask the users").comment_count == 3

    def test_what_people_did_here_stays(self, bob: Actor) -> None:
        project, _ = bring(bob)
        actions.update_task(bob, task(bob, "Write the guide"), title="Write the book")
        actions.delete_task(bob, task(bob, "Draw the icon"))
        _, report = bring(bob)
        assert columns(project)[0][2] == ["Ask the users", "Write the book"]
        assert ("1 card", "Deleted here since the last import.") in [(one.what, one.why) for one in report.skipped]

    def test_a_copy_on_request(self, bob: Actor) -> None:
        first, _ = bring(bob)
        second, report = bring(bob, again=True)
        assert (second.name, report.new, second.key != first.key) == ("Test drive (copy)", 8, True)
        assert columns(first) == columns(second)

    def test_after_undo_it_is_new_again(self, bob: Actor) -> None:
        bring(bob)
        undo_last(bob)
        _, report = bring(bob)
        assert (report.added_to, report.new) == (False, 8)

    def test_additions_can_be_undone_and_made_again(self, bob: Actor) -> None:
        project, _ = bring(bob)
        before = columns(project)
        more = export()["cards"] + [card("Say thanks", 20, 5)]
        bring(bob, cards=more)
        undo_last(bob)
        assert columns(project) == before
        assert bring(bob, cards=more)[1].new == 1
        assert bring(bob, cards=more)[1].new == 0

    def test_another_workspace_gets_its_own(self, bob: Actor, eve: Actor) -> None:
        bring(bob)
        project, report = bring(eve)
        assert (project.workspace_id, report.new, report.matched) == (eve.workspace.pk, 8, {})

    def test_a_private_project_of_others_stays_unknown(self, alice: Actor, bob: Actor) -> None:
        project, _ = bring(alice)
        actions.update_project(alice, project, private=True)
        mine, report = bring(bob)
        assert (mine != project, report.new) == (True, 8)

    def test_the_chain_of_the_record_holds(self, bob: Actor) -> None:
        bring(bob)
        rows = log(bob)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert all(row.prev_hash == was.hash for was, row in pairwise(rows))
