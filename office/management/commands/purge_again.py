"""manage.py purge_again FILE: ends what an old backup has brought back, by the list that `list_ended` printed."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from office.actions.purging import condemn, purge
from workspaces.actions.staff import HELD
from workspaces.errors import Refused


class Command(BaseCommand):
    """As the owner of the tables, who alone can say that something was deleted in the past."""

    help = "End again, for good, the workspaces of a list that list_ended printed and that a backup has brought back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the list, JSON Lines")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            named = [_read(line) for line in file.read_text().splitlines() if line.strip()]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{file} is no list of list_ended: {error}") from error
        found = 0
        for key, deleted_at in named:
            if condemn(key, deleted_at):
                found += 1
                self._end(key)
        self.stdout.write(f"{found} of {len(named)} were there again, and are gone.")

    def _end(self, key: UUID) -> None:
        try:
            purge(key, until=float("inf"))
        except (DatabaseError, Refused) as error:
            raise CommandError(f"{key} is not gone: {error} Run this again.") from error
        self.stdout.write(f"{key} is gone.")


def _read(line: str) -> tuple[UUID, datetime]:
    told = json.loads(line)
    deleted_at = parse_datetime(told["deleted_at"])
    if deleted_at is None or deleted_at.tzinfo is None:
        raise ValueError(f"{told['deleted_at']} is no time")
    if deleted_at > timezone.now() - HELD:
        raise ValueError(f"{told['id']} was deleted less than 30 days ago")
    return UUID(told["id"]), deleted_at
