"""Words become wishes: a model says what they ask for, and code takes over of it what can be found and kept, with the asker's eyes."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from tasks.models import Project
from tasks.people import people_for
from workspaces import tenancy
from workspaces.actor import Actor
from workspaces.errors import Refused

from ..asking import Ask
from ..features.scene import head_of, project_again, receipt_shown
from ..links import with_known_links
from ..runs import Running
from .form import MOST_TASKS, OFFERED, PLAIN, tasks_named
from .wishes import Json, read_rule, read_wishes

LONGEST_TITLE, MOST_UNREAD = 120, 20


def read_words(run: Running) -> None:
    """The job: ask, check each wish, and lead back to the form with what was read."""
    run.tell(10, "Reading the project")
    by = run.by
    with tenancy.workspace(by.workspace.pk, atomic=True):
        project = project_again(by, run.inputs["project"])
        ask = _ask(by, project, run.inputs["words"])
    run.tell(30, "Asking the model")
    answer = run.ask(ask)
    run.tell(90, "Checking what it read")
    with run.finishing() as done:
        reading = Reading(by, project, dict(run.inputs["wishes"]))
        reading.take(answer.data)
        page = reverse("reschedule", args=[by.workspace.slug, project.key])
        done.result = {
            "summary": reading.summary, "page": f"{page}?run={run.id}", "wishes": reading.wishes, "unread": reading.unread_in(ask.inputs),
            "receipt": receipt_shown(answer.receipt),
        }  # fmt: skip


def _ask(by: Actor, project: Project, words: str) -> Ask:
    """The words, and by what names people and tasks go."""
    head, people = head_of(by), [str(row.user) for row in people_for(by, project)]
    tasks = [
        {"key": f"{project.key}-{number}", "title": title[:LONGEST_TITLE], "due": due and due.isoformat()}
        for number, title, due in tasks_named(by, project).values_list("number", "title", "due")[:MOST_TASKS]
    ]
    sent = ("your words", f"the names of {len(people)} people", f"keys, titles and due dates of {len(tasks)} tasks")
    inputs = {"words": words, "today": timezone.localdate().isoformat(), "people": people, "tasks": tasks}
    return Ask("reschedule", inputs, head, (project.pk,), sent=sent, cuts=("tasks",))


@dataclass
class Reading:
    """What was read so far: `wishes` as they are kept, and in `unread` what was not taken over, with the reason."""

    by: Actor
    project: Project
    wishes: Json

    def __post_init__(self) -> None:
        self.unread: list[str] = []
        self.read = 0
        self.whole, self.first = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for row in people_for(self.by, self.project):
            for name in {str(row.user).casefold(), row.user.email.casefold()}:
                self.whole[name].append(str(row.user.pk))
            self.first[str(row.user).split()[0].casefold()].append(str(row.user.pk))

    @property
    def summary(self) -> str:
        return f"{self.read} wish{'' if self.read == 1 else 'es'} read{f', {len(self.unread)} not' if self.unread else ''}."

    def take(self, data: Json) -> None:
        """Each wish by itself, so that one which cannot be kept does not cost the others."""
        for name in PLAIN:
            if data.get(name) is not None:
                self._try(f"{name.replace('_', ' ')} {data[name]}", lambda name=name: self._plain(name, data[name]))
        for said in data["rules"]:
            self._try(self._words(said), lambda said=said: self._rule(said))
        self.unread += [one for one in data["unread"] if one.strip()]

    def unread_in(self, inputs: Json) -> list[str]:
        """Without links that were not in what was sent."""
        return [" ".join(with_known_links(one, inputs).split())[:300] for one in self.unread[:MOST_UNREAD]]

    def _try(self, words: str, take: Any) -> None:
        try:
            take()
            self.read += 1
        except Refused as no:
            self.unread.append(f"{words}: {no.words}")

    def _plain(self, name: str, value: Any) -> None:
        self.wishes = read_wishes(self.by, self.project, self.wishes | {name: value}).kept

    def _rule(self, said: Json) -> None:
        said = {name: value for name, value in said.items() if value not in (None, "", [])}
        if "person" in said:
            said["person"] = self._person(said["person"])
        rule = read_rule(self.by, self.project, said).kept
        if rule not in self.wishes["rules"]:
            self.wishes = self.wishes | {"rules": [*self.wishes["rules"], rule]}

    def _person(self, name: str) -> str:
        """Somebody by the name that they go by here; by the first name alone where one person has it."""
        named = " ".join(name.split()).casefold()
        found = self.whole[named] or self.first[named]
        if len(found) != 1:
            raise Refused(f"{'Two people are' if found else 'Nobody here is'} called {name[:60]}.", "person")
        return found[0]

    def _words(self, said: Json) -> str:
        about = said.get("person") or said.get("task") or ""
        return f"{OFFERED[said['rule']]}{f', {about[:60]}' if about else ''}"
