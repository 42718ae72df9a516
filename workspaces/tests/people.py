"""The people of every test: Alice (owner), Bob (member), Gus (guest) of Acme, and Eve, who owns another workspace."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from workspaces import tenancy
from workspaces.actions import create_token, create_workspace
from workspaces.actor import Actor
from workspaces.models import ActivityLog, Membership, Role
from workspaces.spine import acting

PASSWORD = "flowboard-demo"


def make_person(name: str) -> User:
    """A person with a verified address; the same password for all."""
    user = User(email=f"{name.lower()}@example.com", name=name, password=make_password(PASSWORD))
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def make_workspace(owner: User, name: str, slug: str) -> Actor:
    """A workspace; its owner as an actor."""
    return Actor.of(create_workspace(owner, name=name, slug=slug))


def add_member(by: Actor, user: User, role: str) -> Actor:
    """A person into the actor's workspace, without the way through an invitation."""
    with acting(by):
        row = Role.objects.within(by.workspace).get(key=role)
        membership = Membership(workspace=by.workspace, user=user, role=row)
        membership.save(force_insert=True)
    return Actor.of(membership)


@pytest.fixture
def alice(db: None) -> Actor:
    """Owner of Acme (address acme)."""
    return make_workspace(make_person("Alice"), "Acme", "acme")


@pytest.fixture
def bob(alice: Actor) -> Actor:
    """Member of Acme."""
    return add_member(alice, make_person("Bob"), "member")


@pytest.fixture
def gus(alice: Actor) -> Actor:
    """Guest of Acme, with whom nothing is shared yet."""
    return add_member(alice, make_person("Gus"), "guest")


@pytest.fixture
def eve(db: None) -> Actor:
    """Owner of Globex (address globex): of Acme she must not see a thing."""
    return make_workspace(make_person("Eve"), "Globex", "globex")


@pytest.fixture
def inside(alice: Actor) -> Iterator[None]:
    """The test's own reads happen inside Acme."""
    with tenancy.workspace(alice.workspace.pk, atomic=True):
        yield


def browser(actor: Actor) -> Client:
    """A signed-in test client."""
    client = Client()
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def make_staff(name: str, *groups: str) -> Client:
    """Somebody of the staff with a second factor, signed in: of these groups, or a superuser."""
    user = make_person(name)
    user.is_staff, user.is_superuser = True, not groups
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.set(Group.objects.filter(name__in=groups))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


class Program:
    """A REST client with an access token; answers are the test client's."""

    def __init__(self, actor: Actor) -> None:
        self.base = f"/api/v1/workspaces/{actor.workspace.slug}/"
        self.client = Client(headers={"authorization": f"Token {create_token(actor, name='test')[1]}"})

    def call(self, verb: str, path: str, data: Any = None, **headers: str) -> Any:
        """`path` below the workspace, or absolute."""
        url = path if path.startswith("/") else self.base + path
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(self.client, verb)(
            url, "" if data is None else data, content_type="application/json", headers=names
        )

    def get(self, path: str, **headers: str) -> Any:
        url = path if path.startswith("/") else self.base + path
        return self.client.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.call("post", path, data, **headers)

    def patch(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.call("patch", path, data, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.call("delete", path, **headers)


def log(actor: Actor, *events: str) -> list[ActivityLog]:
    """The record of the actor's workspace in order; with names, only those events."""
    with tenancy.workspace(actor.workspace.pk, atomic=True):
        rows = ActivityLog.objects.within(actor.workspace).order_by("seq")
        return list(rows.filter(event__in=events) if events else rows)
