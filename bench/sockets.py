"""How long a change takes to reach everybody: python -m bench.sockets [--sockets 200 --rate 20 --seconds 15].

One workspace of 21 people; a process of its own moves cards through the real action, a web process like those of
bin/run delivers, and this process listens and compares. Prints commit → receipt, what was missing or doubled, memory.
"""

# ruff: noqa: E402  (Django first)

import argparse
import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
django.setup()

from django.db import transaction
from websockets.asyncio.client import connect

from accounts.models import User
from tasks.actions import Draft, create_project, create_tasks, move_task
from tasks.models import Task
from workspaces import tenancy
from workspaces.actions import create_token, create_workspace
from workspaces.actor import Actor
from workspaces.models import Membership, Role, Stream
from workspaces.spine import acting

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 21  # twenty sockets each at most
UVICORN = (
    "--ws websockets-sansio --ws-per-message-deflate false --lifespan off --no-access-log --log-level warning".split()
)
PATIENCE = 30  # seconds for what must come to an end


@dataclass
class Ear:
    """What one socket has heard: when, by number."""

    heard: dict[int, float] = field(default_factory=dict)
    doubled: int = 0
    resyncs: int = 0

    def take(self, text: str | bytes, now: float) -> None:
        told = json.loads(text)
        for frame in told if isinstance(told, list) else [told]:
            if frame["event"] == "resync":
                self.resyncs += 1
            elif frame["event"] != "head":
                self.doubled += frame["seq"] in self.heard
                self.heard.setdefault(frame["seq"], now)


def main() -> None:
    options = parse()
    if options.write:
        return write(options)
    bench = prepare()
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        web = serve(listener)
        try:
            asyncio.run(measure(options, listener.getsockname()[1], web, bench))
        finally:
            web.terminate()
            web.wait(PATIENCE)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.sockets", description=__doc__)
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20, help="changes a second")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--write", metavar="SLUG", help=argparse.SUPPRESS)
    parser.add_argument("--person", help=argparse.SUPPRESS)
    return parser.parse_args()


def prepare() -> dict[str, object]:
    """A workspace of its own, named by chance, so that it can run again and again."""
    slug = f"bench-{secrets.token_hex(4)}"
    people = [User.objects.create_user(f"{number}@{slug}.example", name=f"Person {number}") for number in range(PEOPLE)]
    owner = Actor.of(create_workspace(people[0], name="Bench", slug=slug))
    actors = [owner, *(join(owner, person) for person in people[1:])]
    project = create_project(owner, name="Bench", key="BE")
    with tenancy.workspace(owner.workspace.pk, atomic=True):
        column = project.statuses.select_related("project").order_by("rank").first()
    create_tasks(owner, project, drafts=[Draft(f"Card {number}") for number in range(50)], to=column)
    tokens = [create_token(one, name="bench")[1] for one in actors]
    return {"slug": slug, "owner": owner, "tokens": tokens, "head": head(owner)}


def join(owner: Actor, person: User) -> Actor:
    with acting(owner):
        role = Role.objects.within(owner.workspace).get(key="member")
        membership = Membership(workspace=owner.workspace, user=person, role=role)
        membership.save(force_insert=True)
    return Actor.of(membership)


def serve(listener: socket.socket) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "uvicorn", "flowboard.asgi:application", "--fd", str(listener.fileno()), *UVICORN]
    return subprocess.Popen(words, cwd=ROOT, pass_fds=[listener.fileno()])


async def measure(
    options: argparse.Namespace, port: int, web: subprocess.Popen[bytes], bench: dict[str, object]
) -> None:
    slug, owner, tokens = bench["slug"], bench["owner"], bench["tokens"]
    assert isinstance(owner, Actor)
    assert isinstance(tokens, list)
    address = f"ws://127.0.0.1:{port}/ws/{slug}/?after={bench['head']}"
    first, ears = Ear(), [Ear() for _ in range(options.sockets)]
    tasks = [await listen(first, address, tokens[-1])]
    alone, began = memory(web.pid), time.monotonic()
    tasks += [await listen(ear, address, tokens[number % PEOPLE]) for number, ear in enumerate(ears)]
    print(f"{options.sockets} sockets opened in {time.monotonic() - began:.2f} s, one after the other")
    used = cpu(web.pid)
    told = await writer(options, str(slug), owner)
    await settle(ears, max(told))
    used = cpu(web.pid) - used
    report(ears, told)
    print(f"web process: {alone:.0f} MB with one socket, {memory(web.pid):.0f} MB with {options.sockets}")
    print(f"its CPU: {used:.2f} s, {used / (len(told) * len(ears)) * 1e6:.0f} µs a delivery")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def listen(ear: Ear, address: str, token: str) -> asyncio.Task[None]:
    """Comes back when the socket has been placed: its first `head` frame."""
    placed = asyncio.Event()

    async def hear() -> None:
        async with connect(address, additional_headers={"Authorization": f"Token {token}"}, proxy=None) as connection:
            async for text in connection:
                ear.take(text, time.monotonic())
                placed.set()

    task = asyncio.create_task(hear())
    await asyncio.wait_for(placed.wait(), PATIENCE)
    return task


