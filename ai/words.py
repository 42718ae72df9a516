"""How the AI's budget is spoken of, everywhere alike: pages, refusals, banners, mails."""

from .budget import Stand
from .reading.months import Month

ELSE_WORKS = "Everything else works as before"


def begins_anew(month: Month | None = None) -> str:
    """1 January"""
    first = (month or Month.now()).next.first
    return f"{first.day} {first:%B}"


def low_words(stand: Stand) -> str:
    """82 % of December's AI budget is used"""
    return f"{stand.percent} % of {Month.now().first:%B}'s AI budget is used: {stand.used:,} of {stand.limit:,} tokens."


def full_words() -> str:
    """What stands above pages when nothing is left."""
    return (
        f"{Month.now().first:%B}'s AI budget is used up. The AI answers again on {begins_anew()} (UTC). {ELSE_WORKS}."
    )
