"""When a session, a password or a person ends, so do the sockets: of that one at once, of nobody else."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from workspaces.actor import Actor
from workspaces.tests.people import PASSWORD, browser, make_staff

from .server import PATIENCE, Server, listening, private_redis, server, session_key

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Rate limits count in the cache."""
    cache.clear()


def signed_in(person: Actor) -> Client:
    """A browser that came through the sign-in page, so that its session stands in the list of sessions."""
    client = Client()
    assert client.post(reverse("account_login"), {"login": person.user.email, "password": PASSWORD}).status_code == 302
    return client


def cookie(client: Client) -> dict[str, str]:
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


def program(person: Actor) -> dict[str, str]:
    data = json.dumps({"email": person.user.email, "password": PASSWORD})
    return dict(Client().post("/api/v1/auth/sign-in/", data, content_type="application/json").json())


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def listen(running: Server, headers: dict[str, str], **more: Any) -> Any:
    return listening(running, None, slug="acme", headers=headers, **more)


def stays(socket: Any) -> bool:
    return bool(socket.connection.ping().wait(PATIENCE))


def test_a_program_listens_by_header_or_subprotocol(running: Server, alice: Actor, eve: Actor) -> None:
    tokens = program(alice)
    with listen(running, bearer(tokens), origin=None) as socket:
        socket.ready()
    offered = ["flowboard", f"flowboard.token.{tokens['access_token']}"]
    with listen(running, {}, subprotocols=offered) as socket:
        socket.ready()
        assert socket.connection.subprotocol == "flowboard"
    for headers, code in (
        ({"Authorization": f"Bearer {tokens['refresh_token']}"}, 4401), ({"Authorization": "Bearer x.y.z"}, 4401),
        ({"Authorization": "Bearer "} | cookie(browser(alice)), 4401), (bearer(program(eve)), 4403),
    ):  # fmt: skip
        with listen(running, headers, origin=None) as socket:
            assert socket.until_closed() == (code, [])


def test_signing_out_ends_one_session_and_no_other(running: Server, alice: Actor) -> None:
    leaves, remains, tokens = signed_in(alice), signed_in(alice), program(alice)
    with (
        listen(running, cookie(leaves)) as gone,
        listen(running, cookie(remains)) as here,
        listen(running, bearer(tokens)) as robot,
    ):
        gone.ready(), here.ready(), robot.ready()
        leaves.post(reverse("account_logout"))
        assert gone.until_closed() == (4401, [])
        assert stays(here) and stays(robot)
        Client().delete("/api/v1/auth/session/", headers=bearer(tokens))
        assert robot.until_closed() == (4401, [])
        assert stays(here)
    assert Client().get("/api/v1/workspaces/acme/", headers=bearer(tokens)).status_code == 401
    assert remains.get("/api/v1/workspaces/acme/").status_code == 200


def test_signing_out_everywhere_else(running: Server, alice: Actor) -> None:
    other, tokens = signed_in(alice), program(alice)
    with listen(running, cookie(other)) as gone, listen(running, bearer(tokens)) as here:
        gone.ready(), here.ready()
        Client().delete("/api/v1/auth/sessions/", headers=bearer(tokens))
        assert gone.until_closed() == (4401, [])
        assert stays(here)


def test_a_new_password_ends_all_others(running: Server, alice: Actor, bob: Actor) -> None:
    mine, other, tokens = signed_in(alice), signed_in(alice), program(alice)
    with (
        listen(running, cookie(other)) as gone,
        listen(running, bearer(tokens)) as robot,
        listening(running, bob) as his,
    ):
        gone.ready(), robot.ready(), his.ready()
        new = {"oldpassword": PASSWORD, "password1": "wobbly-lantern-42", "password2": "wobbly-lantern-42"}
        mine.post(reverse("account_change_password"), new)
        assert gone.until_closed() == robot.until_closed() == (4401, [])
        assert stays(his)
    assert mine.get("/api/v1/workspaces/acme/").status_code == 200
    assert other.get("/api/v1/workspaces/acme/").status_code == 401
    assert Client().get("/api/v1/workspaces/acme/", headers=bearer(tokens)).status_code == 401


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
def test_a_disabled_person_is_out_everywhere(running: Server, alice: Actor, bob: Actor) -> None:
    back_office, his, tokens = make_staff("Root"), browser(bob), program(bob)
    with (
        listen(running, cookie(his)) as page,
        listen(running, bearer(tokens)) as robot,
        listening(running, alice) as hers,
    ):
        page.ready(), robot.ready(), hers.ready()
        address = reverse("admin:accounts_user_change", args=[bob.user.pk])
        assert back_office.post(address, {"name": "Bob", "reason": "left the company"}).status_code == 302
        assert page.until_closed() == robot.until_closed() == (4401, [])
        assert stays(hers)
    assert his.get("/api/v1/workspaces/acme/").status_code == 401
    assert Client().get("/api/v1/workspaces/acme/", headers=bearer(tokens)).status_code == 401


def test_without_redis_the_hub_looks_each_second(alice: Actor, bob: Actor) -> None:
    """Its own Redis is dead, so that no bell rings: whoever signed out is found by the hub itself."""
    with private_redis() as (address, process), server(address) as own:
        key = session_key(alice)
        with (
            listening(own, None, slug="acme", headers={"Cookie": f"sessionid={key}"}) as gone,
            listening(own, bob) as here,
        ):
            gone.ready(), here.ready()
            process.kill()
            client = Client()
            client.cookies["sessionid"] = key
            client.logout()
            assert gone.until_closed() == (4401, [])
            assert stays(here)
