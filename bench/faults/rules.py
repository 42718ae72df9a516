"""Rules while their worker is killed: bin/bench rules [--cards 200] [--every 1] [--span 40] [--bound 240].

In five workspaces cards are finished, each of which sets off two rules. Every second a process of the worker is killed
with -9, each fourth time all of it. Counted: rows that a rule has not met, and effects that are there twice.
"""

import argparse
import time
from collections import Counter
from contextlib import suppress

from bench import _ai  # first: it sets Django up

# isort: split

from kombu.exceptions import OperationalError

from tasks.actions import create_project, create_rule, create_tasks, move_task
from tasks.actions.tasks import Draft
from tasks.jobs import run_rules
from tasks.models import AutomationRun, ChecklistItem, Comment
from workspaces import tenancy
from workspaces.actor import Actor

from ._worker import Worker

PLACES = 5
RULES = {"checklist": "Look at {key}", "comment": "{key} is done"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=200)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between kills")
    parser.add_argument("--span", type=float, default=40.0, help="seconds in which it is killed")
    parser.add_argument("--bound", type=float, default=240.0, help="seconds after which it gives up")
    options = parser.parse_args()
    each = options.cards // PLACES
    people = [begin(each) for _ in range(PLACES)]
    began = time.monotonic()
    kills = killed(people, each, options)
    report(people, each, kills, time.monotonic() - began)


def begin(count: int) -> Actor:
    """Cards that were finished, with nobody there to run the rules."""
    by = _ai.workspace("rules")
    project = create_project(by, name="Rules", key="RUN")
    for kind, words in RULES.items():
        create_rule(by, name=kind, project=project, when={"kind": "finished"}, steps=[{"kind": kind, "value": words}])
    with tenancy.workspace(by.workspace.pk, atomic=True):
        done = project.statuses.select_related("project").get(category="done")
    for card in create_tasks(by, project, drafts=[Draft(f"Card {number}") for number in range(count)]):
        move_task(by, card, to=done)
    return by


def killed(people: list[Actor], each: int, options: argparse.Namespace) -> int:
    """Until every rule has met every row; how often the worker was killed."""
    worker, kills, began = Worker({}), 0, time.monotonic()
    try:
        while sum(map(met, people)) < len(RULES) * PLACES * each and time.monotonic() - began < options.bound:
            worker.ready()
            sweep(people)
            time.sleep(options.every)
            if time.monotonic() - began < options.span:
                kills += 1
                worker.kill(whole=kills % 4 == 0)
    finally:
        worker.end()
    return kills


def sweep(people: list[Actor]) -> None:
    """What beat has done each minute."""
    for by in people:
        with suppress(OperationalError):
            run_rules.delay(str(by.workspace.pk))


def met(by: Actor) -> int:
    with tenancy.workspace(by.workspace.pk, atomic=True):
        return int(AutomationRun.objects.within(by.workspace).count())


def report(people: list[Actor], each: int, kills: int, seconds: float) -> None:
    states, made = Counter[str](), Counter[int]()
    for by in people:
        with tenancy.workspace(by.workspace.pk, atomic=True):
            states.update(AutomationRun.objects.within(by.workspace).values_list("state", flat=True))
            for model in (ChecklistItem, Comment):
                made.update(Counter(model.objects.within(by.workspace).values_list("task", flat=True)).values())
    expected = len(RULES) * PLACES * each
    lost, double = expected - states["done"], sum(count - 1 for count in made.elements() if count > 1)
    print(
        f"worker killed {kills} times in {seconds:.0f} s; {expected} runs: {dict(states)}; {lost} lost, {double} effects twice"
    )
    if lost or double or sum(made.values()) != expected:
        raise SystemExit("Requirement missed: each rule meets each row, and its effect is there once")


if __name__ == "__main__":
    main()
