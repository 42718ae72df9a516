"""The door of the socket: who is let in, and the code that tells the others why not."""

import pytest
from django.utils import timezone

from workspaces import tenancy
from workspaces.actions import create_token, revoke_token
from workspaces.actor import Actor
from workspaces.models import AccessToken
from workspaces.tests.people import browser

from .server import Server, listening, session_key

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def refused(*args: object, **more: object) -> int:
    with listening(*args, **more) as socket:  # type: ignore[arg-type]
        code, heard = socket.until_closed()
    assert heard == []
    return code


def test_a_foreign_origin_is_refused(running: Server, alice: Actor) -> None:
    for origin in (
        "https://evil.example",
        f"https://{running.host}",
        f"http://127.0.0.1:{running.port + 1}",
        f"http://localhost:{running.port}",
        f"http://{running.host}.evil.example",
        "http://[",
        "null",
    ):
        assert refused(running, alice, after=0, origin=origin) == 4400, origin


def test_a_program_without_origin_is_let_in(running: Server, alice: Actor) -> None:
    with listening(running, alice, origin=None) as socket:
        socket.ready()


@pytest.mark.parametrize("after", ["-1", "x", "", "1.5", "９", "9" * 30, "0x1", "1%00"])
def test_a_place_that_is_no_number_is_refused(running: Server, alice: Actor, after: str) -> None:
    assert refused(running, alice, after=after) == 4400


def test_who_is_not_signed_in_is_refused(running: Server, alice: Actor) -> None:
    assert refused(running, None, slug="acme") == 4401
    assert refused(running, None, slug="acme", headers={"Cookie": "sessionid=../../etc; x"}) == 4401
    assert refused(running, None, slug="acme", headers={"Cookie": 'sessionid="\\000aaaaaaaaaaaaaaaa"'}) == 4401
    assert refused(running, None, slug="acme", headers={"Cookie": f"sessionid={'a' * 32}"}) == 4401


def test_eve_is_refused_and_learns_nothing(running: Server, alice: Actor, eve: Actor) -> None:
    assert refused(running, eve, slug="acme", after=0) == 4403
    assert refused(running, eve, slug="no-such-place", after=0) == 4403


def test_a_changed_password_ends_old_sessions(running: Server, alice: Actor) -> None:
    cookie = f"sessionid={session_key(alice)}"
    alice.user.set_password("another one, quite long")
    alice.user.save(using="owner")
    assert refused(running, None, slug="acme", headers={"Cookie": cookie}) == 4401


def test_a_disabled_person_is_refused(running: Server, alice: Actor) -> None:
    cookie = f"sessionid={session_key(alice)}"
    alice.user.is_active = False
    alice.user.save(using="owner")
    assert refused(running, None, slug="acme", headers={"Cookie": cookie}) == 4401


def test_an_access_token_in_the_header(running: Server, alice: Actor) -> None:
    secret = create_token(alice, name="bot")[1]
    with listening(running, None, slug="acme", origin=None, headers={"Authorization": f"Token {secret}"}) as socket:
        socket.ready()


def test_an_access_token_as_subprotocol(running: Server, alice: Actor) -> None:
    secret = create_token(alice, name="bot")[1]
    offered = ["flowboard", f"flowboard.token.{secret}"]
    with listening(running, None, slug="acme", subprotocols=offered) as socket:
        socket.ready()
        assert socket.connection.subprotocol == "flowboard"


def test_a_token_opens_its_own_workspace_only(running: Server, alice: Actor, eve: Actor) -> None:
    secret = create_token(eve, name="bot")[1]
    headers = {"Authorization": f"Token {secret}"}
    assert refused(running, None, slug="acme", headers=headers) == 4403
    assert refused(running, None, slug="acme", headers={"Authorization": "Token fb_nonsense"}) == 4401


def test_a_revoked_token_closes_its_socket(running: Server, alice: Actor) -> None:
    token, secret = create_token(alice, name="bot")
    with listening(running, None, slug="acme", origin=None, headers={"Authorization": f"Token {secret}"}) as socket:
        socket.ready()
        revoke_token(alice, token)
        code, heard = socket.until_closed()
    assert (code, heard) == (4401, [])


def test_an_expired_token_is_refused(running: Server, alice: Actor) -> None:
    token, secret = create_token(alice, name="bot")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        AccessToken.objects.within(alice.workspace).filter(pk=token.pk).update(expires_at=timezone.now())
    assert refused(running, None, slug="acme", headers={"Authorization": f"Token {secret}"}) == 4401


def test_twenty_sockets_a_person(running: Server, alice: Actor, bob: Actor) -> None:
    from contextlib import ExitStack

    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(listening(running, alice)).ready()
        assert refused(running, alice) == 4429
        stack.enter_context(listening(running, bob)).ready()
    with listening(running, alice) as socket:
        socket.ready()


def test_a_chatterer_is_closed(running: Server, alice: Actor) -> None:
    with listening(running, alice) as socket:
        socket.ready()
        for _ in range(12):
            socket.connection.send('{"event": "task:created", "seq": 1}')
        assert socket.until_closed() == (4429, [])
    with listening(running, alice) as socket:
        socket.ready()
        socket.connection.send("x" * 5000)
        assert socket.until_closed() == (1009, [])


def test_what_clients_say_reaches_nobody(running: Server, alice: Actor, bob: Actor) -> None:
    with listening(running, alice) as hers, listening(running, bob) as his:
        hers.ready(), his.ready()
        for words in ('{"event": "task:created", "seq": 99}', "{", b"\x00\xff"):
            his.connection.send(words)
        from workspaces.actions import update_workspace

        update_workspace(alice, name="Acme & Co")
        assert hers.next()["event"] == his.next()["event"] == "workspace:updated"


def test_signing_out_closes_the_sockets_of_that_session(running: Server, alice: Actor) -> None:
    client = browser(alice)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    with listening(running, None, slug="acme", headers={"Cookie": cookie}) as gone, listening(running, alice) as stays:
        gone.ready(), stays.ready()
        client.logout()
        assert gone.until_closed() == (4401, [])
        assert refused(running, None, slug="acme", headers={"Cookie": cookie}) == 4401
        stays.connection.ping().wait(5)
