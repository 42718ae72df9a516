"""The OpenAPI document promises no open end: every object is closed, every text, list and number has its bounds."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tasks.tests.operations import operations, world
from workspaces.actor import Actor
from workspaces.tests.people import Program

BOUNDED = {"uuid", "date", "date-time"}  # formats of a fixed length
# what another system exported: read by the importer's own reader, which names each field it uses
FOREIGN = {"imports_create application/json .data"}
Shape = dict[str, Any]


@pytest.fixture(scope="module")
def schema() -> Shape:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-any-return]


def given(schema: Shape) -> Iterator[tuple[str, Shape]]:
    """Every shape of something that a caller sends, by its place."""
    for verbs in schema["paths"].values():
        for said in verbs.values():
            for one in said.get("parameters", []):
                yield from _below(schema, one["schema"], f"{said['operationId']} {one['in']} {one['name']}")
            for kind, content in said.get("requestBody", {}).get("content", {}).items():
                yield from _below(schema, content["schema"], f"{said['operationId']} {kind} ")


def _below(schema: Shape, shape: Shape, place: str) -> Iterator[tuple[str, Shape]]:
    while "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
    yield place, shape
    for part in (*shape.get("allOf", ()), *shape.get("anyOf", ()), *shape.get("oneOf", ())):
        yield from _below(schema, part, place)
    if "items" in shape:
        yield from _below(schema, shape["items"], f"{place}[]")
    for name, inner in shape.get("properties", {}).items():
        yield from _below(schema, inner, f"{place}.{name}")


def open_end(shape: Shape) -> str:
    """What is missing, or ""."""
    kinds = shape.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if "object" in kinds and shape.get("additionalProperties") is not False:
        return "takes any field"
    if "array" in kinds and "maxItems" not in shape:
        return "a list without an end"
    if (
        "string" in kinds
        and not {"maxLength", "enum"} & shape.keys()
        and shape.get("format") not in {*BOUNDED, "binary"}
    ):
        return "a text without an end"
    if kinds & {"integer", "number"} and not {"minimum", "maximum"} <= shape.keys() and "enum" not in shape:
        return "a number without bounds"
    return ""


def test_nothing_is_without_an_end(schema: Shape) -> None:
    shapes = list(given(schema))
    faults = [f"{place}: {words}" for place, shape in shapes if place not in FOREIGN and (words := open_end(shape))]
    assert len(shapes) > 300
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "object"}, {"type": "object", "additionalProperties": {}}, {"type": "array", "items": {}}, {"type": "string"}, {"type": ["string", "null"]},
        {"type": "string", "format": "uri"}, {"type": "integer", "minimum": 0}, {"type": "number"},
    ],
)  # fmt: skip
def test_an_open_end_is_seen(shape: Shape) -> None:
    assert open_end(shape)


@pytest.mark.django_db
def test_what_is_promised_is_kept(alice: Actor) -> None:
    """A field more, a text one longer than it may be, a list one longer, a number beyond its bounds: each is refused by name."""
    ids, client = world(alice, "FLOW", "words"), Program(alice).client
    tried = 0
    for operation in operations():
        if operation.body is None or operation.name == "imports_create" or operation.path.startswith("/api/v1/auth/"):
            continue
        for name, value in beyond(operation.schema, operation.properties()):
            body = (operation.sample(ids) or {}) | {name: value}
            answer = getattr(client, operation.verb)(operation.url(ids), body, content_type="application/json")
            told = f"{operation.name}.{name}: {answer.status_code} {answer.content[:200]!r}"
            assert answer.status_code == 400, told
            assert any(field.startswith(name) for field in answer.json()["errors"]), told
            tried += 1
    assert tried > 60


def beyond(schema: Shape, fields: Shape) -> Iterator[tuple[str, Any]]:
    yield "wholly_unknown", 1
    for name, shape in fields.items():
        kind = shape.get("type")
        if "maxLength" in shape:
            yield name, "x" * (shape["maxLength"] + 1)
        elif kind == "array":
            yield name, ["x"] * (shape["maxItems"] + 1)
        elif "maximum" in shape:
            yield name, shape["maximum"] + 1


@pytest.mark.django_db
def test_an_upload_has_known_fields_only(alice: Actor) -> None:
    world(alice, "FLOW", "words")
    client: Client = Program(alice).client
    form = {"file": SimpleUploadedFile("board.json", b"{}"), "wholly_unknown": "1"}
    answer = client.post("/api/v1/workspaces/acme/imports/", form)
    assert answer.status_code == 400 and "wholly_unknown" in answer.json()["errors"]
