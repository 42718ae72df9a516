"""Access tokens: a token does what its scopes and its person's role allow together, and no more."""

import re
from datetime import timedelta
from operator import attrgetter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tasks.models import Project, Task
from workspaces import tenancy, tokens
from workspaces.actions import (
    change_role,
    create_token,
    create_workspace,
    create_workspace_token,
    remove_member,
    revoke_token,
)  # fmt: skip
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import AccessToken, Membership, Role
from workspaces.permissions import PERMISSIONS
from workspaces.scopes import AREAS, SCOPES, allows, checked, scope_of_address, scope_of_permission

from .people import Program, browser, log

PERMITTED, ADDRESSED = attrgetter("permissions"), attrgetter("nouns")
BASE = "/api/v1/workspaces/acme/"
SECRET = re.compile(r"fb_[0-9a-f]{32}_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}")


def program(secret: str) -> Program:
    """A REST client with this token."""
    made = Program.__new__(Program)
    made.base, made.client = BASE, Client(headers={"authorization": f"Token {secret}"})
    return made


def limited(by: Actor, *scopes: str) -> Program:
    """With a personal token of these scopes."""
    return program(create_token(by, name="test", scopes=scopes)[1])


def role(by: Actor, key: str) -> Role:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Role.objects.within(by.workspace).get(key=key)


def lacks(answer: Any, scope: str) -> bool:
    """Whether the problem names the missing scope."""
    said = answer.json()
    return (answer.status_code, said.get("scope")) == (403, scope) and scope in said["detail"]


def test_every_permission_and_noun_has_one_area() -> None:
    for permission in PERMISSIONS:
        assert scope_of_permission(permission) in SCOPES, permission
    for nouns in ([noun for area in AREAS.values() for noun in part(area)] for part in (PERMITTED, ADDRESSED)):
        assert len(nouns) == len(set(nouns))


@pytest.mark.parametrize(
    ("held", "needed", "enough"),
    [
        (["read"], "tasks:read", True), (["read"], "read", True), (["read"], "tasks:write", False), (["read"], "write", False),
        (["write"], "tasks:read", True), (["write"], "members:write", True), (["write"], "read", True), ([], "tasks:read", False),
        (["tasks:write"], "tasks:read", True), (["tasks:write"], "projects:read", False), (["tasks:write"], "read", False),
        (["tasks:read"], "tasks:write", False), (["tasks:read", "projects:read"], "read", False),
    ],
)  # fmt: skip
def test_write_implies_read_of_its_area(held: list[str], needed: str, enough: bool) -> None:
    assert allows(held, needed) is enough


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("", "workspace:read"), ("tasks/FLOW-1/comments/", "tasks:read"), ("projects/FLOW/", "projects:read"),
        ("projects/FLOW/tasks/", "tasks:read"), ("projects/FLOW/board", "tasks:read"), ("members/", "members:read"),
        ("activity/", "audit:read"), ("events", "read"), ("changes/", "read"), ("tokens/", "tokens:read"), ("new/", "read"),
    ],
)  # fmt: skip
def test_each_address_belongs_to_one_area(path: str, needed: str) -> None:
    assert scope_of_address(BASE + path, "acme", reads=True) == needed
    assert scope_of_address(BASE + path, "acme", reads=False) == needed.replace("read", "write")


def test_scopes_are_kept_short_and_known() -> None:
    assert checked(["tasks:write", "read", "tasks:read", "tasks:write"]) == ["read", "tasks:write"]
    assert checked(["write", "members:read"]) == ["write"]
    for wrong in ([], ["tasks"], ["admin"], ["tasks:delete"]):
        with pytest.raises(Refused):
            checked(wrong)


def test_a_reading_token_reads(alice: Actor, cards: list[Task]) -> None:
    reads = limited(alice, "read")
    for path in (
        "",
        "projects/",
        "tasks/FLOW-1/",
        "members/",
        "invitations/",
        "tokens/",
        "events",
        "activity/",
        "changes/",
    ):
        assert reads.get(path).status_code == 200, path
    assert lacks(reads.patch("tasks/FLOW-1/", {"title": "Uno"}), "tasks:write")
    assert lacks(reads.delete("tasks/FLOW-1/"), "tasks:write")
    assert lacks(reads.post("invitations/", {"email": "ann@example.com"}), "members:write")
    assert lacks(reads.post("/api/v1/workspaces/", {"name": "Mine"}), "write")
    assert log(alice, "task:updated", "task:deleted", "invitation:created") == []


