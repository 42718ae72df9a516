"""Acme with one of everything, a person of every role, and words planted in all of it that nobody else may ever read."""

from dataclasses import dataclass, field
from typing import Any

from guardian.shortcuts import assign_perm

from accounts.models import User
from tasks.actions import create_project, share_project
from tasks.actions.imports import start_import
from tasks.models import Project, Task
from tasks.tests.operations import Ids
from workspaces import tenancy
from workspaces.actions import invite_member
from workspaces.actions.invitations import secret_of
from workspaces.actor import Actor
from workspaces.models import Membership, Role
from workspaces.spine import acting
from workspaces.tests.people import Program, add_member, hashed, make_workspace

OURS = "acmequist"  # in everything of Acme: no outsider reads it anywhere
OPEN = "flowish"  # in what belongs to the open project
OTHER = "otherish"  # in the task that no guest's grant on one task reaches
HIDDEN = "hushword"  # in the private project that is the owner's alone

SYSTEM = {"owner": "owner", "admin": "admin", "member": "member", "guest": "guest"}
CUSTOM = {
    "lead": (25, ("member.invite", "audit.read", "task.create", "comment.create")),
    "helper": (15, ("task.edit", "comment.create")),
}
ON_PROJECT = {"viewer": "view_project", "commenter": "comment_project", "editor": "edit_project"}
ON_TASK = {"task_viewer": "view_task", "task_commenter": "comment_task", "task_editor": "edit_task"}
INSIDERS = (*("owner", "admin", "lead", "member", "helper", "guest"), *ON_PROJECT, *ON_TASK)


@dataclass
class World:
    """The people by role, and the ids of what they meet."""

    people: dict[str, Actor] = field(default_factory=dict)
    ids: Ids = field(default_factory=dict)
    hidden: Ids = field(default_factory=dict)  # the same slots, filled from the private project
    secrets: dict[str, str] = field(default_factory=dict)  # ids that must not leak, by what they are of

    @property
    def owner(self) -> Actor:
        return self.people["owner"]


def person(name: str, house: str = OURS) -> User:
    """Somebody with a verified address, both of the house."""
    user = User(email=f"{name}@{house}.example", name=f"{name.title()} {house.title()}", password=hashed())
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def build() -> World:
    """Acme, its people, an open project and a private one; and Eve's Globex beside it."""
    world = World()
    owner = world.people["owner"] = make_workspace(person("owner"), f"Acme {OURS}", "acme")
    _give_room(owner)
    _people(world)
    world.people["eve"] = make_workspace(person("eve", "globex"), "Globex", "globex")
    program = Program(owner)
    world.ids = _fill(owner, program, "FLOW", OPEN) | _whole(world, program)
    world.hidden = world.ids | _fill(owner, program, "HUSH", HIDDEN)
    _grant(world)
    return world


def _give_room(owner: Actor) -> None:
    """The plan without limits: what is asked here is who may, not how often."""
    workspace = owner.workspace
    workspace.plan = "enterprise"
    with acting(owner):
        workspace.save(update_fields=["plan"])


def _people(world: World) -> None:
    owner = world.owner
    with acting(owner):
        for name, (level, permissions) in CUSTOM.items():
            Role(workspace=owner.workspace, name=name, level=level, permissions=list(permissions)).save()
    for name in INSIDERS[1:]:
        user = person(name.replace("_", "-"))
        world.people[name] = (
            _custom(owner, user, name) if name in CUSTOM else add_member(owner, user, SYSTEM.get(name, "guest"))
        )
    world.people["nora"] = add_member(owner, person("nora"), "member")  # to whom things are done


def _custom(owner: Actor, user: User, name: str) -> Actor:
    with acting(owner):
        role = Role.objects.within(owner.workspace).get(name=name)
        membership = Membership(workspace=owner.workspace, user=user, role=role)
        membership.save(force_insert=True)
    return Actor.of(membership)


def _fill(owner: Actor, program: Program, key: str, words: str) -> Ids:
    """A project with one of everything, and a second task; by slot."""
    create_project(owner, name=f"{words} {OURS}", key=key, private=words == HIDDEN)
    base, said = f"projects/{key}", f"{words} {OURS}"
    made: dict[str, Any] = {
        "label": program.post(f"{base}/labels/", {"name": said}),
        "task": program.post(
            f"{base}/tasks/", {"title": said, "description": said, "labels": [said], "assignees": ["me"]}
        ),
        "comment": program.post(f"tasks/{key}-1/comments/", {"body": said}),
        "item": program.post(f"tasks/{key}-1/checklist/", {"text": said}),
        "attachment": program.post(
            f"tasks/{key}-1/attachments/", {"url": f"https://{OURS}.example/{words}", "name": said}
        ),
        "status": program.post(f"{base}/statuses/", {"name": said}),
        "other": program.post(f"{base}/tasks/", {"title": f"{OTHER} {words} {OURS}"}),
    }
    ids = {name: str(answer.json()["id"]) for name, answer in made.items()}
    change = program.get("changes/?limit=1").json()["results"][0]["id"]
    return {**ids, "key": key, "ref": f"{key}-1", "change": change}


def _whole(world: World, program: Program) -> Ids:
    """What belongs to the workspace and not to a project."""
    owner, nora = world.owner, world.people["nora"]
    with tenancy.workspace(owner.workspace.pk, atomic=True):
        guest = Role.objects.within(owner.workspace).get(key="guest")
        membership = Membership.objects.within(owner.workspace).get(user=nora.user)
    invitation = invite_member(owner, email=f"invited@{OURS}.example", role=guest)
    world.secrets["invitation"] = secret_of(invitation)
    run = start_import(owner, data=b"{}", file_name=f"{OURS}.json")
    token = program.post("tokens/", {"name": OURS}).json()
    return {
        "workspace": "acme", "user": str(nora.user.pk), "membership": str(membership.pk), "role": str(guest.pk),
        "invitation": str(invitation.pk), "run": str(run.pk), "token": str(token["id"]),
    }  # fmt: skip


def _grant(world: World) -> None:
    owner = world.owner
    with tenancy.workspace(owner.workspace.pk, atomic=True):
        project = Project.objects.within(owner.workspace).get(key="FLOW")
        task = Task.objects.within(owner.workspace).select_related("project").get(project=project, number=1)
    for name, grant in ON_PROJECT.items():
        share_project(owner, project, person=world.people[name].user, grant=grant)
    with acting(owner):
        for name, grant in ON_TASK.items():
            assign_perm(grant, world.people[name].user, task)
