"""Python packages in .venv and npm packages in node_modules, refilled when their lists change.

This module runs on a bare Python before anything is installed: standard library only.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from launch.say import Failure, carry_out, step

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PYTHON_STAMP = VENV / "installed"
NPM_STAMP = ROOT / "node_modules" / ".installed"
PIP_INSTALL = "install --quiet --disable-pip-version-check --no-input -r".split()
NPM_INSTALL = "ci --ignore-scripts --no-audit --no-fund --loglevel=error".split()
NETWORK = "Look at the lines above; if the network was away, start again and the installation goes on."


def enter_venv() -> None:
    """Go on in .venv's Python, whichever Python this is; make or refill .venv first."""
    if Path(sys.prefix) == VENV and python_is_current():
        return
    if sys.version_info < (3, 11):  # noqa: UP036 (this much runs on any Python)
        reexecute_newer()
    if not python_is_current():
        with one_at_a_time():
            if not python_is_current():
                install_python()
    os.execv(PYTHON, [str(PYTHON), *sys.argv])


def reexecute_newer() -> None:
    for minor in (14, 13, 12, 11):
        if found := shutil.which(f"python3.{minor}"):
            os.execv(found, [found, *sys.argv])
    raise SystemExit("FlowBoard needs Python 3.11 or newer: install it, or start this with its full path.")


def python_is_current() -> bool:
    return read(PYTHON_STAMP) == python_wanted()


def python_wanted() -> str:
    """The lists, and the interpreter behind the symlink: a system upgrade may have changed it."""
    lists = fingerprint(ROOT / "requirements.txt", ROOT / "constraints.txt")
    return f"{lists} {os.path.realpath(PYTHON) if PYTHON.exists() else 'none'}"


def install_python() -> None:
    """Fill .venv; without its stamp it may be half filled, and is made anew."""
    whole = PYTHON.exists() and read(PYTHON_STAMP).endswith(f" {os.path.realpath(PYTHON)}")
    PYTHON_STAMP.unlink(missing_ok=True)
    with step("Installing Python packages"):
        pip = [PYTHON, "-m", "pip"] if whole else new_venv()
        carry_out([*pip, *PIP_INSTALL, str(ROOT / "requirements.txt")], NETWORK, cwd=ROOT)
    PYTHON_STAMP.write_text(python_wanted())


def new_venv() -> list[str | Path]:
    """An empty .venv and the pip to fill it: its own, or the system's where ensurepip is missing (Debian)."""
    base = getattr(sys, "_base_executable", sys.executable)
    make = [base, "-m", "venv", "--clear"]
    if find_spec("ensurepip"):
        carry_out([*make, VENV], "Python could not make a virtual environment.")
        return [PYTHON, "-m", "pip"]
    if not find_spec("pip"):
        raise Failure("This Python has neither ensurepip nor pip: install them (on Debian: apt install python3-venv).")
    carry_out([*make, "--without-pip", VENV], "Python could not make a virtual environment.")
    return [base, "-m", "pip", "--python", PYTHON]


def install_npm() -> None:
    """Fill node_modules by `npm ci`, with the Node that came as a Python package."""
    wanted = fingerprint(ROOT / "package.json", ROOT / "package-lock.json")
    if read(NPM_STAMP) == wanted:
        return
    with one_at_a_time():
        if read(NPM_STAMP) == wanted:
            return
        with step("Installing front-end packages"):
            env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
            carry_out([VENV / "bin" / "npm", *NPM_INSTALL], NETWORK, cwd=ROOT, env=env)
            NPM_STAMP.write_text(wanted)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two instances started side by side from one checkout share what they install."""
    with (ROOT / ".install.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
