"""…/tasks/<KEY-n>/dependencies/: which task waits for which."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.errors import Refused
from workspaces.rest.fields import Strict, Text
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions import add_dependency, remove_dependency
from ..models import Status, Task
from ..reading.dependencies import dependencies_of, ties
from ..reading.finding import find_task, find_tie

WAYS = {"blocked_by": "waits_for", "blocks": "holds_up"}


class TiedTask(serializers.Serializer[Any]):
    """The task at the other end."""

    key = serializers.CharField(help_text="FLOW-7")
    title = serializers.CharField()
    status = serializers.CharField(help_text="the name of its column")
    category = serializers.ChoiceField(choices=Status.Category.choices)
    done = serializers.BooleanField(help_text="done or archived: it stands in nobody's way")


class DependencyOut(serializers.Serializer[Any]):
    """A task that waits for another."""

    id = serializers.UUIDField()
    task = TiedTask()


class DependenciesOut(serializers.Serializer[Any]):
    """Both sides; of tasks that you may not see there is but the number."""

    blocked_by = DependencyOut(many=True)
    blocks = DependencyOut(many=True)
    blocked_by_hidden = serializers.IntegerField()
    blocks_hidden = serializers.IntegerField()


class DependencyIn(Strict):
    """One of the two."""

    blocked_by = Text(max_length=20, required=False, help_text="FLOW-7: the task waits until that one is done")
    blocks = Text(max_length=20, required=False, help_text="FLOW-7: that one waits until the task is done")


class Dependencies(Endpoint):
    """What a task waits for, and what waits for it."""

    @describes("list_dependencies", DependenciesOut)
    def get(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """What it is blocked by, and what it blocks, oldest first; at most 50 that it waits for."""
        task = find_task(self.by, ref)
        sides = dependencies_of(self.by, task, list(ties(self.by, task.pk)))
        shown = {way: [_row(one) for one in sides[side] if one["ref"]] for way, side in WAYS.items()}
        hidden = {f"{way}_hidden": sum(not one["ref"] for one in sides[side]) for way, side in WAYS.items()}
        return answer(shown | hidden)

    @describes("create_dependency", DependencyOut, status=201, body=DependencyIn)
    def post(self, request: Request, workspace: str, ref: str) -> HttpResponse:
        """Let it wait for another task, or another for it. A circle is refused with its way."""
        task, said = find_task(self.by, ref), self.given(DependencyIn)
        if len(said) != 1:
            raise Refused("Send blocked_by or blocks, one of the two.", "blocked_by")
        ((way, other_ref),) = said.items()
        other = self._named(other_ref, way)
        try:
            tie = add_dependency(self.by, *((task,) if way == "blocked_by" else (other,)),
                                 blocking=other if way == "blocked_by" else task)  # fmt: skip
        except Refused as no:
            no.field = way if no.field == "blocking" else no.field
            raise
        sides = dependencies_of(self.by, task, list(ties(self.by, task.pk)))
        return answer(next(_row(one) for one in sides[WAYS[way]] if one["id"] == str(tie.pk)), 201)

    def _named(self, ref: str, field: str) -> Task:
        try:
            return find_task(self.by, ref)
        except Http404:
            raise Refused(f"There is no task {ref[:20]}, or it is not shared with you.", field) from None


class OneDependency(Endpoint):
    """One of them."""

    @describes("delete_dependency", status=204)
    def delete(self, request: Request, workspace: str, ref: str, dependency: UUID) -> HttpResponse:
        """Let the one no longer wait for the other."""
        remove_dependency(self.by, find_tie(self.by, find_task(self.by, ref), dependency))
        return nothing()


def _row(one: dict[str, Any]) -> dict[str, Any]:
    names = ("title", "status", "category", "done")
    return {"id": one["id"], "task": {"key": one["ref"], **{name: one[name] for name in names}}}
