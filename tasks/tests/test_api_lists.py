"""Lists of tasks through REST: every order and filter, page by page, forwards and back; the board; search."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.actions import archive_task, create_label, create_project, create_tasks, update_task
from tasks.actions.tasks import Draft
from tasks.api.orders import ORDERS
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.tests.people import Program

from .boards import add, column

TODAY = date(2026, 11, 1)


@pytest.fixture
def program(alice: Actor, project: Project) -> Program:
    """Alice's."""
    return Program(alice)


@pytest.fixture
def many(alice: Actor, project: Project) -> list[Task]:
    """23 tasks whose priorities, due dates and moments tie."""
    drafts = [
        Draft(f"Task {number}", priority=number % 3, due=TODAY + timedelta(number % 4) if number % 5 else None)
        for number in range(23)
    ]
    return create_tasks(alice, project, drafts=drafts, to=column(project, "To do"))


def keys(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [task["key"] for task in answer.json()["results"]]


def walk(program: Program, path: str, way: str = "next") -> list[list[str]]:
    """The pages, following the links."""
    pages, url = [], path
    while url:
        answer = program.get(url.removeprefix("http://testserver"))
        pages.append(keys(answer))
        url = answer.json()[way]
    return pages


@pytest.mark.parametrize("order", ORDERS)
def test_pages_hold_everything_once_in_order(program: Program, project: Project, many: list[Task], order: str) -> None:
    extra = f"&status={column(project, 'To do').pk}" if order == "rank" else ""
    whole = keys(program.get(f"projects/FLOW/tasks/?ordering={order}&limit=200{extra}"))
    assert len(whole) == len(set(whole)) == 23
    pages = walk(program, f"projects/FLOW/tasks/?ordering={order}&limit=4{extra}")
    assert [key for page in pages for key in page] == whole
    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 3]


@pytest.mark.parametrize("order", ORDERS)
def test_pages_back(program: Program, project: Project, many: list[Task], order: str) -> None:
    extra = f"&status={column(project, 'To do').pk}" if order == "rank" else ""
    path = f"projects/FLOW/tasks/?ordering={order}&limit=4{extra}"
    forwards, url = [], path
    while url:
        last = program.get(url.removeprefix("http://testserver")).json()
        forwards.append([task["key"] for task in last["results"]])
        url = last["next"]
    backwards = walk(program, last["previous"], "previous")
    assert backwards == forwards[-2::-1]


def test_orders_mean_what_they_say(program: Program, many: list[Task]) -> None:
    def of(order: str, name: str) -> list[Any]:
        return [task[name] for task in program.get(f"projects/FLOW/tasks/?ordering={order}").json()["results"]]

    dues = of("due", "due")
    assert dues == sorted(filter(None, dues)) + [None] * 5
    assert of("-due", "due") == sorted(filter(None, dues), reverse=True) + [None] * 5
    assert of("-priority", "priority") == sorted(of("priority", "priority"), reverse=True)
    assert keys(program.get("projects/FLOW/tasks/"))[:2] == ["FLOW-23", "FLOW-22"]


def test_a_page_stays_put_while_tasks_are_added(
    alice: Actor, program: Program, project: Project, many: list[Task]
) -> None:
    first = program.get("projects/FLOW/tasks/?limit=5").json()
    add(alice, project, "Newer")
    second = program.get(first["next"].removeprefix("http://testserver")).json()
    assert second["results"][0]["key"] == "FLOW-18"
    assert first["previous"] is None


def test_filters(alice: Actor, bob: Actor, program: Program, project: Project, cards: list[Task]) -> None:
    bug = create_label(alice, project, name="Bug")
    update_task(alice, cards[0], assignees=[bob.user], labels=[bug], due=TODAY, priority=2)
    update_task(alice, cards[1], parent=cards[0], assignees=[alice.user])
    add(alice, project, "Done thing", to="Done")

    def found(query: str) -> list[str]:
        return sorted(keys(program.get(f"projects/FLOW/tasks/?{query}")))

    assert found("status=Done") == found(f"status={column(project, 'Done').pk}") == ["FLOW-4"]
    assert found(f"assignee={bob.user.pk}") == found("assignee=bob@example.com") == ["FLOW-1"]
    assert found("assignee=me") == ["FLOW-2"]
    assert found("assignee=none") == ["FLOW-3", "FLOW-4"]
    assert found("label=Bug") == found(f"label={bug.pk}") == ["FLOW-1"]
    assert found("priority=2") == found("due_before=2026-11-02") == found("due_after=2026-10-31") == ["FLOW-1"]
    assert found("due_before=2026-11-01") == []
    assert found("parent=FLOW-1") == ["FLOW-2"]
    assert found("q=thi") == ["FLOW-4"]
    assert found("q=FLOW-2") == ["FLOW-2"]
    assert found("status=To+do&assignee=me&q=two") == ["FLOW-2"]


