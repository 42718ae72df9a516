"""A process whose clock is wrong: a few lines of C before its own, compiled where there is a compiler."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long shift(void) { const char *text = getenv("CLOCK_SHIFT"); return text ? atol(text) : 0; }
int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(id, at);
    if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) at->tv_sec += shift();
    return answer;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
"""


class Shim:
    """`file` is for LD_PRELOAD, with CLOCK_SHIFT in seconds; None where nothing can be compiled."""

    file: Path | None = None

    def __enter__(self) -> "Shim":
        self.folder = Path(tempfile.mkdtemp(prefix="clock-"))
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler:
            (self.folder / "clock.c").write_text(SOURCE)
            made = self.folder / "clock.so"
            words = [compiler, "-shared", "-fPIC", "-O1", "-o", made, self.folder / "clock.c", "-ldl"]
            if subprocess.run(words, capture_output=True, check=False).returncode == 0:
                self.file = made
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
