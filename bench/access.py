"""What rights cost: python -m bench.access [--tasks 100000] [--grants 1000] [--rounds 5] [--requests 60]

The same board and lists as the owner sees them, a member, a guest with the whole project, a guest with single tasks among
many, and a member of a private project with as many tasks. Their requests are measured in turns, round after round, so that
a busy machine is busy for all; CPU of the server per request is compared with the owner's of the same rounds.
"""

import argparse
import random
import statistics
import uuid
from typing import Any

from django.db import connection, connections

from bench import _board
from bench._load import Server, measure, serving
from bench.web import Ask, queries, session
from tasks.actions import share_project, share_task, update_project
from tasks.models import Project
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.models import Membership, Role
from workspaces.spine import acting

SEED = 1000  # tasks made through create_tasks; the others are copies of them, for nothing but reading is measured here
COPY = """
INSERT INTO tasks_task (id, workspace_id, project_id, number, title, description, status_id, rank, priority, due, estimate, creator_id, source,
  version, created_at, updated_at, comment_count, checklist_count, checklist_done)
SELECT md5(id::text || copy)::uuid, workspace_id, project_id, number + copy * {seed}, title || ' ' || copy, description, status_id, rank || lpad(copy::text, 3, '0') || '1',
  priority, due, estimate, creator_id, source, version, created_at, updated_at, comment_count, checklist_count, checklist_done
FROM tasks_task, generate_series(1, %s) AS copy;
INSERT INTO tasks_assignment (id, workspace_id, task_id, user_id)
SELECT md5(id::text || copy)::uuid, workspace_id, md5(task_id::text || copy)::uuid, user_id FROM tasks_assignment, generate_series(1, %s) AS copy;
INSERT INTO tasks_tasklabel (id, workspace_id, task_id, label_id)
SELECT md5(id::text || copy)::uuid, workspace_id, md5(task_id::text || copy)::uuid, label_id FROM tasks_tasklabel, generate_series(1, %s) AS copy;
UPDATE tasks_statustally SET open = open * %s;
""".replace("{seed}", str(SEED))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--grants", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=60)
    options = parser.parse_args()
    by = _board.workspace(f"bench-{uuid.uuid4().hex[:8]}")
    project = _board.board(by, SEED)
    _multiply(by, options.tasks // SEED)
    people = _people(by, project, options.grants)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does where 100,000 tasks were written
    with serving("flowboard.wsgi:application") as server:
        _compare(server, people, options.rounds, options.requests, "open project")
        update_project(by, project, private=True)
        _compare(
            server, {"owner": by, "guest, whole": people["guest, whole"]}, options.rounds, options.requests, "private"
        )


def _multiply(by: Actor, times: int) -> None:
    """Each task so often in all, with its people and labels."""
    with tenancy.workspace(by.workspace.pk, atomic=True), connection.cursor() as cursor:
        for statement, value in zip(COPY.split(";\n"), (times - 1, times - 1, times - 1, times), strict=False):
            cursor.execute(statement, [value])


def _people(by: Actor, project: Project, count: int) -> dict[str, Actor]:
    """The owner, a member, and two guests."""
    with tenancy.workspace(by.workspace.pk, atomic=True):
        members = list(Membership.objects.within(by.workspace).select_related("user", "role", "workspace")[1:4])
    member, whole, single = members
    with acting(by):
        guest = Role.objects.within(by.workspace).get(key="guest")
        Membership.objects.within(by.workspace).filter(pk__in=[whole.pk, single.pk]).update(role=guest)
    share_project(by, project, person=whole.user, grant="edit_project")
    with tenancy.workspace(by.workspace.pk, atomic=True):
        rows = list(
            project.tasks.filter(number__in=random.Random(7).sample(range(1, project.tasks.count() + 1), count))
        )
    with acting(by):  # one act, for what is measured is reading
        for task in rows:
            task.project = project
            share_task(by, task, person=single.user, grant="edit_task")
    whole.role = single.role = guest
    return {
        "owner": by,
        "member": Actor.of(member),
        "guest, whole": Actor.of(whole),
        f"guest, {count} tasks": Actor.of(single),
    }


def _cases(who: Actor) -> dict[str, Ask]:
    base, page = f"/api/v1/workspaces/{who.workspace.slug}/projects/BEN/", f"/w/{who.workspace.slug}/p/BEN/"
    token, cookie = {"Authorization": f"Token {_board.token(who)}"}, {"Cookie": session(who)}
    paths = {"board page": (f"{page}board/", cookie), "list page": (f"{page}list/", cookie), "sorted list page": (f"{page}list/?ordering=-updated", cookie),
             "REST list of 50": (f"{base}tasks/", token), "REST board": (f"{base}board/", token)}  # fmt: skip
    return {
        name: (lambda n, path=path, headers=headers: ("GET", path, None, headers))
        for name, (path, headers) in paths.items()
    }


def _compare(server: Server, people: dict[str, Actor], rounds: int, requests: int, title: str) -> None:
    asks = {who: _cases(actor) for who, actor in people.items()}
    print(f"\n{title}\n{'':42} {'p50 ms':>8} {'CPU ms':>8} {'/owner':>7} {'SQL':>4}", flush=True)
    for name in asks["owner"]:
        taken: dict[str, list[Any]] = {who: [] for who in asks}
        for _ in range(rounds):
            for who, cases in asks.items():
                taken[who].append(measure(server, name, cases[name], requests=requests))
        owner = statistics.median(one.cpu for one in taken["owner"])
        for who, figures in taken.items():
            cpu, p50 = (
                statistics.median(values) for values in ([one.cpu for one in figures], [one.p50 for one in figures])
            )
            sql = queries(people[who], asks[who][name])
            print(f"{name:18} {who:23} {p50:8.1f} {cpu:8.2f} {cpu / owner:6.2f}× {sql:4}", flush=True)


if __name__ == "__main__":
    main()
