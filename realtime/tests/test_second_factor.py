"""Sockets of members without the second factor that their workspace asks for."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse

from accounts.tests.signing import enters, give_app, proves
from workspaces.actions import require_second_factor
from workspaces.actor import Actor
from workspaces.tests.people import make_staff

from .server import PATIENCE, Server, listening

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


def test_giving_up_the_last_one_closes_this_persons_at_once(running: Server, alice: Actor, bob: Actor) -> None:
    cache.clear()
    browser = proves(enters(bob.user))
    give_app(alice.user), give_app(bob.user)
    require_second_factor(alice, required=True)
    with listening(running, alice) as hers, listening(running, bob) as his:
        hers.ready(), his.ready()
        browser.post(reverse("mfa_deactivate_totp"))
        assert his.until_closed() == (4407, [])
        assert hers.connection.ping().wait(PATIENCE)


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
def test_so_does_the_back_office_taking_it_away(running: Server, alice: Actor, bob: Actor) -> None:
    give_app(alice.user), give_app(bob.user)
    require_second_factor(alice, required=True)
    back_office = make_staff("Root")
    app = Authenticator.objects.get(user=bob.user, type="totp")
    with listening(running, bob) as his:
        his.ready()
        page = reverse("admin:mfa_authenticator_take_away", args=[app.pk])
        assert back_office.post(page, {"reason": "the phone is lost"}).status_code == 302
        assert his.until_closed() == (4407, [])
