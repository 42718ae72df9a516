"""manage.py reconcile_billing [SLUG] [--look]: what differs between Stripe and us."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.reconciling import reconcile
from workspaces.errors import Refused


class Command(BaseCommand):
    """The same runs each night."""

    help = "Print what Stripe holds otherwise than we do, and take it over; with --look only print."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("workspace", nargs="?", default="", metavar="SLUG")
        parser.add_argument("--look", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        try:
            for line in reconcile(mend=not options["look"], slug=options["workspace"]):
                count += 1
                self.stdout.write(line)
        except Refused as no:
            raise CommandError(no.words) from no
        if not count:
            self.stdout.write("Stripe and FlowBoard agree.")
