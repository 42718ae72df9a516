"""Analysing a project: facts chosen by code, phrased by a model, and only the sentences that their citations bear out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from tasks.models import Project
from tasks.reading.facts import facts_of
from workspaces import tenancy
from workspaces.actor import Actor

from ..asking import Answer, Ask
from ..citing import KEY, Given, borne_out
from ..errors import UNANSWERED
from ..runs import Running
from .evidence import evidence_of
from .scene import cuts_of, head_of, project_again, receipt_shown

NOTHING_FOUND = "Nothing stands out, and nothing was found that answers the question."
NOTHING_KEPT = "No sentence of the answer was borne out by its facts; here they are themselves."
SHOWN = 12  # facts, where no sentence stands


@dataclass(frozen=True)
class Read:
    """What was read for one analysis."""

    given: list[Given]
    ask: Ask


def analyse(run: Running) -> None:
    """The job: choose facts, have them phrased, keep what they bear out. Without a model the facts stand alone."""
    run.tell(5, "Reading the project")
    with tenancy.workspace(run.by.workspace.pk, atomic=True):
        read = _read(run.by, run.inputs)
    run.tell(30, "Asking the model")
    answer, why = _asked(run, read)
    run.tell(90, "Checking each sentence")
    kept, dropped = borne_out(answer.data["sentences"] if answer else [], read.given)
    why = why or (" ".join(cuts_of(answer.receipt)) if answer and kept else NOTHING_KEPT)
    with run.finishing() as done:
        done.result = {
            "sentences": [{"text": one.text, "cites": [_cited(fact) for fact in one.facts]} for one in kept],
            "facts": [_cited(fact) | {"words": fact.words} for fact in _alone(read.given)] if not kept else [],
            "dropped": len(dropped), "why": why, "receipt": answer and receipt_shown(answer.receipt),
            "question": run.inputs.get("question", ""), "summary": " ".join(one.text for one in kept) or why,
            "page": reverse("insights", args=[run.by.workspace.slug, run.inputs["project"]]),
        }  # fmt: skip


def _asked(run: Running, read: Read) -> tuple[Answer | None, str]:
    """The model's answer, or why there is none."""
    if not read.given:
        return None, NOTHING_FOUND
    try:
        return run.ask(read.ask, again=bool(run.inputs.get("again"))), ""
    except UNANSWERED as no:
        return None, f"{no.words} The facts stand without it."


def _alone(given: list[Given]) -> list[Given]:
    """The facts that stand where no sentence does: tasks rather than changes."""
    return ([fact for fact in given if fact.kind != "event"] or given)[:SHOWN]


def _cited(fact: Given) -> dict[str, str]:
    return {"cite": fact.cite, "url": fact.url, "kind": fact.kind}


def _read(by: Actor, inputs: dict[str, Any]) -> Read:
    head, project, question = head_of(by), project_again(by, inputs["project"]), inputs.get("question", "")
    facts = facts_of(by, project.key)
    found, events = evidence_of(by, facts, question)
    given = [*found, *events]
    told = [
        {"cite": fact.cite, "words": fact.words} for fact in reversed(given)
    ]  # where all is too long, the last ones stay
    said = {"project": project.name, "facts": told} | ({"question": question} if question else {})
    sent = [f"{len(found)} facts about tasks of {project.key}: titles, columns, dates, names of people and files"]
    sent += [f"the latest {len(events)} changes in {project.key}"] if events else []
    sent += ["your question"] if question else []
    return Read(given, Ask("analyse", said, head, _projects(by, project, given), sent=tuple(sent), cuts=("facts",)))


def _projects(by: Actor, project: Project, given: list[Given]) -> tuple[UUID, ...]:
    """This one, and those whose tasks are named because others wait for them."""
    keys = {key.partition("-")[0] for fact in given for key in KEY.findall(fact.words)} - {project.key}
    others = Project.objects.visible_to(by).filter(key__in=keys).values_list("pk", flat=True) if keys else ()
    return (project.pk, *others)
