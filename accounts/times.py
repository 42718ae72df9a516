"""Times as people say them."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone


def zone_of(name: str) -> ZoneInfo:
    """A person's time zone; UTC where the name is none (any more)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def ago(moment: datetime | None) -> str:
    """How long ago, in a few letters: `now`, `5 min`, `3 h`, `2 d`, else the date."""
    if moment is None:
        return ""
    seconds = (timezone.now() - moment).total_seconds()
    for limit, unit, letters in ((60, 0, "now"), (3600, 60, "min"), (86400, 3600, "h"), (86400 * 14, 86400, "d")):
        if seconds < limit:
            return f"{int(seconds // unit)} {letters}" if unit else letters
    local = timezone.localtime(moment)
    return f"{local:%b} {local.day}" + ("" if local.year == timezone.now().year else f", {local.year}")


def since(moment: datetime | None) -> str:
    """The same within a sentence: `just now`, `5 min ago`, `on Nov 2`."""
    words = ago(moment)
    return "just now" if words == "now" else f"{words} ago" if words[:1].isdigit() else f"on {words}"
