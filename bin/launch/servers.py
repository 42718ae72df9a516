"""bin/servers [--data DIR] [--throw-away] [-- COMMAND …]: only PostgreSQL and Valkey, for development.

Without a command the servers stay up until Ctrl-C or SIGTERM, and DIR/env holds their addresses.
With one, it runs with these addresses in its environment, and the servers stop after it.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from pathlib import Path

from launch.death import dies_with_parent
from launch.folder import default_data, env_file
from launch.install import ROOT
from launch.say import say
from launch.stack import Stack, stack, throw_away


def main(words: list[str]) -> int:
    options = parse(words)
    with throw_away() if options.throw_away else stack(options.data) as up:
        return run(options.command, up) if options.command else stay(up)


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/servers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=default_data(), metavar="DIR")
    parser.add_argument(
        "--throw-away", action="store_true", help="a folder of its own, without fsync, removed at the end"
    )
    parser.add_argument("command", nargs="*", metavar="COMMAND")
    return parser.parse_args(words)


def run(command: list[str], up: Stack) -> int:
    return subprocess.run(command, cwd=ROOT, env=up.env, preexec_fn=dies_with_parent()).returncode


def stay(up: Stack) -> int:
    say(f"Servers are up; their addresses are in {env_file(up.folder.path)}")
    while True:
        for server in up.servers:
            server.revive()
        time.sleep(0.2)
