"""Which tasks read alike: words and trigrams, with the asker's eyes."""

import pytest

from tasks.actions import archive_task, create_project, create_task
from tasks.models import Project
from tasks.reading.similar import duplicates, similar_tasks, stems, telling_words
from tasks.tests.boards import add
from workspaces.actor import Actor

pytestmark = pytest.mark.usefixtures("inside")


def test_the_likest_first_and_other_forms_of_a_word_count(alice: Actor, project: Project) -> None:
    add(alice, project, "Login page crashes on submit", "Login page looks odd", "Buy milk")
    found = similar_tasks(alice, "Login page crashed on submit")
    assert [one.title for one in found] == ["Login page crashes on submit", "Login page looks odd"]
    assert [one.ref for one in duplicates(found)] == ["FLOW-1"]


def test_nothing_is_like_what_says_nothing(alice: Actor, project: Project) -> None:
    add(alice, project, "The new one")
    assert telling_words("the new 12345 it") == []
    assert similar_tasks(alice, "the new 12345 it") == []
    assert similar_tasks(alice, "'); DROP TABLE tasks; --") == []


def test_only_what_the_asker_sees(alice: Actor, bob: Actor, gus: Actor, project: Project) -> None:
    hush = create_project(alice, name="Hush", key="HUSH", private=True)
    create_task(alice, hush, title="Secret merger plan")
    assert [one.ref for one in similar_tasks(alice, "Secret merger plan")] == ["HUSH-1"]
    assert similar_tasks(bob, "Secret merger plan") == []
    assert similar_tasks(gus, "Secret merger plan") == []


def test_an_archived_one_is_alike_and_no_duplicate(alice: Actor, project: Project) -> None:
    (card,) = add(alice, project, "Login page crashes")
    archive_task(alice, card)
    found = similar_tasks(alice, "Login page crashes")
    assert found[0].archived
    assert not duplicates(found)
    assert similar_tasks(alice, "Login page crashes", besides=card.pk) == []


def test_stems() -> None:
    assert stems(["crashes", "crashed"]) == {"crash"}
    assert stems(["logins"]) == {"logi"}
