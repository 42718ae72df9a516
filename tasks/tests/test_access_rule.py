"""One rule: what the explanation says, what the querysets find, what the live stream tells and what HTTP answers are the same."""

from itertools import product
from typing import Any

import pytest

from tasks.access import GRANTS, TASK_GRANTS
from tasks.actions import create_comment, move_task
from tasks.actions.sharing import let_in
from tasks.models import Project, Task
from tasks.people import people_of, people_seeing
from tasks.reading.access import explained
from tasks.tests.sharing import Crowd, add_role, task_of
from workspaces.actor import Actor
from workspaces.feed import eyes_of, person_of, rows_for
from workspaces.feed import task_of as task_in
from workspaces.models import Membership
from workspaces.spine import acting
from workspaces.tests.people import Program, browser, log


def seen(answer: Any) -> bool:
    assert answer.status_code in (200, 404), answer.status_code
    return bool(answer.status_code == 200)


@pytest.mark.parametrize("at", [0, 1])
def test_the_explanation_is_what_http_answers(crowd: Crowd, alice: Actor, at: int) -> None:
    key = crowd.projects[at].key
    told = {
        path: {one["user"]["id"]: one for one in Program(alice).get(f"{path}/access/").json()["results"]}
        for path in (f"projects/{key}", f"tasks/{key}-1", f"tasks/{key}-2")
    }
    for name, actor in crowd.people.items():
        program = Program(actor)
        program.base = Program(alice).base
        for path, people in told.items():
            why = people.get(str(actor.user.pk))
            assert seen(program.get(f"{path}/")) == bool(why), (name, path)
            assert seen(browser(actor).get(f"/w/acme/{'p' if path.startswith('projects') else 't'}/{path.split('/')[1]}/access/")) == bool(why), (name, path)  # fmt: skip
        for ref in (f"{key}-1", f"{key}-2"):
            why = told[f"tasks/{ref}"].get(str(actor.user.pk), {"permissions": None})
            _answers(name, program, ref, why["permissions"])


def _answers(name: str, program: Program, ref: str, permissions: list[str] | None) -> None:
    """Each permission that is explained is held, and none that is not."""
    answers = {
        "task.edit": program.patch(f"tasks/{ref}/", {"title": " "}),
        "comment.create": program.post(f"tasks/{ref}/comments/", {"body": " "}),
        "project.manage": program.get(f"tasks/{ref}/access/widening/"),
    }
    for permission, answer in answers.items():
        wanted = 404 if permissions is None else 403
        wanted = (200 if permission == "project.manage" else 422) if permission in (permissions or ()) else wanted
        assert answer.status_code == wanted, (name, ref, permission, answer.content)


@pytest.fixture
def population(alice: Actor) -> list[Actor]:
    """Every level with every set of grants, on tasks of open and private projects."""
    levels = {10: (), 15: ("task.edit",), 20: ("task.edit", "project.manage"), 25: (), 30: ("task.edit", "task.delete")}
    return [
        add_role(alice, f"At{level}n{number}", level, *names) for level, names in levels.items() for number in range(6)
    ]


def test_querysets_people_and_rows_in_hand_agree(
    crowd: Crowd, population: list[Actor], alice: Actor, inside: None
) -> None:
    grants = [*product([None, *GRANTS], [None, *TASK_GRANTS])]
    for place, actor in enumerate(population):
        for at, project in enumerate(crowd.projects):
            whole, single = grants[(place * 2 + at) % len(grants)]
            with acting(alice):
                if whole:
                    let_in(project, actor.user, whole)
                if single:
                    let_in(task_of(project, 1), actor.user, single)
    for project in crowd.projects:
        _agree(project, [*population, *crowd.people.values()], alice)


def _agree(project: Project, actors: list[Actor], alice: Actor) -> None:
    shown, hidden = task_of(project, 1), task_of(project, 2)
    members = list(Membership.objects.within(alice.workspace).select_related("user", "role"))
    why = {
        subject: {one.member.user_id for one in explained(alice, project, subject, members)}
        for subject in (None, shown, hidden)
    }
    assert why[None] == set(people_seeing(project).values_list("user", flat=True))
    assert why[hidden] == set(people_of(project, hidden).values_list("user", flat=True))
    assert why[shown] == set(people_of(project, shown).values_list("user", flat=True))
    for actor in actors:
        if actor.workspace.pk != alice.workspace.pk:
            continue
        fresh = Project.objects.within(alice.workspace).get(pk=project.pk)
        me, tasks = actor.user.pk, Task.objects.visible_to(actor).filter(project=project)
        assert (
            fresh.seen_by(actor)
            == (me in why[None])
            == Project.objects.visible_to(actor).filter(pk=project.pk).exists()
        )
        assert (
            fresh.whole_to(actor)
            == (me in why[hidden])
            == Project.objects.whole_to(actor).filter(pk=project.pk).exists()
        )
        assert {task.pk for task in tasks} == {one.pk for one in (shown, hidden) if me in why[one]}
        assert shown.seen_by(actor) == (me in why[shown])
        eyes = eyes_of(actor)
        assert (str(project.pk) in eyes.projects) == fresh.whole_to(actor)
        assert eyes.sees("task:moved", str(project.pk), None, str(shown.pk)) == (me in why[shown])
        assert eyes.sees("task:moved", str(project.pk), None, str(hidden.pk)) == (me in why[hidden])


def test_the_stream_of_each_is_what_the_record_shows_them(crowd: Crowd, alice: Actor, inside: None) -> None:
    for project in crowd.projects:
        for number in (1, 2):
            task = task_of(project, number)
            create_comment(alice, task, body=f"Said on {task.ref}")
            move_task(alice, task, to=project.statuses.select_related("project").get(name="Done"))
    rows = log(alice)
    for name, actor in crowd.people.items():
        if actor.workspace.pk != alice.workspace.pk:
            continue
        eyes = eyes_of(actor)
        judged = [
            row.seq
            for row in rows
            if eyes.sees(row.event, row.project_id and str(row.project_id), person_of(row), task_in(row))
        ]
        assert judged == list(rows_for(actor).order_by("seq").values_list("seq", flat=True)), name
    keys = set(rows_for(crowd.people["guest of a task"]).values_list("subject_key", flat=True))
    assert keys == {"OPEN-1", "HUSH-1"}
