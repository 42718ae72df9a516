"""Events reach every member, in order, from any place in the stream, and only as far as each may see."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tasks.actions import create_project, share_project, unshare_project, update_project
from tasks.models import Project
from tasks.tests.boards import add
from workspaces import tenancy
from workspaces.actions import change_role, create_role, update_role
from workspaces.actor import Actor
from workspaces.models import Membership, Role
from workspaces.tests.people import log

from .server import Server, listening

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def seqs(frames: list[dict[str, Any]]) -> list[int]:
    return [frame["seq"] for frame in frames]


def events(frames: list[dict[str, Any]]) -> list[str]:
    return [frame["event"] for frame in frames]


def head(actor: Actor) -> int:
    return log(actor)[-1].seq


def test_a_change_reaches_the_others_as_it_is(running: Server, alice: Actor, bob: Actor, project: Project) -> None:
    with listening(running, bob, after=head(alice)) as socket:
        socket.ready()
        (task,) = add(alice, project, "Write it down")
        told = socket.next()
    assert told["event"] == "task:created"
    assert told["seq"] == head(alice)
    assert told["workspaceId"] == str(alice.workspace.pk)
    assert told["data"]["taskId"] == str(task.pk)
    assert told["data"]["key"] == "FLOW-1"
    assert told["data"]["by"] == {"id": str(alice.user.pk), "name": "Alice", "via": "web"}


def test_many_changes_come_in_order_without_a_gap(running: Server, alice: Actor, bob: Actor, project: Project) -> None:
    start = head(alice)
    with listening(running, bob, after=start) as one, listening(running, alice, after=start) as other:
        for number in range(30):
            add(alice, project, f"Card {number}")
        assert seqs(one.upto(head(alice))) == list(range(start + 1, start + 31))
        assert seqs(other.upto(head(alice))) == list(range(start + 1, start + 31))


def test_a_reconnect_resumes_where_it_left(running: Server, alice: Actor, project: Project) -> None:
    add(alice, project, *"abcdefghij")
    with listening(running, alice, after=3) as socket:
        assert seqs(socket.upto(head(alice))) == list(range(4, head(alice) + 1))
        assert len(socket.frames) == 1, "a backlog is one frame"
        assert socket.any() == {"event": "head", "seq": head(alice), "epoch": json.loads(socket.frames[-1])["epoch"]}


def test_without_after_it_begins_now(running: Server, alice: Actor, project: Project) -> None:
    with listening(running, alice) as socket:
        assert socket.any()["event"] == "head"
        add(alice, project, "Next")
        assert socket.next()["seq"] == head(alice)


def test_more_than_a_thousand_rows_behind_starts_over(running: Server, alice: Actor, project: Project) -> None:
    add(alice, project, *(f"Card {number}" for number in range(1100)))
    with listening(running, alice, after=0) as socket:
        told = socket.next()
        assert (told["event"], told["seq"]) == ("resync", head(alice))
        add(alice, project, "Then")
        assert socket.next()["seq"] == head(alice)


def test_a_thousand_rows_at_once_reach_who_listens(running: Server, alice: Actor, bob: Actor, project: Project) -> None:
    start = head(alice)
    with listening(running, bob, after=start) as socket:
        socket.ready()
        add(alice, project, *(f"Card {number}" for number in range(900)))
        assert seqs(socket.upto(head(alice))) == list(range(start + 1, start + 901))


def test_a_place_that_does_not_exist_starts_over(running: Server, alice: Actor) -> None:
    with listening(running, alice, after=head(alice) + 5) as socket:
        assert socket.next()["event"] == "resync"


def test_a_place_of_another_epoch_starts_over(running: Server, alice: Actor) -> None:
    with listening(running, alice, after=f"1&epoch={uuid4()}") as socket:
        told = socket.next()
    assert told["event"] == "resync"
    with listening(running, alice, after=f"{told['seq']}&epoch={told['epoch']}") as socket:
        assert socket.any()["event"] == "head"


def test_a_private_project_is_a_cursor_to_others(running: Server, alice: Actor, bob: Actor) -> None:
    start = head(alice)
    with listening(running, bob, after=start) as his, listening(running, alice, after=start) as hers:
        his.ready(), hers.ready()
        add(alice, create_project(alice, name="Secret", key="SEC", private=True), "Hush")
        mine, yours = hers.upto(head(alice)), his.upto(head(alice))
    assert set(events(yours)) == {"cursor"}
    assert "cursor" not in events(mine)
    assert seqs(mine) == seqs(yours)
    assert "Secret" not in "".join(his.frames)
    assert "SEC" not in "".join(his.frames)


def test_a_guest_hears_only_of_what_is_shared(running: Server, alice: Actor, gus: Actor, project: Project) -> None:
    other = create_project(alice, name="Other", key="OTH")
    start = head(alice)
    with listening(running, gus, after=start) as socket:
        socket.ready()
        add(alice, project, "Before")
        share_project(alice, project, person=gus.user, grant="view_project")
        add(alice, project, "Shared")
        add(alice, other, "Not shared")
        unshare_project(alice, project, person=gus.user)
        add(alice, project, "After")
        heard = events(socket.upto(head(alice)))
    assert heard == ["cursor", "project:shared", "task:created", "cursor", "project:unshared", "cursor"]


def test_rights_change_while_somebody_listens(running: Server, alice: Actor, bob: Actor, project: Project) -> None:
    start = head(alice)
    with listening(running, bob, after=start) as socket:
        socket.ready()
        add(alice, project, "Open")
        update_project(alice, project, private=True)
        add(alice, project, "Hidden")
        update_project(alice, project, private=False)
        add(alice, project, "Open again")
        heard = events(socket.upto(head(alice)))
    assert heard == ["task:created", "cursor", "cursor", "project:updated", "task:created"]


def test_a_member_made_guest_sees_less_at_once(running: Server, alice: Actor, bob: Actor, project: Project) -> None:
    start = head(alice)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        membership = Membership.objects.within(alice.workspace).get(user=bob.user)
        guest = Role.objects.within(alice.workspace).get(key="guest")
    with listening(running, bob, after=start) as socket:
        socket.ready()
        change_role(alice, membership, role=guest)
        add(alice, project, "Not for guests")
        heard = events(socket.upto(head(alice)))
    assert heard == ["member:role_changed", "cursor"]


def test_a_role_that_is_lowered_narrows_who_listens_at_once(
    running: Server, alice: Actor, bob: Actor, project: Project
) -> None:
    role = create_role(alice, name="Reader", level=20)
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        membership = Membership.objects.within(alice.workspace).get(user=bob.user)
    change_role(alice, membership, role=role)
    start = head(alice)
    with listening(running, bob, after=start) as socket:
        socket.ready()
        add(alice, project, "Open to readers")
        update_role(alice, role, level=19)
        add(alice, project, "Not any more")
        heard = events(socket.upto(head(alice)))
    assert heard == ["task:created", "cursor", "cursor"]
