"""Children that die with their parent, even when it is killed with SIGKILL (Linux)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def dies_with_parent(sig: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """For Popen's preexec_fn, which runs after the change of user that would undo the request.

    The kernel watches the thread that forked, so children are started from the main thread only.
    """
    parent = os.getpid()

    def ask() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, sig)
            if os.getppid() != parent:  # it died before we had asked
                os._exit(1)

    return ask
