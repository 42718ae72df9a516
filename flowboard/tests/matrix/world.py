"""Acme with one of everything, a person of every role, and words planted in all of it that nobody else may ever read."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from ai.actions.settings import update_ai_settings
from ai.keys import seal
from ai.models import AIConnection, AIUsage
from ai.tests.rows import started_run, switch_on
from tasks.actions import create_project, share_project, share_task
from tasks.actions.imports import start_import
from tasks.models import Project, Task
from tasks.tests.operations import Ids, noticed
from workspaces import tenancy
from workspaces.actions import invite_member, propose_change
from workspaces.actor import Actor
from workspaces.models import ChangeSet, Membership, Role, SupportAccess
from workspaces.spine import acting
from workspaces.tests.people import PASSWORD, Program, add_member, make_workspace

OURS, THEIRS = "acmequist", "globexian"  # in everything of Acme, of Globex: no outsider reads it anywhere
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
    """The people by role, and the ids of what they meet, by the names of slots in addresses."""

    people: dict[str, Actor] = field(default_factory=dict)
    ids: Ids = field(default_factory=dict)
    hidden: Ids = field(default_factory=dict)  # of the private project
    theirs: Ids = field(default_factory=dict)  # of Globex
    spare: int = 0

    @property
    def owner(self) -> Actor:
        return self.people["owner"]


def build() -> World:
    """Acme with an open project and a private one; and Eve's Globex beside it."""
    world = World()
    owner = world.people["owner"] = _found("owner", "Acme", "acme", OURS)
    _people(world)
    switch_on(owner, *(one for who, one in world.people.items() if who in INSIDERS and who != "owner"))
    program = Program(owner)
    world.ids = _fill(owner, program, "FLOW", OPEN, OURS) | _whole(owner, program, world.people["nora"], OURS)
    world.ids["ai_run"] = started_run(owner, OURS)
    world.ids["run"] = str(start_import(owner, data=b"{}", file_name=f"{OURS}.json").pk)
    world.hidden = world.ids | _fill(owner, program, "HUSH", HIDDEN, OURS)
    _grant(world)
    world.ids["alone"] = world.hidden["alone"] = str(world.people["al"].user.pk)
    world.ids["shared"] = world.hidden["shared"] = str(world.people["sam"].user.pk)
    eve = world.people["eve"] = _found("eve", "Globex", "globex", THEIRS)
    zed = add_member(eve, person("zed", THEIRS), "member")
    program = Program(eve)
    world.theirs = _fill(eve, program, "GLOB", THEIRS, THEIRS) | _whole(eve, program, zed, THEIRS)
    world.ids["access"] = world.hidden["access"] = _asked_for(world.people["member"])
    world.theirs["access"] = _asked_for(eve)
    world.theirs["shared"] = world.theirs["alone"] = str(zed.user.pk)
    world.theirs["ai_run"] = started_run(eve, THEIRS)
    world.theirs["run"] = str(start_import(eve, data=b"{}", file_name=f"{THEIRS}.json").pk)
    return world


def furnish(world: World) -> Ids:
    """One more project of Acme with one of everything, for what uses it up."""
    number = world.spare = world.spare + 1
    nora = add_member(world.owner, person(f"spare{number}"), "member")
    program = Program(world.owner)
    ids = _fill(world.owner, program, f"SP{number}", OPEN, OURS) | _whole(world.owner, program, nora, f"{OURS}{number}")
    return world.ids | ids


def person(name: str, house: str = OURS) -> User:
    """Somebody with a verified address, both of the house."""
    user = User(
        email=f"{name}@{house}.example", name=f"{name.title()} {house.title()}", password=make_password(PASSWORD)
    )
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def _found(name: str, title: str, slug: str, house: str) -> Actor:
    """On the plan with most room: what is asked here is who may, not how often."""
    owner = make_workspace(person(name, house), f"{title} {house}", slug)
    owner.workspace.plan = "enterprise"
    with acting(owner):
        owner.workspace.save(update_fields=["plan"])
    return owner


def _people(world: World) -> None:
    owner = world.owner
    with acting(owner):
        for name, (level, permissions) in CUSTOM.items():
            Role(workspace=owner.workspace, name=f"{name} {OURS}", level=level, permissions=list(permissions)).save()
    for name in INSIDERS[1:]:
        user = person(name.replace("_", "-"))
        world.people[name] = (
            _custom(owner, user, name) if name in CUSTOM else add_member(owner, user, SYSTEM.get(name, "guest"))
        )
    world.people["nora"] = add_member(owner, person("nora"), "member")  # to whom things are done
    world.people["al"] = add_member(owner, person("al"), "guest")  # with whom the first task of both is shared
    world.people["sam"] = add_member(owner, person("sam"), "guest")  # with whom both projects are shared


def _custom(owner: Actor, user: User, name: str) -> Actor:
    with acting(owner):
        role = Role.objects.within(owner.workspace).get(name=f"{name} {OURS}")
        membership = Membership(workspace=owner.workspace, user=user, role=role)
        membership.save(force_insert=True)
    return Actor.of(membership)


