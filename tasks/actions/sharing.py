"""Sharing: who is let into a project or to a single task, how far, and until when."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from guardian.shortcuts import assign_perm

from accounts.models import User
from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.models import Membership
from workspaces.permissions import MEMBER
from workspaces.spine import action, record

from ..models import GRANTS, TASK_GRANTS, Project, ProjectGrant, Task, TaskGrant


@action
def share_project(by: Actor, project: Project, *, person: User, grant: str = "edit_project") -> Project:
    """Give a member or guest of the workspace access to a project: view_project, comment_project or edit_project."""
    by.in_person()
    by.must("project.manage", project)
    _check(by, person, grant, GRANTS)
    hold_sharing(project)
    _give(by, project, person, grant)
    return project


@action
def unshare_project(by: Actor, project: Project, *, person: User) -> Project:
    """Take a person's access to a project away; one's own needs no permission."""
    by.in_person()
    if person.pk != by.user.pk:
        by.must("project.manage", project)
    hold_sharing(project)
    held = grant_of(project, person)
    if held and project.private and not _others_remain(project, person):
        raise Refused(
            "A private project needs at least one member: open it or share it with somebody else first.", "user"
        )
    _take(by, project, person, held)
    return project


@action
def share_task(by: Actor, task: Task, *, person: User, grant: str = "view_task") -> Task:
    """Give somebody who does not see the project by their role access to one task: view_task, comment_task or edit_task."""
    by.in_person()
    by.must("project.manage", task)
    member = _check(by, person, grant, TASK_GRANTS)
    hold_sharing(task.project)
    if task.deleted_at:
        raise Refused(f"{task.ref} was deleted.")
    if member.role.level >= MEMBER and (not task.project.private or grant_of(task.project, person)):
        raise Refused(f"{person} sees the whole project already.", "user")
    _give(by, task, person, grant)
    return task


@action
def unshare_task(by: Actor, task: Task, *, person: User) -> Task:
    """Take a person's access to a task away; one's own needs no permission."""
    by.in_person()
    if person.pk != by.user.pk:
        by.must("project.manage", task)
    hold_sharing(task.project)
    _take(by, task, person, grant_of(task, person))
    return task


def end_grants(by: Actor, membership: Membership) -> None:
    """Whoever leaves the workspace leaves what was shared with them: called by the act that ends the membership.

    A private project whose last member they were is not lost.
    """
    if membership.role.level >= MEMBER:
        pass_on(by, membership)
    for model in (ProjectGrant, TaskGrant):
        model.objects.filter(workspace=by.workspace, user=membership.user).delete()


def pass_on(by: Actor, membership: Membership) -> None:
    """Private projects that are left without a member when this one goes, or is a guest from now on, pass to whoever does
    that, or to an owner.
    """
    for project in _theirs_alone(membership):
        _give(by, project, _heir(by, membership), "edit_project")


def _theirs_alone(membership: Membership) -> Iterable[Project]:
    grants = ProjectGrant.objects.filter(workspace=membership.workspace_id, content_object=OuterRef("pk"))
    others = Membership.objects.filter(workspace=membership.workspace_id, role__level__gte=MEMBER)
    others = others.exclude(user=membership.user_id).filter(user=OuterRef("user"))
    rows = Project.objects.within(membership.workspace_id).filter(private=True, deleted_at=None)
    theirs = rows.filter(Exists(grants.filter(user=membership.user_id))).order_by("pk")
    for project in theirs.only("pk"):
        hold_sharing(project)
    return list(theirs.filter(~Exists(grants.filter(Exists(others)))))


def _heir(by: Actor, membership: Membership) -> User:
    """As the people stand now: by this very act the actor may have become a guest too."""
    others = Membership.objects.within(by.workspace).exclude(user=membership.user_id).filter(role__level__gte=MEMBER)
    rows = others.select_related("user").order_by("-role__level", "joined_at")
    return (rows.filter(user=by.user).first() or rows.first()).user  # type: ignore[no-any-return]


def hold_sharing(project: Project) -> None:
    """Hold the project until commit: two grants to one person, or two last members who go, come one after the other."""
    Project.objects.within(project.workspace_id).select_for_update(no_key=True).only("pk").get(pk=project.pk)


def _give(by: Actor, subject: Project | Task, person: User, grant: str) -> None:
    """The grant in place of the one that they have; nothing where that is the same."""
    if (was := grant_of(subject, person)) == grant:
        return
    _revoke(subject, person)
    let_in(subject, person, grant)
    record(by, f"{subject._meta.model_name}:shared", subject, **_told(person, was, grant), **_named(subject))


def _take(by: Actor, subject: Project | Task, person: User, held: str) -> None:
    """The grant that they have away; nothing where there is none."""
    if not held:
        return
    _revoke(subject, person)
    record(by, f"{subject._meta.model_name}:unshared", subject, **_told(person, held), **_named(subject))


def let_in(subject: Project | Task, person: User, grant: str) -> None:
    """Write the grant."""
    assign_perm(grant, person, subject)
    if isinstance(subject, Task) and not subject.shared:
        subject.shared = True
        subject.save(update_fields=["shared"])
    subject.__dict__.pop("_grants", None)


def _revoke(subject: Project | Task, person: User) -> None:
    # guardian's own remove_perm filters in a way that scoping cannot follow
    subject.grants.filter(content_object=subject, user=person).delete()
    subject.__dict__.pop("_grants", None)


def grant_of(subject: Project | Task, person: User) -> str:
    """The grant that the person has now, "" for none."""
    rows = subject.grants.filter(content_object=subject, user=person)
    return rows.values_list("permission__codename", flat=True).first() or ""


def _check(by: Actor, person: User, grant: str, known: Iterable[str]) -> Membership:
    if grant not in known:
        raise Refused(f"The grant is one of {', '.join(known)}.", "grant")
    member: Membership | None = (
        Membership.objects.within(by.workspace).filter(user=person).select_related("role").first()
    )
    if member is None:
        raise Refused("That person is not in this workspace: invite them first.", "user")
    return member


def _others_remain(project: Project, person: User) -> bool:
    others = ProjectGrant.objects.filter(content_object=project).exclude(user=person).values("user")
    members = Membership.objects.within(project.workspace_id).filter(user__in=others, role__level__gte=MEMBER)
    return bool(members.exists())


def _told(person: User, was: str, now: str = "") -> dict[str, dict[str, Any]]:
    """The facts of the record: whom it is about, and which grant they had and have."""
    who = {"user": str(person.pk), "name": str(person)}
    return {name: who | {"grant": grant} for name, grant in (("before", was), ("after", now)) if grant}


def _named(subject: Project | Task) -> dict[str, Any]:
    if isinstance(subject, Project):
        return {"key": subject.key, "label": subject.name, "project_id": subject.pk}
    return {"key": subject.ref, "label": subject.title, "project_id": subject.project_id}
