"""Wishes in words, as chips say them."""

from collections.abc import Iterator, Mapping
from datetime import date

from ..scheduling.reasons import day, listed
from .wishes import DAYS, Json

MOVING = {"low": "moving dates is cheap", "high": "moving dates is dear"}
NAMES = dict(zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))


def chips(wishes: Json, names: Mapping[str, str]) -> list[str]:
    """Of kept wishes whatever is not as it would be without a word."""
    return [*_plan(wishes), *(_rule(rule, names) for rule in wishes["rules"])]


def _plan(wishes: Json) -> Iterator[str]:
    yield f"{_day(wishes['start'])} to {_day(wishes['end'])}"
    if wishes["deadline"]:
        yield f"all of it by {_day(wishes['deadline'])}"
    if wishes["frozen_until"]:
        yield f"dates until {_day(wishes['frozen_until'])} stay"
    if wishes["most_moves"] is not None:
        yield f"at most {wishes['most_moves']} date{' moves' if wishes['most_moves'] == 1 else 's move'}"
    if wishes["moving"] in MOVING:
        yield MOVING[wishes["moving"]]
    if wishes["undated"]:
        yield "tasks without a date get one"
    if wishes["points_a_day"] != 1:
        yield f"{wishes['points_a_day']:g} points a day"


def _rule(rule: Json, names: Mapping[str, str]) -> str:
    who, task = names.get(rule.get("person", ""), "somebody"), rule.get("task", "")
    match rule["rule"]:
        case "away":
            since, until = rule["since"], rule["until"]
            return f"{who} is away {_day(since)}{'' if since == until else f' to {_day(until)}'}"
        case "points":
            return f"{who} has {rule['points']:g} points a day"
        case "days":
            return f"{who} works on {_weekdays(rule['days'])}"
        case "by":
            return f"{task} is done by {_day(rule['until'])}"
        case "not_before":
            return f"{task} begins on {_day(rule['since'])} at the earliest"
        case "stays":
            return f"{task} stays"
    return f"{task} comes first"


def _weekdays(days: list[str]) -> str:
    """Monday to Friday; Monday, Tuesday and Friday"""
    places, names = [DAYS.index(one) for one in days], [NAMES[one] for one in days]
    row = len(days) > 2 and places == list(range(places[0], places[-1] + 1))
    return f"{names[0]} to {names[-1]}" if row else listed(names, most=7)


def _day(said: str) -> str:
    return day(date.fromisoformat(said))