def _fill(owner: Actor, program: Program, key: str, words: str, house: str) -> Ids:
    """A project with one of everything, and a second task; by slot."""
    create_project(owner, name=f"{words} {house}", key=key, private=words == HIDDEN)
    base, task, said = f"projects/{key}", f"tasks/{key}-1", f"{words} {house}"
    asked: dict[str, tuple[str, Any]] = {
        "label": (f"{base}/labels/", {"name": said}),
        "task": (
            f"{base}/tasks/",
            {"title": said, "description": said, "labels": [said], "assignees": ["me"], "due": "2026-12-24"},
        ),
        "comment": (f"{task}/comments/", {"body": said}),
        "item": (f"{task}/checklist/", {"text": said}),
        "attachment": (f"{task}/attachments/", {"url": f"https://{house}.example/{words}", "name": said}),
        "status": (f"{base}/statuses/", {"name": said}),
        "other": (f"{base}/tasks/", {"title": f"{OTHER if words == OPEN else words} {house}"}),
    }
    ids = {name: str(program.post(path, body).json()["id"]) for name, (path, body) in asked.items()}
    change = program.get("changes/?limit=1").json()["results"][0]["id"]
    tie = program.post(f"{task}/dependencies/", {"blocked_by": f"{key}-2"}).json()["id"]
    upload = program.client.post(f"{program.base}{task}/attachments/", {"file": _picture(said)})
    rule = {"name": said, "project": key, "when": {"kind": "created"}, "steps": [{"kind": "comment", "value": said}]}
    return {
        **ids,
        "rule": program.post("automations/", rule).json()["id"],
        "key": key,
        "ref": f"{key}-1",
        "change": change,
        "dependency": tie,
        "file": upload.json()["id"],
        "notice": noticed(owner, key),
        "proposal": str(_proposed(owner, key, said).pk),
    }


def _proposed(owner: Actor, key: str, words: str) -> ChangeSet:
    line = {"action": "update_task", "subject": f"{key}-1", "arguments": {"priority": 3}, "because": words}
    return propose_change(owner, title=words, lines=[line])


def _picture(words: str) -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (8, 8)).save(data, "PNG")
    return SimpleUploadedFile(f"{words}.png", data.getvalue(), "image/png")


def _whole(owner: Actor, program: Program, other: Actor, house: str) -> Ids:
    """What belongs to the workspace and not to a project; `other` is to whom things are done."""
    with tenancy.workspace(owner.workspace.pk, atomic=True):
        guest = Role.objects.within(owner.workspace).get(key="guest")
        membership = Membership.objects.within(owner.workspace).get(user=other.user)
    invitation = invite_member(owner, email=f"invited@{house}.example", role=guest)
    token = program.post("tokens/", {"name": house}).json()
    role = program.post("roles/", {"name": f"Spare {house}", "level": 15, "permissions": []}).json()
    return _ai(owner, house) | {
        "workspace": owner.workspace.slug, "user": str(other.user.pk), "membership": str(membership.pk), "guest": str(guest.pk),
        "role": str(role["id"]), "invitation": str(invitation.pk), "token": str(token["id"]),
    }  # fmt: skip


def _ai(owner: Actor, house: str) -> Ids:
    """The AI is on; a model with a key of one's own, and a call of the owner's, whose texts are kept."""
    update_ai_settings(owner, enabled=True, keep_texts=True)
    with acting(owner):
        connection = AIConnection(
            workspace=owner.workspace, name=house, kind="openai", model=house, purpose="check", key=seal("x", "ai-keys")
        )
        connection.save(force_insert=True)
        usage = AIUsage(
            workspace=owner.workspace, user=owner.user, purpose="write.draft", provider="openai", model=house, outcome="ok",
            input_tokens=10, output_tokens=2, sent=[house], asked=seal(house, "ai-texts"), answered=seal(house, "ai-texts"),
        )  # fmt: skip
        usage.save(force_insert=True)
    return {"connection": str(connection.pk), "usage": str(usage.pk)}


def _asked_for(member: Actor) -> str:
    """The staff asks to act as the member."""
    staff = person(f"staff-{member.workspace.slug}", "staff")
    with acting(member):
        access = SupportAccess(workspace=member.workspace, staff=staff, person=member.user, reason="Because", hours=1)
        access.save(force_insert=True)
    return str(access.pk)


def _grant(world: World) -> None:
    owner = world.owner
    with tenancy.workspace(owner.workspace.pk, atomic=True):
        project, hidden = Project.objects.within(owner.workspace).order_by("key")
        task = Task.objects.within(owner.workspace).select_related("project").get(project=project, number=1)
        secret = Task.objects.within(owner.workspace).select_related("project").get(project=hidden, number=1)
    for one, first in ((project, task), (hidden, secret)):
        share_project(owner, one, person=world.people["sam"].user, grant="view_project")
        share_task(owner, first, person=world.people["al"].user, grant="view_task")
    for name, grant in ON_PROJECT.items():
        share_project(owner, project, person=world.people[name].user, grant=grant)
    for name, grant in ON_TASK.items():
        share_task(owner, task, person=world.people[name].user, grant=grant)
