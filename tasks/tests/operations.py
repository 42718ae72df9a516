"""Every operation of the OpenAPI document, and a world of two workspaces that has one of everything it can name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

from drf_spectacular.generators import SchemaGenerator

from ai.tests.rows import started_run
from tasks.actions import share_project
from tasks.actions.imports import start_import
from tasks.models import Notification, Project, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Role
from workspaces.spine import acting
from workspaces.tests.people import Program

WRITES = ("post", "patch", "put", "delete")
Ids = dict[str, str]


@dataclass(frozen=True)
class Operation:
    """One verb on one address."""

    name: str
    verb: str
    path: str
    slots: tuple[str, ...]
    queries: tuple[str, ...]
    ids_asked: tuple[str, ...] = ()  # the queries that are UUIDs
    body: dict[str, Any] | None = None  # the schema of a JSON body
    schema: dict[str, Any] = field(default_factory=dict, repr=False)

    def url(self, ids: Ids) -> str:
        """The address with these ids; a slot that nobody has ids for fails here."""
        return self.path.format(**ids)

    def sample(self, ids: Ids) -> dict[str, Any] | None:
        """A small body that would do."""
        return None if self.body is None else _object(self.schema, self.body, ids)

    def properties(self) -> dict[str, Any]:
        return _resolved(self.schema, self.body or {}).get("properties", {})


@cache
def operations() -> tuple[Operation, ...]:
    """All those on workspaces; how programs sign in has tests of its own (accounts/tests/test_jwt.py), for it counts tries."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return tuple(
        _operation(schema, path, verb, said)
        for path, verbs in schema["paths"].items()
        if path.startswith("/api/v1/workspaces/")
        for verb, said in verbs.items()
    )


def _operation(schema: dict[str, Any], path: str, verb: str, said: dict[str, Any]) -> Operation:
    named = {
        place: tuple(p["name"] for p in said.get("parameters", []) if p["in"] == place) for place in ("path", "query")
    }
    content = said.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    asked = tuple(
        p["name"] for p in said.get("parameters", []) if p["in"] == "query" and p["schema"].get("format") == "uuid"
    )
    return Operation(said["operationId"], verb, path, named["path"], named["query"], asked, body, schema)


