"""A workspace of a scene's own, and what its database holds in the end beside what everybody was told."""

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
django.setup()

from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from tasks.actions import create_project  # noqa: E402
from tasks.models import Task  # noqa: E402
from workspaces import tenancy  # noqa: E402
from workspaces.actions import create_token, create_workspace  # noqa: E402
from workspaces.actor import Actor  # noqa: E402
from workspaces.models import ActivityLog, Membership, Role, Stream  # noqa: E402
from workspaces.spine import acting  # noqa: E402
from workspaces.verifying import faults  # noqa: E402

from ._ears import Order, Report  # noqa: E402
from ._writers import Ledger  # noqa: E402

PEOPLE = 5
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Place:
    """Its people and their tokens: the owner, three who stay, and one who may go."""

    slug: str
    owner: Actor
    people: list[User]
    tokens: list[str]

    @property
    def id(self) -> UUID:
        return self.owner.workspace.pk

    def orders(self, port: int, count: int, **more: Any) -> list[Order]:
        """Of ten, one asks each second instead of holding a socket."""
        tokens = self.tokens[1:-1]
        return [
            Order(port, self.slug, tokens[n % len(tokens)], asks=1.0 if n % 10 == 9 else 0.0, **more)
            for n in range(count)
        ]

    def hands(self, count: int) -> list[str]:
        return [self.tokens[n % (PEOPLE - 1)] for n in range(count)]

    def session(self) -> str:
        """The cookie of a browser in which the owner is signed in."""
        client = Client()
        client.force_login(self.people[0], backend=BACKEND)
        return f"sessionid={client.cookies['sessionid'].value}"

    def head(self) -> int:
        with tenancy.workspace(self.id, atomic=True):
            return int(Stream.objects.within(self.owner.workspace).get().head)


def found(slug: str) -> Place:
    """Made by the product's own actions."""
    people = [User.objects.create_user(f"{n}@{slug}.example", name=f"Person {n}") for n in range(PEOPLE)]
    owner = Actor.of(create_workspace(people[0], name=slug, slug=slug))
    actors = [owner, *(_join(owner, person) for person in people[1:])]
    create_project(owner, name="Faults", key="FA")
    return Place(slug, owner, people, [create_token(one, name="faults")[1] for one in actors])


def _join(owner: Actor, person: User) -> Actor:
    with acting(owner):
        role = Role.objects.within(owner.workspace).get(key="member")
        membership = Membership(workspace=owner.workspace, user=person, role=role)
        membership.save(force_insert=True)
    return Actor.of(membership)


def forget_connections() -> None:
    """PostgreSQL was away: this process's own connections are dead."""
    connections["default"].close()
    connections["default"].close_pool()


@dataclass
class Verdict:
    """The figures of one scene."""

    stored: int = 0
    acked: int = 0
    lost: int = 0  # acknowledged and not there
    doubled: int = 0  # written twice
    received: int = 0  # by whoever received least
    missing: int = 0
    twice: int = 0
    disorder: int = 0
    strange: int = 0  # rows that say another thing than the database
    astray: int = 0  # cards that stand elsewhere than the events led to
    broken: int = 0  # faults in the chain of the record
    delays: list[float] = field(default_factory=list)  # from the writer's answer to a listener's receipt
    resyncs: int = 0
    tally: Counter[str] = field(default_factory=Counter)

    @property
    def gap(self) -> float:
        return max(self.delays, default=0.0)

    @property
    def late(self) -> float:
        """What 99 of 100 do not exceed."""
        return sorted(self.delays)[int(len(self.delays) * 0.99)] if self.delays else 0.0


def judge(place: Place, ledger: Ledger, reports: list[Report]) -> Verdict:
    """Writers beside the database, the database beside each listener."""
    with tenancy.workspace(place.id, atomic=True):
        rows = list(
            ActivityLog.objects.within(place.owner.workspace)
            .order_by("seq")
            .values_list("seq", "event", "subject_key", "version")
        )
        tasks = Task.objects.within(place.owner.workspace).select_related("status", "project")
        cards = {task.ref: _card(task) for task in tasks}
    said = {seq: f"{event} {key}@{version}" for seq, event, key, version in rows}
    verdict = Verdict(stored=len(rows), acked=len(ledger.acked), broken=len(list(faults(place.id))))
    _writers(verdict, ledger, said, cards)
    alive = [report for report in reports if report.code is None]
    for report in alive:
        _listener(verdict, report, said, cards)
        if not report.sleeper:
            verdict.delays += _delays(report, ledger)
    verdict.received = min((len(report.heard) for report in alive), default=0)
    return verdict


def _card(task: Task) -> dict[str, Any]:
    return {"title": task.title, "status": task.status.name, "rank": task.rank, "priority": task.priority}


def _writers(verdict: Verdict, ledger: Ledger, said: dict[int, str], cards: dict[str, dict[str, Any]]) -> None:
    stored = Counter(words.split(" ", 1)[1] for words in said.values() if words.startswith("task:"))
    titles = Counter(card["title"] for card in cards.values())
    verdict.lost = sum(what not in stored for what in ledger.acked) + sum(
        title not in titles for title in ledger.titles
    )
    verdict.doubled = sum(count > 1 for count in stored.values()) + sum(count > 1 for count in titles.values())
    numbers = sorted(said)
    verdict.disorder += bool(numbers) and numbers != list(range(numbers[0], numbers[-1] + 1))


def _listener(verdict: Verdict, report: Report, said: dict[int, str], cards: dict[str, dict[str, Any]]) -> None:
    last, since = report.begun, 0
    for place, (seq, words, _) in enumerate(report.heard):
        if words == "resync":
            last, since = seq, place + 1
            verdict.resyncs += 1
            continue
        verdict.twice += seq <= last
        verdict.missing += max(0, seq - last - 1)
        last = max(last, seq)
    verdict.missing += max(0, max(said, default=0) - last)
    verdict.disorder += [seq for seq, *_ in report.heard[since:]] != sorted(seq for seq, *_ in report.heard[since:])
    verdict.strange += sum(
        said.get(seq, words) != words for seq, words, _ in report.heard[since:] if words[:6] != "cursor"
    )
    verdict.astray += sum(_differs(cards.get(key), card) for key, card in report.cards.items())
    verdict.astray += sum(key not in report.cards for key in cards)
    verdict.tally += report.tally


def _differs(card: dict[str, Any] | None, heard: dict[str, Any]) -> bool:
    """Nothing may stand otherwise than the events say; what they never told is as it was made."""
    return card is None or any(card[name] != value for name, value in heard.items())


def _delays(report: Report, ledger: Ledger) -> list[float]:
    heard = ((words.partition(" ")[2], at) for _, words, at in report.heard if words.startswith("task:"))
    return [at - ledger.acked[what] for what, at in heard if what in ledger.acked]
