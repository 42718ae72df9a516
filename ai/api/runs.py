"""…/ai/runs/<id>/: how far a background run is, and stopping it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from workspaces.rest.fields import Nothing
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions.runs import cancel_run, repeat_run
from ..models import AIRun
from ..rescheduling.telling import plan_told
from ..runs import run_of, run_seen_by


class RunOut(serializers.Serializer[Any]):
    """Where a run stands."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(AIRun.State.choices)
    progress = serializers.IntegerField(help_text="percent")
    step = serializers.CharField()
    result = serializers.DictField(allow_null=True, help_text="what came of it, when it is done")
    change = serializers.UUIDField(allow_null=True, help_text="the proposal that came of it: …/changes/<id>/")
    error = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class OneRun(Endpoint):
    """A run of one's own; others' for who manages the workspace."""

    @describes("get_run", RunOut)
    def get(self, request: Request, workspace: str, ai_run: UUID) -> HttpResponse:
        """How far it is, or what came of it."""
        return answer(run_row(run_seen_by(self.by, ai_run)))

    @describes("repeat_run", RunOut, status=202)
    def post(self, request: Request, workspace: str, ai_run: UUID) -> HttpResponse:
        """Do it anew, whatever was answered before: another run."""
        self.given(Nothing)
        return answer(run_row(repeat_run(self.by, run_of(self.by, ai_run))), 202)

    @describes("cancel_run", status=204)
    def delete(self, request: Request, workspace: str, ai_run: UUID) -> HttpResponse:
        """Stop it; nothing of it is proposed or changed. What is over stays as it is."""
        cancel_run(self.by, run_seen_by(self.by, ai_run))
        return nothing()


def run_row(run: AIRun) -> dict[str, Any]:
    """As the API says it; also what starting one answers."""
    return {
        "id": run.pk, "kind": run.kind, "state": run.state, "progress": run.progress, "step": run.step, "result": _result(run.result),
        "change": run.change_id, "error": run.error or None, "created_at": run.created_at, "finished_at": run.finished_at,
    }  # fmt: skip


def _result(result: dict[str, Any]) -> dict[str, Any] | None:
    """A plan names people as they are called now."""
    return result | {"plan": plan_told(result["plan"])} if "plan" in result else result or None