@pytest.mark.parametrize(
    ("query", "field", "status"),
    [
        ("limit=0", "limit", 400),
        ("limit=201", "limit", 400),
        ("limit=many", "limit", 400),
        ("ordering=title", "ordering", 400),
        ("ordering=rank", "ordering", 422),
        ("due_before=soon", "due_before", 400),
        ("stauts=Done", "stauts", 400),
        ("q=a&q=b", "q", 400),
        ("status=Nowhere", "status", 422),
        ("status=00000000-0000-7000-8000-000000000000", "status", 422),
        ("label=Nothing", "label", 422),
        ("assignee=nobody@example.com", "assignee", 422),
        ("parent=FLOW-99", "parent", 422),
        ("q=" + "x" * 201, "q", 400),
        ("cursor=!!", "cursor", 400),
        ("cursor=WyIiLGZhbHNlLDFd", "cursor", 400),
        ("cursor=" + "A" * 1001, "cursor", 400),
        ("priority=9", "priority", 400),
    ],
)
def test_faults_are_named(program: Program, cards: list[Task], query: str, field: str, status: int) -> None:
    answer = program.get(f"projects/FLOW/tasks/?{query}")
    assert answer.status_code == status, answer.content
    assert list(answer.json()["errors"]) == [field]


def test_a_cursor_belongs_to_its_order(program: Program, many: list[Task]) -> None:
    cursor = program.get("projects/FLOW/tasks/?limit=2").json()["next"].split("cursor=")[1].split("&")[0]
    answer = program.get(f"projects/FLOW/tasks/?ordering=due&cursor={cursor}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])


def test_board(alice: Actor, program: Program, project: Project) -> None:
    add(alice, project, *(f"Card {number}" for number in range(53)))
    done = add(alice, project, "Old", "Gone", to="Done")
    archive_task(alice, done[1])
    columns = program.get("projects/FLOW/board").json()["columns"]
    assert [(one["name"], one["category"], one["count"], len(one["tasks"])) for one in columns] == [
        ("Backlog", "backlog", 0, 0),
        ("To do", "backlog", 53, 50),
        ("In progress", "started", 0, 0),
        ("Review", "started", 0, 0),
        ("Done", "done", 1, 1),
    ]
    assert [task["title"] for task in columns[1]["tasks"][:3]] == ["Card 0", "Card 1", "Card 2"]
    assert [one["next"] is None for one in columns] == [True, False, True, True, True]
    rest = program.get(columns[1]["next"].removeprefix("http://testserver")).json()
    assert [task["title"] for task in rest["results"]] == ["Card 50", "Card 51", "Card 52"]
    assert program.get("projects/FLOW/board/").json()["columns"] == columns


def test_search_sees_what_you_see(
    alice: Actor, bob: Actor, program: Program, project: Project, cards: list[Task]
) -> None:
    secret = create_project(alice, name="Secret", key="SEC", private=True)
    add(alice, secret, "One secret")
    assert keys(program.get("search?q=one")) == ["SEC-1", "FLOW-1"]
    assert keys(program.get("search/?q=one")) == ["SEC-1", "FLOW-1"]
    assert keys(Program(bob).get("search?q=one")) == ["FLOW-1"]
    assert keys(program.get("search?q=%27%3A%26%7C%21%28%22")) == []
    assert program.get("search").status_code == 400


@pytest.mark.parametrize(
    "path", ["projects/FLOW/tasks/?limit=200", "projects/FLOW/board", "search?q=task", "activity/", "changes/"]
)
def test_queries_do_not_grow_with_the_rows(
    alice: Actor, bob: Actor, program: Program, project: Project, path: str
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert program.get(path).status_code == 200
        return len(
            [query for query in queries if query["sql"].startswith("SELECT") and "set_config" not in query["sql"]]
        )

    create_tasks(alice, project, drafts=[Draft(f"Task {n}", assignees=[bob.user]) for n in range(3)])
    few = count()
    create_tasks(alice, project, drafts=[Draft(f"Task {n}", assignees=[bob.user, alice.user]) for n in range(30)])
    assert count() == few <= 8


@pytest.mark.parametrize("order", ORDERS)
def test_each_order_is_an_index_scan(alice: Actor, project: Project, order: str) -> None:
    """PostgreSQL walks the order's own index and stops at the page's end: it never sorts the project."""
    with tenancy.workspace(project.workspace_id, atomic=True), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        rows = Task.objects.within(project.workspace_id).filter(project=project).open()
        first = ORDERS[order][0]
        rows = rows.filter(status=column(project, "To do")) if order == "rank" else rows
        rows = rows.filter(**{f"{first.name}__isnull": False}) if first.null else rows
        plan = rows.order_by(*(key.order(False) for key in ORDERS[order]))[:51].explain()
    assert "Index Scan" in plan, plan
    assert "Sort" not in plan, plan
