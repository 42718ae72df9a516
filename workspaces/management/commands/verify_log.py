"""manage.py verify_log [--workspace SLUG]: exits with 1 when a row of the record was changed, removed or put in between."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workspaces.models import Workspace
from workspaces.verifying import faults


class Command(BaseCommand):
    """One line a workspace, one line a fault."""

    help = "Check the record: numbers without a gap, the hash chain, and that the stream stands at its end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG", help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Workspace.objects.using("ops").order_by("slug")
        rows = rows.filter(slug=options["workspace"]) if options["workspace"] else rows
        found = list(rows.values_list("pk", "slug"))
        if options["workspace"] and not found:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        broken = [slug for pk, slug in found if self._is_broken(pk, slug)]
        if broken:
            raise CommandError(f"The record is broken in {', '.join(broken)}.", returncode=1)

    def _is_broken(self, pk: Any, slug: str) -> bool:
        words = list(faults(pk))
        for fault in words:
            self.stderr.write(f"{slug}: {fault}")
        if not words:
            self.stdout.write(f"{slug}: the record is whole.")
        return bool(words)
