"""How many queries a page takes: few, and as many for three rows as for thirty."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.actions import add_checklist_item, create_comment, create_label, create_task, update_task
from tasks.models import Project, Task
from tasks.tests.boards import add
from workspaces.actor import Actor
from workspaces.tests.people import browser

MOST = 8
PAGES = (
    "p/FLOW/board/", "p/FLOW/board/?assignee=me&q=card", "p/FLOW/list/", "p/FLOW/list/?ordering=-updated", "p/FLOW/list/?q=card", "t/FLOW-1/",
    "search/?q=card",
)  # fmt: skip
TRANSACTION = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "SELECT set_config")


def fill(by: Actor, project: Project, count: int) -> None:
    """Cards, and on the first as many of everything."""
    label = create_label(by, project, name=f"Label {count}")
    cards = add(by, project, *(f"Card {number}" for number in range(count)))
    for card in cards:
        update_task(by, card, assignees=[by.user], labels=[label])
    first = Task.objects.within(by.workspace).select_related("project", "status").get(number=1)
    for number in range(count):
        create_comment(by, first, body=f"Said {number}")
        add_checklist_item(by, first, text=f"Line {number}")
        create_task(by, project, title=f"Card below {number}", parent=first)


def queries(client: Any, url: str) -> list[str]:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTION)]


@pytest.mark.usefixtures("inside")
def test_as_many_for_three_rows_as_for_thirty(alice: Actor, bob: Actor, project: Project) -> None:
    client = browser(bob)
    fill(alice, project, 3)
    few = {page: queries(client, f"/w/acme/{page}") for page in PAGES}
    fill(alice, project, 27)
    for page in PAGES:
        many = queries(client, f"/w/acme/{page}")
        assert len(many) == len(few[page]), page
        assert len(many) <= MOST, (page, many)


@pytest.mark.usefixtures("inside")
def test_a_guest_costs_no_more(alice: Actor, gus: Actor, project: Project, cards: list[Task]) -> None:
    from tasks.actions import share_project

    share_project(alice, project, person=gus.user)
    client = browser(gus)
    for page in PAGES:
        assert len(queries(client, f"/w/acme/{page}")) <= MOST, page
