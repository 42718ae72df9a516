"""Sockets of members without the second factor that their workspace asks for."""

import pytest

from accounts.tests.signing import give_app
from workspaces.actions import require_second_factor
from workspaces.actor import Actor

from .server import Server, listening

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_they_are_closed_when_it_is_asked_and_refused_until_there_is_one(
    running: Server, alice: Actor, bob: Actor
) -> None:
    give_app(alice.user)
    with listening(running, alice) as hers, listening(running, bob) as his:
        hers.ready(), his.ready()
        require_second_factor(alice, required=True)
        assert his.until_closed()[0] == 4407
        assert hers.next()["event"] == "workspace:mfa_required"
    with listening(running, bob) as again:
        assert again.until_closed() == (4407, [])
    give_app(bob.user)
    with listening(running, bob) as again:
        again.ready()
