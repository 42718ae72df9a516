"""bin/manage [--data DIR] COMMAND …: manage.py with the addresses of the data folder."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from launch.folder import default_data, env_file, read_env
from launch.install import PYTHON, ROOT


def main(words: list[str]) -> int:
    data = default_data()
    if words[:1] == ["--data"] and len(words) > 1:
        data, words = Path(words[1]), words[2:]
    os.environ.update(addresses(data))
    os.execv(PYTHON, [str(PYTHON), str(ROOT / "manage.py"), *words])


def addresses(data: Path) -> dict[str, str]:
    """What the folder's file names, unless the environment itself names a database."""
    if "DATABASE_URL" in os.environ:
        return {}
    try:
        env = read_env(data)
    except OSError:
        print(f"{env_file(data)} is missing: start bin/run first, or set DATABASE_URL.", file=sys.stderr)
        return {}
    if not answers(env["DATABASE_URL"]):
        print(f"Nothing answers at the addresses in {env_file(data)}: is bin/run up?", file=sys.stderr)
    return {name: value for name, value in env.items() if name not in os.environ}


def answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432), 2).close()
    except OSError:
        return False
    return True
