"""bin/run: everything FlowBoard needs on this machine, on one address, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import time
from collections.abc import Sequence
from pathlib import Path

from launch.child import Child
from launch.folder import default_data
from launch.install import install_npm
from launch.programs import address, programs
from launch.say import Failure, last_lines, say, step
from launch.stack import Stack, prepare, stack

READY = """
FlowBoard is ready at {url}
{demo}  Stop it with Ctrl-C; the data stays in {data}
"""
DEMO = """  Sign in with password flowboard-demo as
    alice@example.com  (owner of workspace demo)    bob@example.com  (member)    gus@example.com  (guest)
    eve@example.com    (owner of workspace initech)
"""
PATIENCE = 90.0  # seconds for the first answer


def main(words: list[str]) -> int:
    options = parse(words)
    install_npm()
    with stack(options.data) as up:
        prepare(up, "migrate", "static", *([] if options.no_demo else ["demo"]))
        with programs(up, options.port) as (port, running):
            wait_for_answer(running, port)
            announce(up, address(port), demo=not options.no_demo)
            with contextlib.suppress(KeyboardInterrupt):
                keep_alive([*up.servers, *running])
    return 0


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/run", description=__doc__)
    parser.add_argument(
        "--port",
        type=port_number,
        default=os.environ.get("PORT") or None,
        metavar="N",
        help="or PORT; another is taken if it is in use",
    )
    parser.add_argument(
        "--data", type=Path, default=default_data(), metavar="DIR", help="or FLOWBOARD_DATA; default .data"
    )
    parser.add_argument("--no-demo", action="store_true", help="start without the demo workspaces")
    return parser.parse_args(words)


def port_number(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port")


def wait_for_answer(running: Sequence[Child], port: int) -> None:
    with step("Starting web, worker and beat"):
        deadline, pause = time.monotonic() + PATIENCE, 0.05
        while (answer := readiness(port)) != "":
            for child in running:
                if not child.alive:
                    raise Failure(f"{child.name} ended while starting: its own words are above.")
            if time.monotonic() > deadline:
                raise Failure(f"The web does not become ready: {answer}")
            time.sleep(pause)
            pause = min(1.0, pause * 1.2)


def readiness(port: int) -> str:
    """Nothing when it is ready, else what it says is missing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = response.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"no answer ({error})"
    finally:
        connection.close()
    return "" if response.status == 200 else f"{response.status} {last_lines(body, 5)}"


def announce(up: Stack, url: str, *, demo: bool) -> None:
    up.folder.announce(url)
    say(READY.format(url=url, demo=DEMO if demo else "", data=up.folder.path))


def keep_alive(children: Sequence[Child]) -> None:
    while True:
        for child in children:
            child.revive()
        time.sleep(0.2)
