"""Every way to name a row of another workspace: in each slot of an address, in each query and body that takes an id."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tasks.tests.operations import NAMED, Ids, attacks
from workspaces import tenancy

from .cases import NO_VERB, Case, declared, tenant_addresses
from .declared import Asked, filled
from .doors import VERBS, Address, operation_at
from .world import World


def foreign_cases(world: World, who: str, theirs: Ids) -> Iterator[tuple[str, Case]]:
    """What is foreign, and the request."""
    for address in tenant_addresses():
        for verb in VERBS:
            asked = declared(address, verb)
            if asked not in (None, NO_VERB):
                yield from _of(world, who, address, verb, asked, theirs)  # type: ignore[arg-type]  (neither, as just asked)


def _of(world: World, who: str, address: Address, verb: str, asked: Asked, theirs: Ids) -> Iterator[tuple[str, Case]]:
    mine, theirs = world.ids | filled(asked.ids, world.ids), theirs | filled(asked.ids, theirs)
    plain = Case(
        who, address.door, verb, address.path, "", (), asked, filled(asked.body, mine), filled(asked.query, mine)
    )
    for slot in address.slots:
        yield slot, replace(plain, url=address.path.format(**mine | {slot: theirs[slot]}))
    if len(address.slots) > 1:
        body, query = filled(asked.body, theirs), filled(asked.query, theirs)
        yield (
            "all but the workspace",
            replace(
                plain, url=address.path.format(**theirs | {"workspace": mine["workspace"]}), body=body, query=query
            ),
        )
        yield "all", replace(plain, url=address.path.format(**theirs), body=body, query=query)
    yield from _said(plain, address, asked, mine, theirs)


def _said(plain: Case, address: Address, asked: Asked, mine: Ids, theirs: Ids) -> Iterator[tuple[str, Case]]:
    """In the body or the query: where the declared request has an id, and where the schema has a field for one."""
    url = address.path.format(**mine)
    for place in ("body", "query"):
        said: dict[str, Any] = getattr(asked, place) or {}
        for name, value in said.items():
            if (foreign := filled(value, theirs)) != filled(value, mine):
                yield f"{place} {name}", replace(plain, url=url, **{place: filled(said, mine) | {name: foreign}})
    operation = operation_at(address.path, plain.verb) if address.door == "api" else None
    if operation is None:
        return
    for slot, ids, query, body in attacks(operation, mine, theirs):
        if slot.startswith(("?", "body.")):
            yield slot, replace(plain, url=address.path.format(**ids), query=query, body=body)


def slots_of_bodies() -> set[str]:
    """The fields of bodies and queries that are ids by their form, and that nobody has said how to attack."""
    found = set()
    for address in tenant_addresses():
        for verb in VERBS:
            if address.door == "api" and (operation := operation_at(address.path, verb)):
                ids = {name for name, shape in operation.properties().items() if shape.get("format") == "uuid"}
                found |= {*ids, *operation.ids_asked} - set(NAMED)
    return found


def checksum(workspace_id: Any) -> str:
    """Of the workspace and every row in it, but for when a token was last used."""
    from tasks.tests.test_api_walls import checksum as of_rows

    with tenancy.workspace(workspace_id, atomic=True):
        return of_rows(workspace_id)
