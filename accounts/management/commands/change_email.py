"""manage.py change_email OLD NEW: for somebody who has lost the mailbox of their address, once it is sure who asks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts import actions, endings
from accounts.models import User


class Command(BaseCommand):
    """What both mailboxes would otherwise have to agree to."""

    help = "Give an account another e-mail address, without asking either mailbox. Make sure who asks for it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old")
        parser.add_argument("new")

    def handle(self, *args: Any, old: str, new: str, **options: Any) -> None:
        validate_email(new)
        user = User.objects.filter(email__iexact=old).first()
        if user is None:
            raise CommandError(f"No account has the address {old}.")
        if actions.change_email(user, to=new.lower()) is None:
            raise CommandError(f"Another account has the address {new}.")
        endings.person_changed(user.pk)
        self.stdout.write(f"{user.name} signs in as {user.email} from now on.")
