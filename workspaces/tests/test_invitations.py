"""Invitations: sent, copied, taken back, used once."""

import json
import re
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils import timezone

from workspaces import tenancy
from workspaces.actions import (
    accept_invitation,
    change_role,
    create_role,
    create_workspace,
    invite_member,
    remove_member,
    revoke_invitation,
)
from workspaces.actions.invitations import secret_of
from workspaces.actor import Actor
from workspaces.errors import Forbidden, Refused
from workspaces.jobs import send_invitation
from workspaces.models import Invitation, Membership, Role
from workspaces.spine import acting
from workspaces.tokens import digest

from .people import PASSWORD, add_member, browser, log, make_person

URL = "/w/acme/invitations/"
HTMX = {"HX-Request": "true"}


def role(by: Actor, key: str = "member") -> Role:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Role.objects.within(by.workspace).get(key=key)


def invited(by: Actor, email: str = "anna@example.com", key: str = "member") -> Invitation:
    return invite_member(by, email=email, role=role(by, key))


def link(invitation: Invitation) -> str:
    return f"/invitations/{invitation.workspace_id}/{secret_of(invitation)}/"


def pending(by: Actor) -> list[str]:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = Invitation.objects.within(by.workspace).filter(revoked_at=None, accepted_at=None)
        return sorted(rows.values_list("email", flat=True))


def age(invitation: Invitation) -> None:
    """Eight days go by."""
    with tenancy.workspace(invitation.workspace_id, atomic=True):
        Invitation.objects.filter(workspace=invitation.workspace_id, pk=invitation.pk).update(
            expires_at=timezone.now() - timedelta(days=1)
        )


