"""CHECKS.md 31, in short: each operation of the API with what its schema allows and what it forbids; no answer is a fault of ours.

`bin/bench fuzz` is the long form: a real server, three roles, all phases and checks.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation

from flowboard.tests.matrix.asking import Caller, area_of, undone
from flowboard.tests.matrix.conftest import callers, world  # noqa: F401  (fixtures)
from flowboard.tests.matrix.doors import API
from flowboard.tests.matrix.world import World
from flowboard.wsgi import application

EXAMPLES = {"owner": 4, "member": 2, "viewer": 2}  # of each operation, allowed and forbidden
BRIEF = settings(
    deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
# schema-valid, and refused all the same: a name that is taken, a cursor of another list
CHECKS = ("positive_data_acceptance", "missing_required_header", "unsupported_method")


@pytest.mark.parametrize("who", EXAMPLES)
def test_no_request_is_too_strange(
    world: World,  # noqa: F811
    callers: dict[str, Caller],  # noqa: F811
    who: str,
    record_property: Callable[[str, object], None],
) -> None:
    asked: list[int] = []
    for operation in operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            ask(operation, mode, world, callers[who], EXAMPLES[who], asked)
    record_property("cases", len(asked))
    assert len(asked) > 2 * len(list(operations()))


def operations() -> Iterator[APIOperation[Any, Any, Any, Any]]:
    """Those of a workspace."""
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.startswith(API):
            yield operation


def ask(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    world: World,  # noqa: F811
    caller: Caller,
    examples: int,
    asked: list[int],
) -> None:
    """Some requests, each undone; their addresses lead to rows that there are."""
    slots = {parameter.name: world.ids[parameter.name] for parameter in operation.path_parameters}
    url = operation.path.format(**slots)
    headers = {"Authorization": f"Token {caller.tokens.get(area_of(url), caller.tokens['*'])}"}
    excluded = [check for check in schemathesis.checks.CHECKS.get_all() if check.__name__ in CHECKS]

    @BRIEF
    @settings(max_examples=examples)
    @given(case=operation.as_strategy(mode, path_parameters=slots))
    def one(case: schemathesis.Case) -> None:
        with undone():
            answer = case.call_and_validate(headers=headers, excluded_checks=excluded)
        asked.append(answer.status_code)

    one()
