"""How facts of the back-office are written."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()


@register.filter
def shown(value: Any) -> str:
    """3,000; 1 Dec 2026, 14:00; a word as it is."""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j M Y, H:i")
    return f"{value:,}" if isinstance(value, int) else str(value)
