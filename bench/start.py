"""How long bin/run takes on a fresh clone, and the second time: python -m bench.start

Clones this repository into a temporary folder, starts it twice with a new data folder, and prints the seconds until the ready
line. The first start installs all packages; pip's and npm's caches are left as they are.
"""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LONGEST = 400  # seconds


def main() -> None:
    source = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        clone = Path(folder) / "flowboard"
        subprocess.run(["git", "clone", "-q", source, clone], check=True)
        for name in ("first start", "second start"):
            print(f"{name}: {until_ready(clone):.1f} s", flush=True)


def until_ready(clone: Path) -> float:
    """Seconds until bin/run says that it is ready; then it is stopped."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "bin/run"], cwd=clone, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "is ready at" in line:
                return time.perf_counter() - began
            if time.perf_counter() - began > LONGEST:
                break
        raise SystemExit("bin/run did not become ready")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


if __name__ == "__main__":
    main()
