"""…/ai/reschedule/: a project's tasks placed anew. The run is followed at …/ai/runs/<id>/; its `change` is the proposal."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from tasks.models import Project
from tasks.reading.finding import find_project
from workspaces.rest.fields import Choice, Day, Flag, Number, Strict, Text, Whole, Words
from workspaces.rest.schema import describes
from workspaces.rest.view import Endpoint, answer

from ..actions.rescheduling import LONGEST, start_reading, start_reschedule
from ..rescheduling.wishes import MOST_MOVES, MOST_POINTS, MOST_RULES, MOVING, RULES
from .naming import named
from .runs import RunOut, run_row


class RuleIn(Strict):
    """A rule takes: `away` person, since, until; `points` person, points; `days` person, days; `by` task, until; `not_before` task, since; `stays` and `first` task."""

    rule = Choice(choices=list(RULES))
    person = Text(max_length=254, required=False, help_text='id, e-mail address or "me"')
    task = Text(max_length=20, required=False, help_text="FLOW-42")
    since = Day(required=False)
    until = Day(required=False)
    points = Number(max_value=MOST_POINTS, required=False, help_text="a day")
    days = Words(most=7, longest=3, required=False, help_text="mon, tue, wed, thu, fri, sat, sun")


class RescheduleIn(Strict):
    """A project and what its plan has to keep to; all but the project may be left out."""

    project = Text(max_length=8, help_text="FLOW")
    start = Day(required=False, help_text="today unless told")
    end = Day(required=False, help_text="13 weeks after the start unless told; later dates stay")
    deadline = Day(allow_null=True, required=False, help_text="all of it is done by then")
    frozen_until = Day(
        allow_null=True, required=False, help_text="dates until then stay, and no other comes to lie there"
    )
    most_moves = Whole(max_value=MOST_MOVES, allow_null=True, required=False, help_text="at most so many dates move")
    moving = Choice(
        choices=list(MOVING),
        required=False,
        help_text="what moving a date costs: as much as half a day, 2 or 10 days too late",
    )
    undated = Flag(required=False, help_text="tasks without a date get one")
    points_a_day = Number(max_value=MOST_POINTS, required=False, help_text="of everybody, 1 unless told")
    rules = serializers.ListField(child=RuleIn(), max_length=MOST_RULES, required=False)


class WordsIn(RescheduleIn):
    """Words about a plan; what else is given is added to."""

    words = Text(max_length=LONGEST, help_text="Bob is away next week; FLOW-3 has to be done by the 18th")


class Reschedule(Endpoint):
    """A plan, asked for by a program."""

    @describes("reschedule_project", RunOut, status=202, body=RescheduleIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Place a project's open tasks anew. The run's `change` is a proposal; its `result.plan` says what could not be placed, what binds each date, and who has how much in which week."""
        project, said = self.asked_of(RescheduleIn)
        return answer(run_row(start_reschedule(self.by, project, wishes=said)), 202)

    def asked_of(self, shape: type[Strict]) -> tuple[Project, dict[str, Any]]:
        """The project, and the wishes as the action takes them."""
        said = self.given(shape)
        project = named(find_project, self.by, said.pop("project"), "project")
        return project, said | {"rules": [dict(rule) for rule in said.get("rules", [])]}


class RescheduleWords(Reschedule):
    """Words about a plan, read."""

    @describes("read_reschedule_words", RunOut, status=202, body=WordsIn)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """Have a model read words as wishes of a plan. The run's `result.wishes` is what `…/ai/reschedule/` takes, `result.unread` what no wish says; nothing is planned yet."""
        project, said = self.asked_of(WordsIn)
        return answer(run_row(start_reading(self.by, project, words=said.pop("words"), wishes=said)), 202)
