"""What a model adds to the suggestions for a task: a job, and only values that the task's people could choose themselves."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from tasks.models import Assignment, Task
from tasks.reading.similar import Similar
from workspaces import tenancy
from workspaces.actor import Actor

from ..asking import Ask
from ..links import with_known_links
from ..models import AIRun
from ..runs import Running
from .files import file_names, files_sent
from .scene import head_of, receipt_shown, task_again
from .triaging import Scene, Suggestion, suggestion_of

MOST_OFFERED, MOST_SIMILAR = 60, 10
LONGEST_TEXT, LONGEST_WHY = 4000, 200
LATEST = 5  # runs


@dataclass(frozen=True)
class Offer:
    """What the model may choose from. People are called p1, p2 …: no id and no address goes out."""

    labels: dict[str, str]  # id → name
    people: dict[str, str]  # id → p1
    projects: dict[str, str]  # key → name
    similar: list[Similar]

    @classmethod
    def of(cls, scene: Scene) -> "Offer":
        labels = [(key, name) for key, name in scene.labels.items() if key not in scene.has_labels]
        people = list(scene.people)[:MOST_OFFERED] if not scene.has_people else []
        projects = list(scene.projects.values())[:MOST_OFFERED]
        return cls(
            dict(labels[:MOST_OFFERED]), {key: f"p{place}" for place, key in enumerate(people, 1)},
            {row.key: row.name for row in projects}, [*scene.unlike, *scene.similar][:MOST_SIMILAR],
        )  # fmt: skip

    def value(self, field: str, said: str) -> str:
        """What an answer stands for; "" for what was not offered."""
        if field == "label":
            return next((key for key, name in self.labels.items() if name == said), "")
        if field == "assignee":
            return next((key for key, alias in self.people.items() if alias == said), "")
        known = {"priority": "1234", "project": self.projects, "duplicate": [one.ref for one in self.similar]}
        return said if said in known.get(field, ()) else ""


def ask_model(run: Running) -> None:
    """The job: what may be chosen goes out, what was chosen comes back and is looked up again."""
    run.tell(10, "Reading the task")
    with tenancy.workspace(run.by.workspace.pk, atomic=True):
        task = task_again(run.by, run.inputs["task"])
        offer, ask = _ask(run.by, task)
    run.tell(30, "Asking the model")
    answer = run.ask(ask, again=bool(run.inputs.get("again")))
    run.tell(90, "Checking what it says")
    with run.finishing() as done:
        found = [made for one in answer.data["suggestions"] if (made := _kept(one, offer, ask.inputs))]
        done.result = {
            "suggestions": found, "receipt": receipt_shown(answer.receipt), "task": str(task.pk),
            "summary": f"{len(found)} suggestion{'' if len(found) == 1 else 's'}.",
            "page": reverse("task", args=[run.by.workspace.slug, task.ref]),
        }  # fmt: skip


def _ask(by: Actor, task: Task) -> tuple[Offer, Ask]:
    head, scene = head_of(by), Scene.of(by, task.project, task.title, task.description, task)
    offer, busy = Offer.of(scene), _open_tasks(by, scene)
    files = file_names(task)
    inputs = {
        "task": {
            "title": task.title, "description": task.description[:LONGEST_TEXT], "project": task.project.name, "files": files,
            "labels": [name for key, name in scene.labels.items() if key in scene.has_labels], "priority": task.priority,
        },
        "labels": list(offer.labels.values()), "projects": [{"key": key, "name": name} for key, name in offer.projects.items()],
        "people": [{"id": alias, "name": scene.people[key], "open_tasks": busy[key]} for key, alias in offer.people.items()],
        "similar": [{"key": one.ref, "title": one.title, "done": one.done} for one in offer.similar],
    }  # fmt: skip
    read = {task.project_id, *scene.projects, *(one.project_id for one in offer.similar)}
    return offer, Ask(
        "triage", inputs, head, tuple(sorted(read)), (task.pk,), (*_sent(task, offer), *files_sent(files))
    )


def _sent(task: Task, offer: Offer) -> list[str]:
    said = [f"title and description of {task.ref}"]
    said += [f"the names of {len(offer.labels)} labels"] if offer.labels else []
    said += [f"keys and names of {len(offer.projects)} other projects"] if offer.projects else []
    said += [f"names of {len(offer.people)} people and how many open tasks they have"] if offer.people else []
    return said + ([f"keys and titles of {len(offer.similar)} similar tasks"] if offer.similar else [])


def _open_tasks(by: Actor, scene: Scene) -> Counter[str]:
    """How many tasks of this project each person has, of those that the actor sees."""
    seen = Task.objects.visible_to(by).filter(project=scene.project, completed_at=None, archived_at=None)
    rows = Assignment.objects.filter(workspace=by.workspace, task__in=seen.values("pk")).order_by()
    return Counter({str(key): count for key, count in rows.values_list("user_id").annotate(count=Count("pk"))})


def _kept(said: dict[str, Any], offer: Offer, given: Any) -> dict[str, str] | None:
    value = offer.value(said["field"], said["value"])
    if not value:
        return None
    because = " ".join(with_known_links(said["because"], given).split())[:LONGEST_WHY]
    return {"field": said["field"], "value": value, "because": because}


def latest_runs(by: Actor, task: UUID) -> list[AIRun]:
    """The last times that this person asked the model about this task, the newest first."""
    rows = AIRun.objects.within(by.workspace).filter(user=by.user, kind="triage", inputs__task=str(task))
    return list(rows.order_by("-created_at")[:LATEST])


def modelled(scene: Scene, runs: list[AIRun]) -> list[Suggestion]:
    """What the model suggested when it last answered, as far as it still stands."""
    done = next((run for run in runs if run.state == AIRun.State.DONE), None)
    said = done.result.get("suggestions", []) if done else []
    made = (suggestion_of(scene, one["field"], one["value"], one["because"], "model") for one in said)
    return [one for one in made if one]
