"""manage.py rotate_signing_keys: a new key for programs' tokens, beside the one that beat makes every 30 days."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import keys


class Command(BaseCommand):
    """Makes the key, and says what becomes of the others."""

    help = "Make a new signing key. It is published now and signs after a day; tokens signed before stay good."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", action="store_true", help="let it sign at once")
        parser.add_argument(
            "--distrust",
            action="store_true",
            help="a key has leaked: sign at once, and let no other verify any longer (every program signs in again)",
        )

    def handle(self, *args: Any, now: bool, distrust: bool, **options: Any) -> None:
        made = keys.rotate(ahead=timedelta(0) if now or distrust else keys.AHEAD, distrust=distrust)
        when = "signs now" if now or distrust else f"signs from {made.created_at + keys.AHEAD:%Y-%m-%d %H:%M} UTC"
        self.stdout.write(f"{made.kid} {when}")
        for key in keys.living().exclude(pk=made.pk):
            self.stdout.write(
                f"{key.kid} signs until {key.retired_at:%Y-%m-%d %H:%M}, verifies until {key.expires_at:%Y-%m-%d %H:%M} UTC"
            )
