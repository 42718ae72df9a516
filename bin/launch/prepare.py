"""What must have happened before the programs start, in one process: migrations, static files, the demo.

python -m launch.prepare [migrate] [static] [demo]
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import traceback
from collections.abc import Iterator
from pathlib import Path

from launch.install import ROOT, fingerprint
from launch.say import Failure, ends_well, last_lines, step

UNUSED = ["rest_framework"]  # the browsable API's, which is off; its files are a third of all that would be compressed
ONE_MIGRATES = 5_209_111  # any number: two instances on one database wait for each other


def main(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
    import django

    with told("Loading the application", "The application does not load: the last line above names the place."):
        django.setup()
    for word in words:
        {"migrate": migrate, "static": collect_static, "demo": seed_demo}[word]()
    return 0


@contextlib.contextmanager
def told(text: str, advice: str) -> Iterator[None]:
    try:
        with step(text):
            yield
    except Exception as error:
        raise Failure(f"{last_lines(what_happened(error))}\n{advice}") from error


def what_happened(error: Exception) -> str:
    """A command's own words suffice; anything else was not foreseen and needs its traceback."""
    from django.core.management import CommandError

    return str(error) if isinstance(error, CommandError) else traceback.format_exc()


def migrate() -> None:
    from django.core.management import call_command
    from django.db import connections

    advice = "The database was not migrated: if the error is of the server, see its log in the data folder; nothing else was started."
    with told("Migrating the database", advice):
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_MIGRATES])
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        connections["owner"].close()


def collect_static() -> None:
    """Compress and hash the static files, unless none has changed."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name(f"{root.name}.collected")
    with told("Collecting static files", "The static files were not collected: the error above names the file."):
        wanted = static_fingerprint()
        if root.is_dir() and stamp.exists() and stamp.read_text() == wanted:
            return
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
        stamp.write_text(wanted)


def static_fingerprint() -> str:
    """Of all source files' names, sizes and times, and of the way they are stored."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    lines = [repr(settings.STORAGES["staticfiles"]), fingerprint(ROOT / "constraints.txt")]
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = os.stat(storage.path(path))
            lines.append(f"{getattr(storage, 'prefix', '')}/{path} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def seed_demo() -> None:
    """Once a data folder: who removes the demo shall not find it again after a restart."""
    from django.core.management import call_command

    seeded = Path(os.environ["FLOWBOARD_DATA"]) / "demo.seeded"
    if seeded.exists():
        return
    with told("Seeding the demo", "The demo was not seeded: start with --no-demo to go without it."):
        call_command("seed_demo", verbosity=0)
        seeded.touch()


if __name__ == "__main__":
    ends_well(main)
