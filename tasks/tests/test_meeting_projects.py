"""Two people change one project's settings: nothing is lost, nothing is overwritten unseen."""

import pytest

from tasks.actions import update_project
from tasks.actions.meeting import Conflicting
from tasks.models import Project
from workspaces.actor import Actor
from workspaces.tests.people import Program, log

from .test_pages_changes import did, now, send

TEXT = "Why\n\nHow\n\nWhen"


@pytest.fixture
def described(alice: Actor, project: Project) -> Project:
    """FLOW with three paragraphs, at version 2."""
    return update_project(alice, project, description=TEXT)


def found(by: Actor) -> Project:
    return now(by, Project)  # type: ignore[no-any-return]


def test_different_paragraphs_are_merged(alice: Actor, bob: Actor, described: Project) -> None:
    update_project(bob, found(bob), description="Why not\n\nHow\n\nWhen", bases={"description": 2})
    hers = update_project(alice, found(alice), description="Why\n\nHow\n\nNow", bases={"description": 2})
    assert (found(alice).description, hers.merged_with) == ("Why not\n\nHow\n\nNow", "Bob")
    assert log(alice)[-1].before == {"description": "Why not\n\nHow\n\nWhen"}


def test_one_paragraph_of_two_is_refused_with_both(alice: Actor, bob: Actor, described: Project) -> None:
    update_project(bob, found(bob), description="Why not\n\nHow\n\nWhen", bases={"description": 2})
    before = len(log(alice))
    with pytest.raises(Conflicting, match="Bob changed the project FLOW Flow meanwhile") as no:
        update_project(alice, found(alice), description="Why so\n\nHow\n\nNow", bases={"description": 2})
    assert [part.kind for part in no.value.conflict.parts] == ["clash", "same", "yours"]
    assert (no.value.conflict.version, len(log(alice))) == (3, before)


def test_what_was_sent_along_as_it_was_read_stays_as_it_is(alice: Actor, bob: Actor, described: Project) -> None:
    update_project(bob, found(bob), name="Stream", color="pink")
    same = {"name": "Flow", "color": "blue", "description": "Mine"}
    update_project(alice, found(alice), bases=dict.fromkeys(same, 2), **same)
    one = found(alice)
    assert (one.name, one.color, one.description) == ("Stream", "pink", "Mine")
    with pytest.raises(Conflicting):
        update_project(alice, found(alice), name="River", bases={"name": 2})


def test_without_a_version_the_last_one_wins_and_a_stale_row_in_hand_loses_nothing(
    alice: Actor, bob: Actor, described: Project
) -> None:
    hers = found(alice)
    update_project(bob, found(bob), name="Stream")
    assert update_project(alice, hers, description="Mine").version == 4
    assert (found(alice).name, found(alice).description) == ("Stream", "Mine")


def test_the_page_merges_and_shows_both(alice: Actor, bob: Actor, described: Project) -> None:
    did(bob, "p/FLOW/settings/", {"description": "Why not%0A%0AHow%0A%0AWhen", "version": 2})
    done = did(alice, "p/FLOW/settings/", {"name": "Flow", "description": "Why%0A%0AHow%0A%0ANow", "version": 2})
    assert (done["merged"], done["version"]) == ("Bob", 4)
    response = send(alice, "p/FLOW/settings/", {"description": "Why so%0A%0AHow%0A%0AWhen", "version": 2})
    assert (response.status_code, response["X-Conflict"]) == (409, "description")
    html = response.content.decode()
    assert 'data-url="/w/acme/p/FLOW/settings/"' in html
    assert 'data-version="4"' in html


def test_programs_say_the_version_that_they_read(alice: Actor, bob: Actor, described: Project) -> None:
    update_project(bob, found(bob), description="Why not\n\nHow\n\nWhen")
    program = Program(alice)
    merged = program.patch("projects/FLOW/", {"description": "Why\n\nHow\n\nNow", "version": 2}).json()
    assert merged["description"] == "Why not\n\nHow\n\nNow"
    refused = program.patch("projects/FLOW/", {"description": "Why so", "version": 2})
    assert refused.status_code == 409
    assert refused.json()["conflicts"][0]["theirs"] == "Why not\n\nHow\n\nNow"
