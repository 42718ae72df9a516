"""…/ai/triage/: what a new task may be given, and the yes or no to it. A model's run is followed at …/ai/runs/<id>/."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from tasks.models import Project
from tasks.reading.finding import find_task
from workspaces.rest.fields import Choice, Flag, Strict, Text, Words
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer, nothing

from ..actions.triage import drop_suggestions, start_triage, take_suggestions
from ..features.suggesting import Suggested, suggested, suggested_for
from ..features.triaging import FIELDS, told
from ..opening import must_be_on
from .naming import named, subject_of
from .runs import RunOut, run_row


class TriageIn(Strict):
    """A task, or the words of one that is not made yet."""

    task = Text(max_length=20, required=False, help_text="FLOW-42")
    project = Text(max_length=8, required=False, help_text="FLOW, with `title`")
    title = Text(max_length=300, required=False)
    description = Text(max_length=100_000, allow_blank=True, required=False)
    model = Flag(required=False, help_text="have a model add to them: a run, after which they are asked for again")


class AnswerIn(Strict):
    """Yes or no to suggestions for a task."""

    task = Text(max_length=20, help_text="FLOW-42")
    suggestions = Words(longest=60, most=50, help_text="their ids")
    answer = Choice(choices=["take", "drop"])


class SuggestionOut(serializers.Serializer[Any]):
    """One suggestion, why, and what it comes from."""

    id = serializers.CharField()
    field = serializers.ChoiceField(choices=list(FIELDS))
    value = serializers.CharField(help_text="id of the label or person, priority, key of the project or task")
    words = serializers.CharField()
    because = serializers.CharField()
    source = serializers.ChoiceField(choices=["rule", "similarity", "model"])
    then = serializers.CharField(help_text="what a yes would do besides: who would see it, what would stay behind")


class SuggestionsOut(serializers.Serializer[Any]):
    """What is suggested now."""

    suggestions = SuggestionOut(many=True)
    run = RunOut(allow_null=True, help_text="the last run that asked a model about this task")


class Triage(Endpoint):
    """Suggestions for a task."""

    @describes("triage_task", SuggestionsOut, body=TriageIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """What a task may be given: by rule, by likeness, and what a model added. Nothing is changed."""
        said = self.given(TriageIn)
        subject = subject_of(self.by, said, "title")
        must_be_on(self.by)
        if isinstance(subject, Project):
            return _answered(suggested_for(self.by, subject, said["title"], said.get("description", "")))
        if said.get("model"):
            start_triage(self.by, subject)
        return _answered(suggested(self.by, subject))


def _answered(found: Suggested) -> HttpResponse:
    rows = [told(one) for one in found.suggestions]
    return answer({"suggestions": rows, "run": run_row(found.run) if found.run else None})


class TriageAnswer(Endpoint):
    """Yes or no to suggestions."""

    @describes("answer_suggestions", status=204, body=AnswerIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Take suggestions, which is one act of the AI that can be undone, or drop them; the next ones learn from both."""
        said = self.given(AnswerIn)
        act = take_suggestions if said["answer"] == "take" else drop_suggestions
        act(self.by, named(find_task, self.by, said["task"], "task"), suggestions=said["suggestions"])
        return nothing()
