"""Of whom a guest knows: on the page of members, in REST and in the filter of the record, by one rule."""

import re

import pytest

from accounts.models import User
from tasks.actions import share_project, share_task, unshare_project, update_task
from tasks.models import Project, Task
from tasks.people import people_for
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.panels import people_known
from workspaces.tests.people import Program, add_member, browser, make_person

from .boards import cards, project  # noqa: F401
from .sharing import Crowd, add_role, crowd, task_of  # noqa: F401

pytestmark = pytest.mark.django_db


def known(by: Actor) -> set[str]:
    """The same from all three doors."""
    rows = Program(by).get("members/").json()["results"]
    client, ids = browser(by), {row["id"] for row in rows}
    page = client.get("/w/acme/members/").content.decode()
    record = client.get("/w/acme/activity/").content.decode()
    chosen = record.partition('name="person"')[2].partition("</select>")[0]
    assert set(re.findall(r'<option value="([0-9a-f-]{36})"', chosen)) == ids
    assert len(re.findall(r'id="member-', page)) == len(ids)
    others = {row["name"] for row in rows if row["id"] != str(by.user.pk)}
    assert all(row["email"] is None for row in rows if row["name"] in others)
    addresses = set(re.findall(r"[a-z]+@example[.]com", page + record))
    assert addresses <= {by.user.email}, "addresses are one's own alone"
    return others


def test_nobody_but_oneself_until_something_is_shared(alice: Actor, bob: Actor, gus: Actor) -> None:
    assert known(gus) == set()
    client = Program(gus)
    assert client.get(f"members/{bob.user.pk}/").status_code == 404
    assert client.get(f"members/{gus.user.pk}/").json()["email"] == "gus@example.com"
    assert client.delete(f"members/{bob.user.pk}/").status_code == 404


def test_with_an_open_project_its_members_come_and_go(alice: Actor, bob: Actor, gus: Actor, project: Project) -> None:  # noqa: F811
    other, stranger = (add_member(alice, make_person(name), "guest") for name in ("Gwen", "Stan"))
    share_project(alice, project, person=gus.user, grant="view_project")
    share_project(alice, project, person=other.user, grant="view_project")
    assert known(gus) == {"Alice", "Bob", "Gwen"}
    assert Program(gus).get(f"members/{bob.user.pk}/").json()["email"] is None
    assert Program(gus).get(f"members/{stranger.user.pk}/").status_code == 404
    unshare_project(alice, project, person=gus.user)
    assert known(gus) == set()


def test_with_one_task_who_stands_on_it(alice: Actor, bob: Actor, gus: Actor, cards: list[Task]) -> None:  # noqa: F811
    share_task(alice, cards[0], person=gus.user, grant="view_task")
    assert known(gus) == set()
    update_task(alice, task_of(cards[0].project, 1), assignees=[bob.user])
    update_task(alice, task_of(cards[0].project, 2), assignees=[alice.user])
    assert known(gus) == {"Bob"}


def test_whoever_looks_after_people_knows_them(alice: Actor, bob: Actor) -> None:
    keeper = add_role(alice, "Keeper", 15, "member.remove")
    rows = {row["name"]: row["email"] for row in Program(keeper).get("members/").json()["results"]}
    assert rows["Bob"] == "bob@example.com"


def test_somebody_without_a_name_is_not_called_by_their_address(
    alice: Actor,
    bob: Actor,
    gus: Actor,
    project: Project,  # noqa: F811
) -> None:
    User.objects.filter(pk=bob.user.pk).update(name="")
    share_project(alice, project, person=gus.user, grant="view_project")
    page = browser(gus).get("/w/acme/members/").content.decode()
    assert "No name yet" in page and "bob@example.com" not in page


def test_it_says_what_the_projects_say(crowd: Crowd) -> None:  # noqa: F811
    """For everybody who can stand in a relation to a project: the people of all that is shared with them."""
    for name, by in crowd.people.items():
        if name == "outsider" or by.level >= 20:
            continue
        with tenancy.workspace(by.workspace.pk, atomic=True):
            said = set(people_known(by).values_list("user_id", flat=True))
            seen = Project.objects.visible_to(by)
            people = {by.user.pk}.union(*({row.user_id for row in people_for(by, one)} for one in seen))
        assert said == people, name
