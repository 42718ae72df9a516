"""bin/test [pytest arguments]: the checks and all tests on throw-away servers; with arguments only that part of the tests."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from launch.death import dies_with_parent
from launch.install import PYTHON, ROOT, install_npm
from launch.say import Failure, carry_out, say, step
from launch.stack import Stack, throw_away

CHECKS = {
    "ruff check": ["ruff", "check", "--quiet"],
    "ruff format": ["ruff", "format", "--check", "--quiet"],
    "manage.py check": ["manage.py", "check"],
    "manage.py makemigrations --check": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "mypy": ["mypy"],
}
# one more than there are cores: a third of the time is waiting for browsers, servers and sockets
EVERYTHING = ["--numprocesses", str(min(os.cpu_count() or 1, 4) + 1), "--dist", "worksteal"]


def main(words: list[str]) -> int:
    install_npm()
    with throw_away() as up:
        return pytest(words, up.env if words else {**up.env, **checked(up)})


def checked(up: Stack) -> dict[str, str]:
    """What the root conftest is told: the checks that failed, and the database of which each process takes a copy."""
    with ThreadPoolExecutor() as beside:
        template = beside.submit(migrated, up)
        failed = [name for name in CHECKS if configured(name) and not passes(name, up)]
        with step("Migrating a database for the tests, begun with the checks"):
            return {"FAILED_CHECKS": ", ".join(failed), "TEST_TEMPLATE": template.result()}


def migrated(up: Stack) -> str:
    """The name of the throw-away server's database; of somebody's own server none is touched, and each process migrates."""
    if "DATABASE_URL" in os.environ:
        return ""
    env = {**up.env, "PYTHONPATH": str(ROOT / "bin")}
    carry_out([PYTHON, "-m", "launch.prepare", "migrate"], "The database was not migrated.", cwd=ROOT, env=env)
    return "flowboard"


def configured(name: str) -> bool:
    """Types are checked where the project says how."""
    if name != "mypy":
        return True
    settings = ROOT / "pyproject.toml"
    return settings.exists() and "mypy" in tomllib.loads(settings.read_text()).get("tool", {})


def passes(name: str, up: Stack) -> bool:
    program, *rest = CHECKS[name]
    command = [program] if program.endswith(".py") else ["-m", program]
    try:
        with step(name):
            carry_out([PYTHON, *command, *rest], f"{name} failed: the tests run all the same.", cwd=ROOT, env=up.env)
    except Failure as failure:
        say(str(failure))
        return False
    return True


def pytest(words: Sequence[str], env: dict[str, str]) -> int:
    """In a session of its own; Ctrl-C reaches it once, through us, and it still tears down what it had set up."""
    tests = subprocess.Popen(
        [PYTHON, "-m", "pytest", *(words or EVERYTHING)],
        cwd=ROOT,
        env=env,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGINT),
    )
    try:
        return tests.wait()
    except KeyboardInterrupt:
        tests.send_signal(signal.SIGINT)
        return 130
    finally:
        finish(tests)


def finish(tests: subprocess.Popen[bytes]) -> None:
    """Nothing that the tests started outlives them."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        tests.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(tests.pid, signal.SIGKILL)