def test_several_are_invited_at_once(alice: Actor) -> None:
    answer = browser(alice).post(
        URL,
        {"emails": "Anna@Example.com, ben@example.com\ncarl@example.com; anna@example.com", "role": "guest"},
        headers=HTMX,
    )
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["flowboard:done"]["sentence"] == "Invited 3 people"
    assert pending(alice) == ["anna@example.com", "ben@example.com", "carl@example.com"]
    rows = log(alice, "invitation:created")
    assert len({row.change_id for row in rows}) == 1
    assert rows[0].after == {"email": "anna@example.com", "role": "Guest"}


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("emails", {"emails": ""}), ("emails", {"emails": "nobody"}), ("emails", {"emails": "anna@example.com, broken@"}),
        ("emails", {"emails": "a@b.c" * 10_000}), ("emails", {"emails": "a\x00@example.com"}), ("emails", {"emails": "bob@example.com"}),
        ("emails", {"emails": "x" * 300 + "@example.com"}), ("role", {"emails": "anna@example.com", "role": "boss"}),
        ("role", {"emails": "anna@example.com", "role": ""}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nobody_is_invited(
    alice: Actor, bob: Actor, field: str, sent: dict[str, str]
) -> None:
    for headers in (HTMX, {}):
        answer = browser(alice).post(URL, {"role": "member"} | sent, headers=headers)
        assert answer.status_code == 422
        assert field in answer.context["invite_form"].errors
    assert pending(alice) == []
    assert log(alice, "invitation:created") == []


def test_members_and_guests_invite_nobody(alice: Actor, bob: Actor, gus: Actor) -> None:
    for actor in (bob, gus):
        assert (
            browser(actor).post(URL, {"emails": "anna@example.com", "role": "guest"}, headers=HTMX).status_code == 403
        )
        with pytest.raises(Forbidden):
            invite_member(actor, email="anna@example.com", role=role(alice, "guest"))


def test_nobody_invites_above_themselves(alice: Actor, bob: Actor) -> None:
    admin = role(alice, "admin")
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        Membership.objects.within(alice.workspace).filter(user=bob.user).update(role=admin)
    answer = browser(bob).post(URL, {"emails": "anna@example.com", "role": "owner"}, headers=HTMX)
    assert answer.status_code == 422
    assert "above your own" in answer.content.decode()


def test_the_mail_says_who_where_and_until_when(alice: Actor, settings) -> None:
    settings.SITE_URL = "https://board.example"
    held = invited(alice)
    send_invitation(str(alice.workspace.pk), str(held.pk))
    send_invitation(str(alice.workspace.pk), str(held.pk))
    assert len(mail.outbox) == 1
    sent = mail.outbox[0]
    assert str(held.pk) in sent.extra_headers["Message-ID"]  # sent twice by a worker that died, it is known as the same
    assert "Alice" in sent.subject
    assert "Acme" in sent.subject
    found = re.search(r"https?://\S+", sent.body)
    assert found
    assert found[0] == f"https://board.example{link(held)}"


def test_the_list_shows_who_waits_and_the_link(alice: Actor, bob: Actor) -> None:
    held = invited(alice)
    page = browser(alice).get("/w/acme/members/").content.decode()
    assert "anna@example.com" in page
    assert secret_of(held) in page
    assert secret_of(held) not in browser(bob).get("/w/acme/members/").content.decode()


def test_inviting_again_replaces_the_link(alice: Actor) -> None:
    first = invited(alice)
    answer = browser(alice).post(f"{URL}{first.pk}/", headers=HTMX)
    assert answer.status_code == 204
    assert pending(alice) == ["anna@example.com"]
    assert Client().get(link(first)).status_code == 410


def test_taking_back(alice: Actor, bob: Actor) -> None:
    held = invited(alice)
    assert browser(bob).delete(f"{URL}{held.pk}/", headers=HTMX).status_code == 403
    assert browser(alice).delete(f"{URL}{held.pk}/", headers=HTMX).status_code == 204
    assert log(alice)[-1].event == "invitation:revoked"
    assert "withdrawn" in Client().get(link(held)).content.decode()
    revoke_invitation(alice, held)
    browser(alice).delete(f"{URL}{held.pk}/", headers=HTMX)
    assert len(log(alice, "invitation:revoked")) == 1


def test_a_new_person_signs_up_and_joins(alice: Actor) -> None:
    held = invited(alice)
    client = Client()
    page = client.get(link(held)).content.decode()
    assert "Join Acme" in page
    assert "email=anna%40example.com" in page
    client.post(
        f"/accounts/signup/?next={link(held)}",
        {"name": "Anna", "email": "anna@example.com", "password1": "wobbly-lantern-42", "next": link(held)},
    )
    found = re.search(r"https?://\S+", mail.outbox[-1].body)
    assert found
    answer = client.post(urlsplit(found[0]).path, follow=True)
    assert answer.request["PATH_INFO"] == link(held)
    assert client.post(link(held)).url == "/w/acme/"
    assert client.get("/w/acme/").status_code == 200
    row = log(alice)[-1]
    assert (row.event, row.after["role"]) == ("member:joined", "Member")


def test_whoever_has_an_account_signs_in_and_joins(alice: Actor) -> None:
    held = invited(alice)
    make_person("Zoe")
    client = Client()
    client.get(link(held))
    answer = client.post("/accounts/login/", {"login": "zoe@example.com", "password": PASSWORD, "next": link(held)})
    assert answer.url == link(held)
    assert "Join Acme" in client.get(link(held)).content.decode()
    assert client.post(link(held)).url == "/w/acme/"


def test_the_start_remembers_the_invitation(alice: Actor) -> None:
    held = invited(alice)
    make_person("Zoe")
    client = Client()
    client.get(link(held))
    client.post("/accounts/login/", {"login": "zoe@example.com", "password": PASSWORD})
    assert client.get("/").url == link(held)


def test_a_used_link_lets_nobody_else_in(alice: Actor, eve: Actor) -> None:
    held = invited(alice)
    accept_invitation(make_person("Zoe"), held)
    client = browser(eve)
    assert "was used" in client.get(link(held)).content.decode()
    assert client.post(link(held)).status_code == 410
    assert client.get("/w/acme/").status_code == 404


def test_an_expired_link_says_so(alice: Actor, eve: Actor) -> None:
    held = invited(alice)
    age(held)
    assert "expired" in Client().get(link(held)).content.decode()
    assert browser(eve).post(link(held)).status_code == 410
    with pytest.raises(Refused, match="expired"):
        accept_invitation(eve.user, held)


@pytest.mark.parametrize("token", ["abc", "x" * 3000, "0" * 64, "%00"])
def test_a_wrong_link_leads_nowhere(alice: Actor, token: str) -> None:
    invited(alice)
    assert Client().get(f"/invitations/{alice.workspace.pk}/{token}/").status_code in (400, 404)
    assert browser(alice).post(f"/invitations/{alice.workspace.pk}/{token}/").status_code in (400, 404)


def test_a_link_of_another_workspace_leads_nowhere(alice: Actor, eve: Actor) -> None:
    held = invited(alice)
    assert browser(eve).get(f"/invitations/{eve.workspace.pk}/{secret_of(held)}/").status_code == 404


def test_members_go_straight_in_and_use_nothing_up(alice: Actor, bob: Actor) -> None:
    held = invited(alice)
    assert browser(bob).get(link(held)).url == "/w/acme/"
    assert pending(alice) == ["anna@example.com"]


def test_only_a_digest_is_kept(alice: Actor) -> None:
    held = invited(alice)
    assert held.token_hash == digest(secret_of(held))
    assert secret_of(held) not in json.dumps([row.after for row in log(alice)])


def test_eve_touches_none(alice: Actor, eve: Actor) -> None:
    held = invited(alice)
    client = browser(eve)
    assert client.post(URL, {"emails": "eve@example.com", "role": "owner"}).status_code == 404
    assert client.delete(f"{URL}{held.pk}/").status_code == 404
    assert client.delete(f"/w/globex/invitations/{held.pk}/").status_code == 404
    assert client.post(f"/w/globex/invitations/{held.pk}/").status_code == 404
    with pytest.raises(Refused, match="no such role"):
        invite_member(eve, email="x@example.com", role=role(alice))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_at_once_and_one_gets_in(alice: Actor) -> None:
    held = invited(alice)
    start, said = threading.Barrier(2), []

    def join(name: str) -> None:
        user = make_person(name)
        start.wait()
        try:
            accept_invitation(user, held)
            said.append("in")
        except Refused as no:
            said.append(no.words)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=join, args=(name,)) for name in ("Xena", "Yara")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["This invitation is accepted: ask for a new one.", "in"]
    assert len(log(alice, "member:joined")) == 1


