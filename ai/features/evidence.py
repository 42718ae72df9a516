"""The facts that an analysis may speak of: what stands out in a project, what a question asks about, and the latest changes."""

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db.models import OuterRef
from django.urls import reverse

from tasks.models import Assignment, Task
from tasks.reading.facts import Facts, meet, open_tasks
from tasks.reading.insights import Fact, insights_of
from tasks.reading.similar import stems, telling_words
from workspaces.actor import Actor
from workspaces.events import says
from workspaces.feed import rows_for
from workspaces.models import ActivityLog

from ..citing import Given
from ..opening import UNREAD
from .files import names_by_task

MOST_FACTS, MOST_EVENTS, MOST_FOUND, MOST_FILES = 60, 15, 15, 3
MARKS = str.maketrans(dict.fromkeys('“”„«»"', "'"))


def evidence_of(by: Actor, facts: Facts, question: str) -> tuple[list[Given], list[Given]]:
    """Of tasks, the most pressing first, and of changes, the newest first. With the actor's eyes."""
    standing_out = [_given(fact) for rows in insights_of(by, facts).facts.values() for fact in rows][:MOST_FACTS]
    return standing_out + (_found(by, facts, question) if question else []), _events(by, facts)


def _given(fact: Fact) -> Given:
    names = tuple(one["name"] for one in fact.people) + ((fact.status["name"],) if fact.status else ())
    return Given(fact.cite, fact.kind, fact.words, fact.url, names)


def _found(by: Actor, facts: Facts, question: str) -> list[Given]:
    """Tasks of the project that hold words of the question."""
    if not (wanted := sorted(stems(telling_words(question)))):
        return []
    search = SearchQuery(" | ".join(f"'{stem}':*" for stem in wanted), config="simple", search_type="raw")
    people = Assignment.objects.filter(workspace=by.workspace, task=OuterRef("pk")).values("user_id")
    rows = open_tasks(by, facts).filter(search=search).annotate(people=ArraySubquery(people)).order_by("-updated_at")
    tasks = list(rows[:MOST_FOUND])
    meet(facts, {key for task in tasks for key in task.people})
    files = names_by_task(by, tasks, MOST_FILES)
    return [_about(by, facts, task, files.get(task.pk, [])) for task in tasks]


def _about(by: Actor, facts: Facts, task: Task, files: list[str]) -> Given:
    people = [one["name"] for one in facts.faces(task.people)]
    status, ref = facts.statuses.get(task.status_id), f"{facts.project.key}-{task.number}"
    said = [f"stands in {status['name']}"] if status else []
    said += [f"is with {' and '.join(people)}" if people else "is with nobody"]
    said += [f"is due {task.due:%b} {task.due.day}"] if task.due else []
    said += [f"has {task.estimate} points"] if task.estimate else []
    said += [f"has priority {Task.Priority(task.priority).label}"] if task.priority else []
    said += [_with_files(files)] if files else []
    url = reverse("task", args=[by.workspace.slug, ref])
    names = (*people, *([status["name"]] if status else []))
    return Given(ref, "found", f"{ref} “{task.title}” {', '.join(said)}.", url, names)


def _with_files(names: list[str]) -> str:
    """Their quotation marks go: what a name says stays between those of the fact."""
    bare = (name.translate(MARKS) for name in names)
    return f"has the file{'s' if len(names) > 1 else ''} {', '.join(f'“{name}”' for name in bare)}"


def _events(by: Actor, facts: Facts) -> list[Given]:
    """The latest changes, cited by their place in the record."""
    rows = rows_for(by).filter(project_id=facts.project.pk).exclude(event__in=UNREAD).select_related("actor")
    return [_event(by, row) for row in rows.order_by("-seq")[:MOST_EVENTS]]


def _event(by: Actor, row: ActivityLog) -> Given:
    page = reverse("activity", args=[by.workspace.slug])
    return Given(f"#{row.seq}", "event", f"{row.actor or 'Somebody'} {says(row)}", page, (str(row.actor or ""),))
