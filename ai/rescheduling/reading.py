"""From a project and what is wished of its plan to the planner's problem, read with the eyes of whoever asks."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from accounts.models import User
from tasks.models import Assignment, Dependency, Project, Task
from workspaces.actor import Actor
from workspaces.errors import Refused

from ..scheduling import Person, Problem, Work, units
from .wishes import DAYS, MOVING, Rule, Wishes

MOST, MOST_ELSEWHERE = 1000, 2000
POINTS = 1  # of a task without an estimate
URGENT = 4


@dataclass(frozen=True)
class Scene:
    """The problem, and what of it people know: names by id, tasks by FLOW-42."""

    problem: Problem
    names: dict[str, str]
    tasks: dict[str, Task]
    notes: tuple[str, ...] = ()


def scene_of(by: Actor, project: Project, wishes: Wishes) -> Scene:
    """Raises Refused where there is nothing to plan, or too much."""
    tasks = _open(by).filter(project=project)
    mine = list(tasks.order_by("number")[: MOST + 1])
    if not mine:
        raise Refused(f"{project.name} has no open tasks: there is nothing to plan.")
    if len(mine) > MOST:
        raise Refused(f"{project.name} has more than {MOST:,} open tasks: archive some, or plan a smaller project.")
    people = _people_of(by, mine)
    waits, beside = _waits(by, mine)
    around = _elsewhere(by, project, {one for ids in people.values() for one in ids}, wishes) | beside
    people |= _people_of(by, list(around.values()))
    faces = {
        str(user.pk): str(user) for user in User.objects.filter(pk__in={one for ids in people.values() for one in ids})
    }
    rules = _by_task(wishes)
    works = [_work(wishes, task, people[task.ref], rules[task.ref]) for task in mine]
    works += [_busy(task, people[task.ref]) for ref, task in sorted(around.items())]
    working = tuple(
        _person(wishes, key, name) for key, name in sorted(faces.items(), key=lambda one: (one[1].casefold(), one[0]))
    )
    problem = Problem(
        wishes.start, wishes.end, tuple(works), working, tuple(sorted(waits)), wishes.most_moves, wishes.undated,
        MOVING[wishes.moving], units(wishes.points_a_day),
    )  # fmt: skip
    return Scene(problem, faces, {task.ref: task for task in mine}, _notes(mine))


def _open(by: Actor) -> Any:
    rows = Task.objects.visible_to(by).open().filter(completed_at=None, project__archived_at=None)
    return rows.select_related("project").defer("description", "search")


def _people_of(by: Actor, tasks: list[Task]) -> dict[str, list[str]]:
    """Who is on which task, by FLOW-42."""
    refs, found = {task.pk: task.ref for task in tasks}, {task.ref: list[str]() for task in tasks}
    rows = Assignment.objects.filter(workspace=by.workspace, task__in=list(refs)).values_list("task_id", "user_id")
    for task, user in rows:
        found[refs[task]].append(str(user))
    return {ref: sorted(ids) for ref, ids in found.items()}


def _waits(by: Actor, mine: list[Task]) -> tuple[set[tuple[str, str]], dict[str, Task]]:
    """Who waits for what; and the tasks of other projects that have to do with it."""
    known = {task.pk: task for task in mine}
    ties = Dependency.objects.within(by.workspace).filter(Q(blocked__in=list(known)) | Q(blocking__in=list(known)))
    pairs = list(ties.values_list("blocked_id", "blocking_id"))
    beside = {task.pk: task for task in _open(by).filter(pk__in={one for pair in pairs for one in pair} - known.keys())}
    there = known | beside
    waits = {(there[a].ref, there[b].ref) for a, b in pairs if a in there and b in there}
    return waits, {task.ref: task for task in beside.values()}


def _elsewhere(by: Actor, project: Project, people: set[str], wishes: Wishes) -> dict[str, Task]:
    """What these people have to do in other projects meanwhile: it stays, and takes their days."""
    rows = _open(by).filter(due__gte=wishes.start, due__lte=wishes.end + timedelta(days=31))
    theirs = Assignment.objects.filter(workspace=by.workspace, user__in=people).values("task")
    found = rows.filter(pk__in=theirs).exclude(project=project).order_by("due", "pk")[:MOST_ELSEWHERE]
    return {task.ref: task for task in found}


def _by_task(wishes: Wishes) -> dict[str, list[Rule]]:
    found = defaultdict[str, list[Rule]](list)
    for rule in wishes.rules:
        found[rule.task].append(rule)
    return found


def _work(wishes: Wishes, task: Task, people: list[str], rules: list[Rule]) -> Work:
    work = Work(
        task.ref, task.ref, units(POINTS if task.estimate is None else task.estimate), tuple(people), task.due, wishes.deadline,
        priority=task.priority,
    )  # fmt: skip
    for rule in rules:
        work = _with(work, rule)
    return _held(wishes, task, work)


def _with(work: Work, rule: Rule) -> Work:
    if rule.rule == "by" and rule.last:
        return replace(work, deadline=min(rule.last, work.deadline or rule.last))
    if rule.rule == "not_before" and rule.first:
        return replace(work, earliest=max(rule.first, work.earliest or rule.first))
    return replace(work, pinned=True) if rule.rule == "stays" else replace(work, priority=URGENT)


def _held(wishes: Wishes, task: Task, work: Work) -> Work:
    """Where its pin holds it, or the days whose dates stay."""
    if task.pin_due:
        return replace(work, due=task.pin_due, pinned=True)
    if task.pin_start:
        begun = task.pin_start < wishes.start
        return (
            replace(work, pinned=work.pinned or task.due is not None) if begun else replace(work, begins=task.pin_start)
        )
    if wishes.frozen_until is None:
        return work
    if work.due and wishes.start <= work.due <= wishes.frozen_until:
        return replace(work, pinned=True)
    return replace(work, due_from=wishes.frozen_until + timedelta(days=1))


def _busy(task: Task, people: list[str]) -> Work:
    """A task of another project: not ours to move."""
    due: date | None = task.pin_due or task.due
    return Work(
        task.ref, task.ref, units(POINTS if task.estimate is None else task.estimate), tuple(people), due, pinned=True
    )


def _person(wishes: Wishes, key: str, name: str) -> Person:
    points, days, off = wishes.points_a_day, set(DAYS[:5]), set[date]()
    for rule in wishes.rules:
        if rule.person != key:
            continue
        if rule.rule == "points":
            points = rule.points
        elif rule.rule == "days":
            days = set(rule.days)
        elif rule.first and rule.last:
            off |= {rule.first + timedelta(n) for n in range((rule.last - rule.first).days + 1)}
    return Person(key, name, units(points), frozenset(n for n, day in enumerate(DAYS) if day in days), frozenset(off))


def _notes(mine: list[Task]) -> tuple[str, ...]:
    """What the plan had to guess."""
    guessed = sum(task.estimate is None for task in mine)
    return (f"{guessed} of {len(mine)} tasks have no estimate: each counts as {POINTS} point.",) if guessed else ()
