"""The board and the list: what they show, to whom, in pieces and filtered."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from tasks.actions import archive_task, share_project, update_task
from tasks.models import Project, Task
from tasks.tests.boards import add, column
from workspaces.actor import Actor
from workspaces.tests.people import browser, log

BOARD, LIST = "/w/acme/p/FLOW/board/", "/w/acme/p/FLOW/list/"
NOBODY = UUID(int=0)


def page(actor: Actor, url: str, **headers: str) -> Any:
    return browser(actor).get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})


def text(actor: Actor, url: str, **headers: str) -> str:
    response = page(actor, url, **headers)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def refs(html: str) -> list[str]:
    """The cards in the order in which they stand."""
    return [part.split('"')[0] for part in html.split('id="task-')[1:]]


@pytest.mark.parametrize("url", [BOARD, LIST])
def test_shows_the_cards_in_order(bob: Actor, cards: list[Task], url: str) -> None:
    assert refs(text(bob, url)) == ["FLOW-1", "FLOW-2", "FLOW-3"]


@pytest.mark.parametrize("url", [BOARD, LIST, "/w/acme/t/FLOW-1/"])
def test_is_not_there_for_others(eve: Actor, gus: Actor, cards: list[Task], url: str) -> None:
    assert page(eve, url).status_code == 404
    assert page(gus, url).status_code == 404


def test_leads_to_signing_in(project: Project) -> None:
    response = Client().get(BOARD)
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_a_guest_sees_what_is_shared_and_no_buttons(
    alice: Actor, gus: Actor, project: Project, cards: list[Task]
) -> None:
    share_project(alice, project, person=gus.user, grant="view_project")
    html = text(gus, BOARD)
    assert refs(html) == ["FLOW-1", "FLOW-2", "FLOW-3"]
    assert "data-may-edit" not in html
    assert "data-quick-add" not in html


def test_archived_cards_are_not_on_it(alice: Actor, cards: list[Task]) -> None:
    archive_task(alice, cards[0])
    assert refs(text(alice, BOARD)) == ["FLOW-2", "FLOW-3"]


def test_a_piece_of_the_board_comes_alone_with_the_head(alice: Actor, project: Project, cards: list[Task]) -> None:
    part = f"column-{column(project, 'To do').pk}"
    response = page(alice, BOARD, X_Fragments=f"{part}:80,column-{uuid4()},nonsense,column-x")
    html = response.content.decode()
    assert response["X-Head"] == str(log(alice)[-1].seq)
    assert "X-Fragments" in response["Vary"]
    assert html.count("<section") == 1
    assert html.startswith(f'<section class="column" id="{part}"')
    assert html.split("<ol")[0] in text(alice, BOARD)


def test_pieces_of_list_and_board(alice: Actor, cards: list[Task]) -> None:
    assert text(alice, BOARD, X_Fragments="board").lstrip().startswith("<flow-board")
    assert text(alice, LIST, X_Fragments="list").lstrip().startswith("<flow-list")
    assert 'id="main"' in text(alice, LIST, X_Fragments="main")


def test_a_long_column_comes_page_by_page(alice: Actor, project: Project) -> None:
    add(alice, project, *(f"Card {number}" for number in range(120)))
    first = text(alice, BOARD)
    assert len(refs(first)) == 50
    status = column(project, "To do").pk
    assert len(refs(text(alice, BOARD, X_Fragments=f"column-{status}:100"))) == 100
    seen, html = refs(first), first
    while "data-more" in html:
        html = text(alice, html.split('data-more="')[1].split('"')[0].replace("&amp;", "&"))
        seen += refs(html)
    assert seen == [f"FLOW-{number}" for number in range(1, 121)]


@pytest.mark.parametrize(
    "ordering", ["", "key", "-key", "title", "-priority", "priority", "due", "-due", "updated", "-updated"]
)
def test_the_list_is_walked_to_its_end_in_every_order(alice: Actor, project: Project, ordering: str) -> None:
    made = add(alice, project, *(f"Card {number % 7}" for number in range(110)))
    from datetime import date

    for task in made[::3]:
        update_task(alice, task, priority=task.number % 5, due=date(2026, 1, 1 + task.number % 3))
    html = text(alice, f"{LIST}?ordering={ordering}")
    seen = refs(html)
    while "cards-more" in html:
        html = text(alice, html.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&"))
        seen += refs(html)
    assert len(seen) == 110
    assert len(set(seen)) == 110


@pytest.fixture
def marked(alice: Actor, bob: Actor, project: Project, cards: list[Task]) -> list[Task]:
    """One is Bob's and urgent, Two is Alice's; Three speaks of rockets."""
    update_task(alice, cards[0], assignees=[bob.user], priority=4)
    update_task(alice, cards[1], assignees=[alice.user])
    update_task(alice, cards[2], title="Three rockets")
    return cards


@pytest.mark.parametrize("url", [BOARD, LIST])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("assignee=me", ["FLOW-2"]),
        ("assignee=none", ["FLOW-3"]),
        ("assignee=me&assignee=none", ["FLOW-2", "FLOW-3"]),
        ("priority=4", ["FLOW-1"]),
        ("priority=4&priority=0", ["FLOW-1", "FLOW-2", "FLOW-3"]),
        ("priority=4&assignee=me", []),
        ("q=rock", ["FLOW-3"]),
        ("q=rockets+three", ["FLOW-3"]),
        ("q=%22three+rockets%22", ["FLOW-3"]),
        ("q=-rockets", ["FLOW-1", "FLOW-2"]),
        ("q=flow-2", ["FLOW-2"]),
        ("q=%27%27%3A%26%7C%21", []),
        (f"label={NOBODY}", []),
        (f"assignee={NOBODY}", []),
    ],
)
def test_filters(alice: Actor, marked: list[Task], url: str, query: str, expected: list[str]) -> None:
    assert refs(text(alice, f"{url}?{query}")) == expected


def test_a_filter_shows_as_a_chip_that_can_be_taken_away(alice: Actor, marked: list[Task]) -> None:
    html = text(alice, f"{BOARD}?assignee=me&q=one")
    assert 'href="/w/acme/p/FLOW/board/?q=one"' in html
    assert 'href="/w/acme/p/FLOW/board/?assignee=me"' in html
    assert "0 of 3" in " ".join(html.split())


GARBAGE = (
    "assignee=x", "label=1", "priority=9", "priority=high", "q=" + "x" * 201, "label=" + "&label=".join(str(UUID(int=number)) for number in range(51)),
)  # fmt: skip


@pytest.mark.parametrize("query", GARBAGE)
def test_garbage_filters_are_refused_by_name(alice: Actor, project: Project, query: str) -> None:
    response = page(alice, f"{BOARD}?{query}", HX_Request="true")
    assert response.status_code == 422
    assert query.split("=")[0] in response["HX-Trigger"]


@pytest.mark.parametrize(
    "query",
    ["ordering=size", "group=x", "cursor=%00", "cursor=x", "cursor=W10=", "cursor=WzEsMl0=", "status=x", "ordering=due&cursor=WyJ4IiwxXQ==",
     "ordering=title&cursor=W3sieCI6MX0sMV0=", "ordering=key&cursor=WzEsIngiXQ==", "ordering=updated&cursor=WyIyMDI2LTAxLTAxIiwxXQ=="],
)  # fmt: skip
def test_garbage_in_the_list_is_refused(alice: Actor, project: Project, query: str) -> None:
    assert page(alice, f"{LIST}?{query}").status_code in (400, 422)


def test_garbage_in_addresses_is_not_there(alice: Actor, project: Project, cards: list[Task]) -> None:
    for url in (
        "p/flow/board/",
        "p/NOPE/list/",
        "t/FLOW-0/",
        "t/FLOW-99/",
        "t/FLOW-99999999999/",
        "t/x/",
        "t/NOPE-1/",
        "p/FLOW/columns/x/cards/",
    ):
        assert page(alice, f"/w/acme/{url}").status_code == 404, url
    status = column(project, "To do").pk
    for cursor in ("", "../", "é", "x" * 90):
        assert page(alice, f"/w/acme/p/FLOW/columns/{status}/cards/?cursor={cursor}").status_code == 422
