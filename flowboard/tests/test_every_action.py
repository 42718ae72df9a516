"""Every verb of the product refuses whoever's role lets them do nothing, or stands here with the reason."""

import inspect
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from accounts.models import User
from ai.models import AIConnection, AIRun
from tasks.actions import add_checklist_item, add_dependency, add_link, create_comment, create_label, create_rule
from tasks.models import (
    Attachment,
    AutomationRule,
    ChecklistItem,
    Comment,
    Dependency,
    ImportRun,
    Label,
    Project,
    Status,
    Task,
)
from workspaces import tenancy
from workspaces.actions import create_role, create_token, invite_member
from workspaces.actor import Actor
from workspaces.errors import Forbidden
from workspaces.models import AccessToken, ChangeSet, Invitation, Membership, Role, SupportAccess, TenantModel
from workspaces.spine import ACTIONS, acting
from workspaces.tests.people import add_member, log, make_person

for app in ("workspaces", "tasks", "billing", "ai"):
    for module in iter_modules(import_module(f"{app}.actions").__path__):
        import_module(f"{app}.actions.{module.name}")

# verbs that ask for no permission of a role
FREE = {
    "accept_invitation": "whoever holds the link joins by it; it makes the actor",
    "create_token": "everybody makes their own; it may what they may, and no more",
    **dict.fromkeys(("keep_draft", "end_draft"), "everybody keeps their own words; the support keeps nobody's"),
    **dict.fromkeys(
        (
            "mark_read",
            "finish_items",
            "snooze_items",
            "read_box",
            "unread_box",
            "watch_task",
            "watch_project",
        ),
        "everybody deals with their own inbox; the support with nobody's",
    ),
    **dict.fromkeys(
        ("prefer", "end_mails", "schedule_notifications", "send_test"),
        "everybody says how they want to be told; the support says it for nobody",
    ),
    "create_workspace": "everybody may found one; it makes the actor",
    "erase_person": "everybody erases their own account; it takes a person, not an actor",
    **dict.fromkeys(
        ("begin_import", "fail_import", "finish_import"), "the worker's word on a run that start_import let begin"
    ),
    **dict.fromkeys(("choose_ai", "put_away_warning"), "everybody says it for themselves; the support for nobody"),
    "leave_workspace": "nobody is kept; the last owner is, by a rule of its own",
}
PLAIN: dict[Any, Any] = {str: "x", int: 1, bool: True, bytes: b"{}", datetime: timezone.now()}


@pytest.fixture
def held(alice: Actor, bob: Actor, cards: list[Task]) -> dict[type[models.Model], models.Model]:
    """One row of each kind that a verb is about, none of them the actor's own."""
    by, task = alice, cards[0]
    create_label(by, task.project, name="Bug", color="red")
    create_comment(by, task, body="Look")
    add_checklist_item(by, task, text="First")
    add_link(by, task, url="https://example.com")
    add_dependency(by, task, blocking=cards[1])
    create_token(by, name="Alice's")
    create_rule(by, name="Tidy", when={"kind": "created"}, steps=[{"kind": "archive"}])
    create_role(by, name="Custom", level=5)
    with acting(by):
        role = Role.objects.within(by.workspace).get(name="Custom")
        invite_member(by, email="ann@example.com", role=role)
        ImportRun(workspace=by.workspace, user=by.user, kind="trello", data=b"{}").save(force_insert=True)
        AIConnection(workspace=by.workspace, name="Ours", kind="openai", model="m").save(force_insert=True)
        SupportAccess(workspace=by.workspace, staff=make_person("Staff"), person=by.user, reason="Why").save()
        AIRun(workspace=by.workspace, user=by.user, kind="breakdown").save(force_insert=True)
        rows = {kind: _first(by, kind) for kind in KINDS}
    return {**rows, Role: role, User: bob.user, Membership: _of(by, bob)}


KINDS = (
    Project,
    Status,
    Label,
    Task,
    Comment,
    ChecklistItem,
    Dependency,
    Attachment,
    AutomationRule,
    ImportRun,
    Invitation,
    AccessToken,
    SupportAccess,
    AIConnection,
    AIRun,
    ChangeSet,
)


def _first(by: Actor, kind: Any) -> Any:
    return kind.objects.filter(workspace=by.workspace).order_by("pk").first()


def _of(by: Actor, person: Actor) -> Membership:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return Membership.objects.within(by.workspace).select_related("user", "role").get(user=person.user)


@pytest.fixture
def powerless(alice: Actor) -> list[Actor]:
    """A guest with whom nothing is shared, and somebody who sees all open projects and may do nothing in them."""
    watcher = add_member(alice, make_person("Wanda"), "guest")
    role = create_role(alice, name="Watcher", level=39)
    return [add_member(alice, make_person("Gil"), "guest"), Actor(alice.workspace, watcher.user, role)]


def arguments(verb: Callable[..., Any], held: dict[Any, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Something for each argument that must be given. Who may is asked first, so most of them are never looked at."""
    places, names = [], {}
    for name, one in list(inspect.signature(verb).parameters.items())[1:]:
        if one.default is not one.empty or one.kind is one.VAR_KEYWORD:
            continue
        value = held[one.annotation] if one.annotation in held else PLAIN.get(one.annotation, object())
        if one.kind is one.KEYWORD_ONLY:
            names[name] = value
        else:
            places.append(value)
    return places, names


def test_every_verb_refuses_who_may_do_nothing(powerless: list[Actor], held: dict[Any, Any], alice: Actor) -> None:
    before, fell = len(log(alice)), []
    for name, verb in sorted(ACTIONS.items()):
        for by in powerless if name not in FREE else ():
            places, names = arguments(verb, held)
            try:
                verb(by, *places, **names)
            except Forbidden:
                continue
            except Exception as error:
                fell.append(f"{name} by {by.user}: {type(error).__name__}: {error}")
            else:
                fell.append(f"{name} by {by.user}: done")
    assert not fell, "\n".join(fell)
    assert len(log(alice)) == before
    assert len(ACTIONS) > 60


def test_the_free_ones_exist_and_every_kind_of_row_is_known(held: dict[Any, Any]) -> None:
    assert set(FREE) <= set(ACTIONS)
    kinds = {
        one.annotation
        for name, verb in ACTIONS.items()
        for one in list(inspect.signature(verb).parameters.values())[1:]
        if name not in FREE and inspect.isclass(one.annotation) and issubclass(one.annotation, TenantModel)
    }
    assert all(isinstance(held.get(kind), kind) for kind in kinds)
