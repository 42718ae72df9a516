"""Projects for which the plan has no room, after a move to a smaller one: the youngest are read-only until another is put away."""

from workspaces.actor import Actor
from workspaces.models import Workspace
from workspaces.plans import beyond_words, over_words, plan_of

from ..models import Project


def weigh_projects(by: Actor) -> None:
    """Within an act that changes the plan, or which projects are there: say of each whether there is room for it."""
    most = plan_of(by.workspace).projects
    rows = Project.objects.within(by.workspace)
    there = rows.filter(archived_at=None, deleted_at=None).order_by("pk")
    beyond = [] if most is None else list(there.values_list("pk", flat=True)[most:])
    rows.filter(read_only=True).exclude(pk__in=beyond).update(read_only=False)
    if beyond:
        rows.filter(pk__in=beyond, read_only=False).update(read_only=True)


def hold_places(by: Actor) -> None:
    """Before a project is put away or brought back: whoever does so at the same time counts afresh afterwards."""
    if plan_of(by.workspace).projects is not None:
        Workspace.objects.select_for_update(no_key=True).only("pk").get(pk=by.workspace.pk)


def must_manage(by: Actor, project: Project) -> None:
    """For changes of a project, its columns and labels. Putting it away and sharing it go on where it is read-only."""
    by.must("project.manage", project)
    if by.workspace.over:
        raise over_words(by.workspace)
    if project.read_only:
        raise beyond_words(by.workspace)
