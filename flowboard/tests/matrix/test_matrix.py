"""Every URL and every API operation × every role × every verb: the answer is the declared one, and tells no more."""

from collections.abc import Callable

import pytest

from . import api, pages
from .asking import WHO, Caller
from .cases import cases, hidden_cases, tenant_addresses, undeclared
from .doors import API, PAGE, described
from .judging import faults
from .world import INSIDERS, World

Property = Callable[[str, object], None]


@pytest.mark.parametrize("who", WHO)
def test_who_may_what(world: World, callers: dict[str, Caller], who: str, record_property: Property) -> None:
    count, found = faults(world, callers[who], cases(world, who))
    record_property("cases", count)
    refute(found)
    assert count > 120


@pytest.mark.parametrize("who", INSIDERS)
def test_a_private_project_is_not_there_for_others(
    world: World, callers: dict[str, Caller], who: str, record_property: Property
) -> None:
    count, found = faults(world, callers[who], hidden_cases(world, who))
    record_property("cases", count)
    refute(found)
    assert count > 60


def refute(found: list[str]) -> None:
    if found:
        pytest.fail("\n".join([f"{len(found)} answers are not as declared:", *found]), pytrace=False)


def test_every_operation_is_declared() -> None:
    assert not undeclared(), "say by which rule they answer, in flowboard/tests/matrix/api.py"


def test_every_slot_has_an_id(world: World) -> None:
    slots = {slot: one.path for one in tenant_addresses() for slot in one.slots if slot not in world.ids}
    assert not slots, "give each one of Acme's own, in flowboard/tests/matrix/world.py"


def test_nothing_is_declared_that_is_not_there() -> None:
    real = {one.path for one in tenant_addresses()}
    said = [PAGE + key.split(" ")[1] for key in pages.ANSWERS]
    assert not set(said) - real
    operations = {f"{verb} {path}" for path, verbs in described().items() for verb in verbs}
    assert not {f"{key.split(' ')[0]} {API}{{workspace}}/{key.split(' ')[1]}" for key in api.ANSWERS} - operations


def test_every_address_of_the_api_is_described() -> None:
    paths = {path.removesuffix("/") for path in described()}
    assert not [one.path for one in tenant_addresses() if one.door == "api" and one.path.removesuffix("/") not in paths]
