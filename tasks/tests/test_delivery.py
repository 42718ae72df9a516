"""What goes out beyond the inbox, on the wire: mails by SMTP, pushes by a push service; once, and only what is still news."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import actions as people
from accounts.models import PushSubscription, User
from accounts.tests.push_service import PushService, push_service
from tasks.actions import create_comment, share_task, unshare_task, update_task
from tasks.actions.delivery import begin, held_delivery
from tasks.actions.notices import finish_items, mark_read, snooze_items
from tasks.actions.preferences import prefer, schedule_notifications
from tasks.models import Delivery, Task
from tasks.notices import sending
from tasks.tests.deliveries import ended, go_out, move, planned
from tasks.tests.inboxes import items
from tasks.tests.mail_server import MailServer, mail_server
from workspaces import tenancy
from workspaces.actions import remove_member
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.tests.people import browser

SITE = "https://board.example.com"


@pytest.fixture
def post(settings: Any) -> Iterator[MailServer]:
    settings.SITE_URL = SITE
    with mail_server(settings) as up:
        yield up


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    with push_service(settings) as up:
        yield up


def text(one: Any) -> str:
    return str(one.get_content())


def device(of: Actor, service: PushService, name: str = "laptop") -> Client:
    """A browser of theirs that has subscribed."""
    client = browser(of)
    assert client.post("/profile/push/", service.device(name).fields).status_code == 204
    return client


def test_several_acts_on_a_task_are_one_mail_after_a_quiet_while(
    alice: Actor, bob: Actor, cards: list[Task], post: MailServer
) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    (waiting,) = planned(bob, channel="mail")
    assert timedelta(seconds=60) < waiting.due_at - timezone.now() < timedelta(seconds=120)
    create_comment(alice, cards[0], body="@bob please look")
    sending.deliver(alice.workspace.pk)
    assert not post.mails
    go_out(bob)
    go_out(bob)
    (one,) = post.mails
    assert (one["To"], one["Subject"], one["From"]) == (
        "bob@example.com",
        "FLOW-1 One",
        '"Alice (FlowBoard)" <flowboard@localhost>',
    )
    for words in (
        "Alice assigned it to you.",
        "Alice mentioned you:",
        "> @bob please look",
        f"{SITE}/w/acme/t/FLOW-1/",
    ):
        assert words in text(one)
    assert f"{SITE}/w/acme/settings/notifications/" in text(one) and "because the task was assigned to you" in text(one)
    assert one["References"] == f"<task-{cards[0].pk}@board.example.com>" and one["Auto-Submitted"] == "auto-generated"
    assert ended(bob) == ["sent"]


@pytest.mark.parametrize(
    "deals", ["reads", "finishes", "snoozes", "loses", "leaves", "is_off", "lacks_a_factor", "says_never"]
)
def test_what_is_no_longer_news_is_not_mailed(
    alice: Actor, gus: Actor, cards: list[Task], post: MailServer, deals: str
) -> None:
    share_task(alice, cards[0], person=gus.user, grant="edit_task")
    update_task(alice, cards[0], assignees=[gus.user])
    planned(gus)
    match deals:
        case "reads":
            mark_read(gus, items(gus))
        case "finishes":
            finish_items(gus, items(gus))
        case "snoozes":
            snooze_items(gus, items(gus), until=timezone.now() + timedelta(hours=1))
        case "loses":
            unshare_task(alice, cards[0], person=gus.user)
        case "leaves":
            remove_member(alice, membership(gus))
        case "is_off":
            User.objects.filter(pk=gus.user.pk).update(is_active=False)
        case "lacks_a_factor":
            alice.workspace.require_mfa = True
            with tenancy.workspace(alice.workspace.pk, atomic=True):
                alice.workspace.save(update_fields=["require_mfa"])
        case "says_never":
            for reason in ("assigned", "shared"):
                prefer(gus, reason=reason, mail="never")
    go_out(alice)
    assert not [one for one in post.mails if one["To"] == "gus@example.com"]


def membership(of: Actor) -> Membership:
    with tenancy.workspace(of.workspace.pk, atomic=True):
        rows = Membership.objects.within(of.workspace).select_related("workspace", "role", "user")
        found: Membership = rows.get(user=of.user)
    return found


def test_a_mail_that_was_sent_before_the_worker_died_has_the_same_name_again(
    alice: Actor, bob: Actor, cards: list[Task], post: MailServer
) -> None:
    """The worker dies between the server's answer and its own commit; meanwhile more happens to the task."""
    update_task(alice, cards[0], assignees=[bob.user])
    planned(bob)
    move(bob)
    (pk,) = begin(alice.workspace.pk, timezone.now())
    with pytest.raises(KeyboardInterrupt), tenancy.workspace(alice.workspace.pk, atomic=True):
        row = held_delivery(alice.workspace.pk, pk)
        assert row
        by_hand(row)
        raise KeyboardInterrupt
    create_comment(alice, cards[0], body="@bob and this")
    go_out(bob)
    first, again, other = post.names()
    assert first == again == f"<{pk}@board.example.com>" and other != first
    assert "and this" not in text(post.mails[1]) and "and this" in text(post.mails[2])


