"""How soon a socket is closed when its reason ends (CHECKS.md 6 and 7): python -m bench.endings [--times 5]

Three tabs of a member, cards moved meanwhile; each ending several times, with Redis and without. Prints the longest time from
the commit to the close, its code, and how many rows came that are newer than the ending.
"""

# ruff: noqa: E402  (Django first)

import argparse
import asyncio
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
django.setup()

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connections
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from accounts.endings import person_changed, session_ended
from accounts.models import User
from bench import _stage
from bench._stage import Company, Webs, Writer, ms, webs
from bench.sockets import line
from workspaces import tenancy
from workspaces.actions import remove_member
from workspaces.models import Membership

TABS = 3
NOWHERE = "redis://127.0.0.1:1"


@dataclass
class Tab:
    """One socket: what it has heard, and how it ended."""

    seqs: list[int] = field(default_factory=list)
    closed_at: float = 0.0
    code: int = 0

    async def listen(self, up: Webs, firm: Company, cookie: str, ready: asyncio.Event) -> None:
        try:
            async with connect(f"ws://{up.host}{firm.path}", additional_headers={"Cookie": cookie}, proxy=None) as wire:
                async for text in wire:
                    ready.set()
                    told = json.loads(text)
                    self.seqs += [one["seq"] for one in (told if isinstance(told, list) else [told]) if one.get("seq")]
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else 1006
        self.closed_at = time.monotonic()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.endings", description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    for name, env in (("with Redis", {}), ("without Redis", {"REDIS_URL": NOWHERE})):
        print(f"\n{name}", flush=True)
        firm = _stage.company(4 * _stage.TABS * options.times + 4)
        with webs(1, **env) as up:
            people = iter(zip(firm.people[1:], firm.cookies[1:], strict=True))
            for what, end in ENDINGS.items():
                measured([asyncio.run(once(up, firm, *next(people), end)) for _ in range(options.times)], what)


async def once(
    up: Webs, firm: Company, person: User, cookie: str, end: Callable[..., int]
) -> tuple[float, int, set[int]]:
    """The longest wait of the tabs, the rows that came too late, the codes."""
    tabs, ready = [Tab() for _ in range(TABS)], [asyncio.Event() for _ in range(TABS)]
    tasks = [asyncio.create_task(tab.listen(up, firm, cookie, one)) for tab, one in zip(tabs, ready, strict=True)]
    await asyncio.gather(*(one.wait() for one in ready))
    writer = await asyncio.to_thread(Writer, firm, 20, 3)
    writer.begin()
    await asyncio.sleep(0.7)
    last = await asyncio.to_thread(apart, end, firm, person, cookie)
    ended = time.monotonic()
    await asyncio.wait(tasks, timeout=_stage.PATIENCE)
    threading.Thread(target=writer.end).start()
    late = sum(seq > last for tab in tabs for seq in tab.seqs) if last else 0
    return max(0.0, max(tab.closed_at for tab in tabs) - ended), late, {tab.code for tab in tabs}


def apart(end: Callable[..., int], *of: object) -> int:
    """In a thread, which gives its connection back."""
    try:
        return end(*of)
    finally:
        connections.close_all()


def removed(firm: Company, person: User, cookie: str) -> int:
    """The number of the row that says so: what is newer must not be heard."""
    with tenancy.workspace(firm.owner.workspace.pk, atomic=True):
        rows = Membership.objects.within(firm.owner.workspace).select_related("user", "role", "workspace")
        membership = rows.get(user=person)
    remove_member(firm.owner, membership)
    with tenancy.workspace(firm.owner.workspace.pk, atomic=True):
        log = import_module("workspaces.models").ActivityLog.objects.within(firm.owner.workspace)
        return int(log.filter(event="member:removed").order_by("-seq").values_list("seq", flat=True)[0])


def signed_out(firm: Company, person: User, cookie: str) -> int:
    key = cookie.partition("=")[2]
    import_module(settings.SESSION_ENGINE).SessionStore(key).delete()
    session_ended(key)
    return 0


def password_changed(firm: Company, person: User, cookie: str) -> int:
    User.objects.filter(pk=person.pk).update(password=make_password(None))
    person_changed(person.pk)
    return 0


def disabled(firm: Company, person: User, cookie: str) -> int:
    User.objects.filter(pk=person.pk).update(is_active=False)
    person_changed(person.pk)
    return 0


def measured(found: list[tuple[float, int, set[int]]], what: str) -> None:
    waits, late, codes = zip(*found, strict=True)
    line(what, f"{ms(max(waits))}, codes {sorted(set().union(*codes))}", "≤ 1,000 ms")
    if what == "removed":
        line("rows after the removal", str(sum(late)), "0")


ENDINGS: dict[str, Callable[[Company, User, str], int]] = {
    "removed": removed,
    "signed out": signed_out,
    "another password": password_changed,
    "may no longer sign in": disabled,
}

if __name__ == "__main__":
    main()
