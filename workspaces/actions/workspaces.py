"""Workspaces: founding, renaming, deleting."""

import re
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User

from ..actor import Actor
from ..errors import Forbidden, Refused
from ..models import Membership, Role, Stream, Workspace
from ..panels import plans
from ..permissions import SYSTEM_ROLES
from ..rules import line
from ..spine import ACTIONS, acting, action, record
from .fitting import fit

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])")
RESERVED = frozenset("admin api www new app accounts static media help about support settings".split())


def create_workspace(user: User, *, name: str, slug: str = "", at: datetime | None = None) -> Membership:
    """A new tenant, of which the person is the first owner. The one action whose actor it makes itself; `at` is the demo's."""
    if user.is_program:
        raise Forbidden("A program founds no workspace: a person does.")
    name = line(name, "name", longest=80)
    workspace = Workspace(name=name, slug=_slug(slug) if slug else free_slug(name))
    roles = {
        key: Role(workspace=workspace, name=role.name, key=key, level=role.level) for key, role in SYSTEM_ROLES.items()
    }
    membership = Membership(workspace=workspace, user=user, role=roles["owner"])
    by = replace(Actor.of(membership), at=at)
    with acting(by):
        _insert(workspace)
        Stream(workspace=workspace).save(force_insert=True)
        Role.objects.bulk_create(roles.values())
        membership.save(force_insert=True)
        record(by, "workspace:created", workspace, after={"name": name, "slug": workspace.slug}, label=name)
    return membership


ACTIONS["create_workspace"] = create_workspace


def _insert(workspace: Workspace) -> None:
    try:
        with transaction.atomic():
            workspace.save(force_insert=True)
    except IntegrityError as error:
        words = f"The address {workspace.slug} is taken. {free_slug(workspace.name)} is free."
        raise Refused(words, "slug") from error


def _slug(slug: str) -> str:
    slug = str(slug).strip().lower()
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise Refused("The address has 2 to 40 small letters, digits and hyphens, such as acme-design.", "slug")
    return slug


def slug_fault(slug: str) -> str:
    """Why a workspace cannot have this address, "" when it can."""
    try:
        return f"/w/{slug} is taken." if slug_taken(_slug(slug)) else ""
    except Refused as no:
        return no.words


def free_slug(name: str) -> str:
    """An address made of the name that no workspace has."""
    base = slugify(name)[:32].strip("-") or "team"
    base = base if len(base) > 1 and base not in RESERVED else f"{base}-team"
    return next(
        slug for number in range(1, 9999) if not slug_taken(slug := base if number == 1 else f"{base}-{number}")
    )


def slug_taken(slug: str) -> bool:
    """Whether any workspace has the address; says nothing else of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT flowboard_slug_taken(%s)", [slug])
        return bool(cursor.fetchone()[0])


@action
def update_workspace(by: Actor, *, name: str) -> Workspace:
    """Rename the workspace; its address stays."""
    by.must("workspace.manage")
    workspace, name = by.workspace, line(name, "name", longest=80)
    if name == workspace.name:
        return workspace
    before = {"name": workspace.name}
    workspace.name = name
    workspace.save(update_fields=["name"])
    record(by, "workspace:updated", workspace, before=before, after={"name": name}, label=name)
    return workspace


@action
def choose_plan(by: Actor, *, plan: str) -> Workspace:
    """Put the workspace on another plan, "" for the operator's own. Only the command line offers it: nobody gives themself more room."""
    by.must("billing.manage")
    if by.via != "system":
        raise Forbidden("The operator of this system chooses the plan.")
    known = plans()
    if plan and plan not in known:
        raise Refused(f"There is no plan {plan!r}: there are {', '.join(known)}.", "plan")
    return put_on_plan(by, plan)


def put_on_plan(by: Actor, plan: str) -> Workspace:
    """Within an act; the row as it stands, whatever the actor's copy says."""
    workspace = Workspace.objects.select_for_update(no_key=True).get(pk=by.workspace.pk)
    by.workspace.plan = plan
    if plan == workspace.plan:
        return by.workspace
    before, workspace.plan = {"plan": workspace.plan}, plan
    workspace.save(update_fields=["plan"])
    record(by, "workspace:plan_changed", workspace, before=before, after={"plan": plan}, label=workspace.name)
    fit(by)
    return by.workspace


@action
def delete_workspace(by: Actor, *, confirm: str) -> Workspace:
    """Delete the workspace for everybody; `confirm` repeats its address. Kept for 30 days, out of sight."""
    by.must("workspace.delete")
    workspace = by.workspace
    if confirm != workspace.slug:
        raise Refused(f"To delete the workspace, type its address: {workspace.slug}.", "confirm")
    workspace.deleted_at = timezone.now()
    workspace.save(update_fields=["deleted_at"])
    record(by, "workspace:deleted", workspace, before={"name": workspace.name}, label=workspace.name)
    return workspace