def test_inviting_into_a_deleted_workspace_leads_nowhere(alice: Actor, eve: Actor) -> None:
    from workspaces.actions import delete_workspace

    held = invited(alice)
    delete_workspace(alice, confirm="acme")
    assert browser(eve).post(link(held)).status_code == 410
    assert create_workspace(eve.user, name="Acme", slug="acme-2").workspace.slug == "acme-2"


def test_the_link_of_an_invitation_above_oneself_is_not_shown(alice: Actor, bob: Actor) -> None:
    """Whoever reads it could follow it with another account, and be what they may not give."""
    host = create_role(alice, name="Host", level=25, permissions=["member.invite"])
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        held = Membership.objects.within(alice.workspace).select_related("role", "user").get(user=bob.user)
    change_role(alice, held, role=host)
    above, wider, below = (invited(alice, f"{key}@example.com", key) for key in ("admin", "member", "guest"))
    page = browser(bob).get("/w/acme/members/").content.decode()
    assert all(one.email in page for one in (above, wider, below))
    assert [link(one) in page for one in (above, wider, below)] == [False, False, True]
    assert all(link(one) in browser(alice).get("/w/acme/members/").content.decode() for one in (above, wider, below))


def test_nobody_is_written_to_again_and_again(alice: Actor) -> None:
    for _ in range(5):
        held = invited(alice)
    answer = browser(alice).post(f"{URL}{held.pk}/", headers=HTMX)
    assert answer.status_code == 422
    assert "5 times" in json.loads(answer["HX-Trigger"])["flowboard:refused"]["sentence"]
    assert pending(alice) == ["anna@example.com"]
    invited(alice, "ben@example.com")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_who_is_removed_at_that_moment_invites_nobody(alice: Actor) -> None:
    """The invitation waits for the act that takes its inviter's right away, and is refused then."""
    carol = add_member(alice, make_person("Carol"), "admin")
    held, refused = role(alice), []

    def invites() -> None:
        try:
            invite_member(carol, email="anna@example.com", role=held)
        except Forbidden as no:
            refused.append(no.words)
        finally:
            connections.close_all()

    thread = threading.Thread(target=invites)
    with acting(alice):
        remove_member(alice, Membership.objects.within(alice.workspace).get(user=carol.user))
        thread.start()
        while thread.is_alive() and not somebody_waits():
            thread.join(0.02)
    thread.join()
    assert refused == ["You do not belong to this workspace any more."]
    assert not pending(alice)


def somebody_waits() -> bool:
    """Whether a connection to this database waits for a lock."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
