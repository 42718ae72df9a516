"""The OpenAPI document, and the page that shows it: made once a process, the same for everybody, drawn on the server."""

from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

VERBS = ("get", "post", "patch", "delete")
Shape = dict[str, Any]


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """GET /api/schema/"""
    return HttpResponse(document_bytes(), content_type="application/json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """GET /api/docs/"""
    return render(request, "api/docs.html", {"groups": groups(), "shapes": shapes(), "info": document()["info"]})


@cache
def document() -> Shape:
    """What all endpoints say of themselves."""
    from drf_spectacular.generators import SchemaGenerator  # 11 MB that only this page needs

    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-any-return]


@cache
def document_bytes() -> bytes:
    return orjson.dumps(document())


@cache
def groups() -> list[Shape]:
    """The operations by their noun, as the template draws them."""
    found: dict[str, list[Shape]] = {}
    for path, verbs in document()["paths"].items():
        for verb, operation in verbs.items():
            found.setdefault(operation["tags"][0], []).append(_operation(path, verb, operation))
    return [{"name": name, "operations": operations} for name, operations in sorted(found.items())]


def _operation(path: str, verb: str, said: Shape) -> Shape:
    body = next(iter(said.get("requestBody", {}).get("content", {}).values()), {}).get("schema")
    status, answer = next((code, one) for code, one in said["responses"].items() if code != "default")
    content = next(iter(answer.get("content", {}).values()), {}).get("schema")
    return {
        "id": said["operationId"], "verb": verb.upper(), "path": path, "words": said.get("description", "").replace("`", ""), "status": status,
        "parameters": [_parameter(one) for one in said.get("parameters", []) if one["in"] != "path"],
        "body": _fields(_resolved(body)) if body else [], "answer": _name(content) if content else "",
    }  # fmt: skip


def _parameter(said: Shape) -> Shape:
    return {
        "name": said["name"], "kind": _kind(said["schema"]), "place": said["in"], "needed": said.get("required", False),
        "words": said.get("description", "") or said["schema"].get("description", ""),
    }  # fmt: skip


def _resolved(shape: Shape) -> Shape:
    return document()["components"]["schemas"][_name(shape)] if "$ref" in shape else shape  # type: ignore[no-any-return]


def _name(shape: Shape) -> str:
    return str(shape["$ref"].rsplit("/", 1)[1]) if "$ref" in shape else ""


def _fields(shape: Shape) -> list[Shape]:
    needed = shape.get("required", [])
    return [
        {"name": name, "needed": name in needed, **_typed(one), "words": one.get("description", "")}
        for name, one in shape.get("properties", {}).items()
    ]


def _typed(shape: Shape) -> Shape:
    """The field's type in words, and the shape that it links to."""
    inner = shape.get("items", shape)
    one = next((part for part in (*inner.get("allOf", ()), *inner.get("oneOf", ()), inner) if "$ref" in part), inner)
    name = _name(one)
    choices = _resolved(one).get("enum") if name else None
    if choices:
        return {"kind": ", ".join(map(str, choices)), "link": ""}
    return {"kind": f"{'list of ' if 'items' in shape else ''}{name or _kind(inner)}", "link": name}


def _kind(shape: Shape) -> str:
    """date or null; string, at most 300 characters"""
    if "enum" in shape:
        return ", ".join(map(str, shape["enum"]))
    kinds = shape.get("type", "any")
    kinds = [
        shape.get("format", kind) if kind != "null" else kind
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    ]
    limits = {"maxLength": "at most {} characters", "maxItems": "at most {}", "minimum": "from {}", "maximum": "to {}"}
    return ", ".join([" or ".join(kinds), *(words.format(shape[key]) for key, words in limits.items() if key in shape)])


@cache
def shapes() -> list[Shape]:
    """The objects that answers, and fields of bodies, are made of."""
    found = document()["components"]["schemas"]
    linked = {field["link"] for group in groups() for one in group["operations"] for field in one["body"]}
    return [
        {"name": name, "words": shape.get("description", ""), "fields": _fields(shape)}
        for name, shape in sorted(found.items())
        if "properties" in shape and (name in linked or not name.endswith("Request"))
    ]
