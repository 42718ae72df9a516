"""Custom roles: the verbs, the pages, REST; and that nobody grants above themself."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from django.utils.html import escape

from tasks.actions import create_project
from tasks.models import Project
from workspaces import tenancy
from workspaces.actions import change_role, create_role, delete_role, invite_member, undo_change, update_role
from workspaces.actions.roles import MOST_ROLES
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused, Stale
from workspaces.events import says
from workspaces.models import ChangeSet, Invitation, Membership, Role
from workspaces.permissions import OWNERS_ONLY, PERMISSIONS

from .people import Program, add_member, browser, log, make_person

URL = "/w/acme/settings/roles/"
HTMX = {"HX-Request": "true"}


def system(by: Actor, key: str) -> Role:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Role.objects.within(by.workspace).get(key=key)


def named(by: Actor, name: str) -> Role:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Role.objects.within(by.workspace).get(name=name)


def row(by: Actor, actor: Actor) -> Membership:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = Membership.objects.within(by.workspace).select_related("workspace", "user", "role")
        return rows.get(user=actor.user)


def custom(alice: Actor, name: str, level: int, *permissions: str) -> Role:
    return create_role(alice, name=name, level=level, permissions=permissions)


def person(alice: Actor, name: str, role: Role) -> Actor:
    """Somebody who holds the role."""
    joined = add_member(alice, make_person(name), "guest")
    change_role(alice, row(alice, joined), role=role)
    return Actor.of(row(alice, joined))


@pytest.fixture
def ren(alice: Actor) -> Actor:
    """May manage roles and people at level 25, and create tasks; nothing else."""
    return person(alice, "Ren", custom(alice, "Steward", 25, "role.manage", "member.invite", "task.create"))


def test_a_role_is_made_and_told(alice: Actor) -> None:
    made = create_role(alice, name="  Re viewer ", description="Reads", level=15, permissions=["comment.create"] * 2)
    assert (made.name, made.level, made.permissions, made.key) == ("Re viewer", 15, ["comment.create"], "")
    (told,) = log(alice, "role:created")
    facts = {"name": "Re viewer", "description": "Reads", "level": 15, "permissions": ["comment.create"]}
    assert (told.after, says(told)) == (facts, "made the role Re viewer")


def test_a_copy_leaves_out_what_is_the_owners(alice: Actor) -> None:
    copy = create_role(alice, name="Deputy", like=system(alice, "owner"))
    assert copy.level == 39
    assert copy.allowed == PERMISSIONS.keys() - OWNERS_ONLY
    assert create_role(alice, name="Reader", like=copy, permissions=[]).allowed == frozenset()


def test_a_change_is_told_in_words_and_silent_where_nothing_changed(alice: Actor) -> None:
    role = custom(alice, "Reviewer", 15, "comment.create")
    update_role(alice, role, level=15, name="Reviewer", permissions=["comment.create"])
    assert log(alice, "role:updated") == []
    update_role(alice, role, level=20, permissions=["task.edit"])
    (told,) = log(alice, "role:updated")
    assert told.before == {"level": 15, "permissions": ["comment.create"]}
    assert says(told) == (
        "changed the role Reviewer: level 15 → 20, may now change, move and archive tasks, may no longer comment on tasks"
    )


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("name", {"name": " "}), ("name", {"name": "x" * 41}), ("name", {"name": "GUEST"}), ("name", {"name": 5}),
        ("description", {"description": "x" * 201}), ("level", {"level": 0}), ("level", {"level": 40}), ("level", {"level": True}),
        ("level", {"level": "20"}), ("permissions", {"permissions": ["task.fly"]}),
        *(("permissions", {"permissions": [name]}) for name in sorted(OWNERS_ONLY)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(alice: Actor, field: str, sent: dict[str, Any]) -> None:
    with pytest.raises(Refused) as no:
        create_role(alice, **{"name": "New"} | sent)
    assert no.value.field == field
    assert log(alice, "role:created") == []


def test_no_more_than_fifty(alice: Actor, inside: None) -> None:
    Role.objects.bulk_create(
        Role(workspace=alice.workspace, name=f"R{number}", level=5) for number in range(MOST_ROLES)
    )
    with pytest.raises(Refused, match="at most 50"):
        custom(alice, "One more", 5)


@pytest.mark.parametrize("key", ["owner", "admin", "member", "guest"])
def test_system_roles_stay_as_they_are(alice: Actor, key: str) -> None:
    for verb in (
        lambda: update_role(alice, system(alice, key), level=5),
        lambda: delete_role(alice, system(alice, key)),
    ):
        with pytest.raises(Refused, match="role of the system"):
            verb()


def test_who_may_not_manage_roles_makes_none(alice: Actor, bob: Actor, gus: Actor) -> None:
    role = custom(alice, "Reviewer", 5)
    for actor in (bob, gus):
        with pytest.raises(Forbidden):
            create_role(actor, name="Mine")
        with pytest.raises(Forbidden):
            update_role(actor, role, level=20)
        with pytest.raises(Forbidden):
            delete_role(actor, role)


def test_roles_of_another_workspace_are_none_of_hers(alice: Actor, eve: Actor) -> None:
    role = custom(alice, "Reviewer", 5)
    for verb in (
        lambda: update_role(eve, role, level=6), lambda: create_role(eve, name="Copy", like=role),
        lambda: invite_member(eve, email="ann@example.com", role=role), lambda: change_role(eve, row(eve, eve), role=role),
    ):  # fmt: skip
        with pytest.raises(Refused, match="no such role"):
            verb()
    delete_role(eve, role)
    assert named(alice, "Reviewer").level == 5


# Nobody grants above themself: by making, copying, changing, giving or inviting.


def forbidden(field: str, verb: Any) -> None:
    with pytest.raises(Forbidden) as no:
        verb()
    assert no.value.field == field, no.value


def test_nobody_makes_or_copies_more_than_they_have(alice: Actor, ren: Actor) -> None:
    forbidden("level", lambda: create_role(ren, name="A", level=26))
    forbidden("permissions", lambda: create_role(ren, name="A", level=5, permissions=["task.delete"]))
    forbidden("level", lambda: create_role(ren, name="A", like=system(alice, "admin")))
    forbidden("permissions", lambda: create_role(ren, name="A", like=system(alice, "member")))
    assert create_role(ren, name="A", level=25, permissions=["task.create"]).level == 25


def test_nobody_changes_a_role_into_more_than_they_have(alice: Actor, ren: Actor) -> None:
    low, rich, high = custom(alice, "Low", 5), custom(alice, "Rich", 10, "task.delete"), custom(alice, "High", 26)
    forbidden("level", lambda: update_role(ren, low, level=26))
    forbidden("permissions", lambda: update_role(ren, low, permissions=["task.delete"]))
    forbidden("level", lambda: update_role(ren, low, level=39, permissions=[]))
    forbidden("role", lambda: update_role(ren, high, name="Mine"))
    forbidden("role", lambda: delete_role(ren, high))
    forbidden("permissions", lambda: update_role(ren, rich, level=20))  # what it holds would reach further
    assert update_role(ren, rich, name="Poorer", permissions=["task.delete", "task.create"]).name == "Poorer"


def test_nobody_edits_their_own_role_into_more(alice: Actor, ren: Actor) -> None:
    forbidden("permissions", lambda: update_role(ren, ren.role, permissions=["task.delete", "role.manage"]))
    forbidden("level", lambda: update_role(ren, ren.role, level=30))
    assert update_role(ren, ren.role, permissions=["role.manage"]).permissions == ["role.manage"]


def test_nobody_gives_or_invites_into_more_than_they_have(alice: Actor, bob: Actor, gus: Actor, ren: Actor) -> None:
    rich = custom(alice, "Rich", 10, "task.delete")
    for role in (rich, system(alice, "member"), system(alice, "admin"), system(alice, "owner")):
        forbidden("role", lambda role=role: change_role(ren, row(alice, gus), role=role))
        forbidden("role", lambda role=role: invite_member(ren, email="ann@example.com", role=role))
        forbidden("role", lambda role=role: change_role(ren, row(alice, ren), role=role))
    forbidden("role", lambda: change_role(ren, row(alice, alice), role=system(alice, "guest")))
    assert change_role(ren, row(alice, bob), role=system(alice, "guest")).role.key == "guest"
    assert invite_member(ren, email="ann@example.com", role=ren.role).role == ren.role


def test_what_was_true_when_the_request_began_no_longer_counts(alice: Actor, ren: Actor, gus: Actor) -> None:
    """Ren's actor still holds the role as it was; the verb looks again while it holds the people."""
    update_role(alice, ren.role, permissions=["role.manage"], level=20)
    forbidden("permissions", lambda: create_role(ren, name="A", level=5, permissions=["task.create"]))
    forbidden("level", lambda: create_role(ren, name="A", level=25))
    change_role(alice, row(alice, ren), role=system(alice, "guest"))
    with pytest.raises(Forbidden):
        change_role(ren, row(alice, gus), role=system(alice, "guest"))


