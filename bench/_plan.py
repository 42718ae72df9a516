"""A project of the planner's bench in the database, planned by the job: from its rows to the proposal, applied and undone."""

import resource
import time
from collections.abc import Callable
from typing import Any

from accounts.models import User
from ai.actions.rescheduling import start_reschedule
from ai.models import AIRun
from ai.runs import perform
from ai.scheduling import UNIT, Problem
from tasks.actions import add_dependency, create_project, create_tasks, pin_task
from tasks.actions.tasks import Draft
from tasks.models import Project
from workspaces import tenancy
from workspaces.actions import apply_change, create_workspace, undo_change
from workspaces.actor import Actor
from workspaces.models import Membership, Role
from workspaces.spine import acting


def run_job(asked: Problem) -> None:
    """Prints what each step took."""
    by, project, wishes = _made(asked)
    run = start_reschedule(by, project, wishes=wishes)
    _timed("the job, from the rows to the proposal", lambda: perform(run.workspace_id, run.pk))
    with tenancy.workspace(by.workspace.pk, atomic=True):
        done = AIRun.objects.within(by.workspace).select_related("change").get(pk=run.pk)
    print(f"  {done.state}: {done.result.get('summary', done.error)}")
    print(f"  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of the whole process, Django and all")
    _timed(f"applied, {len(done.change.lines)} lines in one act", lambda: apply_change(by, done.change))
    _timed("undone", lambda: undo_change(by, done.change))


def _timed(words: str, step: Callable[[], Any]) -> None:
    began, cpu = time.monotonic(), time.process_time()
    step()
    print(f"  {words}: {time.monotonic() - began:.1f} s (CPU {time.process_time() - cpu:.1f})")


def _made(asked: Problem) -> tuple[Actor, Project, dict[str, Any]]:
    owner = _person("owner")
    by = Actor.of(create_workspace(owner, name="Planner", slug="planner"))
    users = {}
    with acting(by):
        role = Role.objects.within(by.workspace).get(key="member")
        for one in asked.people:
            users[one.id] = _person(one.name)
            Membership(workspace=by.workspace, user=users[one.id], role=role).save(force_insert=True)
    project = create_project(by, name="Plan", key="PLAN")
    drafts = [
        Draft(
            work.ref,
            due=work.due,
            estimate=work.points // UNIT,
            priority=work.priority,
            assignees=[users[one] for one in work.people],
        )
        for work in asked.works
    ]
    cards = dict(zip([work.id for work in asked.works], create_tasks(by, project, drafts=drafts), strict=True))
    for blocked, blocking in asked.waits:
        add_dependency(by, cards[blocked], blocking=cards[blocking])
    for work in asked.works:
        if work.pinned:
            pin_task(by, cards[work.id], due=work.due)
    rules = [{"rule": "points", "person": str(users[one.id].pk), "points": one.capacity / UNIT} for one in asked.people]
    rules += [
        {"rule": "away", "person": str(users[one.id].pk), "since": str(day), "until": str(day)}
        for one in asked.people[:8]
        for day in sorted(one.off)[:10]
    ]
    return by, project, {"start": str(asked.start), "end": str(asked.end), "rules": rules}


def _person(name: str) -> User:
    user = User(email=f"{name.lower().replace(' ', '')}@planner.example", name=name)
    user.save()
    return user
