"""Grants end with the membership, private projects keep a member, and who gains what is said before it happens."""

import pytest

from tasks.actions import create_project, share_project, share_task, unshare_project
from tasks.models import Project, ProjectGrant, TaskGrant
from tasks.tests.boards import add
from tasks.tests.sharing import Crowd, task_of
from tasks.tests.test_pages_changes import did, send, told
from workspaces import tenancy
from workspaces.actions import change_role, create_role, leave_workspace, remove_member, update_role
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.tests.people import Program, add_member, browser, log, make_person


def grants(by: Actor, who: Actor) -> int:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        models = (ProjectGrant, TaskGrant)
        return sum(model.objects.filter(workspace=by.workspace, user=who.user).count() for model in models)


def membership(who: Actor) -> Membership:
    with tenancy.workspace(who.workspace.pk, atomic=True):
        return Membership.objects.within(who.workspace).select_related("workspace", "user", "role").get(user=who.user)  # type: ignore[no-any-return]


def test_who_leaves_leaves_what_was_shared(alice: Actor, gus: Actor, project: Project) -> None:
    (task,) = add(alice, project, "One")
    share_project(alice, project, person=gus.user, grant="view_project")
    share_task(alice, task, person=gus.user, grant="edit_task")
    assert grants(alice, gus) == 2
    remove_member(alice, membership(gus))
    assert grants(alice, gus) == 0
    back = add_member(alice, gus.user, "guest")
    assert Program(back).get("projects/").json()["results"] == [], "whoever comes again begins anew"


def test_a_private_project_passes_on_when_its_last_member_goes(alice: Actor, bob: Actor, gus: Actor) -> None:
    hush = create_project(bob, name="Hush", key="HUSH", private=True)
    share_project(bob, hush, person=gus.user, grant="edit_project")
    both = create_project(bob, name="Both", key="BOTH", private=True)
    share_project(bob, both, person=alice.user)
    assert Program(alice).get("projects/HUSH/").status_code == 404
    leave_workspace(bob)
    assert Program(alice).get("projects/HUSH/").status_code == 200
    assert [row.after["name"] for row in log(alice, "project:shared") if row.subject_key == "HUSH"] == ["Gus", "Alice"]
    assert len([row for row in log(alice, "project:shared") if row.subject_key == "BOTH"]) == 1


def test_it_passes_on_too_when_they_become_a_guest(alice: Actor, bob: Actor, gus: Actor) -> None:
    hush = create_project(bob, name="Hush", key="HUSH", private=True)
    share_project(bob, hush, person=gus.user, grant="edit_project")
    change_role(alice, membership(bob), role=membership(gus).role)
    assert Program(alice).get("projects/HUSH/").status_code == 200
    assert browser(bob).get("/w/acme/p/HUSH/board/").status_code == 200, "shared with him it stays"
    told_of = log(alice, "member:role_changed", "project:shared")[-2:]
    assert [(row.event, row.after.get("name")) for row in told_of] == [
        ("member:role_changed", None), ("project:shared", "Alice"),
    ]  # fmt: skip
    assert told_of[0].change_id == told_of[1].change_id, "in the same act"


def test_and_when_their_role_becomes_one_of_guests(alice: Actor, bob: Actor) -> None:
    """Several people of one role, of whom none is a member any more: whoever lowered it has the project, once."""
    role = create_role(alice, name="Crew", level=25, permissions=["project.create", "project.manage", "role.manage"])
    carl = add_member(alice, make_person("Carl"), "member")
    for one in (bob, carl):
        change_role(alice, membership(one), role=role)
    bob, carl = Actor.of(membership(bob)), Actor.of(membership(carl))
    hush = create_project(bob, name="Hush", key="HUSH", private=True)
    share_project(bob, hush, person=carl.user)
    ours = create_project(bob, name="Ours", key="OURS", private=True)
    share_project(bob, ours, person=alice.user)
    role = update_role(alice, role, description="Still members")
    assert len(log(alice, "project:shared")) == 2
    update_role(bob, role, level=15)
    assert Program(alice).get("projects/HUSH/").status_code == 200
    passed = log(alice, "project:shared")[2:]
    assert [(row.subject_key, row.after["name"]) for row in passed] == [("HUSH", "Alice")]


def test_a_private_project_keeps_a_member(alice: Actor, bob: Actor, gus: Actor) -> None:
    hush = create_project(alice, name="Hush", key="HUSH", private=True)
    share_project(alice, hush, person=gus.user)
    refused = send(alice, f"p/HUSH/people/?user={alice.user.pk}", verb="delete")
    assert told(refused, "refused")["fields"].keys() == {"user"}
    did(alice, "p/HUSH/people/", {"user": bob.user.pk})
    did(bob, f"p/HUSH/people/?user={alice.user.pk}", verb="delete")
    assert browser(alice).get("/w/acme/p/HUSH/board/").status_code == 404
    with pytest.raises(Refused, match="at least one member"):
        unshare_project(bob, hush, person=bob.user)


