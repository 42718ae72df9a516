"""Scopes: what an access token may at most do. Its person's role decides besides, so that a token never does more than they.

An area is defined once, with the permissions and the addresses of REST that belong to it. `tasks:write` includes
`tasks:read`; `read` and `write` are those of every area.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .errors import MissingScope, Refused

READ, WRITE = "read", "write"
EVERYTHING = (READ, WRITE)
WHOLE = ""  # what touches every area at once: events, changes, founding another workspace


@dataclass(frozen=True)
class Area:
    """`permissions` are their first words; `nouns` the first words of addresses below a workspace."""

    words: str
    permissions: tuple[str, ...]
    nouns: tuple[str, ...]


AREAS: dict[str, Area] = {
    "tasks": Area(
        "tasks with all that hangs on them, boards, search and the inbox",
        ("task", "comment"),
        ("tasks", "search", "inbox"),
    ),
    "projects": Area(
        "projects, their columns, labels and people, and imports",
        ("project", "import", "export"),
        ("projects", "imports"),
    ),
    "members": Area(
        "people, invitations and roles", ("member", "role"), ("members", "invitations", "roles", "ownership")
    ),
    "tokens": Area("access tokens", ("token",), ("tokens",)),
    "audit": Area("the record: activity, and the audit log", ("audit",), ("activity", "audit")),
    "workspace": Area("the workspace and its settings", ("workspace", "billing", "support"), ("", "billing")),
    "automations": Area("automation rules and webhooks", ("automation", "webhook"), ("automations", "webhooks")),
    "ai": Area("the AI", ("ai",), ("ai",)),
}
SCOPES: dict[str, str] = {
    READ: "Read everything that you may see",
    WRITE: "Change everything that you may change",
    **{f"{name}:{READ}": f"Read {area.words}" for name, area in AREAS.items()},
    **{f"{name}:{WRITE}": f"Read and change {area.words}" for name, area in AREAS.items()},
}
_OF_PERMISSION = {noun: name for name, area in AREAS.items() for noun in area.permissions}
_OF_NOUN = {noun: name for name, area in AREAS.items() for noun in area.nouns}
# below a project stands much that is a task's
_DEEPER = frozenset({"tasks", "board"})


def scope_of_permission(permission: str) -> str:
    """What a token needs besides its person's permission: `task.edit` needs tasks:write, `audit.read` audit:read."""
    noun, _, verb = permission.partition(".")
    return _joined(_OF_PERMISSION.get(noun, WHOLE), READ if verb == READ else WRITE)


def scope_of_address(path: str, slug: str, *, reads: bool) -> str:
    """What a request needs; an address that no area names needs the whole, and so does founding a workspace."""
    if not slug:
        return _joined("workspace", READ) if reads else WRITE
    noun, *deeper = path.split("/")[5:]  # /api/v1/workspaces/<slug>/…
    area = "tasks" if _DEEPER & set(deeper) else _OF_NOUN.get(noun, WHOLE)
    return _joined(area, READ if reads else WRITE)


def allows(held: Collection[str], needed: str) -> bool:
    """Whether the scopes hold this one."""
    if WRITE in held or needed in held:
        return True
    area, _, verb = needed.rpartition(":")
    return f"{area}:{WRITE}" in held or verb in held


def must_allow(held: Collection[str] | None, needed: str) -> None:
    """Raises MissingScope; None holds everything."""
    if held is not None and not allows(held, needed):
        raise MissingScope(needed)


def for_reading(held: Collection[str]) -> frozenset[str]:
    """In a request that can change nothing, who may read may also see what is only shown to those who may change."""
    return frozenset(scope.removesuffix(READ) + WRITE if scope.endswith(READ) else scope for scope in held)


def checked(scopes: Iterable[str]) -> list[str]:
    """In order and without what others imply; raises Refused for what there is not, and for none."""
    wanted = set(scopes)
    if unknown := sorted(wanted - set(SCOPES)):
        raise Refused(f"There is no scope {unknown[0][:40]!r}; there are {', '.join(SCOPES)}.", "scopes")
    if not wanted:
        raise Refused("Choose at least one scope.", "scopes")
    return [scope for scope in SCOPES if scope in wanted and not _implied(scope, wanted)]


def _implied(scope: str, others: set[str]) -> bool:
    return scope not in EVERYTHING and allows(others - {scope}, scope)


def in_words(scopes: Iterable[str]) -> str:
    """As a list of tokens says it."""
    return ", ".join(scopes) or "nothing"


def _joined(area: str, verb: str) -> str:
    return f"{area}:{verb}" if area else verb
