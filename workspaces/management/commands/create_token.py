"""manage.py create_token EMAIL --workspace SLUG [--scope SCOPE] [--days N]: prints an access token."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from workspaces import tenancy
from workspaces.actions import create_token
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Membership


class Command(BaseCommand):
    """Prints nothing but the token, so that a script can take it."""

    help = "Make an access token for a member of a workspace and print it; it is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--name", default="made on the command line", help="what to call it in the list of tokens")
        parser.add_argument(
            "--scope", action="append", metavar="SCOPE", help="may be repeated; read and write unless told"
        )
        parser.add_argument(
            "--days", type=int, default=0, metavar="N", help="it ends after so many days; never unless told"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            by, days = find_member(options["email"], options["workspace"]), _days(options["days"])
            ends = timezone.now() + days if days else None
            _, secret = create_token(by, name=options["name"], scopes=options["scope"], expires_at=ends)
        except Refused as no:
            raise CommandError(no.words) from no
        self.stdout.write(secret)


def _days(number: int) -> timedelta:
    if not 0 <= number <= 3650:
        raise CommandError("--days is a number from 1 to 3650.")
    return timedelta(days=number)


def find_member(email: str, slug: str) -> Actor:
    """The person as an actor of the workspace."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody here signs in as {email}.")
    with tenancy.person(user.pk, atomic=True):
        mine = Membership.objects.of(user).filter(workspace__slug=slug, workspace__deleted_at=None)
        membership = mine.select_related("workspace", "role", "user").first()
    if membership is None:
        raise CommandError(f"{email} is not a member of a workspace {slug}.")
    return Actor.of(membership, via="system")