def by_hand(row: Delivery) -> None:
    """What a worker does with a row that it holds."""
    work = sending.Round(row.workspace_id)
    work._mail(row)
    work._hang_up()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_workers_send_a_mail_once(alice: Actor, bob: Actor, cards: list[Task], post: MailServer) -> None:
    """The one that comes second finds the row held, and goes on."""
    update_task(alice, cards[0], assignees=[bob.user])
    planned(bob)
    move(bob)
    (pk,) = begin(alice.workspace.pk, timezone.now())

    def other() -> None:
        sending.deliver(alice.workspace.pk)
        connection.close()

    with tenancy.workspace(alice.workspace.pk, atomic=True), ThreadPoolExecutor(1) as pool:
        row = held_delivery(alice.workspace.pk, pk)
        assert row
        pool.submit(other).result()
        assert not post.mails
        by_hand(row)
    go_out(bob)
    assert post.names() == [f"<{pk}@board.example.com>"]


def test_a_server_that_is_away_is_asked_again_and_loses_nothing(
    alice: Actor, bob: Actor, cards: list[Task], post: MailServer, settings: Any
) -> None:
    settings.EMAIL_PORT = 1
    for card in cards:
        update_task(alice, card, assignees=[bob.user])
    go_out(bob)
    assert sorted(one.tries for one in planned(bob)) == [0, 0, 1]
    settings.EMAIL_PORT = post.port
    go_out(bob)
    assert len(post.mails) == 3 and post.connections == 1 and ended(bob) == ["sent"] * 3


def test_one_mailbox_that_takes_nothing_holds_up_nobody(
    alice: Actor, bob: Actor, gus: Actor, cards: list[Task], post: MailServer
) -> None:
    share_task(alice, cards[0], person=gus.user, grant="edit_task")
    post.refuses, post.busy = {"gus@"}, {"bob@"}
    update_task(alice, cards[0], assignees=[bob.user, gus.user])
    create_comment(bob, cards[0], body="@alice well")
    go_out(alice)
    assert [one["To"] for one in post.mails] == ["alice@example.com"]
    assert set(ended(gus)) == {"failed"} and [one.tries for one in planned(bob)] == [1]
    with tenancy.workspace(bob.workspace.pk, atomic=True):
        Delivery.objects.within(bob.workspace).filter(user=bob.user).update(
            created_at=timezone.now() - timedelta(days=4)
        )
    go_out(bob)
    assert ended(bob) == ["failed"]


