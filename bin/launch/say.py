"""One line for each step, with its seconds; a step that fails says what to do."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from launch.death import dies_with_parent


class Failure(Exception):
    """Words for the person at the terminal: what is wrong and what to do about it."""


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    began = time.monotonic()
    say(f"{text} … ", end="")
    try:
        yield
    except BaseException:
        say("stopped" if isinstance(sys.exc_info()[1], KeyboardInterrupt) else "failed")
        raise
    say(f"{time.monotonic() - began:.1f} s")


def say(text: str, end: str = "\n") -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone; the processes must still be stopped
        print(text, end=end, flush=True)


def carry_out(command: Sequence[str | Path], advice: str, **options: object) -> str:
    """Run a command to its end and return its output; it dies with us, and its failure becomes a Failure."""
    done = subprocess.run(  # type: ignore[call-overload]
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=dies_with_parent(),
        **{"stdin": subprocess.DEVNULL, **options} if "input" not in options else options,
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
    sys.stdout.flush()
    os._exit(code) if code == 130 else sys.exit(code)
