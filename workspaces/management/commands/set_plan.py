"""manage.py set_plan SLUG PLAN: what a workspace has room for."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workspaces.actions import choose_plan
from workspaces.errors import Refused
from workspaces.models import Workspace
from workspaces.owners import system_of


class Command(BaseCommand):
    """The operator's word, in the record as done in an owner's name by the system."""

    help = "Put a workspace on a plan; without PLAN on the operator's own (the setting PLAN)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("workspace", metavar="SLUG")
        parser.add_argument("plan", nargs="?", default="", metavar="PLAN")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.using("ops").filter(slug=options["workspace"], deleted_at=None).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        if (by := system_of(workspace.pk)) is None:
            raise CommandError(f"The workspace {workspace.slug} has no owner.")
        try:
            choose_plan(by, plan=options["plan"])
        except Refused as no:
            raise CommandError(no.words) from no
        self.stdout.write(f"{workspace.slug}: {options['plan'] or 'the plan of the setting PLAN'}.")