def test_the_digest_comes_at_the_persons_hour_in_their_own_zone(
    alice: Actor, bob: Actor, cards: list[Task], post: MailServer
) -> None:
    people.update_profile(bob.user, name="Bob", time_zone="Asia/Tokyo", single_keys=True)
    schedule_notifications(bob, hour=7, days="every")
    update_task(alice, cards[1], assignees=[bob.user])
    go_out(alice)
    create_comment(alice, cards[1], body="First")
    create_comment(alice, cards[1], body="Second")
    (digest,) = planned(bob, kind="digest")
    assert digest.due_at.astimezone(UTC).hour == 22 and digest.due_at - timezone.now() <= timedelta(days=1)
    schedule_notifications(bob, hour=9)
    assert planned(bob, kind="digest")[0].due_at.astimezone(UTC).hour == 0
    go_out(bob)
    one = post.mails[-1]
    assert one["Subject"] == "Acme: 1 happened" and "You get this digest at 9:00" in text(one)
    assert "Alice commented twice: “Second”" in text(one) and "assigned" not in text(one)
    go_out(bob)
    assert len(post.mails) == 2


def test_the_digest_follows_a_new_time_zone(
    alice: Actor, bob: Actor, cards: list[Task], django_capture_on_commit_callbacks: Any
) -> None:
    prefer(bob, reason="assigned", mail="digest")
    update_task(alice, cards[0], assignees=[bob.user])
    assert planned(bob)[0].due_at.astimezone(UTC).hour == 8
    with django_capture_on_commit_callbacks(execute=True):
        people.update_profile(bob.user, name="Bob", time_zone="Asia/Tokyo", single_keys=True)
    assert planned(bob)[0].due_at.astimezone(UTC).hour == 23


def test_a_rest_puts_everything_into_the_digest_after_it(
    alice: Actor, bob: Actor, cards: list[Task], post: MailServer, service: PushService
) -> None:
    device(bob, service)
    update_task(alice, cards[0], assignees=[bob.user])
    planned(bob)
    until = timezone.now() + timedelta(days=3)
    schedule_notifications(bob, paused_until=until)
    update_task(alice, cards[1], assignees=[bob.user])
    planned(bob)
    move(bob, kind="now")
    sending.deliver(bob.workspace.pk)
    assert not post.mails and not service.pushed
    (digest,) = planned(bob)
    assert digest.kind == "digest" and len(digest.notices) == 2 and digest.due_at > until
    schedule_notifications(bob, paused_until=None)
    go_out(bob)
    assert post.mails[0]["Subject"] == "Acme: 2 need you"


def test_one_press_in_the_mail_program_ends_these_mails(
    alice: Actor, bob: Actor, cards: list[Task], post: MailServer
) -> None:
    update_task(alice, cards[0], assignees=[bob.user])
    go_out(bob)
    address = post.mails[0]["List-Unsubscribe"].strip(" <>").removeprefix(SITE)
    assert post.mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stranger = Client(enforce_csrf_checks=True)
    assert "Assigned to you" in stranger.get(address).content.decode()
    assert wish(bob, "assigned")["mail"] == "now"  # a scanner that follows links has changed nothing
    assert stranger.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wish(bob, "assigned") == {"reason": "assigned", "muted": False, "mail": "never", "push": True}
    assert wish(bob, "mentioned")["mail"] == "now" and wish(alice, "assigned")["mail"] == "now"
    update_task(alice, cards[1], assignees=[bob.user])
    go_out(bob)
    assert len(post.mails) == 1 and len(items(bob)) == 2
    assert stranger.post(address.replace("assigned", "overdue")).status_code == 404
    remove_member(alice, membership(bob))
    assert stranger.post(address).status_code == 404


