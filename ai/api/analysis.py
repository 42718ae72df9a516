"""…/ai/ask/: how a project stands, in sentences that cite what they rest on. The run is followed at …/ai/runs/<id>/."""

from django.http import HttpResponse
from rest_framework.request import Request

from tasks.reading.finding import find_project
from workspaces.rest.fields import Flag, Strict, Text
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..actions.analysis import LONGEST, start_analysis
from .naming import named
from .runs import RunOut, run_row


class AskIn(Strict):
    """About which project, and what; without a question, how it stands."""

    project = Text(max_length=8, help_text="FLOW")
    question = Text(max_length=LONGEST, allow_blank=True, required=False)
    again = Flag(required=False, help_text="ask the model although the answer is known")


class AskProject(Endpoint):
    """A question about a project."""

    @describes("ask_project", RunOut, status=202, body=AskIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Have it said how a project stands; the run's `result` holds sentences, each with what it cites, or the facts themselves."""
        said = self.given(AskIn)
        project = named(find_project, self.by, said.pop("project"), "project")
        return answer(run_row(start_analysis(self.by, project, **said)), 202)
