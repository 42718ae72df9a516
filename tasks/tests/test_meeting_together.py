"""Many write at the same moment, over real transactions: no paragraph, no number and no move is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from django.db import connections

from tasks.actions import update_task
from tasks.models import Project, Status, Task
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.tests.people import Program, browser, log

from .boards import add, column, titles

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
WRITERS, ROUNDS = 6, 4


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Each in a thread of its own."""

    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(run, range(WRITERS)))


def test_no_paragraph_is_lost(alice: Actor, bob: Actor, cards: list[Task]) -> None:
    """Each writes a paragraph of their own, half of them by page and half by REST, all on what they read some time ago."""
    update_task(alice, cards[0], description="\n\n".join(f"Paragraph {n}" for n in range(WRITERS)))
    programs = [Program((alice, bob)[n % 2]) for n in range(WRITERS)]
    clients = [browser((alice, bob)[n % 2]) for n in range(WRITERS)]

    def write(number: int) -> list[int]:
        said, name = [], f"Paragraph {number}"
        for turn in range(ROUNDS):
            read = programs[number].get("tasks/FLOW-1/").json()
            text = "\n\n".join(
                f"{name} in round {turn}" if one.startswith(name) else one for one in read["description"].split("\n\n")
            )
            if number % 3:
                answer = programs[number].patch("tasks/FLOW-1/", {"description": text, "versions": read["versions"]})
            else:
                form = {"description": text, "version": read["version"]}
                answer = clients[number].post("/w/acme/t/FLOW-1/", form, headers={"hx-request": "true"})
            said.append(answer.status_code)
        return said

    assert {status for said in at_once(write) for status in said} <= {200, 204}
    text = programs[0].get("tasks/FLOW-1/").json()["description"]
    assert text.split("\n\n") == [f"Paragraph {n} in round {ROUNDS - 1}" for n in range(WRITERS)]
    rows = log(alice, "task:updated")
    assert len(rows) == 1 + WRITERS * ROUNDS
    assert all(later.before == earlier.after for earlier, later in pairwise(rows))


def test_no_number_is_lost(alice: Actor, cards: list[Task]) -> None:
    """Whoever is refused counts on from what the refusal shows."""
    update_task(alice, cards[0], estimate=0)
    program = Program(alice)

    def count(number: int) -> None:
        task, left = program.get("tasks/FLOW-1/").json(), ROUNDS
        while left:
            answer = program.patch("tasks/FLOW-1/", {"estimate": task["estimate"] + 1}, if_match=f'"{task["version"]}"')
            assert answer.status_code in (200, 412), answer.content
            task = answer.json() if answer.status_code == 200 else answer.json()["current"]
            left -= answer.status_code == 200

    at_once(count)
    assert program.get("tasks/FLOW-1/").json()["estimate"] == WRITERS * ROUNDS


def test_of_many_moves_from_one_place_one_is_made(
    alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    names = ("Backlog", "In progress", "Review", "Done")
    programs = [Program((alice, bob)[n % 2]) for n in range(WRITERS)]
    answers = at_once(lambda n: programs[n].post("tasks/FLOW-1/move/", {"status": names[n % len(names)], "version": 1}))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (WRITERS - 1)
    (won,) = (answer.json() for answer in answers if answer.status_code == 200)
    assert titles(project, won["status"]["name"]) == ["One"]
    assert all(answer.json()["current"]["status"] == won["status"] for answer in answers if answer.status_code == 409)
    assert len(log(alice, "task:moved")) == 1


def test_moves_in_one_column_end_in_one_order_for_everyone(
    alice: Actor, bob: Actor, project: Project, cards: list[Task]
) -> None:
    add(alice, project, "Four", "Five", "Six", "Seven", "Eight")
    here, refs = column(project, "To do"), [f"FLOW-{n}" for n in range(1, 9)]
    programs = [Program((alice, bob)[n % 2]) for n in range(WRITERS)]
    clients = [browser((alice, bob)[n % 2]) for n in range(WRITERS)]

    def shuffle(number: int) -> list[int]:
        said = []
        for turn in range(ROUNDS):
            ref, after = refs[(number + turn * 3) % 8], refs[(number * 5 + turn + 1) % 8]
            after = after if after != ref else ""
            if number % 2:
                answer = programs[number].post(f"tasks/{ref}/move/", {"after": after or None})
            else:
                form = {"status": here.pk, "after": after}
                answer = clients[number].post(f"/w/acme/t/{ref}/place/", form, headers={"hx-request": "true"})
            said.append(answer.status_code)
        return said

    assert {status for said in at_once(shuffle) for status in said} <= {200, 204}
    by_rank = titles(project, "To do")
    assert sorted(by_rank) == sorted(["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"])
    for who in (alice, bob):
        program = Program(who)
        (shown,) = (one for one in program.get("projects/FLOW/board").json()["columns"] if one["name"] == "To do")
        assert [task["title"] for task in shown["tasks"]] == by_rank
        listed = program.get(f"projects/FLOW/tasks/?status={here.pk}&ordering=rank").json()["results"]
        assert [task["title"] for task in listed] == by_rank
        page = browser(who).get("/w/acme/p/FLOW/board/").content.decode()
        assert sorted(by_rank, key=lambda title: page.index(f">{title}</a>")) == by_rank
    assert told_order(alice, here) == by_rank


def told_order(by: Actor, here: Status) -> list[str]:
    """As somebody has it who only follows the events."""
    ranks = {row.subject_label: row.after["rank"] for row in log(by, "task:created", "task:moved")}
    with tenancy.workspace(by.workspace.pk, atomic=True):
        assert len(set(ranks.values())) == here.tasks.count()
    return sorted(ranks, key=ranks.__getitem__)


def test_moves_and_edits_count_one_version_each(alice: Actor, cards: list[Task]) -> None:
    """Half of them move the card and half of them change it: no ETag may stand for two states."""
    programs = [Program(alice) for _ in range(WRITERS)]

    def change(number: int) -> None:
        for turn in range(ROUNDS * 2):
            if number % 2:
                programs[number].patch("tasks/FLOW-1/", {"title": f"Title {number}.{turn}"})
            else:
                programs[number].post("tasks/FLOW-1/move/", {"status": ("To do", "Done")[turn % 2]})

    at_once(change)
    versions = [row.version for row in log(alice, "task:updated", "task:moved")]
    assert versions == list(range(2, len(versions) + 2))