async def writer(options: argparse.Namespace, slug: str, owner: Actor) -> dict[int, float]:
    """When each number was committed, told by the process that wrote it (one clock for all processes)."""
    words = [
        "--rate",
        str(options.rate),
        "--seconds",
        str(options.seconds),
        "--write",
        slug,
        "--person",
        str(owner.user.pk),
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.sockets", *words, cwd=ROOT, stdout=subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), options.seconds + PATIENCE)
    return {int(seq): float(at) for seq, at in (line.split() for line in out.decode().splitlines())}


async def settle(ears: list[Ear], last: int) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and not all(last in ear.heard for ear in ears):
        await asyncio.sleep(0.05)


def report(ears: list[Ear], told: dict[int, float]) -> None:
    delays = sorted(ear.heard[seq] - at for ear in ears for seq, at in told.items() if seq in ear.heard)
    missing = sum(seq not in ear.heard for ear in ears for seq in told)
    disorder = sum(list(ear.heard) != sorted(ear.heard) for ear in ears)
    span = max(told.values()) - min(told.values())
    p50, p95, p99 = (delays[int(len(delays) * part)] * 1000 for part in (0.5, 0.95, 0.99))
    print(
        f"{len(told)} changes in {span:.1f} s ({len(told) / span:.1f}/s) to {len(ears)} sockets, {len(delays)} deliveries"
    )
    print(f"commit → receipt: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, max {delays[-1] * 1000:.1f} ms")
    sums = Counter(doubled=sum(ear.doubled for ear in ears), resyncs=sum(ear.resyncs for ear in ears))
    print(f"missing {missing}, doubled {sums['doubled']}, out of order {disorder}, resyncs {sums['resyncs']}")


def memory(pid: int) -> float:
    """Resident, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def cpu(pid: int) -> float:
    """Seconds used so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def head(by: Actor) -> int:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return int(Stream.objects.within(by.workspace).get().head)


def write(options: argparse.Namespace) -> None:
    """The other process: moves cards at a steady rate and prints each number with the moment of its commit."""
    by = find_actor(options)
    with tenancy.workspace(by.workspace.pk, atomic=True):
        tasks = list(Task.objects.within(by.workspace).select_related("project", "status"))
        columns = list(tasks[0].project.statuses.select_related("project").order_by("rank"))
    move(by, tasks[0].pk, columns[1])  # imports, plans and connections
    began = time.monotonic()
    for number in range(int(options.rate * options.seconds)):
        time.sleep(max(0.0, began + number / options.rate - time.monotonic()))
        seq, at = move(by, tasks[number % len(tasks)].pk, columns[(2 + number // len(tasks)) % len(columns)])
        print(seq, at, flush=True)


def find_actor(options: argparse.Namespace) -> Actor:
    with tenancy.person(options.person, atomic=True):
        rows = Membership.objects.of(User.objects.get(pk=options.person)).filter(workspace__slug=options.write)
        return Actor.of(rows.select_related("workspace", "role", "user").get())


def move(by: Actor, task_id: object, to: object) -> tuple[int, float]:
    committed: list[float] = []
    with acting(by) as act:
        task = Task.objects.within(by.workspace).select_related("project", "status").get(pk=task_id)
        move_task(by, task, to=to)  # type: ignore[arg-type]
        transaction.on_commit(lambda: committed.append(time.monotonic()))  # before the spine's own: it rings after it
    return act.rows[-1].seq, committed[0]


if __name__ == "__main__":
    main()
