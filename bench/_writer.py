"""python -m bench._writer SLUG PERSON RATE SECONDS [AT_ONCE]: moves cards at a steady rate by the real action.

Prints each number of the stream with the moment of its commit, on the clock that all processes of a machine share.
With AT_ONCE an act moves so many cards, and rate 0 is as fast as it goes.
"""

# ruff: noqa: E402  (Django first)

import os
import sys
import time
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
django.setup()

from django.db import transaction

from accounts.models import User
from tasks.actions import move_task
from tasks.models import Status, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.spine import acting


def main(slug: str, person: str, rate: float, seconds: float, at_once: int = 1) -> None:
    by = actor(slug, person)
    with tenancy.workspace(by.workspace.pk, atomic=True):
        tasks = list(Task.objects.within(by.workspace).select_related("project", "status").order_by("number"))
        columns = list(tasks[0].project.statuses.select_related("project").order_by("rank"))
    move(by, [tasks[0].pk], columns[1])  # imports, plans and connections
    print("ready", flush=True)
    sys.stdin.readline()
    began, number, pause = time.monotonic(), 0, at_once / rate if rate else 0.0
    while (due := began + number * pause) < began + seconds and time.monotonic() < began + seconds:
        time.sleep(max(0.0, due - time.monotonic()))
        some = [tasks[(number * at_once + one) % len(tasks)].pk for one in range(at_once)]
        seqs, at = move(by, some, columns[(2 + number * at_once // len(tasks)) % len(columns)])
        print("\n".join(f"{seq} {at}" for seq in seqs), flush=True)
        number += 1


def actor(slug: str, person: str) -> Actor:
    with tenancy.person(person, atomic=True):
        rows = Membership.objects.of(User.objects.get(pk=person)).filter(workspace__slug=slug)
        return Actor.of(rows.select_related("workspace", "role", "user").get())


def move(by: Actor, tasks: list[UUID], to: Status) -> tuple[list[int], float]:
    committed: list[float] = []
    with acting(by) as act:
        for pk in tasks:
            task = Task.objects.within(by.workspace).select_related("project", "status").get(pk=pk)
            move_task(by, task, to=to)
        transaction.on_commit(lambda: committed.append(time.monotonic()))  # before the spine's own: it rings after it
    return [row.seq for row in act.rows], committed[0]


if __name__ == "__main__":
    words = sys.argv[1:]
    main(words[0], words[1], float(words[2]), float(words[3]), *map(int, words[4:]))
