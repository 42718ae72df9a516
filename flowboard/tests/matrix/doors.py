"""Every address of the URLconf and every operation of the OpenAPI document, found and not listed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

from tasks.tests.operations import Operation, operations

VERBS = ("get", "post", "patch", "put", "delete")
PAGE, API, OFFICE = "/w/{workspace}/", "/api/v1/workspaces/", "/admin/"


@dataclass(frozen=True)
class Address:
    """A route with its slots as {name}."""

    path: str

    @property
    def door(self) -> str:
        """page, api, office, or personal: what belongs to no workspace."""
        return next((door for door, start in DOORS.items() if self.path.startswith(start)), "personal")

    @property
    def slots(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)


DOORS = {"page": PAGE, "api": API, "office": OFFICE}


@cache
def addresses() -> tuple[Address, ...]:
    """All of them, each once."""
    return tuple(Address(path) for path in dict.fromkeys(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route


def _plain(route: str) -> str:
    """`<uuid:status>` and `(?P<key>…)` are both {…}."""
    route = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route) if "(?P" not in route else _plain_regex(route)
    return route.removeprefix("^").removesuffix("$").removesuffix("\\Z").replace("\\.", ".")


def _plain_regex(route: str) -> str:
    return re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", route)


@cache
def described() -> dict[str, dict[str, Operation]]:
    """The operations of the document by path and verb."""
    found: dict[str, dict[str, Operation]] = {}
    for operation in operations():
        found.setdefault(operation.path, {})[operation.verb] = operation
    return found


def operation_at(path: str, verb: str) -> Operation | None:
    """Also of the second spelling of an address, with a slash at its end."""
    verbs = described().get(path) or described().get(path.removesuffix("/")) or {}
    return verbs.get(verb)
