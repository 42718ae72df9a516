"""The data of the benches: one workspace, 20 members, one project, N tasks, all made by the product's own actions."""

import os
import random
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowboard.settings")
django.setup()

from accounts.models import User  # noqa: E402
from tasks.actions import Draft, create_label, create_project, create_tasks  # noqa: E402
from tasks.models import Project  # noqa: E402
from workspaces import tenancy  # noqa: E402
from workspaces.actions import create_token, create_workspace  # noqa: E402
from workspaces.actor import Actor  # noqa: E402
from workspaces.models import Membership, Role  # noqa: E402
from workspaces.spine import acting  # noqa: E402

WORDS = "fix login board card import search faster slow mail invite column drag phone dark token chart export rank undo".split()
CHUNK = 1000


def workspace(name: str) -> Actor:
    """A workspace with 20 members; its owner."""
    people = [User(email=f"{name}{number}@bench.example", name=f"Person {number}") for number in range(20)]
    for person in people:
        person.set_unusable_password()
    User.objects.bulk_create(people)
    by = Actor.of(create_workspace(people[0], name=name, slug=name))
    with acting(by):
        role = Role.objects.within(by.workspace).get(key="member")
        Membership.objects.bulk_create(
            [Membership(workspace=by.workspace, user=person, role=role) for person in people[1:]]
        )
    return by


def board(by: Actor, count: int) -> Project:
    """A project with `count` tasks over its five columns, with people, labels, dates and descriptions."""
    began, chance = time.perf_counter(), random.Random(7)
    project = create_project(by, name="Bench", key="BEN")
    labels = [create_label(by, project, name=f"label {number}", color="red") for number in range(8)]
    with tenancy.workspace(by.workspace.pk, atomic=True):
        people = [row.user for row in Membership.objects.within(by.workspace).select_related("user")]
        columns = list(project.statuses.select_related("project").order_by("rank"))
    for start in range(0, count, CHUNK):
        drafts = [_draft(chance, number, people, labels) for number in range(start, min(start + CHUNK, count))]
        create_tasks(by, project, drafts=drafts, to=columns[start // CHUNK % len(columns)])
    print(f"made {count:,} tasks through create_tasks in {time.perf_counter() - began:.1f} s", flush=True)
    return project


def _draft(chance: random.Random, number: int, people: list[User], labels: list) -> Draft:  # type: ignore[type-arg]
    words = " ".join(chance.choices(WORDS, k=6))
    return Draft(
        title=f"{words} {number}", description=" ".join(chance.choices(WORDS, k=40)), priority=chance.randrange(5),
        estimate=chance.choice((None, 1, 2, 3, 5, 8)), assignees=chance.sample(people, chance.randrange(3)),
        labels=chance.sample(labels, chance.randrange(3)),
    )  # fmt: skip


def token(by: Actor) -> str:
    """An access token of the owner."""
    return create_token(by, name="bench")[1]
