"""Web push: who subscribes, what is sent on the wire, and when it ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.test import Client

from accounts import push, push_keys
from accounts.models import PushKey, PushSubscription, User
from accounts.tests.push_service import PushService, push_service, spelt
from workspaces.tests.people import make_person

MESSAGE = {"title": "FLOW-1 One", "body": "Bob assigned “One” to you", "url": "/w/acme/t/FLOW-1/", "count": 1}


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    with push_service(settings) as up:
        yield up


@pytest.fixture
def ann(db: None) -> User:
    return make_person("Ann")


def enters(user: User) -> Client:
    """Signed in, without the second that a password takes."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def client(ann: User) -> Client:
    return enters(ann)


def subscribe(client: Client, service: PushService, name: str = "laptop", **other: str) -> Any:
    return client.post("/profile/push/", service.device(name).fields | other)


def one(ann: User) -> PushSubscription:
    return PushSubscription.objects.select_related("user").get(user=ann)


def test_a_message_reaches_the_device_encrypted_and_signed(client: Client, ann: User, service: PushService) -> None:
    assert client.get("/profile/push/").json()["key"] == push_keys.public_key()
    assert subscribe(client, service).status_code == 204
    assert push.send(one(ann), MESSAGE, topic="task-1", urgent=True).state == "sent"
    ((device, message, headers),) = service.pushed
    assert (device, message, headers["topic"], headers["urgency"]) == ("laptop", MESSAGE, "task-1", "high")
    assert headers["sub"] == "mailto:flowboard@localhost"


def test_the_key_is_made_once_and_sealed(db: None, settings: Any) -> None:
    public = push_keys.public_key()
    assert push_keys.public_key() == public and PushKey.objects.count() == 1
    assert "PRIVATE" not in PushKey.objects.get().sealed
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert push_keys.public_key() == public
    settings.SECRET_KEY_FALLBACKS = []
    assert push_keys.public_key() != public and push_keys.private_key(public) is None


def test_the_environment_may_name_the_key(client: Client, ann: User, service: PushService, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY, settings.VAPID_SUBJECT = spelt(b"\x07" * 32), "mailto:ops@example.com"
    subscribe(client, service)
    assert push.send(one(ann), MESSAGE).state == "sent"
    assert service.pushed[0][2]["sub"] == "mailto:ops@example.com" and not PushKey.objects.exists()
    settings.VAPID_PRIVATE_KEY = spelt(b"\x08" * 32)
    assert push.send(one(ann), MESSAGE).state == "gone"


@pytest.mark.parametrize(
    ("status", "headers", "state", "wait"),
    [
        (404, {}, "gone", None), (410, {}, "gone", None), (503, {}, "later", None), (429, {"Retry-After": "120"}, "later", 120),
        (429, {"Retry-After": "9" * 30}, "later", push.LONGEST_WAIT), (500, {"Retry-After": "soon"}, "later", None),
        (429, {"Retry-After": format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)}, "later", 0),
        (403, {}, "refused", None), (302, {"Location": "http://127.0.0.1:1/"}, "refused", None),
    ],
)  # fmt: skip
def test_what_a_service_may_answer(
    client: Client,
    ann: User,
    service: PushService,
    status: int,
    headers: dict[str, str],
    state: str,
    wait: float | None,
) -> None:
    subscribe(client, service)
    service.answers["laptop"] = (status, headers)
    answer = push.send(one(ann), MESSAGE)
    assert (answer.state, answer.wait) == (state, wait)


def test_a_service_that_is_away_is_asked_again_later(client: Client, ann: User, service: PushService) -> None:
    subscribe(client, service)
    row = one(ann)
    row.endpoint = "http://127.0.0.1:1/"
    assert push.send(row, MESSAGE).state == "later"


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/x"}, {"endpoint": "https://127.0.0.1/x"}, {"endpoint": "https://10.0.0.1/"}, {"endpoint": "https://localhost:6379/"},
        {"endpoint": ""}, {"endpoint": "https://push.example/" + "x" * 2000}, {"p256dh": ""}, {"p256dh": "AAAA"}, {"auth": "!"}, {"auth": spelt(b"x" * 15)}, {"key": "other"},
    ],
)  # fmt: skip
def test_what_is_no_subscription_is_refused(client: Client, ann: User, settings: Any, wrong: dict[str, str]) -> None:
    with push_service(settings) as service:
        fields = service.device("x").fields | {"endpoint": "https://push.example/x"} | wrong
    settings.OUTWARD_ALLOW_PRIVATE, settings.OUTWARD_PORTS = False, [443]
    assert client.post("/profile/push/", fields).status_code == 422
    assert not PushSubscription.objects.exists()


def test_a_private_address_behind_a_name_is_not_asked(
    client: Client, ann: User, service: PushService, settings: Any
) -> None:
    subscribe(client, service, endpoint=f"http://localhost:{service.server_port}/laptop")
    settings.OUTWARD_ALLOW_PRIVATE = False
    assert push.send(one(ann), MESSAGE).words == "The address leads into a private network."
    assert not service.pushed


def test_whose_device_it_is(client: Client, ann: User, service: PushService) -> None:
    """The next person at the same browser takes it over; nobody ends it for somebody else."""
    subscribe(client, service)
    ben = make_person("Ben")
    other = enters(ben)
    endpoint = service.device("laptop").endpoint
    other.delete(f"/profile/push/?endpoint={endpoint}")
    assert one(ann).endpoint == endpoint
    subscribe(other, service)
    assert [row.user for row in PushSubscription.objects.all()] == [ben]
    other.delete(f"/profile/push/?endpoint={endpoint}")
    assert not PushSubscription.objects.exists()
    assert Client().post("/profile/push/", {}).status_code == 302


def test_it_ends_with_the_sign_in(
    client: Client, ann: User, service: PushService, django_capture_on_commit_callbacks: Any
) -> None:
    subscribe(client, service)
    assert push.signed_in(one(ann))
    User.objects.filter(pk=ann.pk).update(password="another")
    assert not push.signed_in(one(ann))
    User.objects.filter(pk=ann.pk).update(password=ann.password)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/logout/")
    assert not PushSubscription.objects.exists()


def test_only_so_many_devices(client: Client, ann: User, service: PushService, settings: Any) -> None:
    for number in range(22):
        subscribe(client, service, f"device-{number}")
    kept = PushSubscription.objects.filter(user=ann).values_list("endpoint", flat=True)
    assert len(kept) == 20 and service.device("device-0").endpoint not in kept


def test_the_worker_stands_at_the_root(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript" and b"showNotification" in answer.content
    assert "unsafe" not in answer["Content-Security-Policy"]
