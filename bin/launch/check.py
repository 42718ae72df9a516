"""bin/test [pytest arguments]: the checks and all tests on throw-away servers; with arguments only that part of the tests."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tomllib
from collections.abc import Sequence

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
EVERYTHING = ["--numprocesses", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal"]


def main(words: list[str]) -> int:
    install_npm()
    with throw_away() as up:
        failed = [] if words else [name for name in CHECKS if configured(name) and not passes(name, up)]
        # the root conftest names them in pytest's summary, which ends the output, and fails the run
        return pytest(words, {**up.env, "FAILED_CHECKS": ", ".join(failed)})


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