def _resolved(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
    return shape


def _object(schema: dict[str, Any], shape: dict[str, Any], ids: Ids) -> dict[str, Any]:
    shape = _resolved(schema, shape)
    return {name: _value(schema, name, shape["properties"][name], ids) for name in shape.get("required", [])}


def _value(schema: dict[str, Any], name: str, shape: dict[str, Any], ids: Ids) -> Any:
    if name in NAMED:
        return NAMED[name](ids)
    if name in SAMPLES:
        return SAMPLES[name]
    shape = _resolved(schema, shape)
    kind = shape.get("type")
    if kind == "object":
        return _object(schema, shape, ids)
    return {"integer": 1, "boolean": True, "array": []}.get(kind, "x")  # type: ignore[arg-type]


SAMPLES: dict[str, Any] = {
    "when": {"kind": "created"},
    "steps": [{"kind": "archive"}],
    "email": "ann@example.com",
    "url": "https://example.com/",
    "key": "NEW",
    "confirm": "acme",
}
# the fields of bodies and queries that name a row, and how they name it
NAMED: dict[str, Any] = {
    "status": lambda ids: ids["status"],
    "after": lambda ids: ids["ref"],
    "into": lambda ids: ids["status"],
    "parent": lambda ids: ids["ref"],
    "label": lambda ids: ids["label"],
    "labels": lambda ids: [ids["label"]],
    "assignee": lambda ids: ids["user"],
    "assignees": lambda ids: [ids["user"]],
    "actor": lambda ids: ids["user"],
    "user": lambda ids: ids["user"],
    "role": lambda ids: ids["role"],
    "task": lambda ids: ids["ref"],
    "project": lambda ids: ids["key"],
    "tasks": lambda ids: [ids["ref"]],
    **dict.fromkeys(("blocked_by", "blocks"), lambda ids: ids["ref"]),
    "set": lambda ids: {"status": ids["status"], "labels": [ids["label"]], "assignees": [ids["user"]]},
}


def absent() -> Ids:
    """Ids of nothing at all."""
    return {name: str(uuid4()) for name in UUIDS} | {"workspace": "nowhere", "key": "NOPE", "ref": "NOPE-1"}


UUIDS = (
    "status",
    "label",
    "comment",
    "item",
    "attachment",
    "dependency",
    "user",
    "role",
    "token",
    "notice",
    "invitation",
    "change",
    "run",
    "ai_run",
    "connection",
    "rule",
)


def world(owner: Actor, key: str, canary: str) -> Ids:
    """One of everything in the owner's workspace, each with the canary in its words."""
    program = Program(owner)
    made = {
        "project": program.post("projects/", {"name": canary, "key": key, "private": True}),
        "label": program.post(f"projects/{key}/labels/", {"name": canary}),
        "task": program.post(
            f"projects/{key}/tasks/", {"title": canary, "description": canary, "labels": [canary], "assignees": ["me"]}
        ),
        "comment": program.post(f"tasks/{key}-1/comments/", {"body": canary}),
        "item": program.post(f"tasks/{key}-1/checklist/", {"text": canary}),
        "attachment": program.post(f"tasks/{key}-1/attachments/", {"url": "https://example.com", "name": canary}),
        "second": program.post(f"projects/{key}/tasks/", {"title": canary}),
        "dependency": program.post(f"tasks/{key}-1/dependencies/", {"blocked_by": f"{key}-2"}),
        "invitation": program.post("invitations/", {"email": f"{canary}@example.com"}),
        "token": program.post("tokens/", {"name": canary}),
        "status": program.post(f"projects/{key}/statuses/", {"name": canary}),
        "rule": program.post(
            "automations/",
            {
                "name": canary,
                "project": key,
                "when": {"kind": "created"},
                "steps": [{"kind": "comment", "value": canary}],
            },
        ),
        "connection": program.post(
            "ai/connections/", {"name": canary, "kind": "openai", "model": canary, "key": "secret"}
        ),
    }
    ids = {name: str(answer.json()["id"]) for name, answer in made.items()}
    run = start_import(owner, data=b"{}", file_name=canary)
    with tenancy.workspace(owner.workspace.pk, atomic=True):
        role = Role.objects.within(owner.workspace).get(key="guest")
    change = program.get("changes/?limit=1").json()["results"][0]["id"]
    return ids | {
        "workspace": owner.workspace.slug, "key": key, "ref": f"{key}-1", "user": str(owner.user.pk), "role": str(role.pk),
        "change": change, "run": str(run.pk), "notice": noticed(owner, key),
        "ai_run": started_run(owner, canary),
    }  # fmt: skip


def noticed(owner: Actor, key: str) -> str:
    """An item of the owner's inbox about the project's first task."""
    with acting(owner):
        task = Task.objects.within(owner.workspace).get(project__key=key, number=1)
        one = Notification(workspace=owner.workspace, user=owner.user, reason="mentioned", needs_me=True, task=task)
        one.save(force_insert=True)
    return str(one.pk)


def share(owner: Actor, key: str, person: Actor) -> None:
    """Let somebody work in the project."""
    with tenancy.workspace(owner.workspace.pk, atomic=True):
        project = Project.objects.within(owner.workspace).get(key=key)
    share_project(owner, project, person=person.user)


def attacks(operation: Operation, mine: Ids, theirs: Ids) -> Iterator[tuple[str, Ids, dict[str, str], Any]]:
    """Each way to name a foreign row in this operation: what is foreign, path ids, query, body."""
    for slot in operation.slots:
        yield slot, mine | {slot: theirs[slot]}, {}, operation.sample(mine)
    if len(operation.slots) > 1:
        yield "all", theirs, {}, operation.sample(theirs)
        yield "all but the workspace", theirs | {"workspace": mine["workspace"]}, {}, operation.sample(theirs)
    for name in operation.queries:
        if name in NAMED and (operation.name, name) != ("list_events", "after"):  # which is a seq
            yield f"?{name}", mine, _needed(operation) | {name: NAMED[name](theirs)}, operation.sample(mine)
    for name in operation.properties():
        if name in NAMED:
            yield f"body.{name}", mine, {}, (operation.sample(mine) or {}) | {name: NAMED[name](theirs)}


def _needed(operation: Operation) -> dict[str, str]:
    return {"q": "x"} if operation.name == "search" else {}
