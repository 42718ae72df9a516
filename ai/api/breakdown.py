"""…/ai/breakdown/: work becomes a proposal of tasks. The run is followed at …/ai/runs/<id>/."""

from django.http import HttpResponse
from rest_framework.request import Request

from workspaces.rest.fields import Choice, Strict, Text
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..actions.breakdown import HOW, LONGEST, start_breakdown
from .naming import subject_of
from .runs import RunOut, run_row


class BreakdownIn(Strict):
    """What to break down: a task, or a text for a project."""

    task = Text(max_length=20, required=False, help_text="FLOW-42")
    project = Text(max_length=8, required=False, help_text="FLOW, with `text`")
    text = Text(max_length=LONGEST, required=False, help_text="what is to become tasks of the project")
    how = Choice(choices=HOW, required=False, help_text="`lines`: by the text's own lines, without a model")


class Breakdown(Endpoint):
    """Work broken down."""

    @describes("break_down", RunOut, status=202, body=BreakdownIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Break a task or a text down into a proposal of tasks; the run's `change` names it."""
        said = self.given(BreakdownIn)
        subject = subject_of(self.by, said, "text")
        lines = said.get("how") == "lines"
        return answer(run_row(start_breakdown(self.by, subject, pasted=said.get("text", ""), lines=lines)), 202)