def test_a_token_of_one_area_stays_in_it(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    tasks = limited(alice, "tasks:write")
    assert tasks.get("projects/FLOW/board").status_code == 200
    assert tasks.get("search?q=one").status_code == 200
    assert tasks.patch("tasks/FLOW-1/", {"title": "Uno"}).json()["title"] == "Uno"
    assert lacks(tasks.get("projects/"), "projects:read")
    assert lacks(tasks.get("events"), "read")
    assert lacks(tasks.get("/api/v1/workspaces/"), "workspace:read")
    assert lacks(tasks.patch(f"members/{bob.user.pk}/", {"role": "admin"}), "members:write")
    assert lacks(tasks.post("tokens/", {"name": "wider"}), "tokens:write")
    assert lacks(limited(alice, "members:read").get("tasks/FLOW-1/"), "tasks:read")


def test_a_verb_of_another_area_is_refused_inside_an_operation(alice: Actor, cards: list[Task]) -> None:
    """Undoing is one operation and may be any verb: the verb asks for its own scope."""
    with pytest.raises(Forbidden, match="lacks the scope tasks:write"):
        alice_with(alice, "projects:write").must("task.edit", cards[0])
    assert alice_with(alice, "tasks:write").may("task.edit", cards[0])


def alice_with(alice: Actor, *scopes: str) -> Actor:
    return Actor(alice.workspace, alice.user, alice.role, "api", scopes=frozenset(scopes))


def test_scopes_add_nothing_to_a_role(gus: Actor, project: Project, cards: list[Task]) -> None:
    everything = limited(gus, "write")
    assert everything.get("tasks/FLOW-1/").status_code == 404
    assert everything.post("invitations/", {"email": "ann@example.com"}).status_code == 403
    assert "role (Guest)" in everything.post("projects/", {"name": "Mine"}).json()["detail"]


def test_a_token_makes_none_wider_or_longer_than_itself(alice: Actor) -> None:
    soon = timezone.now() + timedelta(days=7)
    _, secret = create_token(alice, name="maker", scopes=["tasks:read", "tokens:write"], expires_at=soon)
    maker = program(secret)
    assert lacks(maker.post("tokens/", {"name": "a", "scopes": ["read"], "days": 1}), "read")
    assert lacks(maker.post("tokens/", {"name": "a", "scopes": ["tasks:write"], "days": 1}), "tasks:write")
    assert maker.post("tokens/", {"name": "a", "scopes": ["tasks:read"]}).json()["errors"].keys() == {"expires_at"}
    assert maker.post("tokens/", {"name": "a", "scopes": ["tasks:read"], "days": 8}).status_code == 422
    made = maker.post("tokens/", {"name": "a", "days": 6}).json()
    assert made["scopes"] == ["tasks:read", "tokens:write"]


def test_made_through_rest(alice: Actor, bob: Actor) -> None:
    said = {"name": "nightly", "scopes": ["tasks:write", "tasks:read", "audit:read"], "days": 30}
    made = Program(alice).post("tokens/", said).json()
    assert made["scopes"] == ["audit:read", "tasks:write"]
    assert made["person"] == {"id": str(alice.user.pk), "name": "Alice"}
    assert (made["kind"], made["last_used_at"]) == ("personal", None)
    assert SECRET.fullmatch(made["token"])
    facts = log(alice, "token:created")[-1].after
    assert facts == {
        "name": "nightly", "user": str(alice.user.pk), "kind": "personal", "scopes": ["audit:read", "tasks:write"],
        "expires": made["expires_at"].replace("Z", "+00:00"),
    }  # fmt: skip
    assert program(made["token"]).get("tasks/FLOW-9/").status_code == 404
    assert Program(alice).get("tokens/").json()["results"][1]["last_used_at"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "a", "scopes": []}, "scopes"), ({"name": "a", "scopes": ["admin"]}, "scopes"), ({"name": "a", "scopes": "read"}, "scopes"),
        ({"name": "a", "days": 0}, "days"), ({"name": "a", "days": 1, "expires_at": "2090-01-01T00:00:00Z"}, "days"),
        ({"name": "a", "role": "member"}, "role"), ({"name": "a", "kind": "robot"}, "kind"), ({"name": "a", "user": "x"}, "user"),
        ({"name": "a", "kind": "workspace", "role": "owner"}, "role"), ({"name": ""}, "name"),
    ],
)  # fmt: skip
def test_wrong_wishes_are_named(alice: Actor, said: dict[str, Any], field: str) -> None:
    answer = Program(alice).post("tokens/", said)
    assert answer.status_code in (400, 422)
    assert list(answer.json()["errors"]) == [field]


