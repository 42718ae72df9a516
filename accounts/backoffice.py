"""The back-office's base of rows that nobody types."""

from django.db.models import Model
from django.http import HttpRequest

from .long_lists import LongList


class LookedAt(LongList):
    """For rows that only the program writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