# Deleting.


def test_a_role_that_is_held_is_not_deleted(alice: Actor) -> None:
    role = custom(alice, "Reviewer", 5)
    for name in ("Uma", "Vic"):
        person(alice, name, role)
    invite_member(alice, email="ann@example.com", role=role)
    with pytest.raises(Refused) as no:
        delete_role(alice, role)
    assert no.value.words == (
        "2 people hold the role Reviewer, and 1 open invitation leads into it: give them another role first."
    )
    with pytest.raises(Refused, match="another role"):
        delete_role(alice, role, into=role)


def test_its_people_get_another_one(alice: Actor) -> None:
    role = custom(alice, "Reviewer", 5)
    uma = person(alice, "Uma", role)
    invite_member(alice, email="ann@example.com", role=role)
    delete_role(alice, role, into=system(alice, "guest"))
    assert row(alice, uma).role.key == "guest"
    told = [one.event for one in log(alice)][-3:]
    assert told == ["member:role_changed", "invitation:revoked", "role:deleted"]
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        assert not Invitation.objects.within(alice.workspace).filter(accepted_at=None, revoked_at=None).exists()
    delete_role(alice, role)
    assert len(log(alice, "role:deleted")) == 1


def test_made_changed_and_deleted_roles_are_undone_and_done_again(alice: Actor) -> None:
    def undo() -> ChangeSet:
        with tenancy.workspace(alice.workspace.pk, atomic=True):
            change = ChangeSet.objects.within(alice.workspace).get(pk=log(alice)[-1].change_id)
        return undo_change(alice, change).change

    role = custom(alice, "Reviewer", 5)
    undo(), undo()
    role = named(alice, "Reviewer")
    update_role(alice, role, level=7, permissions=["task.edit"])
    undo()
    assert (named(alice, "Reviewer").level, named(alice, "Reviewer").permissions) == (5, [])
    delete_role(alice, role)
    undo()
    assert named(alice, "Reviewer").level == 5
    made = log(alice, "role:created")[-1].change_id
    person(alice, "Uma", named(alice, "Reviewer"))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        change = ChangeSet.objects.within(alice.workspace).get(pk=made)
    with pytest.raises(Stale, match="1 person holds"):
        undo_change(alice, change)