def test_opening_says_who_gains(crowd: Crowd, alice: Actor) -> None:
    said = Program(alice).get("projects/HUSH/access/widening/?private=false").json()
    assert said["sentence"] == "4 more people will see 2 tasks."
    assert {one["name"] for one in said["see"]} == {"Bob", "Ada", "Mia", "Reader"}
    assert (said["people"], said["guests"], said["tasks"]) == (4, 0, 2)
    assert Program(alice).get("projects/OPEN/access/widening/?private=true").json()["sentence"] == ""
    assert Program(alice).get("projects/HUSH/access/widening/").json()["people"] == 0
    assert 'data-widens="/api/v1/workspaces/acme/projects/HUSH/access/widening/?private=false"' in browser(alice).get("/w/acme/p/HUSH/settings/").content.decode()  # fmt: skip
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert Project.objects.within(alice.workspace).get(key="HUSH").private, "asking changes nothing"


@pytest.mark.parametrize(
    ("path", "who", "grant", "sentence"),
    [
        ("projects/OPEN", "guest of nothing", "view_project", "Gus (guest) will see 2 tasks."),
        ("projects/OPEN", "guest of nothing", "comment_project", "Gus (guest) will see 2 tasks. They may also comment."),
        ("projects/OPEN", "guest of the project", "edit_project", "Gwen (guest) may then also create tasks, change tasks and delete tasks, in 2 tasks."),
        ("projects/OPEN", "guest of the project", "view_project", ""),
        ("projects/OPEN", "member", "edit_project", ""),
        ("projects/OPEN", "guest of a task", "view_project", "Tom (guest) will see 2 tasks."),
        ("tasks/OPEN-1", "guest of nothing", "view_task", "Gus (guest) will see this task."),
        ("tasks/OPEN-1", "guest of a task", "edit_task", "Tom (guest) may then also change it."),
        ("tasks/HUSH-2", "member", "comment_task", "Bob will see this task. They may also comment on it."),
    ],
)  # fmt: skip
def test_sharing_says_who_gains(crowd: Crowd, alice: Actor, path: str, who: str, grant: str, sentence: str) -> None:
    person = crowd.people[who].user
    answer = Program(alice).get(f"{path}/access/widening/?user={person.pk}&grant={grant}")
    assert answer.json()["sentence"] == sentence


def test_who_may_not_share_is_not_told(crowd: Crowd, eve: Actor, alice: Actor) -> None:
    for who in ("reader", "guest of the project", "guest of a task"):
        assert Program(crowd.people[who]).get("projects/OPEN/access/widening/?private=false").status_code == 403, who
    refused = Program(alice).get(f"projects/OPEN/access/widening/?user={eve.user.pk}")
    assert refused.json()["errors"].keys() == {"user"}


def test_why_is_said_in_words(crowd: Crowd, alice: Actor) -> None:
    def told_of(path: str, name: str) -> list[str]:
        people = Program(alice).get(f"{path}/access/").json()["results"]
        return [why["sentence"] for one in people if one["user"]["name"] == name for why in one["paths"]]

    assert told_of("projects/OPEN", "Bob") == ["Member: the project is open to all members"]
    assert told_of("projects/HUSH", "Ina")[0].startswith("Member of the private project, added by Alice on ")
    assert told_of("projects/OPEN", "Gwen")[0].startswith("The project is shared with them by Alice on ")
    assert told_of("projects/OPEN", "Gwen")[0].endswith(": may read and comment")
    assert told_of("projects/OPEN", "Tom") == ["1 task of the project is shared with them"]
    both = told_of("tasks/OPEN-1", "Both")
    assert [words.split(" is shared")[0] for words in both] == ["The project", "This task"]
    assert both[1].endswith(": may edit")


def test_a_guest_is_told_of_themself(crowd: Crowd) -> None:
    tom = crowd.people["guest of a task"]
    for path in ("projects/OPEN/access/", "tasks/OPEN-1/access/", "tasks/OPEN-1/people/"):
        found = Program(tom).get(path).json()["results"]
        assert [(one.get("user") or one)["name"] for one in found] == ["Tom"], path
    page = browser(tom).get("/w/acme/t/OPEN-1/access/").content.decode()
    assert "This is shared with you." in page
    assert "Gwen" not in page


def test_the_page_of_an_attachment_is_that_of_its_task(crowd: Crowd, alice: Actor) -> None:
    made = Program(alice).post("tasks/OPEN-1/attachments/", {"url": "https://example.com/", "name": "Plan"}).json()
    for who, status in (("member", 200), ("guest of a task", 200), ("guest of nothing", 404)):
        actor = crowd.people[who]
        assert Program(actor).get(f"tasks/OPEN-1/attachments/{made['id']}/access/").status_code == status, who
        assert browser(actor).get(f"/w/acme/t/OPEN-1/access/?attachment={made['id']}").status_code == status, who
    assert "Whoever can see the task OPEN-1" in browser(alice).get(f"/w/acme/t/OPEN-1/access/?attachment={made['id']}").content.decode()  # fmt: skip
    for strange in ("x", str(task_of(crowd.projects[0], 1).pk)):
        assert browser(alice).get(f"/w/acme/t/OPEN-1/access/?attachment={strange}").status_code == 404
    assert Program(alice).get(f"tasks/OPEN-2/attachments/{made['id']}/access/").status_code == 404
