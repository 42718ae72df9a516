"""CHECKS.md 31, in short: each operation of the API with what its schema allows and what it forbids; no answer is a fault of ours.

`bin/bench fuzz` is the long form: a real server, three roles, all phases and checks.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings as settings_of_django
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation

from flowboard.tests.matrix.asking import Caller, area_of, undone
from flowboard.tests.matrix.conftest import callers, world  # noqa: F401  (fixtures)
from flowboard.tests.matrix.doors import API
from flowboard.tests.matrix.world import World
from flowboard.wsgi import application

EXAMPLES = {"owner": 2, "member": 1, "viewer": 1}  # of each operation, allowed and forbidden
BRIEF = settings(
    deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
# schema-valid, and refused all the same: a name that is taken, a cursor of another list
CHECKS = ("positive_data_acceptance", "missing_required_header", "unsupported_method")


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The end of a request leaves the connection as it is, whose transaction is the test's: as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("who", EXAMPLES)
def test_no_request_is_too_strange(
    world: World,  # noqa: F811
    callers: dict[str, Caller],  # noqa: F811
    who: str,
    record_property: Callable[[str, object], None],
) -> None:
    asked: list[int] = []
    for operation in operations():
        forbids = [GenerationMode.NEGATIVE] if list(operation.query) or list(operation.body) else []
        for mode in (GenerationMode.POSITIVE, *forbids):
            ask(operation, mode, world, callers[who], EXAMPLES[who], asked)
    record_property("cases", len(asked))
    assert len(asked) > 100


def operations() -> Iterator[APIOperation[Any, Any, Any, Any]]:
    """Those of a workspace."""
    config = schemathesis.Config.from_path(settings_of_django.BASE_DIR / "bench" / "fuzz.toml")
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application, config=config)
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

    @settings(BRIEF, max_examples=examples)
    @given(case=operation.as_strategy(mode, path_parameters=slots))
    def one(case: schemathesis.Case) -> None:
        with undone():
            answer = case.call_and_validate(headers=headers, excluded_checks=excluded)
        asked.append(answer.status_code)

    one()