# What a role allows holds at once.


def test_a_change_of_a_role_holds_at_once(alice: Actor, project: Project) -> None:
    role = custom(alice, "Reader", 20)
    uma = Program(person(alice, "Uma", role))
    card = {"title": "Mine"}
    assert uma.get("projects/FLOW/").status_code == 200
    assert uma.post("projects/FLOW/tasks/", card).status_code == 403
    update_role(alice, role, permissions=["task.create"])
    assert uma.post("projects/FLOW/tasks/", card).status_code == 201
    update_role(alice, role, level=19)
    assert uma.get("projects/FLOW/").status_code == 404


def test_raising_a_role_takes_seats(alice: Actor, settings: Any) -> None:
    settings.PLAN = "free"
    role = custom(alice, "Helper", 5)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        Membership.objects.bulk_create(
            Membership(workspace=alice.workspace, user=make_person(f"P{number}"), role=role) for number in range(10)
        )
    with pytest.raises(Refused, match="10 seats"):
        update_role(alice, role, level=20)
    assert named(alice, "Helper").level == 5


# The doors.


def test_everybody_reads_the_page_and_managers_find_the_tools(alice: Actor, bob: Actor, gus: Actor) -> None:
    role = custom(alice, "Reviewer <b>", 15, "comment.create")
    for actor in (alice, bob, gus):
        client = browser(actor)
        page, one = client.get(URL), client.get(f"{URL}{role.pk}/")
        text = page.content.decode()
        assert page.status_code == one.status_code == 200
        assert all(escape(sentence) in text for name, sentence in PERMISSIONS.items() if not name.startswith("ai."))
        assert "Reviewer &lt;b&gt;" in text
        assert ("New role" in text) == ("hx-post" in one.content.decode()) == (actor is alice)
    assert browser(bob).get(f"{URL}new/").status_code == 403


