"""Whoever no longer belongs is shown out before the next row goes to anybody."""

import signal

import pytest

from tasks.models import Project
from tasks.tests.boards import add
from workspaces import tenancy
from workspaces.actions import delete_workspace, leave_workspace, remove_member
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.tests.people import log

from .server import Server, listening, server

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def membership(of: Actor) -> Membership:
    with tenancy.workspace(of.workspace.pk, atomic=True):
        return Membership.objects.within(of.workspace).select_related("user", "role").get(user=of.user)


def test_removal_closes_and_nothing_comes_after(running: Server, alice: Actor, bob: Actor, project: Project) -> None:
    with listening(running, bob) as his, listening(running, alice) as hers:
        his.ready(), hers.ready()
        remove_member(alice, membership(bob))
        add(alice, project, "He must not read this")
        assert his.until_closed() == (4403, [])
        assert [hers.next()["event"], hers.next()["event"]] == ["member:removed", "task:created"]
    with listening(running, bob, after=0) as again:
        assert again.until_closed() == (4403, [])


def test_leaving_closes_all_sockets_of_the_person(running: Server, alice: Actor, bob: Actor) -> None:
    with listening(running, bob) as one, listening(running, bob) as two:
        one.ready(), two.ready()
        leave_workspace(bob)
        assert one.until_closed() == two.until_closed() == (4403, [])


def test_a_deleted_workspace_closes_for_everybody(running: Server, alice: Actor, bob: Actor) -> None:
    with listening(running, bob) as his, listening(running, alice) as hers:
        his.ready(), hers.ready()
        delete_workspace(alice, confirm="acme")
        assert his.until_closed()[0] == hers.until_closed()[0] == 4403


def test_removal_among_many_rows(running: Server, alice: Actor, bob: Actor, project: Project) -> None:
    """The doorbell carries no rows then: the hub finds the removal in the gap that it reads."""
    from workspaces.spine import acting

    with listening(running, bob) as his:
        his.ready()
        with acting(alice):
            remove_member(alice, membership(bob))
            add(alice, project, *(f"Card {number}" for number in range(1200)))
        assert his.until_closed() == (4403, [])


def test_a_restart_is_announced(alice: Actor) -> None:
    with server() as own:
        with listening(own, alice) as socket:
            socket.ready()
            own.process.send_signal(signal.SIGTERM)
            assert socket.until_closed() == (1012, [])
        assert own.process.wait(20) in (0, -signal.SIGTERM)
    assert log(alice)
