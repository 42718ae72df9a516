"""Mails and pushes while their worker is killed: bin/bench mails [--people 300] [--every 2] [--bound 240].

Somebody assigns a task to each of many people, who are told by mail and by push. A worker sends to a mail server and a
push service on this machine; every two seconds a process of it is killed with -9, each fourth time all of it. Counted
at the receiving end: what is lost, what came twice under one name (a mail program and a browser show that once), and
what came twice under two names, which may not be.
"""

import argparse
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bench import _board  # first: it sets Django up

# isort: split

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import PushSubscription, User
from accounts.tests.push_service import PushService
from flowboard.jobs import deliver
from tasks.actions import create_project, create_tasks, update_task
from tasks.actions.delivery import plan
from tasks.actions.tasks import Draft
from tasks.actions.telling import tell_people
from tasks.models import Delivery
from tasks.tests.boards import column
from tasks.tests.mail_server import MailServer
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.tests.people import add_member

from ._worker import Worker

PAUSE = 0.01  # seconds that the mail server takes for a mail: long enough to be killed in


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between kills")
    parser.add_argument("--bound", type=float, default=240.0, help="seconds after which it gives up")
    options = parser.parse_args()
    post, service = MailServer(), PushService()
    post.pause = PAUSE
    for server in (post, service):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTWARD_ALLOW_PRIVATE = True
    by = _board.workspace(f"mails-{uuid.uuid4().hex[:6]}")
    expected = prepare(by, service, options.people)
    began, kills = time.monotonic(), 0
    worker = Worker({
        "EMAIL_URL": f"smtp://127.0.0.1:{post.port}", "OUTWARD_ALLOW_PRIVATE": "true", "OUTWARD_PORTS": str(service.server_port),
    })  # fmt: skip
    try:
        while left(by) and time.monotonic() - began < options.bound:
            worker.ready()
            with suppress(Exception):  # Redis may be busy; the next round asks again
                deliver.delay()
            works(lambda: len(post.mails) + len(service.pushed), until=time.monotonic() + 20)
            time.sleep(options.every)
            kills += 1
            worker.kill(whole=kills % 4 == 0)
    finally:
        worker.end()
    report(post, service, expected, kills, time.monotonic() - began, left(by))


def works(count: Callable[[], int], until: float) -> None:
    """Until it has sent something: it is killed at its work, and not while it starts."""
    before = count()
    while count() == before and time.monotonic() < until:
        time.sleep(0.02)


def prepare(by: Actor, service: PushService, people: int) -> int:
    """A person, a browser and an assigned task each; everything planned and due. How many of each are to arrive."""
    mates = [add_member(by, _person(number), "member") for number in range(people)]
    project = create_project(by, name="Mails", key="MAIL")
    drafts = [Draft(f"Task {number}") for number in range(people)]
    cards = create_tasks(by, project, drafts=drafts, to=column(project, "To do"))
    for number, (mate, card) in enumerate(zip(mates, cards, strict=True)):
        _browser(mate.user, service, f"device-{number}")
        update_task(by, card, assignees=[mate.user])
    tell_people(by.workspace.pk)
    plan(by.workspace.pk)
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = Delivery.objects.within(by.workspace).filter(kind="now")
        rows.update(due_at=timezone.now())
        assert rows.count() == 2 * people, rows.count()
    return people


def _person(number: int) -> User:
    user = User(email=f"{uuid.uuid4().hex[:8]}-{number}@example.com", name=f"Person {number}", password="!")
    user.save()
    return user


def _browser(user: User, service: PushService, name: str) -> None:
    """Signed in, and subscribed."""
    from importlib import import_module

    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    assert Session.objects.filter(session_key=store.session_key).exists()
    PushSubscription(user=user, session_key=store.session_key, **service.device(name).fields).save()


def left(by: Actor) -> int:
    """How many deliveries are not over."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return int(Delivery.objects.within(by.workspace).filter(kind="now", ended_at=None).count())


def report(post: MailServer, service: PushService, expected: int, kills: int, seconds: float, waiting: int) -> None:
    names, subjects = Counter(post.names()), Counter()
    for one in {str(one["Message-ID"]): one for one in post.mails}.values():
        subjects[str(one["To"])] += 1
    pushed = Counter((name, message["tag"]) for name, message, _ in service.pushed)
    print(f"worker killed {kills} times in {seconds:.0f} s; {waiting} not over")
    lines = (("mails", names, subjects), ("pushes", pushed, Counter(name for name, _ in pushed)))
    for what, named, whom in lines:
        lost, again, double = expected - len(whom), sum(named.values()) - len(named), sum(whom.values()) - len(whom)
        print(f"{what}: {expected} to arrive, {lost} lost, {again} came again under the same name, {double} double")
        if lost or double:
            raise SystemExit(f"Requirement missed: no {what} lost, none double")


if __name__ == "__main__":
    main()
