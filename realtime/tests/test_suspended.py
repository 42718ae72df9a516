"""A suspended workspace is still: its sockets close, and none opens until it is resumed."""

import pytest

from accounts.models import User
from workspaces.actions import resume_workspace, suspend_workspace
from workspaces.actions.support import staff_actor
from workspaces.actor import Actor
from workspaces.tests.people import make_staff

from .server import Server, listening

WHY = "mass mailing through invitations"
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_sockets_close_and_stay_out_until_it_is_resumed(running: Server, alice: Actor, bob: Actor, eve: Actor) -> None:
    make_staff("Ray", "Support")
    ray = User.objects.get(name="Ray")
    with listening(running, alice) as hers, listening(running, bob) as his, listening(running, eve) as elsewhere:
        hers.ready(), his.ready(), elsewhere.ready()
        suspend_workspace(staff_actor(alice.workspace, ray), reason=WHY)
        assert hers.until_closed()[0] == his.until_closed()[0] == 4423
        assert elsewhere.connection.ping().wait(10)
    with listening(running, alice) as again:
        assert again.until_closed() == (4423, [])
    resume_workspace(staff_actor(alice.workspace, ray), reason="they have stopped it")
    with listening(running, alice) as again:
        again.ready()
