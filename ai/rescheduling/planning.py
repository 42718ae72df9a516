"""The job: read the project, let the planner place its tasks, and propose what it changes."""

import time
from dataclasses import dataclass, field, replace

from django.urls import reverse

from tasks.models import Project
from workspaces import tenancy

from ..actions.proposing import propose
from ..features.scene import project_again
from ..runs import Running
from ..scheduling import Because, Placed, Plan, solve
from ..scheduling.reasons import day
from .reading import Scene, scene_of
from .telling import people_in, spoken
from .wishes import Json, Wishes, read_wishes

TOLD = 0.5  # seconds between two words on how far it is


def plan_project(run: Running) -> None:
    """Progress as it goes; ends in a proposal, or in the words that nothing has to move."""
    run.tell(1, "Reading the project")
    by = run.by
    with tenancy.workspace(by.workspace.pk, atomic=True):
        project = project_again(by, run.inputs["project"])
        wishes = read_wishes(by, project, run.inputs["wishes"])
        scene = scene_of(by, project, wishes)
    plan = solve(_nameless(scene).problem, progress=Telling(run))
    lines, binding = lines_of(scene, plan)
    with run.finishing() as done:
        facts = {"plan": facts_of(scene, plan, wishes, binding)}
        said = summary(facts["plan"])
        page = f"{reverse('reschedule', args=[by.workspace.slug, project.key])}?run={run.id}"
        if lines:
            done.change = propose(by, title=_title(project), lines=lines, run=run.id, summary=said, facts=facts)
            page = reverse("change", args=[by.workspace.slug, done.change.pk])
        done.result = {"summary": said, "page": page, **facts}


def _title(project: Project) -> str:
    return f"Reschedule {project.name}"


@dataclass
class Telling:
    """Tells how far it is, not too often; so it is also heard when somebody cancels."""

    run: Running
    last: float = field(default=0.0)

    def __call__(self, percent: int, step: str) -> None:
        if (now := time.monotonic()) - self.last >= TOLD:
            self.last = now
            self.run.tell(percent, step)


def _nameless(scene: Scene) -> Scene:
    """People are called by their ids, so that what is kept of the plan names nobody: see telling.py."""
    people = tuple(replace(person, name=f"{{{person.id}}}") for person in scene.problem.people)
    return replace(scene, problem=replace(scene.problem, people=people))


def lines_of(scene: Scene, plan: Plan) -> tuple[list[Json], dict[str, Json]]:
    """A line for each date that changes, the earliest first, and what binds each of them."""
    held = [_held(scene, ref) for ref, task in scene.tasks.items() if task.pin_due and task.pin_due != task.due]
    placed = sorted([*held, *plan.changed], key=lambda one: (one.due, len(one.ref), one.ref))
    binding = {one.ref: _binding(one.because) for one in placed if one.because}
    return [_line(scene, one) for one in placed], binding


def _held(scene: Scene, ref: str) -> Placed:
    """A task whose date is not the one that it is pinned to."""
    task = scene.tasks[ref]
    assert task.pin_due
    return Placed(
        ref,
        ref,
        task.pin_due,
        task.pin_due,
        task.due,
        Because("pin", f"It is pinned to be due on {day(task.pin_due)}."),
    )


def _line(scene: Scene, one: Placed) -> Json:
    because = spoken(one.because.words, scene.names) if one.because else ""
    return {
        "id": one.ref, "action": "update_task", "subject": one.ref, "arguments": {"due": one.due.isoformat()},
        "base_version": scene.tasks[one.ref].version, "because": because, "source": "solver",
    }  # fmt: skip


def _binding(because: Because) -> Json:
    return {
        "kind": because.kind, "words": because.words, "tasks": list(because.refs), "people": sorted(people_in(because.people)),
    }  # fmt: skip


def facts_of(scene: Scene, plan: Plan, wishes: Wishes, binding: dict[str, Json]) -> Json:
    """What is kept of the plan beside its lines: people by their ids alone."""
    unplaced = [
        {"task": one.ref, "title": scene.tasks[one.ref].title, **_binding(one.because)}
        for one in sorted(plan.unplaced, key=lambda one: (-scene.tasks[one.ref].priority, len(one.ref), one.ref))
    ]
    loads = [
        {
            "person": load.id,
            "weeks": [
                {
                    "monday": week.monday.isoformat(),
                    "capacity": week.capacity,
                    "before": week.before,
                    "after": week.after,
                }
                for week in load.weeks
            ],
        }
        for load in plan.loads
        if any(week.before or week.after for week in load.weeks)
    ]
    return {
        "unplaced": unplaced, "changed": len(binding), "kept": len(plan.kept), "gap": round(plan.gap, 4), "cost": plan.cost,
        "binding": binding, "loads": loads, "notes": list(scene.notes), "wishes": wishes.kept,
    }  # fmt: skip


def summary(plan: Json) -> str:
    """14 dates change; 2 tasks could not be placed. No plan would cost less."""
    moved, nowhere, gap = plan["changed"], len(plan["unplaced"]), plan["gap"]
    said = [
        f"{moved} date{' changes' if moved == 1 else 's change'}"
        if moved
        else "No date changes"
        if nowhere
        else "No date has to change"
    ]
    said += [f"{nowhere} task{'' if nowhere == 1 else 's'} could not be placed"] if nowhere else []
    how = f"At most {100 * gap:.1f} % dearer than the best plan there can be." if gap else "There is no better plan."
    return f"{'; '.join(said)}. {how}"
