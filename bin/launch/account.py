"""Who runs PostgreSQL: ourselves, or for root, whom it refuses, another account."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launch.say import Failure


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    user: Mapping[str, object] = field(default_factory=dict)  # for Popen

    def can_run(self, program: Path) -> bool:
        try:
            return subprocess.run([program, "--version"], capture_output=True, cwd="/", **self.user).returncode == 0  # type: ignore[call-overload,no-any-return]
        except OSError:
            return False

    def own(self, path: Path | int) -> None:
        if self.user:
            os.chown(path, self.uid, self.gid)


def unprivileged() -> Account:
    if os.getuid() != 0:
        return Account(os.getuid(), os.getgid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []})
    raise Failure(
        "PostgreSQL does not run as root, and there is no account postgres or nobody: start this as another user."
    )