def test_one_press_in_a_digest_ends_digests(alice: Actor, bob: Actor, cards: list[Task], post: MailServer) -> None:
    prefer(bob, reason="assigned", mail="digest")
    update_task(alice, cards[0], assignees=[bob.user])
    go_out(bob)
    address = re.search(r"No more digests: (\S+)", text(post.mails[0]))
    assert address
    Client().post(address[1].removeprefix(SITE))
    assert {wish(bob, reason)["mail"] for reason in ("assigned", "moved", "due")} == {"never"}
    assert wish(bob, "mentioned")["mail"] == "now"


def wish(of: Actor, reason: str) -> Any:
    rows = browser(of).get(f"/api/v1/workspaces/{of.workspace.slug}/inbox/preferences/").json()["reasons"]
    return next(one for one in rows if one["reason"] == reason)


def test_a_push_goes_to_each_device_at_once_and_the_next_takes_its_place(
    alice: Actor, bob: Actor, cards: list[Task], service: PushService
) -> None:
    device(bob, service, "laptop")
    device(bob, service, "phone")
    update_task(alice, cards[0], assignees=[bob.user])
    planned(bob)
    sending.deliver(bob.workspace.pk)
    create_comment(alice, cards[0], body="@bob hello")
    planned(bob)
    sending.deliver(bob.workspace.pk)
    sending.deliver(bob.workspace.pk)
    assert sorted(name for name, _, _ in service.pushed) == ["laptop", "laptop", "phone", "phone"]
    (_, first, headers), (_, second, later) = (one for one in service.pushed if one[0] == "phone")
    assert (first["title"], first["body"], first["url"], first["count"]) == (
        "FLOW-1 One",
        "Alice assigned it to you",
        "/w/acme/t/FLOW-1/",
        1,
    )
    assert second["body"] == "Alice mentioned you: @bob hello" and second["count"] == 2
    assert first["tag"] == second["tag"] and headers["topic"] == later["topic"] and headers["urgency"] == "high"


def test_a_device_that_is_gone_is_forgotten_and_one_that_is_busy_asked_again(
    alice: Actor, bob: Actor, cards: list[Task], service: PushService
) -> None:
    device(bob, service, "laptop")
    device(bob, service, "phone")
    service.answers = {"laptop": (410, {}), "phone": (429, {"Retry-After": "600"})}
    update_task(alice, cards[0], assignees=[bob.user])
    planned(bob)
    sending.deliver(bob.workspace.pk)
    (left,) = PushSubscription.objects.filter(user=bob.user)
    assert left.endpoint.endswith("phone") and left.failures == 1
    (waiting,) = planned(bob, channel="push")
    assert timedelta(minutes=9) < waiting.due_at - timezone.now() < timedelta(minutes=11)
    service.answers = {}
    go_out(bob)
    assert [name for name, _, _ in service.pushed] == ["phone"]


def test_nothing_is_pushed_where_its_person_has_signed_out(
    alice: Actor, bob: Actor, cards: list[Task], service: PushService
) -> None:
    client = device(bob, service)
    update_task(alice, cards[0], assignees=[bob.user])
    planned(bob)
    client.session.delete()
    sending.deliver(bob.workspace.pk)
    assert not service.pushed and not PushSubscription.objects.exists()


def test_a_test_says_that_it_works(bob: Actor, post: MailServer, service: PushService, settings: Any) -> None:
    client = device(bob, service)
    for channel, words in (("mail", "A mail to bob@example.com"), ("push", "On its way to 1 device")):
        answer = client.post(
            "/w/acme/settings/notifications/", {"part": "test", "channel": channel}, headers={"HX-Request": "true"}
        )
        assert words in answer["HX-Trigger"]
    sending.deliver(bob.workspace.pk)
    assert post.mails[0]["Subject"] == "A mail from Acme on FlowBoard" and service.pushed[0][1]["title"] == "It works"
    PushSubscription.objects.all().delete()
    refused = client.post(
        "/w/acme/settings/notifications/", {"part": "test", "channel": "push"}, headers={"HX-Request": "true"}
    )
    assert refused.status_code == 422 and "None of your devices" in refused["HX-Trigger"]
