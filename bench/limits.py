"""What limits cost and whether they hold: python -m bench.limits [--hits 5000] [--tries 200] [--invites 200].

The sliding window of one request over Redis on loopback (aim: 0.3 ms); wrong passwords in three patterns, then with
Redis dead; parallel invitations at a limit of ten seats; a Redis that hangs.
"""

import argparse
import os
import signal
import statistics
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

os.environ.setdefault("DATABASE_POOL", "60")  # as many as there are hands

from bench import _board  # first: it sets Django up

# isort: split

import redis
from django.conf import settings
from django.test import Client

from accounts import breaker
from accounts.models import User
from bench.races import together
from workspaces import limiting, plans, tenancy
from workspaces.actions import create_token, invite_member
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.limiting import Count, Standing, hit
from workspaces.models import Role
from workspaces.spine import acting

PASSWORD = "wobbly-lantern-42"
HOME = "198.51.100.1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hits", type=int, default=5000)
    parser.add_argument("--tries", type=int, default=200)
    parser.add_argument("--invites", type=int, default=200)
    options = parser.parse_args()
    by = _board.workspace(f"limits-{uuid.uuid4().hex[:6]}")
    _window(options.hits)
    _parallel(options.tries)
    _invitations(by, options.invites)
    _guessing(by.user, options.tries)
    _redis_hangs(by)
    _redis_dies(by)


def _window(hits: int) -> None:
    """Three counts a request, as a token's request has them; beside one bare PING."""
    limiting.PATIENCE = 5  # a busy machine is no outage
    counts = [Count(f"bench:{name}:{uuid.uuid4().hex}", 10**9, "") for name in ("token", "person", "workspace")]
    client = redis.Redis.from_url(f"{settings.REDIS_URL}/1")
    for name, work in (
        ("PING", client.ping),
        ("window of 3 counts", lambda: hit(counts, reads=True)),
        ("window of 2 counts", lambda: hit(counts[:2], reads=True)),
    ):
        times, cpu = _timed(work, hits)
        print(
            f"{name}: fastest {min(times):.3f} ms, p10 {sorted(times)[hits // 10]:.3f} ms, p50 {statistics.median(times):.3f} ms, "
            f"p99 {sorted(times)[int(hits * 0.99)]:.3f} ms, CPU {cpu:.3f} ms",
            flush=True,
        )


def _timed(work: Callable[[], Any], hits: int) -> tuple[list[float], float]:
    for _ in range(200):
        work()
    times, cpu = [], time.process_time()
    for _ in range(hits):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return times, (time.process_time() - cpu) * 1000 / hits


def _parallel(tries: int) -> None:
    count = Count(f"bench:race:{uuid.uuid4().hex}", 10, "")
    found = Counter(together(16, lambda _: _passes(hit([count], reads=True)), range(tries)))
    print(f"{tries} requests at once at a limit of 10: {dict(found)}", flush=True)


def _passes(standing: Standing | None) -> str:
    return "uncounted" if standing is None else "refused" if standing.wait else "passed"


def _invitations(by: Actor, invites: int) -> None:
    with acting(by):
        member = Role.objects.within(by.workspace).get(key="member")
        held = plans.used(by.workspace, "seats")
        by.workspace.plan = "free"
        by.workspace.save(update_fields=["plan"])
    plans.PLANS["free"] = replace(plans.PLANS["free"], seats=held + 10)

    def invite(number: int) -> str:
        try:
            invite_member(by, email=f"p{number}@example.com", role=member)
        except Refused as no:
            return type(no).__name__
        return "invited"

    found = Counter(together(16, invite, range(invites)))
    with tenancy.workspace(by.workspace.pk, atomic=True):
        taken = plans.used(by.workspace, "seats") - held
    print(f"{invites} invitations at once where 10 seats are left: {dict(found)}, {taken} seats taken", flush=True)


def _post(address: str, password: str, email: str) -> int:
    return (
        Client(REMOTE_ADDR=address, SERVER_NAME="localhost")
        .post("/accounts/login/", {"login": email, "password": password})
        .status_code
    )


def _guessing(user: User, tries: int) -> None:
    """200: looked at and wrong; 302: in; 429: not looked at."""
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    user.emailaddress_set.get_or_create(email=user.email, defaults={"verified": True, "primary": True})
    print("sign-in at home:", _post(HOME, PASSWORD, user.email), flush=True)
    patterns: dict[str, Callable[[int], int]] = {
        "one account, many passwords": lambda n: _post("203.0.113.1", f"guess-{n}", user.email),
        "many accounts, one password": lambda n: _post("203.0.113.2", "Summer2026", f"nobody{n}@example.com"),
        "one account, many addresses": lambda n: _post(f"203.0.114.{n % 250}", f"guess-{n}", user.email),
    }
    for name, attempt in patterns.items():
        print(f"{tries} tries, {name}: {dict(Counter(together(8, attempt, range(tries))))}", flush=True)
    print("the person at home:", _post(HOME, PASSWORD, user.email), flush=True)


def _redis_pid() -> int:
    return int(redis.Redis.from_url(settings.REDIS_URL).info("server")["process_id"])


def _program(by: Actor) -> Client:
    return Client(SERVER_NAME="localhost", headers={"authorization": f"Token {create_token(by, name='bench')[1]}"})


def _redis_hangs(by: Actor) -> None:
    """A frozen Redis: what 200 reads cost."""
    limiting.PATIENCE = 0.1
    limiting._script_of.cache_clear()
    program, pid, address = _program(by), _redis_pid(), f"/api/v1/workspaces/{by.workspace.slug}/"
    program.get(address)
    os.kill(pid, signal.SIGSTOP)
    try:
        times, _ = _requests(program, address)
        print(
            f"Redis hangs: 200 reads, p50 {statistics.median(times):.1f} ms, the slowest {max(times):.0f} ms",
            flush=True,
        )
    finally:
        os.kill(pid, signal.SIGCONT)
    time.sleep(breaker.PAUSE)


def _requests(program: Client, address: str) -> tuple[list[float], Counter[int]]:
    times, answers = [], Counter[int]()
    for _ in range(200):
        start = time.perf_counter()
        answers[program.get(address).status_code] += 1
        times.append((time.perf_counter() - start) * 1000)
    return times, answers


def _redis_dies(by: Actor) -> None:
    program, address = _program(by), f"/api/v1/workspaces/{by.workspace.slug}/"
    redis.Redis.from_url(settings.REDIS_URL).config_set("save", "")
    os.kill(_redis_pid(), signal.SIGKILL)
    times, answers = _requests(program, address)
    print(f"Redis dead: 200 reads, p50 {statistics.median(times):.1f} ms, {dict(answers)}", flush=True)
    print(
        f"Redis dead: sign-in at home {_post(HOME, PASSWORD, by.user.email)}, a guess {_post('203.0.113.9', 'guess', by.user.email)}"
    )


if __name__ == "__main__":
    main()