def test_a_role_is_made_changed_and_deleted_on_pages(alice: Actor) -> None:
    client = browser(alice)
    start = client.get(f"{URL}new/?copy=member").context["form"]
    assert start["name"].value() == "Member copy"
    sent = {"name": "Tester", "description": "", "level": "15", "permissions": ["comment.create", "task.edit"]}
    assert client.post(URL, sent, headers=HTMX)["HX-Redirect"] == URL
    role = named(alice, "Tester")
    assert role.permissions == ["comment.create", "task.edit"]
    url = f"{URL}{role.pk}/"
    answer = client.post(url, sent | {"permissions": ["comment.create"]}, headers=HTMX)
    assert json.loads(answer["HX-Trigger"])["flowboard:done"]["change"]
    assert named(alice, "Tester").permissions == ["comment.create"]
    assert client.delete(url, headers=HTMX)["HX-Redirect"] == URL
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("field", "sent"),
    [("name", {"name": "Admin"}), ("level", {"level": "99"}), ("level", {"level": "x"}), ("permissions", {"permissions": ["billing.manage"]})],
)  # fmt: skip
def test_the_form_says_what_is_wrong(alice: Actor, field: str, sent: dict[str, Any]) -> None:
    role = custom(alice, "Held", 5)
    for url in (URL, f"{URL}{role.pk}/"):
        for headers in (HTMX, {}):
            answer = browser(alice).post(url, {"name": "Tester", "level": "15"} | sent, headers=headers)
            assert (answer.status_code, field in answer.context["form"].errors) == (422, True)


def test_what_the_editor_lacks_stays_in_the_role(alice: Actor, ren: Actor) -> None:
    role = custom(alice, "Mixed", 10, "task.delete", "task.create")
    page = browser(ren).get(f"{URL}{role.pk}/").content.decode()
    assert "you do not hold this yourself" in page
    sent = {"name": "Mixed", "level": "10", "description": "Fewer"}
    assert browser(ren).post(f"{URL}{role.pk}/", sent, headers=HTMX).status_code == 204
    assert named(alice, "Mixed").permissions == ["task.delete"]
    over = browser(ren).post(f"{URL}{role.pk}/", sent | {"level": "30"}, headers=HTMX)
    assert (over.status_code, list(over.context["form"].errors)) == (422, ["level"])


def test_members_are_given_and_invited_into_a_custom_role(alice: Actor, bob: Actor) -> None:
    role = custom(alice, "Tester", 15)
    client = browser(alice)
    assert f'value="{role.pk}"' in client.get("/w/acme/members/").content.decode()
    url = f"/w/acme/members/{row(alice, bob).pk}/"
    assert client.post(url, {"role": str(role.pk)}, headers=HTMX).status_code == 204
    assert row(alice, bob).role == role
    sent = {"emails": "ann@example.com", "role": str(role.pk)}
    assert client.post("/w/acme/invitations/", sent, headers=HTMX).status_code == 204
    assert log(alice, "invitation:created")[-1].after["role"] == "Tester"


def asked(by: Actor, of: Actor, role: Role) -> str:
    """The words of the question before a role changes."""
    url = f"/w/acme/members/{row(by, of).pk}/role/?role={role.key or role.pk}"
    return browser(by).get(url, headers=HTMX).content.decode()


