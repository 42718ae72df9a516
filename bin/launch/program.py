"""python -m launch.program MODULE …: run a module that outlives bin/run by a few seconds at most.

The kernel sends it a signal when bin/run is killed; this ends what then does not end, such as a worker that waits for
its broker to come back, and all that it has started.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

SECONDS = 4


def main() -> None:
    threading.Thread(target=outlive_briefly, args=(os.getppid(),), daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def outlive_briefly(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    time.sleep(SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
