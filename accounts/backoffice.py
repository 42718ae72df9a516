"""The back-office's base of rows that nobody types."""

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin


class LookedAt(ModelAdmin):
    """For rows that only the program writes."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
