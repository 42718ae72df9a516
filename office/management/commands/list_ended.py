"""manage.py list_ended: every workspace that was deleted for good, a line of JSON each, to be kept outside of the database."""

import json
from typing import Any

from django.core.management import BaseCommand

from office.models import Tombstone


class Command(BaseCommand):
    """For `purge_again`, after an old backup."""

    help = "Print the id, address and days of every workspace that was deleted for good, as JSON Lines."

    def handle(self, *args: Any, **options: Any) -> None:
        for stone in Tombstone.objects.using("ops").order_by("created_at").iterator():
            told = {"id": str(stone.tenant), "address": stone.slug, "deleted_at": stone.deleted_at.isoformat()}
            self.stdout.write(json.dumps(told))
