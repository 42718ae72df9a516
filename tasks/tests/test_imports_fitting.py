"""How a foreign board is fitted: categories, colours, people, and what has no field of its own."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.models import User
from tasks.imports import fitting
from tasks.imports.board import Card, Checklist, Column, Person, Step, Tag
from tasks.imports.fitting import People

ALICE = User(name="Alice Moreau", email="alice@example.com")
BOB = User(name="Bob", email="bob.stone@example.com")
TWIN = User(name="Bob", email="other@example.com")


@pytest.mark.parametrize(
    ("names", "categories"),
    [
        (["Backlog", "Doing", "Done"], ["backlog", "started", "done"]),
        (["Ideas", "To Do", "Ready for QA", "Released"], ["backlog", "backlog", "started", "done"]),
        (
            ["Sprint", "In Progress", "Design", "Shipped", "Parked"],
            ["backlog", "started", "started", "done", "backlog"],
        ),
        (["Wartet", "In Arbeit", "Erledigt"], ["backlog", "started", "done"]),
    ],
)
def test_a_category_is_read_from_the_name(names: list[str], categories: list[str]) -> None:
    assert fitting.categories([Column(str(place), name) for place, name in enumerate(names)]) == categories


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("green", "green"), ("sky_dark", "sky"), ("black_light", "gray"), ("", "gray"), ("no such", "gray")],
)
def test_the_nearest_colour(theirs: str, ours: str) -> None:
    assert fitting.color(theirs) == ours


def test_two_labels_of_one_name_stay_two() -> None:
    tags = [Tag("1", "Bug"), Tag("2", "bug"), Tag("3", "B" * 60), Tag("4", "Idea")]
    assert fitting.tag_names(tags, taken=["Idea"]) == {"1": "Bug", "2": "bug 2", "3": "B" * 39 + "…", "4": "Idea 2"}


@pytest.mark.parametrize(
    ("person", "found"),
    [
        (Person("1", "Somebody", email="Alice@Example.com"), ALICE),
        (Person("2", "Robert", username="bob_stone"), BOB),
        (Person("3", "alice  moreau"), ALICE),
        (Person("4", "Bob"), None),
        (Person("5", "Carol", username="carol"), None),
    ],
)
def test_a_person_is_found_when_it_can_only_be_one(person: Person, found: User | None) -> None:
    people = People([ALICE, BOB, TWIN])
    assert people.find(person) is found
    assert people.strangers == ([] if found else [person])


def text_of(*strangers: Person, **card: Any) -> tuple[str, str]:
    return fitting.prose(Card("c", **({"name": "Title"} | card)), strangers)


def test_an_ordinary_card_keeps_its_words() -> None:
    assert text_of(description="As *written*") == ("Title", "As *written*")


def test_strangers_and_a_met_due_date_stand_below_the_description() -> None:
    title, description = text_of(Person("1", "Jo_nas"), Person("2", "Hana"), description="Do it", due_met=True)
    assert (title, description) == (
        "Title",
        "Do it\n\n---\n\n*Assigned in Trello to Jo\\_nas, Hana*  \n*Due date marked as complete in Trello*",
    )


def test_a_title_or_checklist_line_too_long_for_its_field_is_kept_whole_in_the_description() -> None:
    step = Step("s", "y" * 501)
    title, description = text_of(name="x" * 301, checklists=(Checklist("k", "All", (step,)),))
    assert (len(title), title[-1]) == (300, "…")
    assert description.startswith("x" * 301)
    assert "y" * 501 in description


def test_the_due_day_is_the_one_where_the_person_lives() -> None:
    card = Card("c", "Late", due_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert (fitting.due_day(card, "UTC"), fitting.due_day(card, "Europe/Berlin")) == (
        date(2026, 3, 1),
        date(2026, 3, 2),
    )


def test_archived_lists_come_only_with_cards() -> None:
    columns = (Column("1", "Open"), Column("2", "Old", True, (Card("c", "x"),)), Column("3", "Gone", True))
    brought, left = fitting.kept(columns)
    assert ([column.name for column in brought], [column.name for column in left]) == (["Open", "Old"], ["Gone"])
