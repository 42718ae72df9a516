"""How amounts and times of the AI are written."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.dateparse import parse_datetime

register = template.Library()


@register.filter
def moment(said: Any) -> datetime | None:
    """A time, also as a run's result keeps it."""
    return parse_datetime(said) if isinstance(said, str) else said


@register.filter
def cited(name: str) -> str:
    """FLOW-7, #12, or the person or column of a fact."""
    return name.partition(":")[2] or name


@register.filter
def dollars(micros: int | None) -> str:
    """$0.0123 from millionths of a dollar; – where no price is known."""
    if micros is None:
        return "–"
    value = micros / 1_000_000
    return f"${value:,.2f}" if value >= 1 or not micros else f"${value:.4f}" if micros >= 100 else f"${value:.6f}"


@register.filter
def seconds(milliseconds: int) -> str:
    """340 ms, 7.4 s."""
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
