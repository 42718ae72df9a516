"""bin/bench NAME [arguments]: python -m bench.NAME on servers of its own, durable and migrated; without NAME, the list.

FLOWBOARD_DATA=DIR keeps its servers' data between runs.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import AbstractContextManager

from launch.death import dies_with_parent
from launch.folder import default_data
from launch.install import PYTHON, ROOT, install_npm
from launch.say import Failure, say
from launch.stack import Stack, prepare, stack, throw_away

ALONE = ("faults",)  # these start servers of their own, since they kill them


def main(words: list[str]) -> int:
    if not words:
        say("\n".join(["bin/bench NAME [arguments]", *(f"  {name}" for name in names())]))
        return 0
    if words[0] not in names():
        raise Failure(f"There is no bench.{words[0]}: {', '.join(names())}")
    if words[0] in ALONE:
        return measure(words, {**os.environ, "PYTHONPATH": str(ROOT / "bin")})
    install_npm()
    with servers() as up:
        prepare(up, "migrate", "static")
        return measure(words, up.env)


def measure(words: list[str], env: dict[str, str]) -> int:
    return subprocess.run(
        [PYTHON, "-m", names()[words[0]], *words[1:]], cwd=ROOT, env=env, preexec_fn=dies_with_parent()
    ).returncode


def servers() -> AbstractContextManager[Stack]:
    return stack(default_data()) if "FLOWBOARD_DATA" in os.environ else throw_away(durable=True)


def names() -> dict[str, str]:
    """The measurements by name, with their modules."""
    files = sorted(file for folder in ("", "faults") for file in (ROOT / "bench" / folder).glob("[!_]*.py"))
    return {file.stem: ".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}
