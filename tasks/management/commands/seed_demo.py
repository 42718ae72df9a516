"""manage.py seed_demo: the demo's workspaces and people, once."""

from typing import Any

from django.core.management.base import BaseCommand

from tasks.demo.seeding import PASSWORD, seed


class Command(BaseCommand):
    """May be called at every start: what is there is left alone."""

    help = (
        "Make the workspaces demo (Alice, Bob, Gus) and initech (Eve), seeded by the importer, unless they are there."
    )

    def handle(self, *, verbosity: int, **options: Any) -> None:
        made = seed()
        if verbosity:
            self.stdout.write(
                f"The demo is ready: alice@example.com, bob@example.com, gus@example.com, eve@example.com, password {PASSWORD}."
                if made else "The demo is there already."
            )  # fmt: skip
