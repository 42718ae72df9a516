"""…/tasks/<KEY-n>/transfer/ and …/duplicate/: a task goes to another project, or is put away for another one."""

from typing import Any

from django.http import Http404, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.actor import Actor
from workspaces.errors import Refused
from workspaces.rest.fields import Strict, Text
from workspaces.rest.schema import describes
from workspaces.rest.view import answer

from ..actions import mark_duplicate, transfer_task
from ..models import Project, Task
from ..reading.finding import find_project, find_task
from ..reading.transfers import Prospect
from .access import WideningOut, widening_row
from .naming import status_named
from .rows import TaskOut
from .tasks import TaskEndpoint


class TransferQuery(Strict):
    """Where to, if it were moved."""

    project = serializers.CharField(max_length=8, help_text="FLOW")


class TransferIn(Strict):
    """Where to."""

    project = Text(max_length=8, help_text="FLOW")
    status = Text(
        max_length=60, required=False, help_text="id or name of a column there; the one most like its own unless told"
    )


class DuplicateIn(Strict):
    """Of which one."""

    of = Text(max_length=20, help_text="FLOW-7: the task that stays")


class TransferOut(serializers.Serializer[Any]):
    """What would come of it."""

    sentence = serializers.CharField(help_text="all of it, for whoever decides; empty where there is nothing to say")
    status = serializers.CharField(help_text="the name of the column that it would stand in")
    labels_lost = serializers.ListField(child=serializers.CharField(), help_text="names that the project does not have")
    people_lost = serializers.ListField(
        child=serializers.CharField(), help_text="who is on it and would not see it there"
    )
    subtasks = serializers.IntegerField(help_text="that go along")
    widening = WideningOut()


class TransferTask(TaskEndpoint):
    """Moving a task to another project."""

    @describes("read_task_transfer", TransferOut, query=TransferQuery)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """What would come of it in another project: who would see it, what would stay behind. Nothing is changed."""
        task = find_task(self.by, ref)
        self.by.must("task.edit", task)
        found = Prospect.of(self.by, task, _project(self.by, self.asked(TransferQuery)["project"]))
        return answer(
            {
                "sentence": found.sentence, "status": found.fit.to.name, "labels_lost": [one.name for one in found.fit.lost],
                "people_lost": [str(one) for one in found.fit.leaving], "subtasks": found.below,
                "widening": widening_row(found.widening),
            }
        )  # fmt: skip

    @describes("transfer_task", TaskOut, body=TransferIn, match=True)
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Move it to another project with its subtasks and all that hangs on it; its old key leads on to it."""

        def transfer(task: Task, base_version: int | None) -> None:
            self.by.must("task.edit", task)
            said = self.given(TransferIn)
            project = _project(self.by, said["project"])
            to = status_named(project, said["status"]) if "status" in said else None
            transfer_task(self.by, task, project=project, to=to, base_version=base_version)

        return self.act(ref, transfer)


class DuplicateTask(TaskEndpoint):
    """A task that another one makes needless."""

    @describes("mark_duplicate", TaskOut, body=DuplicateIn, match=True)
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Archive it as a duplicate: both say so, and its assignees and watchers go over to the other."""

        def put_away(task: Task, base_version: int | None) -> None:
            self.by.must("task.edit", task)
            other = _other(self.by, self.given(DuplicateIn)["of"])
            mark_duplicate(self.by, task, of=other, base_version=base_version)

        return self.act(ref, put_away)


def _project(by: Actor, key: str) -> Project:
    try:
        return find_project(by, key)
    except Http404:
        raise Refused(f"There is no project {key[:8]}, or it is not shared with you.", "project") from None


def _other(by: Actor, ref: str) -> Task:
    try:
        return find_task(by, ref.upper())
    except Http404:
        raise Refused(f"There is no task {ref[:20]}, or it is not shared with you.", "of") from None
