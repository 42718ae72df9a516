"""CHECKS.md 1: with the ids of another workspace in every place, nothing is read, nothing written, nothing given away."""

from collections.abc import Callable

import pytest

from .asking import Caller, ask
from .foreign import checksum, foreign_cases, slots_of_bodies
from .world import THEIRS, World

ASKERS = ("anonymous", "owner", "admin", "member", "guest", "editor")
HARMLESS = (200, 204)  # a filter by what is not there finds nothing; to take away what is not there is done


@pytest.mark.parametrize("who", ASKERS)
def test_ids_of_another_workspace(
    world: World, callers: dict[str, Caller], who: str, record_property: Callable[[str, object], None]
) -> None:
    globex = world.people["eve"].workspace.pk
    before, found, count = checksum(globex), [], 0
    for slot, case in foreign_cases(world, who, world.theirs):
        answer = ask(callers[who], case.door, case.verb, case.url, case.body, case.query)
        count += 1
        said = f"{case} with a foreign {slot}: {answer.status_code}"
        heard = (answer.getvalue() if answer.streaming else answer.content).lower()
        if THEIRS.encode() in heard:
            found.append(f"{said} tells {heard[:200]!r}")
        if not may_be(answer.status_code, who, slot, case.verb, answer):
            found.append(said)
    record_property("cases", count)
    assert not found, "\n".join(["", *found])
    assert count > 340
    assert checksum(globex) == before, "rows of Globex have changed"


def may_be(status: int, who: str, slot: str, verb: str, answer: object) -> bool:
    """Foreign in the address: there is nothing. Foreign in what is said: refused, or a filter that finds nothing."""
    in_address = not slot.startswith(("body", "query", "?"))
    if who == "anonymous":
        return status in (401, 302)
    if slot in ("workspace", "all"):
        return status == 404
    if in_address:
        return status in (404, 403)
    return status in (400, 403, 404, 409, 422) or (verb == "get" and status in HARMLESS)


def test_every_id_of_a_body_or_query_is_attacked() -> None:
    assert not slots_of_bodies()