def test_managers_see_and_revoke_everybodys(alice: Actor, bob: Actor) -> None:
    token, secret = create_token(bob, name="bobs")
    assert [one["name"] for one in Program(bob).get("tokens/").json()["results"]] == ["test", "bobs"]
    assert "bobs" in Program(alice).get("tokens/").content.decode()
    alices, _ = create_token(alice, name="alices")
    assert Program(bob).delete(f"tokens/{alices.pk}/").status_code == 404
    assert Program(alice).delete(f"tokens/{token.pk}/").status_code == 204
    assert program(secret).get("").status_code == 401
    with pytest.raises(Forbidden):
        revoke_token(bob, alices)


def test_a_program_of_the_workspace_survives_its_maker(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        bobs = Membership.objects.within(alice.workspace).select_related("role", "user", "workspace").get(user=bob.user)
    change_role(alice, bobs, role=role(alice, "admin"))
    admin = Actor(bob.workspace, bob.user, role(alice, "admin"))
    token, secret = create_workspace_token(admin, name="Deploy bot", role=role(alice, "member"), scopes=["tasks:write"])
    assert [row.event for row in log(alice)[-2:]] == ["member:joined", "token:created"]
    assert log(alice)[-1].after["kind"] == "workspace"
    remove_member(alice, bobs)
    bot = program(secret)
    assert bot.patch("tasks/FLOW-1/", {"title": "Uno"}).status_code == 200
    assert log(alice, "task:updated")[0].actor_id == token.user_id
    people = {one["name"]: one for one in Program(alice).get("members/").json()["results"]}
    assert (people["Deploy bot"]["is_program"], people["Alice"]["is_program"]) == (True, False)
    page = browser(alice).get("/w/acme/members/").content.decode()
    assert "Program, by an access token" in page
    assert "programs.invalid" not in page
    revoke_token(alice, token)
    revoke_token(alice, token)
    assert bot.get("tasks/FLOW-1/").status_code == 401
    assert [row.event for row in log(alice)[-2:]] == ["token:revoked", "member:removed"]


def test_a_program_cannot_sign_in_own_or_make_tokens(alice: Actor, bob: Actor) -> None:
    with pytest.raises(Forbidden):
        create_workspace_token(bob, name="bot", role=role(alice, "guest"))
    with pytest.raises(Refused, match="cannot own"):
        create_workspace_token(alice, name="bot", role=role(alice, "owner"))
    _, secret = create_workspace_token(alice, name="bot", role=role(alice, "admin"))
    robot = User.objects.get(is_program=True)
    assert not robot.has_usable_password()
    bot = program(secret)
    for said in ({"name": "more"}, {"name": "more", "kind": "workspace"}):
        assert "A program makes no tokens" in bot.post("tokens/", said).json()["detail"]
    assert bot.post("/api/v1/workspaces/", {"name": "Mine"}).status_code == 403
    with pytest.raises(Forbidden):
        create_workspace(robot, name="Mine")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        membership = Membership.objects.within(alice.workspace).select_related("role", "user").get(user=robot)
    with pytest.raises(Refused):
        change_role(alice, membership, role=role(alice, "owner"))


def test_the_checksum_finds_typing_errors_and_the_oldest_have_none(alice: Actor) -> None:
    token, secret = create_token(alice, name="new")
    assert SECRET.fullmatch(secret)
    wrong = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    assert tokens.workspace_named(secret) == alice.workspace.pk
    assert tokens.workspace_named(wrong) is None
    assert program(wrong).get("").status_code == 401
    old = secret[:-6]
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        AccessToken.objects.within(alice.workspace).filter(pk=token.pk).update(token_hash=tokens.digest(old))
    assert program(old).get("").status_code == 200


def test_an_expired_token_is_refused(alice: Actor) -> None:
    token, secret = create_token(alice, name="old", expires_at=timezone.now() + timedelta(days=1))
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        AccessToken.objects.within(alice.workspace).filter(pk=token.pk).update(expires_at=timezone.now())
    assert program(secret).get("").status_code == 401