def test_what_a_role_gives_and_takes_is_said_first(alice: Actor, bob: Actor, gus: Actor, project: Project) -> None:
    create_project(alice, name="Two", key="TWO")
    create_project(alice, name="Secret", key="SEC", private=True)
    gains = asked(alice, gus, system(alice, "member"))
    assert "See all 2 open projects" in gains and "Create projects" in gains and "This widens" in gains
    loses = asked(alice, bob, system(alice, "guest"))
    assert "This widens" not in loses and "only what is shared with them stays" in loses
    mixed = asked(alice, bob, custom(alice, "Odd", 20, "audit.read", "task.edit"))
    assert "Read the whole record" in mixed and "Delete tasks" in mixed and "Change, move" not in mixed
    assert row(alice, gus).role.key == "guest"
    url = f"/w/acme/members/{row(alice, gus).pk}/role/?role=member"
    assert browser(bob).get(url, headers=HTMX).status_code == 403
    assert browser(alice).get(url.replace("member", "boss"), headers=HTMX).status_code in (404, 422)


# REST.


def errors(answer: Any, status: int) -> list[str]:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    return sorted(answer.json().get("errors", {}))


def test_rest_makes_changes_and_deletes(alice: Actor, gus: Actor) -> None:
    program = Program(alice)
    made = program.post("roles/", {"name": "Tester", "copy": "guest", "permissions": ["comment.create"]})
    assert (made.status_code, made.json()["level"], made.json()["members"]) == (201, 10, 0)
    assert made.json()["permissions"] == {"comment.create": "Comment on tasks"}
    url = f"roles/{made.json()['id']}/"
    assert program.patch(url, {"description": "Tries things", "level": 12}).json()["description"] == "Tries things"
    assert program.patch(url, {}).json()["level"] == 12
    assert program.patch(f"members/{gus.user.pk}/", {"role": "tester"}).json()["role"]["name"] == "Tester"
    assert program.get(url).json()["members"] == 1
    assert errors(program.delete(url), 422) == ["into"]
    assert program.delete(f"{url}?into=guest").status_code == 204
    assert program.get(url).status_code == 404
    assert program.get(f"members/{gus.user.pk}/").json()["role"]["key"] == "guest"


def test_rest_names_the_field_at_fault(alice: Actor, bob: Actor, gus: Actor, ren: Actor) -> None:
    program, mine, hers = Program(alice), Program(bob), Program(ren)
    wrong: Iterable[tuple[dict[str, Any], int, list[str]]] = [
        ({}, 400, ["name"]), ({"name": "A", "color": "red"}, 400, ["color"]), ({"name": "A", "level": 40}, 400, ["level"]),
        ({"name": "A", "level": "5"}, 400, ["level"]), ({"name": "A", "permissions": "all"}, 400, ["permissions"]),
        ({"name": "A", "permissions": ["x"] * 1000}, 400, ["permissions"]), ({"name": "Owner"}, 422, ["name"]),
        ({"name": "A", "permissions": ["workspace.delete"]}, 422, ["permissions"]), ({"name": "A", "copy": "nobody"}, 404, []),
    ]  # fmt: skip
    for sent, status, fields in wrong:
        assert errors(program.post("roles/", sent), status) == fields, sent
    assert errors(hers.post("roles/", {"name": "A", "level": 26}), 403) == ["level"]
    assert errors(hers.post("roles/", {"name": "A", "permissions": ["task.edit"]}), 403) == ["permissions"]
    assert errors(mine.post("roles/", {"name": "A"}), 403) == []
    guest = system(alice, "guest").pk
    assert errors(program.patch(f"roles/{guest}/", {"level": 5}), 422) == ["role"]
    assert errors(program.delete(f"roles/{guest}/"), 422) == ["role"]
    assert errors(mine.delete(f"roles/{guest}/"), 403) == []
    assert Program(gus).get("roles/").json()["results"][0]["key"] == "owner"


def test_who_holds_a_role_is_told_to_who_knows_them(alice: Actor, bob: Actor, gus: Actor) -> None:
    url = f"/w/acme/settings/roles/{system(alice, 'member').pk}/"
    assert "Who holds it" in browser(alice).get(url).content.decode()
    page = browser(gus).get(url).content.decode()
    assert "Who holds it" not in page and "Bob" not in page
