"""Asking as each of the roles: one request, whose traces in the database end with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from workspaces import tenancy
from workspaces.actions import create_token, revoke_token
from workspaces.models import AccessToken, Stream
from workspaces.tests.people import browser

from .rules import AREAS
from .world import INSIDERS, World

OUTSIDERS = ("anonymous", "eve", "revoked", "expired")
NARROW = ("reader", "stray")  # the owner's tokens: of the scope `read`, and of all scopes but those of what is asked
WHO = (*OUTSIDERS, *NARROW, *INSIDERS)
ALL_AREAS = sorted(set(AREAS.values()))


@dataclass
class Caller:
    """A person's session for pages, and their token for the API."""

    who: str
    cookies: SimpleCookie
    tokens: dict[str, str]  # by the area that is asked for; "*" for any

    def client(self, door: str, url: str) -> Client:
        token = self.tokens.get(area_of(url) if door == "api" else "", self.tokens.get("*", ""))
        if token and (door == "api" or self.who in NARROW):
            return Client(raise_request_exception=False, headers={"authorization": f"Token {token}"})
        client = Client(raise_request_exception=False)
        client.cookies = SimpleCookie(self.cookies.output(header="", sep=";"))
        return client


def caller(world: World, who: str) -> Caller:
    """The revoked and the expired one are the member's; the session that goes with them has ended."""
    if who == "anonymous":
        return Caller(who, SimpleCookie(), {})
    if who in NARROW:
        return Caller(who, SimpleCookie(), _narrow(world, who))
    if who in ("revoked", "expired"):
        return _former(world, who)
    actor = world.people[who]
    return Caller(who, browser(actor).cookies, {"*": create_token(actor, name="matrix")[1]})


def _narrow(world: World, who: str) -> dict[str, str]:
    if who == "reader":
        return {"*": create_token(world.owner, name="reader", scopes=["read"])[1]}
    areas = {area: [f"{one}:write" for one in ALL_AREAS if one != area] for area in ALL_AREAS}
    every = [f"{one}:write" for one in ALL_AREAS]  # and yet not the whole
    return {area: create_token(world.owner, name="stray", scopes=scopes)[1] for area, scopes in areas.items()} | {
        "*": create_token(world.owner, name="stray", scopes=every)[1]
    }


def area_of(url: str) -> str:
    """The area of an address of the API; * for what touches all of them."""
    words = url.removeprefix("/api/v1/workspaces/").split("?")[0].split("/")[1:] or [""]
    deeper = next((word for word in words[1:] if word in ("tasks", "board")), words[0])
    return AREAS.get(deeper, "*")


def _former(world: World, who: str) -> Caller:
    actor = world.people["member"]
    token, secret = create_token(actor, name="matrix")
    client = browser(actor)
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    if who == "revoked":
        revoke_token(actor, token)
    else:
        with tenancy.workspace(actor.workspace.pk, atomic=True):
            past = timezone.now() - timedelta(seconds=1)
            AccessToken.objects.within(actor.workspace).filter(pk=token.pk).update(expires_at=past)
    client.logout()
    return Caller(who, cookies, {"*": secret})


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def head(world: World) -> int:
    """How many rows Acme's record has."""
    with tenancy.workspace(world.owner.workspace.pk):
        return int(Stream.objects.within(world.owner.workspace).values_list("head", flat=True)[0])


def ask(caller: Caller, door: str, verb: str, url: str, body: Any = None, query: dict[str, str] | None = None) -> Any:
    """The answer to one request."""
    client, url = caller.client(door, url), f"{url}?{urlencode(query)}" if query else url
    if verb == "get":
        return client.get(url)
    if door == "api":
        return getattr(client, verb)(url, "" if body is None else body, content_type="application/json")
    if body and "file" in body:
        return client.post(url, {"file": SimpleUploadedFile("board.json", body["file"].encode())})
    return getattr(client, verb)(url, urlencode(body or {}), content_type="application/x-www-form-urlencoded")
