"""Signing keys rotate under load: python -m bench.keys [--programs 8 --seconds 20 --rotations 8] (or bin/bench keys).

Programs sign in, work, and refresh, each in a thread of its own against a server process, while keys rotate at once
and at random, expired ones are deleted, and sessions are revoked. Counts what must be none: valid tokens that were
refused, and revoked ones that were accepted.
"""

# ruff: noqa: E402  (Django first)

import argparse
import http.client
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore

from accounts import keys, programs
from accounts.endings import end_session
from accounts.models import User
from workspaces.actions import create_workspace

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 30
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Caller:
    """One connection to the server."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def work(self, token: str) -> int:
        return self._ask("GET", "/api/v1/workspaces/", None, {"Authorization": f"Bearer {token}"})[0]

    def refresh(self, token: str) -> tuple[int, Any]:
        return self._ask(
            "POST", "/api/v1/auth/refresh/", {"refresh_token": token}, {"Content-Type": "application/json"}
        )

    def _ask(self, verb: str, path: str, data: Any, headers: dict[str, str]) -> tuple[int, Any]:
        self.connection.request(verb, path, json.dumps(data) if data else None, headers)
        response = self.connection.getresponse()
        body = response.read()
        return response.status, json.loads(body) if body else None


class Load:
    """What has been counted, and what is going on."""

    def __init__(self, port: int, people: list[User]) -> None:
        self.port, self.people = port, people
        self.count: Counter[str] = Counter()
        self.over = threading.Event()

    def sign_in(self, person: User) -> tuple[str, programs.Tokens]:
        """As the sign-in does once the password is right: hashing it would be most of what is measured."""
        session = SessionStore()
        session.update(
            {
                SESSION_KEY: str(person.pk),
                BACKEND_SESSION_KEY: BACKEND,
                HASH_SESSION_KEY: person.get_session_auth_hash(),
            }
        )
        session.create()
        return str(session.session_key), programs.begin(person, session)

    def program(self, seed: int) -> None:
        """Work, refresh, be revoked, begin again; the older access token of a living sign-in stays good too."""
        chance, caller, person = random.Random(seed), Caller(self.port), self.people[seed]
        key, tokens = self.sign_in(person)
        older = tokens.access_token
        while not self.over.is_set():
            self.see(caller.work(tokens.access_token) == 200, "valid token refused")
            self.see(caller.work(older) == 200, "valid token refused")
            lot = chance.random()
            if lot < 0.3:
                status, said = caller.refresh(tokens.refresh_token)
                self.see(status == 200, "valid refresh token refused")
                older, tokens = tokens.access_token, programs.Tokens(said["access_token"], said["refresh_token"])
                self.count["refreshes"] += 1
            elif lot < 0.4:
                end_session(key)
                self.see(caller.work(tokens.access_token) == 401, "revoked token accepted")
                self.see(caller.refresh(tokens.refresh_token)[0] == 401, "revoked refresh token accepted")
                self.count["revoked"] += 1
                key, tokens = self.sign_in(person)
                older = tokens.access_token

    def see(self, right: bool, fault: str) -> None:
        self.count["requests"] += 1
        if not right:
            self.count[fault] += 1

    def rotate(self, times: int, seconds: float) -> None:
        for number in range(times):
            time.sleep(seconds / (times + 1))
            keys.rotate(ahead=timedelta(seconds=number % 3))
            self.count["rotations"] += 1
        time.sleep(seconds / (times + 1))
        self.over.set()


def main() -> None:
    options = parse()
    slug = f"keys-{secrets.token_hex(4)}"
    people = [
        User.objects.create_user(f"{slug}-{number}@example.com", name="Bench") for number in range(options.programs)
    ]
    create_workspace(people[0], name="Keys", slug=slug)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        web = serve(listener)
        try:
            load = Load(listener.getsockname()[1], people)
            Caller(load.port).work("x")  # it is up
            run(load, options)
        finally:
            web.terminate()
            web.wait(PATIENCE)
    report(load)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.keys", description=__doc__)
    parser.add_argument("--programs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rotations", type=int, default=8)
    return parser.parse_args()


def serve(listener: socket.socket) -> subprocess.Popen[bytes]:
    words = "--lifespan off --no-access-log --log-level warning".split()
    env = {**os.environ, "LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "-m", "uvicorn", "flowboard.asgi:application", "--fd", str(listener.fileno()), *words]
    return subprocess.Popen(command, cwd=ROOT, env=env, pass_fds=[listener.fileno()])


def run(load: Load, options: argparse.Namespace) -> None:
    threads = [threading.Thread(target=load.program, args=(seed,)) for seed in range(options.programs)]
    threads.append(threading.Thread(target=load.rotate, args=(options.rotations, options.seconds)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def report(load: Load) -> None:
    done = ("requests", "refreshes", "revoked", "rotations")
    print(", ".join(f"{load.count[name]} {name}" for name in done))
    faults = {name: number for name, number in load.count.items() if name not in done}
    print("faults:", faults or "none: no valid token refused, no revoked one accepted")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
