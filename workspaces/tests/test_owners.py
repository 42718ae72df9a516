"""Owners: made, handed on, and never none, also when two act at the same moment."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from workspaces import tenancy
from workspaces.actions import change_role, leave_workspace, remove_member, transfer_ownership
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.models import Membership, Role

from .people import Program, add_member, browser, log, make_person

HTMX = {"HX-Request": "true"}


def row(by: Actor, actor: Actor) -> Membership:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = Membership.objects.within(by.workspace).select_related("workspace", "user", "role")
        return rows.get(user=actor.user)


def role(by: Actor, key: str) -> Role:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Role.objects.within(by.workspace).get(key=key)


def keys(by: Actor, *people: Actor) -> list[str]:
    return [row(by, one).role.key for one in people]


def url(by: Actor, actor: Actor) -> str:
    return f"/w/acme/members/{row(by, actor).pk}/ownership/"


def test_ownership_is_handed_on_in_one_act(alice: Actor, bob: Actor) -> None:
    transfer_ownership(alice, row(alice, bob), confirm="acme")
    assert keys(alice, alice, bob) == ["admin", "owner"]
    told = log(alice, "member:role_changed")
    assert [one.after["role"] for one in told] == ["Owner", "Admin"]
    assert len({one.change_id for one in told}) == 1
    with pytest.raises(Forbidden):
        transfer_ownership(Actor.of(row(alice, alice)), row(alice, bob), confirm="acme")


def test_or_shared(alice: Actor, bob: Actor) -> None:
    transfer_ownership(alice, row(alice, bob), confirm="acme", step_down=False)
    assert keys(alice, alice, bob) == ["owner", "owner"]
    transfer_ownership(alice, row(alice, bob), confirm="acme", step_down=False)
    assert len(log(alice, "member:role_changed")) == 1


def test_what_is_wrong_is_named(alice: Actor, bob: Actor) -> None:
    for person, confirm, field in ((bob, "globex", "confirm"), (alice, "acme", "user")):
        with pytest.raises(Refused) as no:
            transfer_ownership(alice, row(alice, person), confirm=confirm)
        assert no.value.field == field
    bob.user.is_program = True
    bob.user.save(update_fields=["is_program"])
    with pytest.raises(Refused, match="program cannot own"):
        transfer_ownership(alice, row(alice, bob), confirm="acme")
    assert keys(alice, alice, bob) == ["owner", "member"]


def test_only_an_owner_hands_it_on(alice: Actor, bob: Actor, eve: Actor) -> None:
    change_role(alice, row(alice, bob), role=role(alice, "admin"))
    for actor, status in ((bob, 403), (eve, 404)):
        assert browser(actor).get(url(alice, bob)).status_code == status
        assert browser(actor).post(url(alice, bob), {"confirm": "acme", "step_down": "0"}).status_code == status
    body = {"user": str(bob.user.pk), "confirm": "acme"}
    assert Program(bob).post("ownership/", body).status_code == 403
    assert keys(alice, alice, bob) == ["owner", "admin"]


def test_the_page_asks_for_the_address(alice: Actor, bob: Actor) -> None:
    client, where = browser(alice), url(alice, bob)
    assert where in client.get("/w/acme/members/").content.decode()
    assert "Transfer ownership" in client.get(where).content.decode()
    wrong = client.post(where, {"confirm": "demo", "step_down": "1"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["confirm"])
    assert client.post(where, {"confirm": "acme", "step_down": "1"}).url == "/w/acme/members/"
    assert keys(alice, alice, bob) == ["admin", "owner"]
    assert "transfer" not in client.get("/w/acme/members/").content.decode().lower()


def test_the_usual_ways_to_a_role_make_no_owner(alice: Actor, bob: Actor) -> None:
    answer = browser(alice).post(f"/w/acme/members/{row(alice, bob).pk}/", {"role": "owner"}, headers=HTMX)
    assert (
        answer.status_code == 422 and "Make owner" in json.loads(answer["HX-Trigger"])["flowboard:refused"]["sentence"]
    )
    program = Program(alice)
    assert program.patch(f"members/{bob.user.pk}/", {"role": "owner"}).status_code == 422
    assert keys(alice, bob) == ["member"]
    sent = {"user": str(bob.user.pk), "confirm": "acme", "step_down": False}
    assert program.post("ownership/", sent | {"confirm": "x"}).json()["errors"].keys() == {"confirm"}
    assert program.post("ownership/", sent).json()["role"]["key"] == "owner"
    assert program.post("ownership/", sent | {"user": str(bob.workspace.pk)}).status_code == 404


# At the same moment.


def removes(by: Actor, other: Membership) -> None:
    remove_member(by, other)


def demotes(by: Actor, other: Membership) -> None:
    change_role(by, other, role=role(by, "guest"))


def leaves(by: Actor, other: Membership) -> None:
    leave_workspace(by)


def hands_on(by: Actor, other: Membership) -> None:
    transfer_ownership(by, other, confirm="acme")


def at_once(one: Actor, other: Actor, act: Callable[[Actor, Membership], None]) -> list[str]:
    """Both do it to each other; the words of who was refused."""
    start, refused = threading.Barrier(2), []
    pairs = [(one, row(one, other)), (other, row(one, one))]

    def run(by: Actor, held: Membership) -> None:
        start.wait()
        try:
            act(by, held)
        except Refused as no:
            refused.append(no.words)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_owners_at_once_leave_one(alice: Actor) -> None:
    carol = add_member(alice, make_person("Carol"), "owner")
    people: dict[Any, Actor] = {one.user.pk: one for one in (alice, carol)}
    for act in [removes, demotes, leaves] * 3 + [hands_on]:
        refused = at_once(alice, carol, act)
        with tenancy.workspace(alice.workspace.pk, atomic=True):
            rows = Membership.objects.within(alice.workspace).select_related("role")
            owners = [one.user_id for one in rows if one.role.key == "owner"]
        assert len(owners) == 1, (act.__name__, refused)
        assert len(refused) == (act is not hands_on), refused  # who was handed it may hand it back
        whole_again(people[owners[0]], alice, carol)


def whole_again(owner: Actor, *both: Actor) -> None:
    """Both are owners as before."""
    with tenancy.workspace(owner.workspace.pk, atomic=True):
        top = Role.objects.within(owner.workspace).get(key="owner")
        for one in both:
            Membership.objects.update_or_create(workspace=owner.workspace, user=one.user, defaults={"role": top})
