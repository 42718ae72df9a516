"""Makes the demo's people and workspaces, once: all of it in one transaction, or nothing."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from workspaces import tenancy
from workspaces.actions import create_workspace
from workspaces.actions.members import add_member
from workspaces.actions.workspaces import slug_taken
from workspaces.actor import Actor
from workspaces.models import Role

from .. import actions
from ..actions.imports import import_board
from ..actions.tasks import Draft
from ..imports.trello import parse
from .playing import Stage, workday
from .story import IMPORTED

PASSWORD = "flowboard-demo"
BOARD = Path(__file__).with_name("board.json")
EXPORTED = datetime(2026, 3, 2, 9)  # the day on which board.json plays
MOMENT = re.compile(rb'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.000Z"')
INITECH = (
    ("To do", ("Choose a new hosting company", "Write down what the old site still does", "Photos of the new office")),
    ("In progress", ("Sketch three home pages", "Move the careers page")),
    ("Done", ("Agree on the budget",)),
)


def seed() -> bool:
    """Alice, Bob and Gus in `demo`, Eve in `initech`. False when the demo is there already."""
    with transaction.atomic():
        wanted = [make for slug, make in (("demo", _demo), ("initech", _initech)) if not slug_taken(slug)]
        for make in wanted:
            make()
    return bool(wanted)


def _person(name: str) -> User:
    """Found or made, with a verified address and the demo's password."""
    email = f"{name.lower()}@example.com"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)
    user.emailaddress_set.get_or_create(email=email, defaults={"verified": True, "primary": True})
    return user


def _demo() -> None:
    now = timezone.now()
    day = workday(now, IMPORTED).replace(hour=9, minute=0)
    alice = _founded("Alice", "Demo", "demo", day - timedelta(minutes=30))
    with tenancy.workspace(alice.workspace.pk):
        inviting = replace(alice, at=day - timedelta(minutes=20))
        people = {"alice": alice, "bob": _joined(inviting, "Bob", "member"), "gus": _joined(inviting, "Gus", "guest")}
        by = replace(alice, via="import", on_behalf_of=alice.user, at=day)
        project, _ = import_board(by, parse(_moved_to(day)), key="BOAT")
        Stage(project, people).play()


def _founded(name: str, title: str, slug: str, at: datetime) -> Actor:
    return Actor.of(create_workspace(_person(name), name=title, slug=slug, at=at))


def _joined(by: Actor, name: str, role: str) -> Actor:
    found = Role.objects.within(by.workspace).get(key=role)
    return Actor.of(add_member(by, _person(name), role=found))


def _moved_to(day: datetime) -> bytes:
    """The board's file with all its dates shifted, so that it was exported on that day."""
    shift = day.replace(tzinfo=None) - EXPORTED

    def later(found: re.Match[bytes]) -> bytes:
        moment = datetime.fromisoformat(found[1].decode()) + shift
        return f'"{moment:%Y-%m-%dT%H:%M:%S}.000Z"'.encode()

    return MOMENT.sub(later, BOARD.read_bytes())


def _initech() -> None:
    by = _founded("Eve", "Initech", "initech", timezone.now() - timedelta(days=9))
    with tenancy.workspace(by.workspace.pk):
        project = actions.create_project(by, name="Website relaunch", key="WEB", color="teal")
        columns = {status.name: status for status in project.statuses.select_related("project")}
        for name, titles in INITECH:
            actions.create_tasks(by, project, drafts=[Draft(title) for title in titles], to=columns[name])
