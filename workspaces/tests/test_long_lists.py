"""Lists of the back-office: page after page by key, without a count, and a look that has an end."""

from itertools import chain
from typing import Any

import pytest
from django.contrib import admin
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tasks.actions import Draft, create_tasks
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Membership, Workspace

from .people import make_staff

committed = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
TASKS = "admin:tasks_task_changelist"


@pytest.fixture
def staff(db: None) -> Client:
    return make_staff("Root")


@pytest.fixture
def many(alice: Actor, project: Project) -> list[str]:
    """120 tasks, newest first."""
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        column = project.statuses.select_related("project").order_by("rank")[0]
    create_tasks(alice, project, drafts=[Draft(title=f"Card {number:03}") for number in range(120)], to=column)
    return [str(pk) for pk in Task._base_manager.using("ops").order_by("-pk").values_list("pk", flat=True)]


def walk(staff: Client, **asked: str) -> list[list[str]]:
    """The keys on each page, from the newest to the last."""
    query, pages = "?" + "&".join(f"{name}={value}" for name, value in asked.items()), []
    while query is not None:
        found: Any = staff.get(reverse(TASKS) + query).context["cl"]
        pages.append([str(row.pk) for row in found.result_list])
        query = found.older
    return pages


@committed
def test_pages_follow_each_other_without_gap_or_repeat(staff: Client, many: list[str]) -> None:
    pages = walk(staff)
    assert [len(page) for page in pages] == [50, 50, 20]
    assert list(chain(*pages)) == many


@committed
def test_nothing_is_counted_and_nothing_skipped(staff: Client, many: list[str]) -> None:
    with CaptureQueriesContext(
        connections["ops"],
    ) as asked:
        staff.get(reverse(TASKS), {"before": many[60]})
    statements = " ".join(query["sql"].upper() for query in asked)
    assert "COUNT(" not in statements and "OFFSET" not in statements


@committed
def test_a_word_is_looked_for_in_so_many_rows_and_then_further(
    staff: Client, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin.site.get_model_admin(Task), "looks_through", 30)
    page = staff.get(reverse(TASKS), {"q": "zebra"})
    assert b"looked through 30 rows, back to" in page.content and b"Look further" in page.content
    looks = [len(page) for page in walk(staff, q="Card 010")]  # keys of one millisecond are in no order
    assert (len(looks), sum(looks)) == (5, 1)
    assert [len(page) for page in walk(staff)] == [50, 50, 20]


@committed
def test_a_workspace_s_address_finds_its_rows(staff: Client, many: list[str], eve: Actor) -> None:
    assert list(chain(*walk(staff, q="acme"))) == many
    assert walk(staff, q="globex") == [[]]
    assert walk(staff, workspace=str(eve.workspace.pk)) == [[]]


@committed
def test_a_key_that_is_none_is_not_asked_for(staff: Client, many: list[str]) -> None:
    assert staff.get(reverse(TASKS), {"before": "7"}).status_code == 302
    assert staff.get(reverse(TASKS), {"workspace": "7"}).status_code == 200


@committed
def test_a_workspace_is_found_while_typing(staff: Client, alice: Actor, eve: Actor) -> None:
    asked = {"app_label": "workspaces", "model_name": "membership", "field_name": "workspace"}
    found = staff.get(reverse("admin:autocomplete"), {**asked, "term": "glob"}).json()
    assert [row["text"] for row in found["results"]] == [str(Workspace._base_manager.using("ops").get(slug="globex"))]
    page = staff.get(reverse("admin:workspaces_membership_changelist"), {"workspace": str(eve.workspace.pk)})
    assert b"Globex</option>" in page.content
    assert Membership._base_manager.using("ops").count() == 2


@committed
def test_an_empty_list_says_whether_nothing_is_there_or_nothing_fits(alice: Actor) -> None:
    root, people = make_staff("Root"), reverse("admin:accounts_user_changelist")
    assert b"There is nothing here yet" in root.get(reverse("admin:office_failedjob_changelist")).content
    shown = root.get(people, {"q": "zebra"}).content
    assert b"Nothing fits" in shown and b"Show all" in shown and b"Nothing fits" not in root.get(people).content
