"""One line for each step, with its seconds; a step that fails says what to do."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from launch.death import dies_with_parent

TURN = threading.Lock()  # the output of several programs comes from several threads
OPEN_LINE = threading.Event()  # a step has begun its line and not ended it


class Failure(Exception):
    """Words for the person at the terminal: what is wrong and what to do about it."""


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    began = time.monotonic()
    write(f"{text} … ")
    OPEN_LINE.set()
    ending = "failed"
    try:
        yield
        ending = f"{time.monotonic() - began:.1f} s"
    finally:
        whole = OPEN_LINE.is_set()  # nobody has spoken in between
        OPEN_LINE.clear()
        write(f"{'' if whole else f'{text} … '}{ending}\n")


def say(text: str) -> None:
    write(f"{text}\n")


def write(text: str) -> None:
    with TURN, contextlib.suppress(OSError):  # the terminal may be gone; the processes must still be stopped
        if OPEN_LINE.is_set():
            OPEN_LINE.clear()
            text = f"\n{text}"
        sys.stdout.write(text)
        sys.stdout.flush()


def carry_out(command: Sequence[str | Path], advice: str, **options: object) -> str:
    """Run a command to its end and return its output; it dies with us, and its failure becomes a Failure."""
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    done = subprocess.run(  # type: ignore[call-overload]
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=dies_with_parent(),
        **options,
    )
    if done.returncode:
        raise Failure(f"{last_lines(done.stdout)}\n{advice}")
    return str(done.stdout)


def last_lines(text: str, count: int = 25) -> str:
    return "\n".join(text.rstrip().splitlines()[-count:])


def ends_well(main: Callable[[list[str]], int]) -> None:
    """Call main with the arguments and leave with its code; a Failure is words, not a traceback."""
    try:
        code = main(sys.argv[1:])
    except Failure as failure:
        print(failure, file=sys.stderr, flush=True)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
