"""A kept plan as it is told: people are kept by their ids alone, and named when somebody reads it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import User

from ..scheduling import UNIT

Json = dict[str, Any]
PERSON = re.compile(r"\{([0-9a-f-]{36})\}")


def spoken(words: str, names: Mapping[str, str]) -> str:
    """The words with people's names."""
    return PERSON.sub(lambda found: names.get(found[1], "somebody"), words)


def people_in(words: Iterable[str]) -> set[str]:
    """The ids of the people whom words are about."""
    return {found for one in words for found in PERSON.findall(one)}


def plan_told(plan: Json) -> Json:
    """The plan with names in its words, and loads in points."""
    names = _names(plan)
    return plan | {
        "unplaced": [_because(one, names) for one in plan["unplaced"]],
        "binding": {ref: _because(one, names) for ref, one in plan["binding"].items()},
        "loads": [
            {"person": _person(load["person"], names), "weeks": [_week(week) for week in load["weeks"]]}
            for load in plan["loads"]
        ],
    }


def _names(plan: Json) -> dict[str, str]:
    ids = {load["person"] for load in plan["loads"]}
    ids |= people_in(one["words"] for one in [*plan["unplaced"], *plan["binding"].values()])
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=ids)}


def _because(said: Json, names: Mapping[str, str]) -> Json:
    people = [_person(one, names) for one in said["people"]]
    return said | {"words": spoken(said["words"], names), "people": people}


def _person(key: str, names: Mapping[str, str]) -> Json:
    return {"id": key, "name": names.get(key, "somebody")}


def _week(week: Json) -> Json:
    return {"monday": week["monday"]} | {name: week[name] / UNIT for name in ("capacity", "before", "after")}
